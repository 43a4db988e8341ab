"""The lines of a browse screen: a live listing, seen through a view's columns and a person's filter."""

from collections.abc import Callable, Collection, Container, Hashable, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from kty.kube.objects import Key, Row
from kty.runtime.listing import Changes, Keep, Listing
from kty.runtime.store import Store
from kty.views.fields import Field, Readings, Sorting, fields, haystack
from kty.views.view import Column, View
from kty.widgets.lines import Heading, Line

if TYPE_CHECKING:
    from kty.views.filters import Filter
    from kty.views.terms import Span

FAULTY = frozenset({"bad", "warn"})
"""The tones of rows that ctrl-z keeps."""
MOST_MADE = 200
"""Lines that are kept: more than there are on most screens."""
BY_NAME, BY_NAMESPACE = ("Name", False), ("Namespace", False)


class _Made(NamedTuple):
    """A line, the row and the filter that it is of, and between which moments it surely says the same."""

    row: Row
    line: Line
    filter: "Filter | None"
    since: float
    until: float


class Rows:
    """What a live table draws; it holds no object, only keys, and asks the stores for what is on screen."""

    def __init__(
        self,
        view: View,
        stores: Sequence[Store],
        *,
        now: Callable[[], float],
        scope: Callable[[Row], bool] | None = None,
        namespaces: bool = False,
        sort: tuple[str, bool] | None = None,
        wide: bool = False,
        faults_only: bool = False,
    ) -> None:
        """`now` is the wall clock; `scope` says which rows the list is about; `namespaces` adds their column."""
        self.view = view
        self.wide = wide
        self.filter: Filter | None = None
        self.faults_only = faults_only
        self.marks: Container[Key] = ()
        """The rows that a person marked."""
        self._stores = tuple(stores)
        self._now = now
        self._namespaces = namespaces
        self._columns = view.columns
        self._sort = sort or (BY_NAMESPACE if namespaces and view.sort == BY_NAME else view.sort)
        self._readings: Readings | None = None
        self._read: Hashable = None
        """The state of the readings that were taken in."""
        self._fields = self._shown = fields(())
        self._ticking: list[int] = []
        """Which of the shown columns say something else as time passes."""
        self._made: dict[Key, _Made] = {}
        """Lines that were asked for lately."""
        self.listing = Listing(stores, scope=scope)
        self._lay_out()

    def _lay_out(self) -> None:
        self._fields = fields(
            self._columns,
            namespaces=self._namespaces,
            wide=self.wide,
            readings=self._readings,
            named=self.view.named,
        )
        self._shown = tuple(each for each in self._fields if each.shown)
        self._ticking = [at for at, each in enumerate(self._shown) if each.column.ticks]
        self._made.clear()
        self.listing.read_by(haystack(self._fields), self._keep())
        self._apply_sort()

    # What the table asks

    @property
    def headings(self) -> Sequence[Heading]:
        title, is_reversed = self._sort
        return [
            Heading(
                each.column.title,
                each.column.right,
                ("down" if is_reversed else "up") if each.column.title == title else "",
                each.column.sentence,
            )
            for each in self._shown
        ]

    def __len__(self) -> int:
        return len(self.listing)

    def key(self, index: int, /) -> Hashable:
        return self.listing.key(index)

    def index(self, key: Hashable, /) -> int | None:
        return self.listing.index(key) if isinstance(key, tuple) else None

    def span(self, start: int, stop: int, /) -> list[Hashable]:
        return [*self.listing.span(start, stop)]

    def aged(self, keys: Collection[Hashable], /) -> Collection[Hashable]:
        now, made = self._now(), self._made
        return {key for key in keys if (known := made.get(key)) is None or not known.since <= now < known.until}  # type: ignore[call-overload] # none else were asked for

    def line(self, index: int, /) -> Line:
        row, key = self.listing.listed(index), self.listing.key(index)
        is_marked = key in self.marks
        now = self._now()
        made = self._made.get(key)
        if made is None or made.row is not row or made.line.is_marked is not is_marked:
            if len(self._made) >= MOST_MADE:
                self._made.clear()
            line, until = self._line(row, is_marked, now), self._until(row, now)
        elif made.since <= now < made.until:
            if made.filter is self.filter:
                return made.line
            line, until = made.line._replace(marks=self._marks(row, made.line.cells)), made.until
        else:
            line, until = self._aged(row, made, now), self._until(row, now)
        self._made[key] = _Made(row, line, self.filter, now, until)
        return line

    def _line(self, row: Row, is_marked: bool, now: float) -> Line:
        cells = tuple([each.text(row, now) for each in self._shown])
        if row.fault:
            cells = (*cells[: self.names], f"cannot be read: {row.fault}", *cells[self.names + 1 :])
            return Line(cells, (), "bad", is_marked=is_marked)
        return Line(
            cells,
            tuple([each.column.tone(each.value(row)) for each in self._shown]),
            self.view.tone(row),
            self._marks(row, cells),
            is_marked,
        )

    def _marks(self, row: Row, cells: Sequence[str]) -> "tuple[Span, ...]":
        """Return what made the filter let a row through; one that cannot be read got through by what is not shown."""
        return self.filter.spans(cells) if self.filter and not row.fault else ()

    def _until(self, row: Row, now: float) -> float:
        """Say until when a row surely says the same."""
        until = inf
        for at in self._ticking:
            field = self._shown[at]
            if field.column.lasts is None:
                return now
            until = min(until, now + field.column.lasts(field.value(row), now))
        return until

    def _aged(self, row: Row, made: _Made, now: float) -> Line:
        """Return the line as it is by now; the same, where it says the same."""
        line = made.line
        if made.filter is self.filter and all(line.cells[at] == self._shown[at].text(row, now) for at in self._ticking):
            return line
        return self._line(row, line.is_marked, now)

    # What the screen asks and says

    @property
    def names(self) -> int:
        """How many columns the name takes: two with the namespace."""
        return int(self._namespaces) + int(self.view.named)

    @property
    def total(self) -> int:
        """How many rows there are before the filter."""
        return self.listing.total

    @property
    def ticks(self) -> bool:
        """Whether the filter lets other rows through as time passes."""
        return self.filter is not None and self.filter.ticks

    @property
    def sort(self) -> tuple[str, bool]:
        """The title of the column that is sorted by, and whether it is reversed."""
        return self._sort

    def row(self, key: Key) -> Row | None:
        """Return a row that is there, filtered out or not."""
        return self.listing.row(key)

    def shows(self, stores: Sequence[Store]) -> bool:
        """Whether these are the stores that the rows come from."""
        return self._stores == tuple(stores)

    def peek(self) -> Changes:
        """Take in what changed in the stores; the next `update` says it again."""
        return self.listing.peek()

    def update(self) -> Changes:
        """Take in what changed in the stores."""
        return self.listing.update()

    def join(self, readings: Readings | None) -> bool:
        """Take what another store says of the rows; None where it says nothing. Returns whether that is another."""
        if readings == self._readings:
            return False
        self._readings, self._read = readings, None
        self._lay_out()
        return True

    def reread(self, state: Hashable) -> bool:
        """Take in what that store says by now: rows stay as they are, but may stand elsewhere.

        All are looked at again only where the sort or the filter might look at what was joined. `state` is another
        one whenever the store may say something else. Returns whether it is.
        """
        if self._readings is None or state == self._read:
            return False
        self._read = state
        self._made.clear()
        if self._sorted_by.column.joins is not None:
            self._apply_sort()
        if self.filter is not None:
            self.refilter()
        return True

    def joined(self, key: Key) -> list[tuple[Column, Any]]:
        """Return what was joined to a row, and the columns that show it."""
        row = self.listing.row(key)
        joined = [each for each in self._fields if each.column.joins is not None]
        return [] if row is None else [(each.column, each.value(row)) for each in joined]

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Take the columns that came from the server."""
        self._columns = tuple(columns)
        self._lay_out()

    def set_wide(self, wide: bool) -> None:
        self.wide = wide
        self._lay_out()

    def sort_by(self, title: str, is_reversed: bool) -> None:
        """Sort by this column; by the name where there is no such column."""
        self._sort = (title, is_reversed)
        self._apply_sort()

    def _apply_sort(self) -> None:
        field = self._sorted_by
        state = None if field.column.joins is None else self._read
        self.listing.sort_by(Sorting(field), reverse=self._sort[1], state=state)

    @property
    def _sorted_by(self) -> Field:
        """The column of the sort; the name where there is none of that title."""
        named = {each.column.title: each for each in self._fields}
        return named.get(self._sort[0], named["Name"])

    @property
    def sortable(self) -> list[str]:
        """The titles of the columns on screen, from left to right."""
        return [each.column.title for each in self._shown]

    def read_filter(self, text: str) -> "Filter | None":
        """Return what the text asks for; None for everything. Raises FilterMistake."""
        if not text.strip():
            return None
        from kty.views.filters import parse  # not before somebody types

        return parse(text, self._fields)

    def set_filter(self, wanted: "Filter | None") -> None:
        """Let only these rows through; None lets all."""
        if wanted == self.filter and not self.ticks:  # as where what was typed is taken
            return
        is_narrower = self.filter is not None and wanted is not None and wanted.narrows(self.filter)
        self.filter = wanted
        lasts = wanted is not None and wanted.lasts and not self.faults_only
        self.listing.filter_by(self._keep(), narrower=is_narrower, by=wanted if lasts else None)

    def set_faults_only(self, faults_only: bool) -> None:
        self.faults_only = faults_only
        self.refilter()

    def refilter(self) -> None:
        """Test every row again: the filter is another, or time has passed."""
        self.listing.filter_by(self._keep())

    def _keep(self) -> Keep | None:
        test = self.filter.at(self._now()) if self.filter else None
        if not self.faults_only:
            return test
        tone = self.view.tone
        return lambda row, text: tone(row) in FAULTY and (test is None or test(row, text))
