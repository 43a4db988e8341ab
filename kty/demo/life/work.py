"""What is to be looked at: keys that something happened to, in order, and keys whose time will come."""

from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from kty.demo.life.seen import Key

Work: TypeAlias = tuple[int, Key]
"""A controller's number and one of its keys."""


class WorkQueue:
    """A key that is named twice is looked at once."""

    def __init__(self) -> None:
        self._ready: dict[Work, None] = {}
        self._due: dict[Work, float] = {}
        self._timers: list[tuple[float, int, Work]] = []
        self._order = count()

    def add(self, work: Work) -> None:
        self._ready.setdefault(work)

    def take(self) -> Work | None:
        """Return what was named first; its timer is void, for a look says anew when the next is due."""
        if not self._ready:
            return None
        work = next(iter(self._ready))
        del self._ready[work]
        self._due.pop(work, None)
        return work

    def at(self, due: float, work: Work) -> None:
        """Look at a key at a time, unless something wakes it before."""
        self._due[work] = due
        heappush(self._timers, (due, next(self._order), work))

    def ripen(self, now: float) -> None:
        """Make ready whatever is due."""
        while self._timers and self._timers[0][0] <= now:
            due, _, work = heappop(self._timers)
            if self._due.get(work) == due:
                self.add(work)

    def next_due(self) -> float | None:
        while self._timers and self._due.get(self._timers[0][2]) != self._timers[0][0]:
            heappop(self._timers)  # it was looked at meanwhile
        return self._timers[0][0] if self._timers else None
