"""A list whose rows can be marked, so that something is done to many of them at once."""

from textual.binding import Binding
from textual.content import Content

from kty.kube.objects import Key
from kty.screens.live_list import LiveList
from kty.screens.marks import Marks
from kty.screens.rows import Rows
from kty.screens.session import Namespaces, Session
from kty.screens.sources import Source
from kty.views.view import Destination

MARKS = (
    Binding("space", "mark", "mark", id="mark", show=False),
    # What most terminals send for ctrl+space; it need not be read in the help.
    Binding("ctrl+@,shift+space", "mark_range", id="mark.range", show=False),
    Binding("V,ctrl+space", "mark_range", "mark as far as here", id="mark.range", show=False),
    Binding("ctrl+backslash", "unmark", "unmark all", id="mark.none", show=False),
)


class MarkingList(LiveList):
    """Marks stay on their objects while rows come, go, are sorted and filtered; they go with their objects."""

    def __init__(self, session: Session, destination: Destination, *, filter_text: str = "", where: str = "") -> None:
        super().__init__(session, destination, filter_text=filter_text, where=where)
        self._marks = Marks()
        self._of: tuple[str, Namespaces | None] | None = None
        """The kind and the namespaces that the marks are in."""

    @property
    def _chosen(self) -> tuple[Key, ...]:
        """What an action is for: the marked rows in the order of the list, else the one under the cursor."""
        rows, key = self._rows, self._key
        if rows is not None and self._marks:
            return tuple(sorted(self._marks, key=lambda each: _place(rows, each)))
        return () if key is None else (key,)

    def say_one_only(self, what: str) -> bool:
        """Tell that this is for one object, where several are marked; say whether they are."""
        if len(self._marks) > 1:
            self.say(f"{what} is for one object, and {len(self._marks):,} are marked: unmark them first")
        return len(self._marks) > 1

    def _new_rows(self, source: Source) -> Rows:
        of = source.view.id, source.namespaces
        if of != self._of:  # nobody acts on what is no longer listed
            self._marks.clear()
            self._of = of
        rows = super()._new_rows(source)
        rows.marks = self._marks
        return rows

    def _took_in(self, rows: Rows) -> None:
        if self._marks and self._was_complete:  # what is not listed yet is not gone
            self._marks.keep(rows.row)

    def _is_worth_painting(self) -> bool:
        rows, marked = self._rows, len(self._marks)
        if super()._is_worth_painting():
            return True
        if rows is not None:
            self._took_in(rows)
        return len(self._marks) != marked

    def counts(self) -> Content:
        said = super().counts()
        rows, number = self._rows, len(self._marks)
        if rows is None or not number:
            return said
        hidden = sum(rows.index(key) is None for key in self._marks)
        more = f", {hidden:,} filtered out" if hidden else ""
        return Content.assemble((f"● {number:,} marked{more}  ", "bold $text-accent"), said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("mark", "mark_range"):
            return self._source is not None and not self._source.is_static
        if action == "unmark":
            return bool(self._marks)
        return super().check_action(action, parameters)

    def action_mark(self) -> None:
        """Mark the row under the cursor, or unmark it, and go on to the next."""
        rows, key = self._rows, self._key
        if rows is not None and key is not None and (row := rows.row(key)) is not None:
            self._marks.turn(row, key)
            self._table.action_move(1)
            self._show_marks()

    def action_mark_range(self) -> None:
        """Mark all rows between the one that was marked last and the cursor."""
        rows, key = self._rows, self._key
        if rows is None or key is None or (here := rows.index(key)) is None:
            return
        last = self._marks.last
        start = here if last is None or (found := rows.index(last)) is None else found
        keys = [rows.listing.key(index) for index in range(min(start, here), max(start, here) + 1)]
        self._marks.add([(each, row) for each in keys if (row := rows.row(each)) is not None])
        self._marks.last = key
        self._show_marks()

    def action_unmark(self) -> None:
        """Mark nothing any longer."""
        self._marks.clear()
        self._show_marks()

    def action_back(self) -> None:
        if self._marks:
            self.action_unmark()
        else:
            super().action_back()

    def _show_marks(self) -> None:
        self._table.refresh_lines()
        self.show_truth()
        self.refresh_bindings()


def _place(rows: Rows, key: Key) -> tuple[bool, int, Key]:
    index = rows.index(key)
    return index is None, index or 0, key
