"""A laptop sleeps, and no timer tells it so: the wall clock moves on while the monotonic one stands still."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

from kty.errors import Unreachable
from kty.runtime.clock import Clock

Line = TypeVar("Line")

TICK = 5.0
"""Seconds between two looks at the clocks."""
DEEP = 60.0
"""Seconds of sleep that connections do not outlive."""


class Slumber:
    """Compares the two clocks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lag = self._measure()

    def _measure(self) -> float:
        return self._clock.now() - self._clock.monotonic()

    def is_over(self) -> bool:
        """Say whether the machine slept deeply since this was last asked."""
        before, self._lag = self._lag, self._measure()
        return self._lag - before > DEEP


async def rest(clock: Clock, seconds: float) -> None:
    """Wait so long; but once the machine itself has slept, it has been long enough."""
    slumber = Slumber(clock)
    until = clock.monotonic() + seconds
    while (left := until - clock.monotonic()) > 0 and not slumber.is_over():
        await clock.sleep(min(left, TICK))


async def while_awake(lines: AsyncIterator[Line], clock: Clock) -> AsyncGenerator[Line, None]:
    """Hand the lines on. Raises Unreachable within `TICK` seconds of waking: by then nobody is at the other end."""
    waiting: asyncio.Timeout | None = None
    has_slept = False

    async def look_out() -> None:
        nonlocal has_slept
        slumber = Slumber(clock)
        while not slumber.is_over():
            await clock.sleep(TICK)
        has_slept = True
        if waiting is not None:
            waiting.reschedule(0.0)

    lookout = asyncio.create_task(look_out(), name="look out for sleep")
    try:
        while not has_slept:
            try:
                async with asyncio.timeout(None) as waiting:
                    line = await anext(lines)
            except StopAsyncIteration:
                return
            except TimeoutError:
                break
            finally:
                waiting = None
            yield line
        raise Unreachable("this machine slept, and the connection did not outlive it")
    finally:
        lookout.cancel()
