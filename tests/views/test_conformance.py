"""What holds for every view, so that a new one is held to it by being there."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.discovery import discover
from kty.kube.objects import Object, Row
from kty.text import is_printable
from kty.views import containers
from kty.views.containers import CONTAINERS
from kty.views.registry import views
from kty.views.view import Browse, Containers, SwitchNamespace, View, Yaml, keeping
from tests.views.showing import NOW, row

ALL = [*views().values(), CONTAINERS]
each_view = pytest.mark.parametrize("view", ALL, ids=lambda view: view.plural)
TONES = {"", "good", "busy", "warn", "bad", "dim", "accent"}


def module_of(view: View) -> ModuleType:
    return containers if view is CONTAINERS else import_module(f"kty.views.{view.plural}")


def row_of_nothing(view: View) -> Row:
    if view is CONTAINERS:
        (found,) = containers.containers_of({"spec": {"containers": [{}]}})
        return found
    return row(view, {})


@each_view
def test_an_object_that_says_nothing_is_shown(view: View) -> None:
    found = row_of_nothing(view)
    hash(found.cells)
    for column, value in zip(keeping(view.columns), found.cells, strict=True):
        assert is_printable(column.show(value, NOW))
        assert column.tone(value) in TONES
        column.compare(value)
    assert view.tone(found) in TONES


@each_view
def test_a_row_at_fault_is_shown(view: View) -> None:
    found = msgspec.structs.replace(row_of_nothing(view), cells=(None,) * len(keeping(view.columns)))
    for column in view.columns:
        assert is_printable(column.show(None, NOW))
        assert column.tone(None) in TONES
        assert column.compare(None) is None
    assert view.tone(found) in TONES


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.plural)
def test_an_object_of_odd_types_is_a_row_at_fault(view: View) -> None:
    odd = b'{"metadata":{"name":"odd"},"spec":7,"status":7,"data":7,"type":7}'
    found = view.new_codec().item(msgspec.Raw(odd)).row
    assert found.name == "odd"
    assert found.fault
    assert found.cells == (None,) * len(keeping(view.columns))


@each_view
def test_enter_on_an_object_that_says_nothing_leads_somewhere(view: View) -> None:
    silent: list[Object] = [{}, {"metadata": {}, "spec": None}, {"metadata": None, "spec": {"selector": None}}]
    for obj in silent:
        assert isinstance(view.opens(obj), Browse | Containers | SwitchNamespace | Yaml)


@each_view
def test_every_column_has_a_title_of_its_own(view: View) -> None:
    titles = [column.title for column in view.columns]
    assert len({"Namespace", "Name", *titles}) == len(titles) + 2
    assert view.sort[0] in ("Namespace", "Name", *titles)


@each_view
def test_columns_of_moments_tick_and_show_seconds(view: View) -> None:
    for column in view.columns:
        if column.order == "time":
            assert column.ticks
            assert column.show(NOW - 5, NOW) == "5s"
            assert column.compare(NOW) == NOW


@each_view
def test_every_kind_has_an_age_or_says_when_it_was_seen(view: View) -> None:
    assert {"Age", "Last Seen"} & {column.title for column in view.columns if not column.wide}


@each_view
def test_a_view_leads_only_to_kinds_that_are_there(view: View) -> None:
    destination = view.opens({"metadata": {"name": "a", "uid": "1"}, "spec": {"selector": {"app": "web"}}})
    if isinstance(destination, Browse):
        assert destination.kind in views()


@each_view
def test_what_is_read_is_optional_and_costs_the_garbage_collector_nothing(view: View) -> None:
    found = [value for _, value in inspect.getmembers(module_of(view), inspect.isclass)]
    structs = [each for each in found if issubclass(each, msgspec.Struct) and each.__module__.startswith("kty.views.")]
    structs = [
        each for each in structs if not each.__struct_config__.frozen
    ]  # such as columns, which are read by nobody
    assert view is CONTAINERS or view.reads in structs
    for struct in structs:
        msgspec.json.decode(b"{}", type=struct)
        assert struct.__struct_config__.gc is False


@pytest.mark.cluster
async def test_a_real_server_has_every_kind_under_these_names(cluster_kubeconfig: Callable[[str], Path]) -> None:
    client = Client(infer(cluster_kubeconfig("admin")))
    try:
        found = {resource.id: resource for resource in (await discover(client)).resources}
    finally:
        await client.close()
    for view in views().values():
        resource = found[view.id]
        known = view.resource()
        assert (known.group, known.version, known.kind) == (resource.group, resource.version, resource.kind)
        assert (known.plural, known.singular) == (resource.plural, resource.singular)
        assert known.namespaced == resource.namespaced
        assert known.verbs <= resource.verbs
