"""Show the lines of a ring: following what comes, or standing still while it comes."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from textwrap import wrap
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from kty.widgets.line_view import LineView
from kty.widgets.log_filter import LogFilter
from kty.widgets.log_painter import COMPONENTS, LogPainter, Made, Styles
from kty.widgets.log_ring import LogLine, LogRing
from kty.widgets.log_search import LogSearch
from kty.widgets.log_selection import LogSelection
from kty.widgets.log_sieve import LogSieve, Unsieved, wanted_now
from kty.widgets.log_text import Clocked, Look
from kty.widgets.log_walk import LogWalk, Place

SIDEWAYS = 8
"""Cells that one step sideways scrolls."""
SLICE = 0.002
"""Seconds that are spent on a filter or a search at once; keys that wait have their turn in between."""
PAUSE = 0.002
"""Seconds between two slices."""


class LogView(LineView):
    """Shows a ring's lines, the newest at the bottom; a filter leaves lines out, a search marks them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS)

    DEFAULT_CSS = """
    LogView {
        width: 1fr; height: 1fr; background: $background; color: $foreground 85%;
        & > .log-view--good { color: $text-success; }
        & > .log-view--warn { color: $text-warning; }
        & > .log-view--bad { color: $text-error; }
        & > .log-view--dim { color: $foreground 55%; }
        & > .log-view--key { color: $foreground 55%; }
        & > .log-view--value { color: $foreground 85%; }
        & > .log-view--message { color: $foreground; text-style: bold; }
        & > .log-view--time { color: $foreground 55%; }
        & > .log-view--note { color: $text-accent; }
        & > .log-view--position { color: $foreground 30%; }
        & > .log-view--mark { color: $accent; }
        & > .log-view--empty { color: $foreground 55%; }
        & > .log-view--selected { background: $primary 30%; }
        &:light > .log-view--selected { background: $primary 22%; }
        & > .log-view--match { background: $accent 35%; }
        & > .log-view--current { background: $accent; color: auto; text-style: bold; }
        & > .log-view--source-0 { color: #5fb3f5; }
        & > .log-view--source-1 { color: #7fcf7a; }
        & > .log-view--source-2 { color: #e5b567; }
        & > .log-view--source-3 { color: #c792ea; }
        & > .log-view--source-4 { color: #4fd1c5; }
        & > .log-view--source-5 { color: #f08d97; }
        & > .log-view--source-6 { color: #b5bd68; }
        & > .log-view--source-7 { color: #9aa9ff; }
        &:light > .log-view--source-0 { color: #1565c0; }
        &:light > .log-view--source-1 { color: #2e7d32; }
        &:light > .log-view--source-2 { color: #9a5b00; }
        &:light > .log-view--source-3 { color: #7b1fa2; }
        &:light > .log-view--source-4 { color: #00695c; }
        &:light > .log-view--source-5 { color: #b3261e; }
        &:light > .log-view--source-6 { color: #5d6300; }
        &:light > .log-view--source-7 { color: #3949ab; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False, id="logs.down"),
        Binding("k,up", "move(-1)", "up", show=False, id="logs.up"),
        Binding("ctrl+f,pagedown,space", "page(1)", "page down", show=False, id="logs.page-down"),
        Binding("ctrl+b,pageup", "page(-1)", "page up", show=False, id="logs.page-up"),
        Binding("g,home", "first", "oldest line", show=False, id="logs.first"),
        Binding("G,end", "follow", "newest line, and follow", show=False, id="logs.last"),
        Binding("h,left", "sideways(-1)", "to the left", show=False, id="logs.left"),
        Binding("right", "sideways(1)", "to the right", show=False, id="logs.right"),
        Binding("n", "next_match(1)", "next match", show=False, id="logs.next-match"),
        Binding("N", "next_match(-1)", "previous match", show=False, id="logs.previous-match"),
    ]

    class Changed(Message):
        """What is said about the lines is another: what was found, and whether they are followed."""

        def __init__(self, view: "LogView") -> None:
            super().__init__()
            self.view = view

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LogView.Changed)

        @property
        def control(self) -> "LogView":
            return self.view

    def __init__(
        self,
        ring: LogRing,
        *,
        now: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
        empty: str = "",
        look: Look = Look(),  # noqa: B008 - it is frozen
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        """`now` is the wall clock; `zone` is that of local times, None is the machine's own."""
        super().__init__(id=id)
        self.ring = ring
        self._now = now
        self._zone = zone
        self._empty = empty
        self._look = look
        self._names: tuple[str, ...] = ()
        self._filter: LogFilter | None = None
        self._search: LogSearch | None = None
        self._walk = LogWalk(ring)
        self.selection = LogSelection()
        """The lines that are chosen."""
        self._left = 0
        self._styles: Styles | None = None
        self._painter: LogPainter | None = None
        self._places: list[Place] = []
        self._frame: list[Strip] = []
        self._is_busy = False
        """Whether a timer will go on with the filter and the search."""

    # What is shown, and how

    @property
    def look(self) -> Look:
        return self._look

    def change_look(self, **changes: Any) -> None:
        """Change some of how lines are shown; the line on top stays there."""
        self._walk.top = self._walk.top[0], 0
        self._look = replace(self._look, **changes)
        self._draw()

    @property
    def names(self) -> tuple[str, ...]:
        """What the sources are called, by their numbers; empty where there is but one."""
        return self._names

    @names.setter
    def names(self, names: Sequence[str]) -> None:
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._draw()

    @property
    def empty(self) -> str:
        """What is said where there are no lines."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        if text != self._empty:
            self._empty = text
            self._draw()

    @property
    def is_following(self) -> bool:
        return self._walk.is_following

    @property
    def new(self) -> int:
        """How many of the lines that are shown came since the pause; 0 while they are followed."""
        return self._walk.new

    def filter_by(self, wanted: LogFilter | None) -> None:
        """Show only what gets through; what was on top stays there, or what follows it."""
        self._filter = wanted
        self._walk.order = Unsieved(self.ring) if wanted is None else LogSieve(self.ring, wanted)
        if self._search is not None:
            self._search = LogSearch(self.ring, self._search.wanted, wanted)
        self.refresh_lines()

    @property
    def passing(self) -> tuple[int, bool]:
        """How many lines get through the filter, and whether all were looked at."""
        return len(self._walk.order), self._walk.order.is_complete

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is searched for."""
        return "" if self._search is None else self._search.found

    def search(self, wanted: LogFilter | None) -> None:
        """Mark what is found, and go to the last line on screen or before it that has it; None ends the search."""
        self._search = None
        if wanted is not None:
            self._search = LogSearch(self.ring, wanted, self._filter)
            self._search.begin(self._places[-1][0] if self._places else self.ring.next)
        self.refresh_lines()

    def refresh_lines(self) -> None:
        """Show what the ring has now."""
        if not self._is_busy and self._work():
            self._go_on_later()
        self._draw()
        self.post_message(self.Changed(self))

    def _work(self) -> bool:
        """Go on with the filter and the search for a slice of time; say whether there is more to do."""
        has_more = self._walk.order.work(SLICE)
        if self._search is not None:
            has_more = self._search.work(SLICE) or has_more
            if (number := self._search.begun()) is not None:
                self._reach(number)
        return has_more

    def _go_on_later(self) -> None:
        self._is_busy = self.is_running
        if self._is_busy:
            self.set_timer(PAUSE, self._go_on)

    def _go_on(self) -> None:
        self._is_busy = False
        before = len(self._walk.order)
        if self._work():
            self._go_on_later()
        if len(self._walk.order) != before or not self._is_busy:
            self._draw()
        self.post_message(self.Changed(self))

    def tick(self) -> None:
        """Write times anew, as time passed."""
        if self._look.times == "relative":
            self._draw()

    def wanted_lines(self) -> Iterator[LogLine]:
        """Return the lines of now that get through the filter, as they came, notes left out.

        Lines that come or go later make no difference, however slowly these are read.
        """
        return wanted_now(self.ring, self._filter)

    def lines_on_screen(self) -> list[LogLine]:
        """Return the lines of which something is on screen, notes left out."""
        numbers = dict.fromkeys(number for number, _ in self._places if number >= self.ring.first)
        return [line for line in map(self.ring.line, numbers) if line.source >= 0]

    # Where we are

    def _rows(self, line: LogLine) -> int:
        return self._current_painter().rows(line)

    def pause(self) -> None:
        """Stand still; what comes is kept, and counted."""
        self._walk.pause(self.size.height, self._rows)
        self._moved()

    def follow(self) -> None:
        """Go to the end, and stay there."""
        self._walk.follow()
        self._moved()

    def _moved(self) -> None:
        self._draw()
        self.post_message(self.Changed(self))

    def _reach(self, number: int) -> None:
        """Bring the current match on screen."""
        self._walk.show(number, self.size.height, self._rows)
        self._moved()

    # What is on screen

    def _current_painter(self) -> LogPainter:
        if self._styles is None or self._styles.filters != tuple(self.get_line_filters()):
            self._styles = Styles(self)
        wanted = self._filter if self._search is None else self._search.wanted
        left = 0 if self._look.wrap else self._left
        pattern = None if wanted is None else wanted.pattern
        made_of = Made(self._styles, self._look, left, self.size.width, pattern, self._names)
        if self._painter is None or self._painter.made_of != made_of:
            self._painter = LogPainter(made_of, Clocked(self._look.times, self._zone), self._now)
        return self._painter

    def _compose_frame(self) -> list[Strip]:
        width, height = self.size
        if not width or not height:
            return []
        painter = self._current_painter()
        painter.turn()
        self._places = self._walk.places(height, self._rows)
        thumb = self._thumb(height)
        match = None if self._search is None else self._search.match
        lines = {number: self.ring.line(number) for number in dict.fromkeys(number for number, _ in self._places)}
        frame = [
            painter.paint(
                lines[number], row, current=number == match, thumb=y in thumb, selected=number in self.selection
            )
            for y, (number, row) in enumerate(self._places)
        ]
        blank = [painter.blank] * (height - len(frame))
        said = [] if frame else wrap(self._empty, max(1, width - 2))[:height]
        for y, text in enumerate(said, height // 2 - len(said) // 2):
            blank[y] = painter.said(f" {text}")
        return frame + blank

    def _thumb(self, height: int) -> range:
        """Return the rows beside which the position mark stands; a wrapped line counts as one."""
        total = len(self._walk.order)
        if total <= height or not self._places:
            return range(0)
        length = max(1, height * height // total)
        top = self._walk.order.at_or_after(self._places[0][0])
        first = height - length if self.is_following else min(height - length, top * height // total)
        return range(first, first + length)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles = None
        self._frame = []

    # Keys and mouse

    def action_move(self, rows: int) -> None:
        """Move the screen down, or up, which is a pause."""
        self._walk.move(rows, self.size.height, self._rows)
        self._moved()

    def action_page(self, pages: int) -> None:
        """Move the screen by pages; one row of the old page stays in sight."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Go to the oldest line that there is."""
        self._walk.go_to_first(self.size.height, self._rows)
        self._moved()

    def action_follow(self) -> None:
        self.follow()

    def action_sideways(self, steps: int) -> None:
        """Scroll to the right, or back to the left; wrapped lines have no more to show there."""
        if not self._look.wrap:
            self._left = max(0, self._left + steps * SIDEWAYS)
            self._draw()

    def action_next_match(self, step: int) -> None:
        """Go to the next line that has what is searched for, or to the one before; around the ends."""
        near = self._places[0][0] if self._places else self.ring.first
        if self._search is not None and (number := self._search.step(step, near)) is not None:
            self._reach(number)

    def _scroll(self, lines: int) -> None:
        self.action_move(lines)
