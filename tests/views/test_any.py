from typing import Any

import msgspec
import pytest

from kty.kube.codecs import TableColumn
from kty.kube.objects import Item
from kty.kube.resource import Resource
from kty.views.any import AnyCodec, columns_of, view_of_any
from kty.views.view import Yaml
from tests.views.showing import NOW, meta, titled

NAME = {"name": "Name", "type": "string", "format": "name"}
AGE = {"name": "Age", "type": "date"}
PHASE = {"name": "Phase", "type": "string"}
SIZE = {"name": "Size", "type": "integer"}
CHANGED = {"name": "Changed", "type": "date", "priority": 1}


def table(*definitions: dict[str, Any], cells: list[Any]) -> bytes:
    rows = [{"cells": cells, "object": {"metadata": meta()}}]
    return msgspec.json.encode({"kind": "Table", "columnDefinitions": definitions or None, "rows": rows})


def read(codec: AnyCodec, body: bytes) -> tuple[tuple[TableColumn, ...], Item]:
    page = codec.page(body)
    (item,) = [codec.item(raw) for raw in page.items]
    assert page.columns is not None
    return page.columns, item


def shown(*definitions: dict[str, Any], cells: list[Any]) -> dict[str, str]:
    columns, item = read(AnyCodec(), table(*definitions, cells=cells))
    return titled(columns_of(columns), item.row, NOW)


def test_the_servers_columns_are_shown_without_the_name_and_with_an_age_that_ticks() -> None:
    assert shown(NAME, PHASE, SIZE, AGE, cells=["web", "Ready", 3, "17d"]) == {
        "Phase": "Ready",
        "Size": "3",
        "Age": "5m",
    }


def test_only_the_first_column_or_the_one_marked_as_the_name_is_the_name() -> None:
    found = shown(NAME, PHASE, {"name": "Name", "type": "string"}, cells=["web", "Ready", "inner"])
    assert found == {"Phase": "Ready", "Name 2": "inner", "Age": "5m"}


def test_an_age_is_added_for_the_wide_view_where_the_server_has_none() -> None:
    columns = columns_of((TableColumn("Name"), TableColumn("Phase")))
    assert [(column.title, column.wide) for column in columns] == [("Phase", False), ("Age", True)]


def test_an_age_is_all_there_is_where_the_server_has_no_columns() -> None:
    assert [(column.title, column.wide) for column in columns_of(())] == [("Age", False)]
    plain = {"kind": "ThingList", "items": [{"metadata": meta()}]}
    columns, item = read(AnyCodec(), msgspec.json.encode(plain))
    assert titled(columns_of(columns), item.row) == {"Age": "5m"}


def test_columns_beyond_the_first_priority_are_wide() -> None:
    assert [column.wide for column in columns_of((TableColumn("A"), TableColumn("B", priority=1)))] == [
        False,
        True,
        True,
    ]


def test_every_title_is_there_once() -> None:
    definitions = tuple(TableColumn(name) for name in ("Name", "Namespace", "Age", "Age", "", "", "Namespace"))
    titles = [column.title for column in columns_of(definitions)]
    assert titles == ["Namespace 2", "Age", "Age 2", "?", "? 2", "Namespace 3"]


@pytest.mark.parametrize(
    ("definition", "value", "text", "measure"),
    [
        (SIZE, 3, "3", 3),
        (SIZE, None, "", None),
        (SIZE, "many", "many", None),
        (SIZE, True, "true", None),
        ({"name": "Load", "type": "number"}, 1.5, "1.5", 1.5),
        (CHANGED, "2h5m", "2h5m", 7500),
        (CHANGED, "<unknown>", "<unknown>", None),
        (PHASE, "Ready", "Ready", "Ready"),
        ({"name": "On", "type": "boolean"}, True, "true", True),
        (PHASE, ["a", "b"], '["a","b"]', '["a","b"]'),
    ],
)
def test_a_cell_is_shown_as_it_is_and_compares_by_its_type(
    definition: dict[str, Any], value: Any, text: str, measure: Any
) -> None:
    columns, item = read(AnyCodec(), table(NAME, definition, cells=["web", value]))
    column = columns_of(columns)[0]
    assert column.show(item.row.cells[0], NOW) == text
    assert column.compare(item.row.cells[0]) == measure
    assert column.right == (definition["type"] in ("integer", "number"))


def test_a_row_that_is_too_short_or_too_long_still_fits_its_columns() -> None:
    assert shown(NAME, PHASE, SIZE, cells=["web"]) == {"Phase": "", "Size": "", "Age": "5m"}
    assert shown(NAME, PHASE, cells=["web", "Ready", "more"]) == {"Phase": "Ready", "Age": "5m"}


def test_rows_of_a_watch_fit_the_columns_of_the_list() -> None:
    codec = AnyCodec()
    columns, _ = read(codec, table(NAME, AGE, PHASE, cells=["web", "1s", "Pending"]))
    line = b'{"type":"MODIFIED","object":' + table(cells=["web", "2s", "Ready"]) + b"}"
    event = codec.event(line)
    assert titled(columns_of(columns), event.item.row) == {"Age": "5m", "Phase": "Ready"}  # type: ignore[union-attr]


def test_rows_fit_the_columns_after_the_server_has_changed_them() -> None:
    codec = AnyCodec()
    read(codec, table(NAME, PHASE, cells=["web", "Ready"]))
    columns, item = read(codec, table(NAME, SIZE, PHASE, AGE, cells=["web", 3, "Ready", "1s"]))
    assert titled(columns_of(columns), item.row) == {"Size": "3", "Phase": "Ready", "Age": "5m"}


def test_the_view_of_a_kind_is_named_after_it_and_opens_its_yaml() -> None:
    view = view_of_any(Resource("example.com", "v1", "Widget", "widgets", namespaced=False))
    assert (view.id, view.kind, view.namespaced) == ("widgets.example.com", "Widget", False)
    assert view.opens({}) == Yaml()
    assert isinstance(view.new_codec(), AnyCodec)
    assert view.new_codec() is not view.new_codec()


def test_an_object_that_is_being_deleted_is_dim() -> None:
    view = view_of_any(Resource("", "v1", "Thing", "things"))
    gone = {"kind": "ThingList", "items": [{"metadata": meta(deletionTimestamp="2026-01-02T03:04:00Z")}]}
    codec = AnyCodec()
    (item,) = [codec.item(raw) for raw in codec.page(msgspec.json.encode(gone)).items]
    assert view.tone(item.row) == "dim"
