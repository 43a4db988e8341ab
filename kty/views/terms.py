"""The terms of a filter: each says which rows it lets through, and what of their cells made it do so."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from kty.kube.objects import Row
from kty.kube.selectors import Selector
from kty.text import printable
from kty.views.fields import Field, fold
from kty.views.scales import Scale

Test: TypeAlias = Callable[[Row, str], bool]
"""Whether a row, with its haystack, gets through."""

Span: TypeAlias = tuple[int, int, int]
"""Index of a shown column, start and end in the text of its cell."""

_IN_AN_AGE = re.compile(r"[0-9]*(?:[ydhms](?:[0-9]+[ydhms]?)?)?")


class Term(Protocol):
    """One condition of a filter."""

    @property
    def ticks(self) -> bool:
        """Whether the answer for the same row can change as time passes."""
        ...

    def test(self, now: float) -> Test:
        """Return the test as of now (seconds since the epoch)."""
        ...

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        """Yield what to highlight in the folded cells of a row that got through."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """Some shown cell has these characters in it."""

    needle: str
    """Folded, and not empty."""
    ticking: tuple[Field, ...] = ()
    """The shown columns that the haystack leaves out because they show ages."""
    unread: frozenset[int] = frozenset()
    """The indices of shown columns that are not looked through."""

    @property
    def ticks(self) -> bool:
        return bool(self.ticking) and _IN_AN_AGE.fullmatch(self.needle) is not None

    def narrows(self, other: Term) -> bool:
        """Whether this is the other word, typed further."""
        return isinstance(other, Word) and other.needle in self.needle and replace(self, needle=other.needle) == other

    def test(self, now: float) -> Test:
        needle = self.needle
        if not self.ticks:
            return lambda row, text: needle in text
        ages = [(field.value, field.column.show) for field in self.ticking]

        def test(row: Row, text: str) -> bool:
            if needle in text:
                return True
            for value, show in ages:  # noqa: SIM110 - half as quick otherwise, and every row asks
                if needle in show(value(row), now):
                    return True
            return False

        return test

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        for column, cell in enumerate(cells):
            if column not in self.unread:
                yield from _found(self.needle, column, cell)


@dataclass(frozen=True, slots=True)
class Within:
    """The cell of one column has these characters in it."""

    field: Field
    column: int | None
    """Its index among the shown columns."""
    needle: str

    @property
    def ticks(self) -> bool:
        return self.field.column.ticks

    def test(self, now: float) -> Test:
        needle, cell = self.needle, _cell(self.field, now)
        return lambda row, text: needle in cell(row)

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        if self.column is not None:
            yield from _found(self.needle, self.column, cells[self.column])


@dataclass(frozen=True, slots=True)
class Equal:
    """The cell of one column shows exactly this, or is this number; or does not, where that is wanted."""

    field: Field
    column: int | None
    text: str
    """Folded."""
    scales: tuple[Scale, ...]
    """The number that a column of numbers can be as well; none for other columns and other texts."""
    wanted: bool

    @property
    def ticks(self) -> bool:
        return self.field.column.ticks

    def test(self, now: float) -> Test:
        wanted, sought, cell, scales = self.wanted, self.text, _cell(self.field, now), self.scales
        if not scales:
            return lambda row, text: (cell(row) == sought) is wanted
        ((number, measure),) = scales
        return lambda row, text: (measure(row, now) == number or cell(row) == sought) is wanted

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        return _whole(self.column, cells)


@dataclass(frozen=True, slots=True)
class Compared:
    """The cell of one column is more or less than a bound."""

    field: Field
    column: int | None
    holds: Callable[[float, float], bool]
    scales: tuple[Scale, ...]
    """The first that can measure a row decides."""

    @property
    def ticks(self) -> bool:
        return self.field.column.order == "time" or (self.field.column.order == "text" and self.field.column.ticks)

    def test(self, now: float) -> Test:
        holds, scales = self.holds, self.scales

        def test(row: Row, text: str) -> bool:
            for bound, measure in scales:
                if (found := measure(row, now)) is not None:
                    return holds(found, bound)
            return False

        return test

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        return _whole(self.column, cells)


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labels are selected."""

    selector: Selector
    ticks = False

    def test(self, now: float) -> Test:
        matches = self.selector.matches
        return lambda row, text: matches(row.labels)

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        return iter(())


@dataclass(frozen=True, slots=True)
class Not:
    """Another term does not let the row through."""

    term: Term

    @property
    def ticks(self) -> bool:
        return self.term.ticks

    def test(self, now: float) -> Test:
        test = self.term.test(now)
        return lambda row, text: not test(row, text)

    def spans(self, cells: Sequence[str]) -> Iterator[Span]:
        return iter(())


def lasts(term: Term) -> bool:
    """Whether the answer is the same for as long as the row is: neither time nor what else is read changes it."""
    if isinstance(term, Not):
        return lasts(term.term)
    reads = isinstance(term, Within | Equal | Compared) and term.field.column.joins is not None
    return not term.ticks and not reads


def _cell(field: Field, now: float) -> Callable[[Row], str]:
    value, show = field.value, field.column.show
    return lambda row: fold(printable(show(value(row), now)))


def _found(needle: str, column: int, cell: str) -> Iterator[Span]:
    start = cell.find(needle)
    while start >= 0:
        end = start + len(needle)
        yield (column, start, end)
        start = cell.find(needle, end)


def _whole(column: int | None, cells: Sequence[str]) -> Iterator[Span]:
    if column is not None and cells[column]:
        yield (column, 0, len(cells[column]))
