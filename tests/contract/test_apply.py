"""Server-side apply: who owns what, what conflicts, and what goes when nobody wants it any more."""

import json
from typing import Any

import pytest

from tests.cluster.place import CONFIG_MAPS, Place
from tests.contract.asking import MERGE_PATCH, Asking
from tests.contract.conftest import Cluster
from tests.contract.ownership import owners


def config_map(name: str = "m", **parts: Any) -> dict[str, Any]:
    metadata = {"name": name, **parts.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **parts}


@pytest.fixture
def path(place: Place) -> str:
    """Where the config map m is, once it is made."""
    return CONFIG_MAPS.path(place.namespace, "m")


async def test_what_is_applied_first_is_created_and_owned(ask: Asking, path: str) -> None:
    made = (await ask.apply(path, config_map(metadata={"labels": {"l": "1"}}, data={"a": "1"}))).done(201)
    assert made["data"] == {"a": "1"}
    assert owners(made) == {"one Apply": {".data.a", ".metadata.labels.l"}}
    (entry,) = made["metadata"]["managedFields"]
    assert entry["apiVersion"] == "v1"
    assert entry["time"] == made["metadata"]["creationTimestamp"]


async def test_yaml_can_be_applied(ask: Asking, path: str) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: '1'\n"
    assert (await ask.apply(path, text)).done(201)["data"] == {"a": "1"}


async def test_the_same_again_changes_nothing(ask: Asking, path: str) -> None:
    made = (await ask.apply(path, config_map(data={"a": "1"}))).done(201)
    assert (await ask.apply(path, config_map(data={"a": "1"}))).done() == made


