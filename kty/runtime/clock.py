"""Time, sleep and chance as one value that is passed in, so that tests can move them."""

import asyncio
import random
import time
from typing import Final, Protocol


class Clock(Protocol):
    """What the runtime needs to know of time."""

    def now(self) -> float:
        """Return the wall clock: seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards; on Linux and macOS they stand still while the machine sleeps."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of `monotonic`."""
        ...

    def random(self) -> float:
        """Return a number in [0, 1), for jitter."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def random(self) -> float:
        return random.random()  # noqa: S311 - jitter, not a secret


SYSTEM: Final = SystemClock()
