"""Where a person is in a YAML text: the cursor, what is folded, what is looked for. All of it outlives changes."""

from kty.widgets.line_diff import LineDiff
from kty.widgets.text_search import Match, TextSearch
from kty.widgets.yaml_folds import Folds
from kty.widgets.yaml_outline import Outline


class Reading:
    """One text as one person reads it. Lines and rows count from 0; a row is a line that is not folded away."""

    def __init__(self, text: str = "") -> None:
        self.outline = Outline(text)
        self.folds = Folds(self.outline)
        self.search = TextSearch()
        self.cursor = 0
        """The line that the cursor is on; never one that is folded away."""
        self.changed: set[int] = set()
        """The lines that were not there before the last change."""
        self._search_from = 0

    @property
    def row(self) -> int:
        """The row that the cursor is on."""
        return self.folds.row(self.cursor)

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is looked for."""
        return self.search.found

    def follow(self, text: str) -> None:
        """Go on in another state of the text, at the same place."""
        before, self.outline = self.outline, Outline(text)
        diff = LineDiff(before.lines, self.outline.lines)
        self.changed = diff.changed
        self.folds = Folds(self.outline, self._carried(before, diff))
        self.cursor = self._visible(diff.follow(self.cursor))
        self._search_from = diff.follow(self._search_from)
        match = self.search.match
        self.search = TextSearch(self.search.needle, self.outline.lines)
        if match:
            self.search.go_to(diff.follow(match.line), match.start)

    def _carried(self, before: Outline, diff: LineDiff) -> set[int]:
        """Return what stays folded: lines that are still there, and those at the path of one that is not."""
        places = {line: diff.stays(line) for line in self.folds.folded}
        lost = {before.path(line) for line, place in places.items() if place is None}
        carried = {place for place in places.values() if place is not None}
        if lost:
            outline = self.outline
            carried |= {line for line in diff.changed if outline.is_head(line) and outline.path(line) in lost}
        return carried

    def place(self, row: int) -> None:
        """Move the cursor to a row, or to the nearest there is."""
        rows = self.folds.rows
        self.cursor = self._search_from = rows[max(0, min(row, len(rows) - 1))]

    def fold(self, line: int) -> None:
        """Fold or unfold a line; where it has nothing to fold, fold what it belongs to. The cursor goes there."""
        if (head := self.folds.toggle(line)) >= 0:
            self.cursor = self._search_from = head

    def fold_all(self) -> None:
        """Fold all but the top level; where anything is folded, unfold everything."""
        self.folds.toggle_all()
        self.cursor = self._visible(self.cursor)

    def look_for(self, needle: str) -> Match | None:
        """Go to the first match from where the cursor was put last, and return it."""
        self.search = TextSearch(needle, self.outline.lines)
        self.search.go_to(self._search_from)
        return self._go_to_match()

    def step(self, by: int) -> Match | None:
        """Go on by some matches, and return the one that is reached."""
        self.search.step(by, self.cursor)
        match = self._go_to_match()
        self._search_from = self.cursor
        return match

    def _go_to_match(self) -> Match | None:
        if match := self.search.match:
            self.folds.reveal(match.line)
            self.cursor = match.line
        return match

    def _visible(self, line: int) -> int:
        """Return the line, or the one that hides it."""
        return self.folds.rows[self.folds.row(line)]
