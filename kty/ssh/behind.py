"""What is behind the screens that a server shows, as far as somebody outside may ask for it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

FRESH = 10.0
"""Seconds for which an answer of the cluster is good."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What people share."""

    stores: int = 0
    """Lists that are kept up to date, each by a watch."""
    leases: int = 0
    """How many look at them."""


class Behind(Protocol):
    """A cluster, and what is kept of it."""

    @property
    def kept(self) -> Kept: ...

    async def why_unreachable(self) -> str:
        """Ask the cluster whether it is there, and return the reason where it is not; it raises nothing."""


class Reach:
    """Knows whether the cluster answers, and lets nobody wait for that: who asks hears what was so last."""

    def __init__(
        self,
        behind: Behind,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._behind = behind
        self._spawn = spawn
        self._now = now
        self._asked = -FRESH
        self._is_asking = False
        self._why: str | None = None

    def why_unreachable(self) -> str | None:
        """Return why the cluster did not answer last; empty where it did, and None while that is not known yet."""
        if not self._is_asking and self._now() - self._asked >= FRESH:
            self._is_asking = True
            self._spawn(self._ask(), "ask whether the cluster is there")
        return self._why

    async def _ask(self) -> None:
        try:
            self._why = await self._behind.why_unreachable()
        finally:
            self._asked = self._now()
            self._is_asking = False


async def measure_lag(tell: Callable[[float], None], *, every: float = 0.5) -> None:
    """Tell again and again by how many seconds the loop came late to what was to be done; until it is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        await asyncio.sleep(every)
        tell(max(0.0, loop.time() - due))
