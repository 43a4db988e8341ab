"""When somebody did something last, and what happens once that is long ago."""

import asyncio
from collections.abc import Callable


class Idle:
    """Calls `gone_quiet` once nothing was touched for so many seconds; 0 is never."""

    def __init__(self, seconds: float, gone_quiet: Callable[[], None]) -> None:
        self._seconds = seconds
        self._gone_quiet = gone_quiet
        self._touched = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Count from now on."""
        self.touch()
        if self._seconds:
            self._later(self._seconds)

    def touch(self) -> None:
        """Hear that somebody did something."""
        self._touched = asyncio.get_running_loop().time()

    def stop(self) -> None:
        """Count no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _later(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        rest = self._touched + self._seconds - asyncio.get_running_loop().time()
        if rest > 0:
            self._later(rest)
        else:
            self._gone_quiet()
