"""A cursor that stays on its object, and the lines around it that can be seen."""

from collections.abc import Hashable

from kty.widgets.lines import Lines


class Cursor:
    """Which line is chosen and which is the first on screen.

    The cursor is always on screen, and its line stays where it is on screen while lines before it come and go. Until a
    person or a program has placed it, it stays on the first line, whatever object that is.
    """

    def __init__(self) -> None:
        self.index = 0
        self.top = 0
        """The first line on screen."""
        self.key: Hashable | None = None
        """The object under the cursor; None where there are no lines."""
        self._awaited: Hashable | None = None
        self._placed = False

    def expect(self, key: Hashable | None) -> None:
        """Go to this object at the next `follow` that finds it; None expects nothing."""
        self._awaited = key

    def keep(self) -> None:
        """Stay on the object that it is on, as if somebody had placed it there: they look at it."""
        self._placed = self._placed or self.key is not None

    def follow(self, lines: Lines, rows: int) -> None:
        """Find the object again after lines came and went; where it is gone, the line in its place is next."""
        if self._awaited is not None and (found := lines.index(self._awaited)) is not None:
            if not self.top <= found < self.top + rows:
                self.top = found - rows // 2
            self.index, self._placed, self._awaited = found, True, None
        elif not self._placed:
            self.index = self.top = 0
        elif self.key is not None and not self._stands(lines) and (found := lines.index(self.key)) is not None:
            self.top += found - self.index
            self.index = found
        if self._placed and self.key is not None and not len(lines):
            self._awaited = self.key
        self._settle(lines, rows)

    def place(self, index: int, lines: Lines, rows: int, *, top: int | None = None) -> None:
        """Move to this line, or to the nearest there is; scroll as little as needed, or from `top`."""
        self._awaited, self._placed = None, True
        self.index = index
        self.top = self.top if top is None else top
        self._settle(lines, rows)

    def scroll(self, by: int, lines: Lines, rows: int) -> None:
        """Move what is on screen; the cursor stays on its object until that leaves the screen."""
        self.top = max(0, min(self.top + by, len(lines) - rows))
        self.place(max(self.top, min(self.index, self.top + rows - 1)), lines, rows)

    def _stands(self, lines: Lines) -> bool:
        return self.index < len(lines) and lines.key(self.index) == self.key

    def _settle(self, lines: Lines, rows: int) -> None:
        self.index = max(0, min(self.index, len(lines) - 1))
        self.top = max(self.index - rows + 1, min(self.top, self.index))
        self.top = max(0, min(self.top, len(lines) - rows))
        self.key = lines.key(self.index) if len(lines) else None
