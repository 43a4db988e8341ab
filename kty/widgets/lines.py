"""What a live table draws: headings, and lines of cells whose text is printable already."""

from collections.abc import Collection, Hashable, Sequence
from typing import Literal, NamedTuple, Protocol


class Heading(NamedTuple):
    """The head of one column."""

    title: str
    right: bool = False
    """The column's cells end at its right edge."""
    arrow: Literal["", "up", "down"] = ""
    """Set on the column that the lines are sorted by."""
    sentence: bool = False
    """The column's cells are for reading: they get room before names do."""


class Line(NamedTuple):
    """One object; equal lines look equal, so they are painted once."""

    cells: tuple[str, ...]
    """One for each heading."""
    tones: tuple[str, ...] = ()
    """What each cell's value means: `good`, `busy`, `warn`, `bad`, `dim`, `accent`, or empty: the line's tone."""
    tone: str = ""
    """What the whole line means."""
    marks: tuple[tuple[int, int, int], ...] = ()
    """What a filter matched: (cell, first character, character after the last), in order, none overlapping."""
    is_marked: bool = False
    """A person marked it, to do something to it and others at once."""
    lead: int = 0
    """How many characters of the name lead up to it, and are no part of it: they are dimmed."""


class Lines(Protocol):
    """The lines of a table, in order. A table asks for the lines that can be seen only."""

    @property
    def headings(self) -> Sequence[Heading]: ...

    def __len__(self) -> int: ...

    def key(self, index: int, /) -> Hashable:
        """Return what stays the same while the object lives, wherever its line goes."""
        ...

    def index(self, key: Hashable, /) -> int | None:
        """Say where the object's line is; None where it has none."""
        ...

    def line(self, index: int, /) -> Line: ...

    def span(self, start: int, stop: int, /) -> list[Hashable]:
        """Return the keys of all lines between these."""
        ...

    def aged(self, keys: Collection[Hashable], /) -> Collection[Hashable]:
        """Say which of these lines, that were asked for before, may read otherwise by now as time has passed."""
        ...


class OneByOne:
    """Part of `Lines` for whoever knows no quicker way."""

    def span(self: Lines, start: int, stop: int, /) -> list[Hashable]:
        return [self.key(index) for index in range(start, stop)]

    def aged(self, keys: Collection[Hashable], /) -> Collection[Hashable]:
        return keys


class NoLines(OneByOne):
    """No columns and no lines: what a table shows until it is given something."""

    headings: Sequence[Heading] = ()

    def __len__(self) -> int:
        return 0

    def key(self, index: int, /) -> Hashable:
        raise IndexError(index)

    def index(self, key: Hashable, /) -> int | None:
        return None

    def line(self, index: int, /) -> Line:
        raise IndexError(index)
