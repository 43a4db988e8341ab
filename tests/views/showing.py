"""From a small object, the way it comes from the server, to what its view shows."""

from typing import Any

import msgspec

from kty.kube.objects import Row, epoch
from kty.views.view import Column, View, keeping

MADE = "2026-01-02T03:00:00Z"


def moment(timestamp: str) -> float:
    seconds = epoch(timestamp)
    assert seconds is not None
    return seconds


NOW = moment("2026-01-02T03:05:00Z")
"""Five minutes after MADE."""


def row(view: View, obj: dict[str, Any]) -> Row:
    """Return the row of an object, which must not be at fault."""
    item = view.new_codec().item(msgspec.Raw(msgspec.json.encode(obj)))
    assert item.row.fault == ""
    return item.row


def titled(columns: tuple[Column, ...], found: Row, now: float = NOW) -> dict[str, str]:
    """Return what a row's cells show, by title."""
    return {column.title: column.show(value, now) for column, value in zip(keeping(columns), found.cells, strict=True)}


def shown(view: View, obj: dict[str, Any], now: float = NOW) -> dict[str, str]:
    return titled(view.columns, row(view, obj), now)


def compared(view: View, title: str, obj: dict[str, Any]) -> Any:
    """Return what an object's cell in that column sorts by."""
    columns = keeping(view.columns)
    at = [column.title for column in columns].index(title)
    return columns[at].compare(row(view, obj).cells[at])


def meta(name: str = "web", **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "shop", "uid": "uid-1", "creationTimestamp": MADE, **more}
