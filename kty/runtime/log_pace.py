"""How much is read of logs before keys have their turn: together, however many logs there are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import thread_time

from kty.runtime.paging import SLICE

PAUSE = 0.004
"""Seconds that reading rests after it has worked for `SLICE`: keys go through many hands, and a mere turn of the loop
is too short."""


class LogPace:
    """Shared by all who read: one works at a time, and all rest together."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._worked = 0.0

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Wait until nobody else works; rest at the end, if it is time to."""
        async with self._turn:
            began = thread_time()
            yield
            self._worked += thread_time() - began
            if self._worked >= SLICE:
                await asyncio.sleep(PAUSE)
                self._worked = 0.0
