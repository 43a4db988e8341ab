"""Show YAML: highlighted, searchable, foldable, and following what changes."""

import math
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from kty.widgets.line_view import LineView, left_of
from kty.widgets.text_search import Match
from kty.widgets.yaml_composer import YamlComposer
from kty.widgets.yaml_painter import COMPONENTS, GUTTER, LOOKS, cells
from kty.widgets.yaml_reading import Reading

SIDEWAYS = 8
"""Cells that one step sideways scrolls."""
MARKED = 3.0
"""Seconds for which lines that changed are marked."""


class YamlView(LineView):
    """Shows a YAML text; cursor, folds and search stay where they are when the text changes.

    It draws the lines that can be seen only, and makes them printable.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    DEFAULT_CSS = f"YamlView {{{LOOKS}}}"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "fold", "fold", show=False, id="yaml.fold"),
        Binding("z", "fold_all", "fold all", show=False, id="yaml.fold-all"),
        Binding("n", "next_match(1)", "next match", show=False, id="yaml.next-match"),
        Binding("N", "next_match(-1)", "previous match", show=False, id="yaml.previous-match"),
        Binding("j,down", "move(1)", "down", show=False, id="yaml.down"),
        Binding("k,up", "move(-1)", "up", show=False, id="yaml.up"),
        Binding("ctrl+f,pagedown", "page(1)", "page down", show=False, id="yaml.page-down"),
        Binding("ctrl+b,pageup", "page(-1)", "page up", show=False, id="yaml.page-up"),
        Binding("g,home", "first", "first line", show=False, id="yaml.first"),
        Binding("G,end", "last", "last line", show=False, id="yaml.last"),
        Binding("h,left", "sideways(-1)", "to the left", show=False, id="yaml.left"),
        Binding("l,right", "sideways(1)", "to the right", show=False, id="yaml.right"),
    ]

    class SearchChanged(Message):
        """There are other matches now, or another one is the current one."""

        def __init__(self, view: "YamlView", found: str) -> None:
            super().__init__()
            self.view, self.found = view, found

        @property
        def control(self) -> "YamlView":
            return self.view

    def __init__(
        self,
        text: str = "",
        *,
        marked: float = MARKED,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        """Lines that change are marked for `marked` seconds; if that is infinite, until the next change."""
        super().__init__(id=id, classes=classes)
        self._marked = marked
        self._mark_timer: Timer | None = None
        self._reading = Reading(text)
        self._found = ""
        self._top = 0
        """The row that is the first on screen."""
        self._left = 0
        """Cells that are scrolled out at the left."""
        self._composer = YamlComposer(self)
        self._frame: list[Strip] = []

    @property
    def text(self) -> str:
        """What is shown, as it was given."""
        return self._reading.outline.text

    @property
    def cursor(self) -> int:
        """The line of the text that the cursor is on, from 0."""
        return self._reading.cursor

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is looked for."""
        return self._reading.found

    def show(self, text: str, *, mark: bool = True) -> None:
        """Show another state of the text, and `mark` the lines that were not there before."""
        if text == self.text:
            return
        mark = mark and bool(self.text)
        before = self._reading.row - self._top
        self._reading.follow(text)
        self._top = self._reading.row - before
        if not mark:
            self._reading.changed = set()
        self._end_marks_later()
        self._draw()

    def _end_marks_later(self) -> None:
        if self._mark_timer is not None:
            self._mark_timer.stop()
            self._mark_timer = None
        if self._reading.changed and math.isfinite(self._marked) and self.is_running:
            self._mark_timer = self.set_timer(self._marked, self._end_marks)

    def _end_marks(self) -> None:
        self._reading.changed = set()
        self._draw()

    def search(self, needle: str) -> int:
        """Look for a text and go to the first match from the cursor on; return how many there are.

        Typing on looks from where the cursor was when the search began. Without capitals, case does not matter; an
        empty text ends the search.
        """
        self._reach(self._reading.look_for(needle))
        return len(self._reading.search.matches)

    def next_match(self, step: int = 1) -> None:
        """Go to the next match, or by as many as `step` says; around the ends."""
        self._reach(self._reading.step(step))

    def _reach(self, match: Match | None) -> None:
        """Bring the match on screen."""
        if match is not None:
            line, room = self._reading.outline.lines[match.line], self._composer.room
            start, end = cells(line, match.start), cells(line, match.end)
            self._left = left_of(start, end, self._left, room)
            if not self._top <= self._reading.row < self._top + self._composer.height:
                self._top = self._reading.row - self._composer.height // 3
        self._draw()

    # What is on screen

    def _draw(self) -> None:
        if self.found != self._found:
            self._found = self.found
            self.post_message(self.SearchChanged(self, self._found))
        super()._draw()

    def _compose_frame(self) -> list[Strip]:
        height, row = self._composer.height, self._reading.row
        self._top = max(row - height + 1, min(self._top, row))
        self._top = max(0, min(self._top, len(self._reading.folds.rows) - height))
        return self._composer.compose(self._reading, self._top, self._left)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._composer.restyle()
        self._frame = []

    # Keys and mouse

    def action_move(self, lines: int) -> None:
        """Move the cursor down, or up."""
        self._place(self._reading.row + lines)

    def action_page(self, pages: int) -> None:
        """Move cursor and screen down by pages, or up; one line of the old page stays in sight."""
        rows = pages * max(1, self._composer.height - 1)
        self._top += rows
        self._place(self._reading.row + rows)

    def action_first(self) -> None:
        """Go to where the text begins."""
        self._left = 0
        self._place(0)

    def action_last(self) -> None:
        self._place(len(self._reading.folds.rows) - 1)

    def action_sideways(self, steps: int) -> None:
        """Scroll to the right, or back to the left."""
        longest = max(map(cells, self._reading.outline.lines))
        self._left = max(0, min(self._left + steps * SIDEWAYS, longest - self._composer.room))
        self._draw()

    def action_fold(self) -> None:
        """Fold or unfold at the cursor; where nothing can be folded, fold what the line belongs to."""
        self._reading.fold(self._reading.cursor)
        self._draw()

    def action_fold_all(self) -> None:
        """Fold all but the top level; where anything is folded, unfold everything."""
        self._reading.fold_all()
        self._draw()

    def action_next_match(self, step: int) -> None:
        self.next_match(step)

    def _place(self, row: int) -> None:
        self._reading.place(row)
        self._draw()

    def on_click(self, event: events.Click) -> None:
        row, rows = self._top + event.y, self._reading.folds.rows
        if row < len(rows):
            if self._reading.outline.is_head(rows[row]) and (event.x < GUTTER or event.chain == 2):
                self._reading.fold(rows[row])
                self._draw()
            else:
                self._place(row)

    def _scroll(self, lines: int) -> None:
        height = self._composer.height
        self._top = max(0, min(self._top + lines, len(self._reading.folds.rows) - height))
        self._place(max(self._top, min(self._reading.row, self._top + height - 1)))
