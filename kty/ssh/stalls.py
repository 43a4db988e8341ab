"""Close who takes nothing of what waits for them, and who has most of it where all together have too much."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from kty.ssh.limits import Limits

LOOK = 1.0
"""Seconds between two looks."""


class Reader(Protocol):
    """Whoever bytes wait for."""

    @property
    def waiting(self) -> int:
        """Bytes that wait."""

    @property
    def taken(self) -> int:
        """A number that grows whenever some of them are taken."""

    def close(self, reason: str, why: str) -> None:
        """Hear the name of the limit that ends it, and the same as a sentence."""


class Holder(Reader, Protocol):
    """One who has further readers, for each of which something may wait."""

    @property
    def buffered(self) -> int:
        """Bytes that wait for it and for them."""


@dataclass(slots=True)
class _Seen:
    taken: int
    since: float


class Stalls:
    """Looks at everybody once a second."""

    def __init__(
        self, limits: Limits, connections: Callable[[], Collection[Holder]], sessions: Callable[[], Collection[Reader]]
    ) -> None:
        self._limits = limits
        self._connections = connections
        self._sessions = sessions
        self._seen: dict[Reader, _Seen] = {}

    async def watch(self) -> None:
        """Look until it is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK)
            self.look(loop.time())

    def look(self, now: float) -> None:
        """Close who has to go."""
        connections = self._connections()
        if self._limits.stalled:
            self._look_for_progress((*connections, *self._sessions()), now)
        total = sum(each.buffered for each in connections)
        if total > self._limits.buffered:
            most = max(connections, key=lambda each: each.buffered)
            most.close("buffered", f"{most.buffered} bytes wait for it, and too many for all together")

    def _look_for_progress(self, readers: Collection[Reader], now: float) -> None:
        seen, self._seen = self._seen, {}
        for reader in readers:
            if not reader.waiting:
                continue
            before = seen.get(reader)
            if before is None or before.taken != reader.taken:
                before = _Seen(reader.taken, now)
            self._seen[reader] = before
            if now - before.since >= self._limits.stalled:
                reader.close("stalled", f"nothing that waited was taken for {self._limits.stalled:g} s")
