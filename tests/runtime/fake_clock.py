"""A clock that moves when it is told to."""

import asyncio
from dataclasses import dataclass, field

ROUNDS = 50
"""Turns of the loop after which everything that does no I/O has come to rest."""


async def settle() -> None:
    """Let every task run until it waits for the clock, or for something that a test must do."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


@dataclass(eq=False)
class _Sleeper:
    due: float
    woken: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class FakeClock:
    """Satisfies `kty.runtime.clock.Clock`. Jitter is always half of what it can be."""

    def __init__(self) -> None:
        self._monotonic = 1_000.0
        self._ahead = 1_700_000_000.0
        self._sleepers: list[_Sleeper] = []

    def now(self) -> float:
        return self._monotonic + self._ahead

    def monotonic(self) -> float:
        return self._monotonic

    def random(self) -> float:
        return 0.5

    async def sleep(self, seconds: float) -> None:
        sleeper = _Sleeper(self._monotonic + seconds)
        self._sleepers.append(sleeper)
        try:
            await sleeper.woken
        finally:
            self._sleepers.remove(sleeper)

    def move(self, seconds: float) -> None:
        """Let time pass; whoever's time has come will run next."""
        self._monotonic += seconds
        for sleeper in self._sleepers:
            if sleeper.due <= self._monotonic + 1e-9 and not sleeper.woken.done():
                sleeper.woken.set_result(None)

    def suspend(self, seconds: float) -> None:
        """Close the lid for so long: the world goes on, this machine does not."""
        self._ahead += seconds

    def next_due(self) -> float | None:
        """Return the seconds until somebody wakes, None when nobody sleeps."""
        waiting = [sleeper.due for sleeper in self._sleepers if not sleeper.woken.done()]
        return max(min(waiting) - self._monotonic, 0.0) if waiting else None

    async def advance(self, seconds: float) -> None:
        """Let time pass, stopping wherever somebody wakes, until all tasks rest again."""
        await settle()
        left = seconds
        while (due := self.next_due()) is not None and due <= left:
            self.move(due)
            left -= due
            await settle()
        self.move(left)
        await settle()