async def test_two_who_agree_share_a_field_and_one_may_let_go_of_it(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1"}), "one")
    shared = (await ask.apply(path, config_map(data={"a": "1"}), "two")).done()
    assert owners(shared) == {"one Apply": {".data.a"}, "two Apply": {".data.a"}}
    left = (await ask.apply(path, config_map(), "two")).done()
    assert owners(left) == {"one Apply": {".data.a"}}
    assert left["data"] == {"a": "1"}


async def test_who_disagrees_is_refused_until_they_force(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    refused = await ask.apply(path, config_map(data={"a": "2"}), "two")
    assert refused.refusal == (409, "Conflict", 'Apply failed with 1 conflict: conflict with "one": .data.a')
    assert refused.causes == [("FieldManagerConflict", ".data.a", 'conflict with "one"')]
    forced = (await ask.apply(path, config_map(data={"a": "2"}), "two", force="true")).done()
    assert forced["data"] == {"a": "2", "b": "1"}
    assert owners(forced) == {"one Apply": {".data.b"}, "two Apply": {".data.a"}}


async def test_every_conflict_is_named(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    await ask("PATCH", f"{path}?fieldManager=two", {"data": {"c": "1"}}, media=MERGE_PATCH)
    refused = await ask.apply(path, config_map(data={"a": "2", "b": "2", "c": "2"}), "three")
    assert refused.refusal[:2] == (409, "Conflict")
    assert refused.refusal[2] == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .data.a\n- .data.b\n'
        'conflicts with "two" using v1:\n- .data.c'
    )
    assert sorted(refused.causes) == [
        ("FieldManagerConflict", ".data.a", 'conflict with "one"'),
        ("FieldManagerConflict", ".data.b", 'conflict with "one"'),
        ("FieldManagerConflict", ".data.c", 'conflict with "two" using v1'),
    ]


async def test_what_is_applied_no_more_goes_when_nobody_else_owns_it(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(metadata={"labels": {"l": "1"}}, data={"a": "1", "b": "1"}), "one")
    await ask.apply(path, config_map(data={"b": "1"}), "two")
    left = (await ask.apply(path, config_map(data={"c": "1"}), "one")).done()
    assert left["data"] == {"b": "1", "c": "1"}
    assert "labels" not in left["metadata"]
    assert owners(left) == {"one Apply": {".data.c"}, "two Apply": {".data.b"}}


async def test_any_other_write_takes_what_it_changes(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    changed = (await ask("PATCH", f"{path}?fieldManager=two", {"data": {"a": "2"}}, media=MERGE_PATCH)).done()
    assert owners(changed) == {"one Apply": {".data.b"}, "two Update": {".data.a"}}
    changed["data"]["b"] = "2"
    changed = (await ask("PUT", f"{path}?fieldManager=one", changed)).done()
    assert owners(changed) == {"one Update": {".data.b"}, "two Update": {".data.a"}}


async def test_a_write_without_a_manager_is_the_clients(ask: Asking, path: str, place: Place) -> None:
    made = await ask.create(CONFIG_MAPS.path(place.namespace), config_map(data={"a": "1"}))
    assert owners(made) == {"t-contract Update": {".data", ".data.a"}}


async def test_who_removes_a_field_owns_nothing_of_it(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1", "b": "1"}), "one")
    changed = (await ask("PATCH", f"{path}?fieldManager=two", {"data": {"a": None}}, media=MERGE_PATCH)).done()
    assert owners(changed) == {"one Apply": {".data.b"}}


async def test_what_was_there_before_the_first_apply_has_an_owner_too(ask: Asking, path: str, place: Place) -> None:
    made = await ask.create(CONFIG_MAPS.path(place.namespace), config_map(data={"a": "1"}))
    reset = (await ask("PATCH", path, {"metadata": {"managedFields": [{}]}}, media=MERGE_PATCH)).done()
    assert owners(made)
    assert "managedFields" not in reset["metadata"]
    later = (await ask("PATCH", path, {"data": {"b": "1"}}, media=MERGE_PATCH)).done()
    assert "managedFields" not in later["metadata"]
    applied = (await ask.apply(path, config_map(data={"c": "1"}))).done()
    assert owners(applied) == {"before-first-apply Update": {".data", ".data.a", ".data.b"}, "one Apply": {".data.c"}}


async def test_managed_fields_can_be_written_but_not_applied(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(data={"a": "1"}))
    fields: Any = {"f:data": {"f:a": {}}}
    entry = {"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": fields}
    written = (await ask("PATCH", path, {"metadata": {"managedFields": [entry]}}, media=MERGE_PATCH)).done()
    assert written["metadata"]["managedFields"] == [entry]
    nonsense = [{"manager": "x", "operation": "Shake"}]
    kept = (await ask("PATCH", path, {"metadata": {"managedFields": nonsense}}, media=MERGE_PATCH)).done()
    assert kept["metadata"]["managedFields"] == [entry]
    refused = await ask.apply(path, config_map(metadata={"managedFields": [entry]}))
    assert refused.refusal == (400, "BadRequest", "metadata.managedFields must be nil")


async def test_a_dry_run_makes_nothing(ask: Asking, path: str) -> None:
    shown = (await ask.apply(path, config_map(data={"a": "1"}), dryRun="All")).done(201)
    assert owners(shown) == {"one Apply": {".data.a"}}
    assert (await ask("GET", path)).status == 404
    await ask.apply(path, config_map(data={"a": "1"}))
    shown = (await ask.apply(path, config_map(data={"a": "2"}), dryRun="All")).done()
    assert shown["data"] == {"a": "2"}
    assert (await ask.get(path))["data"] == {"a": "1"}


async def test_a_version_that_is_applied_must_be_the_one_there_is(ask: Asking, path: str) -> None:
    made = (await ask.apply(path, config_map(data={"a": "1"}))).done(201)
    version = made["metadata"]["resourceVersion"]
    changed = config_map(data={"a": "2"}, metadata={"resourceVersion": version})
    (await ask.apply(path, changed)).done()
    refused = await ask.apply(path, changed)
    assert refused.refusal[:2] == (409, "Conflict")
    assert refused.refusal[2].startswith(
        'Operation cannot be fulfilled on configmaps "m": the object has been modified'
    )


async def test_finalizers_are_a_set_that_several_may_add_to(ask: Asking, path: str) -> None:
    await ask.apply(path, config_map(metadata={"finalizers": ["t.io/a"]}), "one")
    both = (await ask.apply(path, config_map(metadata={"finalizers": ["t.io/b"]}), "two")).done()
    assert sorted(both["metadata"]["finalizers"]) == ["t.io/a", "t.io/b"]
    assert owners(both) == {
        "one Apply": {'.metadata.finalizers["t.io/a"]'},
        "two Apply": {'.metadata.finalizers["t.io/b"]'},
    }
    left = (await ask.apply(path, config_map(), "one")).done()
    assert left["metadata"]["finalizers"] == ["t.io/b"]
    (await ask.apply(path, config_map(), "two")).done()


async def test_what_kubectl_applied_on_its_side_is_no_conflict_for_it(ask: Asking, path: str, place: Place) -> None:
    last = config_map(data={"a": "1"})
    annotation = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(last)}
    made = config_map(data={"a": "1", "b": "1"}, metadata={"annotations": annotation})
    await ask("POST", CONFIG_MAPS.path(place.namespace) + "?fieldManager=kubectl-client-side-apply", made)
    assert (await ask.apply(path, config_map(data={"a": "2"}), "other")).status == 409
    assert (await ask.apply(path, config_map(data={"b": "2"}), "kubectl")).status == 409
    upgraded = (await ask.apply(path, config_map(data={"a": "2"}), "kubectl")).done()
    assert upgraded["data"] == {"a": "2", "b": "1"}
    assert ".data.a" in owners(upgraded)["kubectl Apply"]
    said = json.loads(upgraded["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])
    assert said["data"] == {"a": "2"}


async def test_a_viewer_may_not_apply_and_an_editor_may(ask: Asking, cluster: Cluster, path: str) -> None:
    refused = await cluster.ask("viewer").apply(path, config_map(data={"a": "1"}))
    assert refused.refusal[:2] == (403, "Forbidden")
    (await cluster.ask("editor").apply(path, config_map(data={"a": "1"}))).done(201)
