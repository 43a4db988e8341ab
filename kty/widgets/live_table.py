"""A table of any number of lines that come, go and change; it draws those that can be seen."""

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Set
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from kty.widgets.composer import Composer
from kty.widgets.cursor import Cursor
from kty.widgets.flashes import Flashes
from kty.widgets.line_view import LineView
from kty.widgets.lines import Heading, Line, Lines, NoLines
from kty.widgets.palette import COMPONENTS

__all__ = ["Heading", "Line", "Lines", "LiveTable"]


class LiveTable(LineView):
    """Shows `Lines`; the cursor stays on its object while others come and go.

    All methods are for the task of its own app.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    DEFAULT_CSS = """
    LiveTable {
        width: 1fr; height: 1fr; background: $background; color: $foreground 80%;
        & > .live-table--header { color: $foreground 55%; text-style: bold; background: $surface; }
        & > .live-table--sorted { color: $text-accent; text-style: bold; background: $surface; }
        & > .live-table--name { color: $foreground; }
        & > .live-table--good { color: $text-success; }
        & > .live-table--busy { color: $text-primary; }
        & > .live-table--warn { color: $text-warning; }
        & > .live-table--bad { color: $text-error; }
        & > .live-table--dim { color: $foreground 55%; }
        & > .live-table--accent { color: $text-accent; }
        & > .live-table--cursor { background: $primary 30%; }
        &:light > .live-table--cursor { background: $primary 22%; }
        & > .live-table--mark { color: $text-accent; }
        & > .live-table--marked { background: $accent 16%; }
        &:light > .live-table--marked { background: $accent 14%; }
        & > .live-table--changed { color: $accent; background: $foreground 6%; }
        & > .live-table--match { background: $accent 35%; text-style: bold; }
        &:ansi > .live-table--match { background: ansi_default; text-style: bold underline; }
        &:ansi > .live-table--dim { text-style: dim; }
        & > .live-table--position { color: $foreground 30%; }
        & > .live-table--empty { color: $foreground 55%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "open", id="table.open"),
        Binding("j,down", "move(1)", "down", show=False, id="table.down"),
        Binding("k,up", "move(-1)", "up", show=False, id="table.up"),
        Binding("ctrl+f,pagedown", "page(1)", "page down", show=False, id="table.page-down"),
        Binding("ctrl+b,pageup", "page(-1)", "page up", show=False, id="table.page-up"),
        Binding("g,home", "first", "first line", show=False, id="table.first"),
        Binding("G,end", "last", "last line", show=False, id="table.last"),
        Binding("left", "sideways(-1)", "columns to the left", show=False, id="table.left"),
        Binding("right", "sideways(1)", "columns to the right", show=False, id="table.right"),
    ]

    pointed: reactive[Hashable | None] = reactive(None, init=False, repaint=False)
    """The object that the cursor is on, as drawn last; None where there are no lines.

    Whoever watches it is told at once, and draws in the same frame.
    """

    class Selected(Message):
        """A line was opened: Enter, or a double click."""

        def __init__(self, table: "LiveTable", key: Hashable) -> None:
            super().__init__()
            self.table, self.key = table, key

        @property
        def control(self) -> "LiveTable":
            return self.table

    class HeadingClicked(Message):
        """A column's heading was clicked."""

        def __init__(self, table: "LiveTable", index: int) -> None:
            super().__init__()
            self.table, self.index = table, index

        @property
        def control(self) -> "LiveTable":
            return self.table

    def __init__(
        self,
        lines: Lines | None = None,
        *,
        frozen: int = 1,
        empty: str = "",
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: Lines = NoLines() if lines is None else lines
        self._cursor = Cursor()
        self._flashes = Flashes(clock)
        self._flash_timer: Timer | None = None
        self._composer = Composer(self, clock, frozen=frozen, empty=empty)
        self._frame: list[Strip] = []
        self._clicked: Hashable | None = None

    @property
    def lines(self) -> Lines:
        """What is shown. Setting it starts anew: cursor and columns go back to the start."""
        return self._lines

    @lines.setter
    def lines(self, lines: Lines) -> None:
        self._lines, self._cursor = lines, Cursor()
        self._composer.start_anew()
        self._draw()

    @property
    def frozen(self) -> int:
        """How many columns stay at the left; the last of them is the name."""
        return self._composer.frozen

    @frozen.setter
    def frozen(self, columns: int) -> None:
        self._composer.frozen = columns
        self._draw()

    @property
    def empty(self) -> str:
        """What is said where there are no lines."""
        return self._composer.empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._composer.empty = text
        self._draw()

    @property
    def cursor(self) -> int:
        """The line that the cursor is on, from 0."""
        return self._cursor.index

    @property
    def cursor_key(self) -> Hashable | None:
        """The object that the cursor is on. One that is not there yet gets the cursor when it comes."""
        return self._cursor.key

    @cursor_key.setter
    def cursor_key(self, key: Hashable | None) -> None:
        self._cursor.expect(key)
        self._draw()

    def keep_cursor(self) -> None:
        """Let the cursor stay on its object from now on, also where nobody moved it there."""
        self._cursor.keep()

    def refresh_lines(self, changed: Iterable[Hashable] | None = None) -> None:
        """Show what there is now; `changed` are the objects whose lines may look different, None is all of them."""
        self._composer.forget(changed)
        self._draw()

    def tick(self) -> None:
        """Ask again for the lines on screen, as time passed; only those that look different are painted."""
        self._flashes.expire()
        self._composer.age()
        self._draw()

    def shows(self, keys: Set[Hashable]) -> bool:
        """Whether any of these objects is on screen."""
        return not keys.isdisjoint(self._composer.keys)

    def note(self, keys: Collection[Hashable]) -> None:
        """Mark the lines of these objects for a moment, should they come on screen; paints nothing."""
        self._flashes.expire()
        self._flashes.add(keys)

    def flash(self, keys: Collection[Hashable]) -> None:
        """Mark the lines of these objects for a moment."""
        if keys and self.is_running:
            self.note(keys)
            self._draw()

    def _end_flashes(self) -> None:
        self._flash_timer = None
        self._flashes.expire()
        self._draw()

    def _await_the_end_of_flashes(self) -> None:
        if self._flash_timer is None and (left := self._flashes.left(self._composer.keys)) is not None:
            self._flash_timer = self.set_timer(left, self._end_flashes)

    def _draw(self) -> None:
        self._cursor.follow(self._lines, self._composer.rows)
        self.pointed = self._cursor.key
        super()._draw()
        self._await_the_end_of_flashes()

    def _compose_frame(self) -> list[Strip]:
        return self._composer.compose(self._lines, self._cursor, self._flashes)

    @property
    def _is_frame_stale(self) -> bool:
        return self._composer.is_stale

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._composer.restyle()

    def action_move(self, lines: int) -> None:
        """Move the cursor down, or up."""
        self._cursor.follow(self._lines, self._composer.rows)
        self._place(self._cursor.index + lines)

    def action_page(self, pages: int) -> None:
        """Move cursor and screen down by pages, or up; one line of the old page stays in sight."""
        self._cursor.follow(self._lines, self._composer.rows)
        lines = pages * max(1, self._composer.rows - 1)
        self._place(self._cursor.index + lines, top=self._cursor.top + lines)

    def action_first(self) -> None:
        self._place(0)

    def action_last(self) -> None:
        self._place(len(self._lines) - 1)

    def action_sideways(self, columns: int) -> None:
        """Scroll columns out at the left, or back in."""
        self._composer.skip = max(0, self._composer.skip + columns)
        self._draw()

    def action_select(self) -> None:
        if self._cursor.key is not None:
            self.post_message(self.Selected(self, self._cursor.key))

    def _place(self, index: int, *, top: int | None = None) -> None:
        self._cursor.place(index, self._lines, self._composer.rows, top=top)
        self._draw()

    def on_click(self, event: events.Click) -> None:
        row = event.y - self._composer.head
        if row < 0:
            if (column := self._composer.column_at(event.x)) is not None:
                self.post_message(self.HeadingClicked(self, column))
        elif row < len(self._composer.keys):
            before, self._clicked = self._clicked, self._composer.keys[row]
            key = self._clicked
            if event.chain == 2 and key == before == self._cursor.key:
                self.action_select()
            elif (index := self._lines.index(key)) is not None:
                self._place(index)

    def _scroll(self, lines: int) -> None:
        self._cursor.follow(self._lines, self._composer.rows)
        self._cursor.scroll(lines, self._lines, self._composer.rows)
        self._draw()
