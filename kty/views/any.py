"""Kinds without a view of their own: the server's columns, with an age that ticks."""

from collections.abc import Sequence
from typing import Any

from msgspec import Raw, structs

from kty.kube.codecs import TableColumn
from kty.kube.objects import Item
from kty.kube.resource import Resource
from kty.kube.tables import TableCodec
from kty.text import printable
from kty.views.ages import AGE
from kty.views.durations import seconds
from kty.views.tones import leaving
from kty.views.view import Column, View, plain

_NUMBERS = ("integer", "number")


def view_of_any(resource: Resource) -> View:
    """Return the view of a kind that the server describes: its columns come with the first page (`columns_of`)."""
    return View(
        resource.plural,
        group=resource.group,
        version=resource.version,
        kind=resource.kind,
        namespaced=resource.namespaced,
        tone=leaving,
        codec=AnyCodec,
    )


class AnyCodec(TableCodec):
    """Rows whose cells are those of `columns_of`: without the name, and with the moment of creation as the age."""

    def __init__(self) -> None:
        super().__init__()
        self._sources: tuple[int | None, ...] = ()
        self._sources_of: tuple[TableColumn, ...] | None = None

    def item(self, raw: Raw) -> Item:
        item = super().item(raw)
        if self._sources_of is not self.columns:
            self._sources_of = self.columns
            self._sources = tuple([at for at, _ in _layout(self.columns or ())])
        row = item.row
        cells = tuple([row.created if at is None else row.cells[at] for at in self._sources])
        return Item(structs.replace(row, cells=cells), item.body)


def columns_of(definitions: tuple[TableColumn, ...]) -> tuple[Column, ...]:
    """Return the columns that the server's definitions mean, one for each cell of an `AnyCodec`'s rows."""
    taken = {"Namespace", "Name"}
    columns: list[Column] = []
    for at, definition in _layout(definitions):
        title = _unused(AGE.title if at is None else definition.name, taken)
        taken.add(title)
        columns.append(_column(title, definition, created=at is None))
    return tuple(columns)


def _layout(definitions: Sequence[TableColumn]) -> list[tuple[int | None, TableColumn]]:
    """Return for each column where the server's row has it, or None for the age.

    An age is added for the wide view where the server has none, and is all there is where it has no columns.
    """
    layout: list[tuple[int | None, TableColumn]] = []
    has_age = False
    for at, definition in enumerate(definitions):
        if definition.name == "Name" and (at == 0 or definition.format == "name"):
            continue
        is_age = not has_age and definition.name == AGE.title and definition.type in ("string", "date")
        has_age = has_age or is_age
        layout.append((None if is_age else at, definition))
    if not has_age:
        layout.append((None, TableColumn(AGE.title, priority=1 if definitions else 0)))
    return layout


def _column(title: str, definition: TableColumn, *, created: bool) -> Column:
    wide = definition.priority > 0
    if created:
        return Column(title, AGE.get, AGE.show, order=AGE.order, wide=wide, ticks=True, lasts=AGE.lasts)
    if definition.type in _NUMBERS:
        return Column(title, _unread, _show, order="number", compare=_number, wide=wide, right=True)
    if definition.type == "date":  # an age, though the server says it only once: as it was when the object was sent
        return Column(title, _unread, _show, order="number", compare=_seconds, wide=wide, ticks=True)
    return Column(title, _unread, _show, wide=wide)


def _unused(title: str, taken: set[str]) -> str:
    """Return the title, numbered where another column has it: sorts and filters name columns by title."""
    title = printable(title) or "?"
    number, unused = 2, title
    while unused in taken:
        unused, number = f"{title} {number}", number + 1
    return unused


def _unread(_: Any) -> None:
    """Nothing is read from the object: the server's cell is the value."""


def _show(value: Any, now: float) -> str:
    return str(value).lower() if isinstance(value, bool) else plain(value, now)


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float | None:
    return seconds(value) if isinstance(value, str) else None
