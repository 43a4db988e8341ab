"""A clock that begins in the past: what a command has done since its start is worked out by running it again."""

import asyncio
import math
from typing import Final

from kty.runtime.clock import Clock

_ROUND: Final = 200
"""Sleeps that are only counted before others get their turn."""


class Stopped(Exception):
    """What runs on this clock has reached the time up to which it was to run."""


class PastClock:
    """Satisfies `Clock`. Sleeps before the present take no time; later ones take theirs.

    Where it is `exact` it never becomes the present's clock: what is timed by it depends on nothing but its start.
    """

    def __init__(
        self, clock: Clock, since: float, *, until: float = math.inf, exact: bool = False, waits: bool = True
    ) -> None:
        self._clock = clock
        self._at = since
        self._until = until
        self._exact = exact
        self._waits = waits
        """Without it the future takes no time either."""
        self._sleeps = 0
        self._is_behind = True

    @property
    def is_behind(self) -> bool:
        """Say whether the present is not reached yet; always so for a clock that is exact."""
        if not self._exact and self._is_behind and self._at >= self._clock.now():
            self._is_behind = False
        return self._is_behind

    @property
    def sleeps(self) -> int:
        """How often something slept: it does not grow while all wait for something else."""
        return self._sleeps

    def arrive(self) -> None:
        """Be the present's clock from now on."""
        self._is_behind = self._exact

    def now(self) -> float:
        return self._at if self.is_behind else self._clock.now()

    def monotonic(self) -> float:
        return self.now()

    def random(self) -> float:
        return self._clock.random()

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds. Raises Stopped where that is later than it was to run."""
        if not self.is_behind:
            await self._clock.sleep(seconds)
            return
        # Who sleeps at the same time must wake at the same time: the others may have moved the clock meanwhile.
        due = self._at + seconds
        self._sleeps += 1
        if self._sleeps % _ROUND == 0 or seconds > 0.1:
            await asyncio.sleep(0)
        if due > self._until:
            raise Stopped
        ahead = due - self._clock.now()
        if ahead > 0 and self._waits:
            self._is_behind = self._exact
            await self._clock.sleep(ahead)
        self._at = max(self._at, due)
