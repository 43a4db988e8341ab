"""The columns of one list joined to its rows: what each cell says, is sorted by and is found by."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import count
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct

from kty.kube.objects import Key, Row
from kty.text import printable
from kty.views.view import Column, keeping

SEPARATOR = "\n"
"""Between the cells of a haystack: no printable text has it."""

Readings: TypeAlias = Callable[[Key], Any]
"""What another store says of an object right now; None where it says nothing."""


class Field(Struct, frozen=True):
    """One column of a list, and where a row keeps its value."""

    column: Column
    value: Callable[[Row], Any]
    shown: bool = True
    """False for a wide column in the narrow view: it can be compared by, but is not looked through."""

    def text(self, row: Row, now: float) -> str:
        """Return what the cell shows, printable."""
        return printable(self.column.show(self.value(row), now))

    def sort_key(self, row: Row) -> Any:
        """Return what a listing sorts by; moments newest first, as their ages grow."""
        found = self.column.compare(self.value(row))
        return -found if self.column.order == "time" and isinstance(found, int | float) else found


class Sorting(Struct, frozen=True):
    """What a listing sorts by: equal, and so shared by all listings, where the field is."""

    field: Field

    def __call__(self, row: Row) -> Any:
        return self.field.sort_key(row)


NAMESPACE = Field(Column("Namespace", attrgetter("metadata.namespace")), attrgetter("namespace"))
NAME = Field(Column("Name", attrgetter("metadata.name")), attrgetter("name"))
_UNSHOWN_NAME = Field(NAME.column, NAME.value, shown=False)


def fields(
    columns: Iterable[Column],
    *,
    namespaces: bool = False,
    wide: bool = False,
    readings: Readings | None = None,
    named: bool = True,
) -> tuple[Field, ...]:
    """Join a view's columns to its rows; a list begins with the name, where asked for after the namespace.

    Columns that join `readings` are left out where there are none. Where the list is not `named`, the name is wide and
    comes last, as kubectl has it.
    """
    columns, own, number = tuple(columns), [], count()
    kept = keeping(columns)
    for column in columns:
        value = _cell(next(number) if column.kept is None else kept.index(column.kept))
        if column.joins is not None:
            if readings is None:
                continue
            value = _Joined(value, column.joins, readings)
        own.append(Field(column, value, shown=wide or not column.wide))
    before = (NAMESPACE,) if namespaces else ()
    return (*before, NAME, *own) if named else (*before, *own, NAME if wide else _UNSHOWN_NAME)


class _Joined(Struct, frozen=True):
    """The value of a column that joins readings to what a row keeps."""

    kept: Callable[[Row], Any]
    joins: Callable[[Any, Any], Any]
    readings: Readings

    def __call__(self, row: Row) -> Any:
        return self.joins(self.kept(row), self.readings(row.key))


@lru_cache(maxsize=256)
def _cell(at: int) -> Callable[[Row], Any]:
    def value(row: Row) -> Any:
        cells = row.cells
        return cells[at] if at < len(cells) else None  # the server can change its columns: rows of before may be short

    return value


def fold(text: str) -> str:
    """Return the text in lower case and exactly as long, so that offsets in one are offsets in the other."""
    if text.isascii():
        return text.lower()
    return "".join([low if len(low := char.lower()) == 1 else char for char in text])


def haystack(fields: Sequence[Field]) -> Callable[[Row], str]:
    """Return what prepares a row for filters: its shown cells, folded, without what changes as time passes.

    The same function for fields that show the same.
    """
    shown = [field for field in fields if field.shown and field.column.joins is None]
    still = [(field.value, field.column.show) for field in shown if not field.column.ticks]
    ticking = [(field.value, field.column.show) for field in shown if field.column.ticks]
    return _haystack(tuple(still), tuple(ticking))


_Shown: TypeAlias = tuple[tuple[Callable[[Row], Any], Callable[[Any, float], str]], ...]


@lru_cache(maxsize=256)
def _haystack(still: _Shown, ticking: _Shown) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        cells = [show(value(row), 0.0) for value, show in still]
        cells += [show(None, 0.0) for value, show in ticking if value(row) is None]  # what never happened has no age
        # This runs for every version of every row: most cells are plain, and are looked at all at once.
        together = "".join(cells)
        if not (together.isascii() and together.isprintable()):
            cells = [printable(cell) for cell in cells]
        return fold(SEPARATOR.join(cells))

    return text
