"""Which lines of an outline can be seen, and which are folded away."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from kty.widgets.yaml_outline import Outline


class Folds:
    """The folded lines of one outline. A row is the place of a line among those that can be seen."""

    def __init__(self, outline: Outline, folded: Iterable[int] = ()) -> None:
        self._outline = outline
        self.folded = {line for line in folded if outline.is_head(line)}
        """Lines that show nothing of what they enclose."""
        self.rows: Sequence[int] = ()
        """The lines that can be seen."""
        self._show()

    def row(self, line: int) -> int:
        """Return the row of a line, or of the one that hides it."""
        return bisect_right(self.rows, line) - 1

    def hidden(self, line: int) -> int:
        """Return how many lines the folded line hides; 0 where it is not folded."""
        return self._outline.ends[line] - line if line in self.folded else 0

    def toggle(self, line: int) -> int:
        """Fold or unfold the line, or fold what encloses it; return the line that changed, -1 where none did."""
        if not self._outline.is_head(line):
            line = self._outline.parents[line]
        if line >= 0:
            self.folded ^= {line}
            self._show()
        return line

    def toggle_all(self) -> None:
        """Unfold everything; where nothing is folded, fold what is below the top level and longer than two lines."""
        outline = self._outline
        lines = range(len(outline.lines))
        long = {line for line in lines if outline.parents[line] >= 0 and outline.ends[line] > line + 1}
        self.folded = set() if self.folded else long
        self._show()

    def reveal(self, line: int) -> None:
        """Unfold whatever hides the line."""
        if hiding := self.folded.intersection(self._outline.enclosing(line)):
            self.folded -= hiding
            self._show()

    def _show(self) -> None:
        if not self.folded:
            self.rows = range(len(self._outline.lines))
            return
        rows: list[int] = []
        seen_to = 0
        for line in sorted(self.folded):
            if line >= seen_to:
                rows.extend(range(seen_to, line + 1))
                seen_to = self._outline.ends[line] + 1
        rows.extend(range(seen_to, len(self._outline.lines)))
        self.rows = rows
