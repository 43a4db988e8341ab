"""Which lines of a ring are wanted: found a slice of time after the other, the newest ones first, and kept up."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from time import perf_counter
from typing import Protocol

from kty.widgets.log_ring import Chunk, LogLine, LogRing

STEP = 256
"""Lines between two looks at the clock."""


class Want(Protocol):
    """Says which lines are wanted."""

    def among(self, chunk: Chunk, start: int, stop: int) -> Iterator[int]:
        """Yield, in order, the indexes from `start` up to `stop` of the lines that are wanted."""
        ...


class LogSieve:
    """The numbers of the lines that are wanted, in order.

    `work` goes on with the lines that came and, when it has seen them, with the older ones, from the newest to the
    oldest: what is on screen is there at once, and the rest of a large ring soon after. Lines that have gone from the
    ring are left out at once, whenever it worked last.
    """

    def __init__(self, ring: LogRing, want: Want) -> None:
        self.ring = ring
        self.want = want
        self._middle = ring.next
        """Lines from here on are `newer`; they came after the sieve began."""
        self._upper = ring.next
        """Newer lines up to here were looked at."""
        self._lower = ring.next
        """Older lines down to here were looked at."""
        self._older = array("q")
        """From the newest to the oldest."""
        self._newer = array("q")
        self._gone = 0
        """How many at the head of `newer` have gone from the ring."""
        self._first = ring.first
        """Lines before it were left out."""

    @property
    def is_complete(self) -> bool:
        """Whether every line of the ring was looked at."""
        self._forget()
        return self._upper == self.ring.next and self._lower <= self.ring.first

    def work(self, seconds: float) -> bool:
        """Look at lines for about so long; say whether there are more of them."""
        until = perf_counter() + seconds
        self._forget()
        while self._upper < self.ring.next:
            self._look_up()
            if perf_counter() >= until:
                return not self.is_complete
        while self._lower > self.ring.first:
            self._look_down()
            if perf_counter() >= until:
                break
        return not self.is_complete

    def _look_up(self) -> None:
        chunk = self.ring.chunk(self._upper)
        start = self._upper - chunk.first
        stop = min(len(chunk), start + STEP)
        self._newer.extend([chunk.first + index for index in self.want.among(chunk, start, stop)])
        self._upper = chunk.first + stop

    def _look_down(self) -> None:
        chunk = self.ring.chunk(self._lower - 1)
        stop = self._lower - chunk.first
        start = max(0, stop - STEP)
        found = [chunk.first + index for index in self.want.among(chunk, start, stop)]
        self._older.extend(reversed(found))
        self._lower = chunk.first + start

    def _forget(self) -> None:
        """Leave out the lines that have gone from the ring."""
        first = self.ring.first
        if first == self._first:
            return
        self._first = first
        if self._lower <= first:
            while self._older and self._older[-1] < first:
                self._older.pop()
        self._upper, self._lower = max(self._upper, first), max(self._lower, min(first, self._middle))
        if first > self._middle:
            self._gone = bisect_left(self._newer, first)
            if self._gone > 10_000 and self._gone > len(self._newer) // 2:
                del self._newer[: self._gone]
                self._gone = 0

    # To read

    def __len__(self) -> int:
        self._forget()
        return len(self._older) + len(self._newer) - self._gone

    def __getitem__(self, index: int) -> int:
        self._forget()
        if index < len(self._older):
            return self._older[len(self._older) - 1 - index]
        return self._newer[index - len(self._older) + self._gone]

    def at_or_after(self, number: int) -> int:
        """Return the index of the first wanted line from this number on; the length where none follows."""
        return self._place(number, after=False)

    def after(self, number: int) -> int:
        """Return the index of the first wanted line with a greater number."""
        return self._place(number, after=True)

    def since(self, number: int) -> int:
        """Return how many wanted lines came from this number on, as far as they are kept."""
        return len(self) - self.at_or_after(number)

    def _place(self, number: int, *, after: bool) -> int:
        self._forget()
        if number >= self._middle:
            find = bisect_right if after else bisect_left
            return len(self._older) + max(0, find(self._newer, number) - self._gone)
        # `older` is in descending order: count those that are not before the number.
        place = bisect_right(self._older, -number - after, key=lambda each: -each)
        return len(self._older) - place


class Unsieved:
    """All lines of a ring, read as those of a sieve."""

    is_complete = True

    def __init__(self, ring: LogRing) -> None:
        self.ring = ring

    def work(self, seconds: float) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.ring)

    def __getitem__(self, index: int) -> int:
        return self.ring.first + index

    def at_or_after(self, number: int) -> int:
        return min(max(0, number - self.ring.first), len(self.ring))

    def after(self, number: int) -> int:
        return self.at_or_after(number + 1)

    def since(self, number: int) -> int:
        """Return how many lines came from this number on, those that have gone since as well."""
        return self.ring.next - number


def wanted_now(ring: LogRing, want: Want | None) -> Iterator[LogLine]:
    """Return the lines of now that are wanted, notes left out, however the ring goes on while they are read."""
    return (
        chunk.line(index)
        for chunk, stop in ring.held()  # asked for now, unlike what follows
        for index in (range(stop) if want is None else want.among(chunk, 0, stop))
        if chunk.sources[index] >= 0
    )
