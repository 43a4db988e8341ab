"""Lines of several sources in the order of their times, as far as they come at the same time."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import itemgetter

from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.log_follower import LogSource

WINDOW = 0.1
"""Seconds that lines of several sources wait for each other."""
MOST = 1 << 20
"""Bytes that wait at most."""

Put = Callable[[Sequence[int], Sequence[bytes], Sequence[int]], None]


class LogMerge:
    """A LogSink. The lines of the only source there is go on at once."""

    def __init__(
        self,
        put: Put,
        note: Callable[[int, str, int], None],
        tell: Callable[[], object],
        *,
        alone: Callable[[], bool],
        clock: Clock = SYSTEM,
    ) -> None:
        """`alone` says whether there is one source only. `put` takes, for each line, the number of its source, the
        line and its time; `note` what is said about a source, and when; `tell` hears that there is something new."""
        self._put = put
        self._note = note
        self._tell = tell
        self._clock = clock
        self._alone = alone
        self._waiting: list[tuple[int, int, bytes]] = []
        self._size = 0
        self._flushing: asyncio.Task[None] | None = None

    async def take(self, source: LogSource, times: list[int], lines: list[bytes]) -> None:
        if not self._waiting and self._alone():
            self._put([source.number] * len(lines), lines, times)
            self._tell()
            return
        rising = accumulate(times, max)  # within a source, what came first stays first
        self._waiting.extend(zip(rising, [source.number] * len(lines), lines, strict=True))
        self._size += sum(map(len, lines))
        if self._size >= MOST:
            self._flush()
        elif self._flushing is None:
            self._flushing = asyncio.ensure_future(self._flush_later())

    async def _flush_later(self) -> None:
        await self._clock.sleep(WINDOW)
        self._flushing = None
        self._flush()

    def _flush(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        waiting.sort(key=itemgetter(0))
        if waiting:
            times, sources, lines = zip(*waiting, strict=True)
            self._put(sources, lines, times)
            self._tell()

    def note(self, source: LogSource, text: str) -> None:
        self._flush()
        self._note(source.number, text, int(self._clock.now() * 1e9))
        self._tell()

    def changed(self) -> None:
        self._tell()

    def close(self) -> None:
        """Hand on what waits."""
        if self._flushing is not None:
            self._flushing.cancel()
        self._flush()
