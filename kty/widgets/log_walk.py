"""Where in a log a screen stands: at its end, which moves on, or at a line that stays where it is."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeAlias

from kty.widgets.log_ring import LogLine, LogRing
from kty.widgets.log_sieve import LogSieve, Unsieved

Place: TypeAlias = tuple[int, int]
"""A line, by its number, and a row of it."""
Rows: TypeAlias = Callable[[LogLine], int]
"""Says how many rows a line takes on screen."""


class LogWalk:
    """Walks over the lines of an order, row by row: nothing is known of the lines that were not walked over."""

    def __init__(self, ring: LogRing) -> None:
        self.ring = ring
        self.order: LogSieve | Unsieved = Unsieved(ring)
        """The lines that are shown."""
        self.is_following = True
        self.top: Place = (0, 0)
        """What is on top of the screen while nothing is followed, or what comes after it."""
        self._paused_at = 0

    @property
    def new(self) -> int:
        """How many of the lines that are shown came since the pause; 0 while they are followed."""
        return 0 if self.is_following else self.order.since(self._paused_at)

    def down(self, place: Place, rows: Rows) -> Iterator[Place]:
        """Yield the rows from a place on."""
        number, row = place
        index = self.order.at_or_after(number)
        while index < len(self.order):
            line = self.ring.line(self.order[index])
            count = rows(line)
            for each in range(min(row, count - 1) if line.number == number else 0, count):
                yield line.number, each
            index += 1

    def up(self, place: Place, rows: Rows) -> Iterator[Place]:
        """Yield the rows before a place, going up."""
        number, row = place
        index = self.order.at_or_after(number)
        if row and index < len(self.order) and self.order[index] == number:
            for each in reversed(range(min(row, rows(self.ring.line(number))))):
                yield number, each
        while index > 0:
            index -= 1
            line = self.ring.line(self.order[index])
            for each in reversed(range(rows(line))):
                yield line.number, each

    def places(self, height: int, rows: Rows) -> list[Place]:
        """Return what is on a screen of this height, from its first row."""
        if not self.is_following:
            found = list(islice(self.down(self.top, rows), height))
            if len(found) < height:  # the screen grew: what stands before fills it
                self.top = min(self.top, self.last_screen(height, rows))
                found = list(islice(self.down(self.top, rows), height))
            return found
        return list(islice(self.up((self.ring.next, 0), rows), height))[::-1]

    def last_screen(self, height: int, rows: Rows) -> Place:
        """Return the place that is on top where the end is at the bottom."""
        last = list(islice(self.up((self.ring.next, 0), rows), max(1, height)))
        return last[-1] if last else (self.ring.first, 0)

    def pause(self, height: int, rows: Rows) -> None:
        """Stand still; what comes from now on is counted."""
        if self.is_following:
            self.is_following = False
            self._paused_at = self.ring.next
            self.top = self.last_screen(height, rows)

    def follow(self) -> None:
        """Go to the end, and stay there."""
        self.is_following = True

    def move(self, by: int, height: int, rows: Rows) -> None:
        """Move the screen down by so many rows, or up, which is a pause."""
        if self.is_following:
            if by > 0:
                return
            self.pause(height, rows)
        steps = self.up(self.top, rows) if by < 0 else islice(self.down(self.top, rows), 1, None)
        top = self.top
        for place in islice(steps, abs(by)):
            top = place
        self.top = min(top, self.last_screen(height, rows))

    def go_to_first(self, height: int, rows: Rows) -> None:
        """Show the oldest line that there is on top."""
        self.pause(height, rows)
        self.top = min((self.ring.first, 0), self.last_screen(height, rows))

    def show(self, number: int, height: int, rows: Rows) -> None:
        """Bring a line on screen, with some of those before it."""
        on_screen = any(each == number for each, _ in self.places(height, rows))
        self.pause(height, rows)
        if not on_screen:
            before = list(islice(self.up((number, 0), rows), height // 3))
            self.top = min(before[-1] if before else (number, 0), self.last_screen(height, rows))
