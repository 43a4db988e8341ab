"""Bytes that went through, and how fast they go now."""

from collections import deque

from kty.runtime.clock import SYSTEM, Clock

WINDOW = 3.0
"""Seconds that a rate looks back."""
_STEP = 0.25


class Traffic:
    """Counts bytes each way."""

    def __init__(self, clock: Clock = SYSTEM) -> None:
        self.sent = 0
        self.received = 0
        self._clock = clock
        self._before: deque[tuple[float, int, int]] = deque()
        """What had gone through at some moments of the last seconds."""

    def count(self, sent: int, received: int) -> None:
        """So many bytes more went through."""
        now = self._clock.monotonic()
        if not self._before or now - self._before[-1][0] >= _STEP:
            self._before.append((now, self.sent, self.received))
            self._forget(now)
        self.sent += sent
        self.received += received

    @property
    def rate(self) -> tuple[float, float]:
        """Bytes a second, sent and received."""
        now = self._clock.monotonic()
        self._forget(now)
        if not self._before:
            return 0.0, 0.0
        at, sent, received = self._before[0]
        span = max(1.0, now - at)
        return (self.sent - sent) / span, (self.received - received) / span

    def _forget(self, now: float) -> None:
        while self._before and now - self._before[0][0] > WINDOW:
            self._before.popleft()
