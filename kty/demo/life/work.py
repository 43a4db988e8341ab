"""What is to be looked at: keys that something happened to, and keys whose time will come."""

from collections import defaultdict
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from kty.demo.life.seen import Key

Work: TypeAlias = tuple[int, Key]
"""A controller's number and one of its keys."""


class WorkQueue:
    """Lower numbers come first, so that who sums up looks once all is there; keys of one in the order of naming.

    A key that is named twice is looked at once.
    """

    def __init__(self) -> None:
        self._ready: defaultdict[int, dict[Key, None]] = defaultdict(dict)
        self._numbers: list[int] = []
        """Of the controllers that have keys ready: a heap."""
        self._due: dict[Work, float] = {}
        self._timers: list[tuple[float, int, Work]] = []
        self._order = count()

    def add(self, work: Work) -> None:
        number, key = work
        ready = self._ready[number]
        if not ready:
            heappush(self._numbers, number)
        ready.setdefault(key)

    def take(self) -> Work | None:
        """Return what comes first; its timer is void, for a look says anew when the next is due."""
        if not self._numbers:
            return None
        number = self._numbers[0]
        ready = self._ready[number]
        key = next(iter(ready))
        del ready[key]
        if not ready:
            heappop(self._numbers)
        self._due.pop((number, key), None)
        return number, key

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
