"""How long to wait after a fault: longer each time, and never the same for everybody."""

from kty.errors import Forbidden, KtyError, NotFound, StatusError, Unauthorized
from kty.runtime.clock import Clock

FIRST = 0.8
LONGEST = 30.0
QUIET = 120.0
"""Seconds without a fault after which the next one counts as the first."""
REFUSED = 30.0
"""Seconds, up to twice as many, until we ask again for what may not be seen or is not there."""
UNAUTHORIZED = 2.0
"""Seconds at least between two tries with refused credentials: the client sends each of them twice."""


class Backoff:
    """Delays of 0.8 to 1.6 s, then twice as long each time, up to 15 to 30 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._low = FIRST
        self._quiet_since = clock.monotonic()

    def next(self, at_least: float = 0.0) -> float:
        """Return the seconds to wait now."""
        if self._clock.monotonic() - self._quiet_since >= QUIET:
            self._low = FIRST
        delay = max(self._jittered(self._low), at_least)
        self._low = min(self._low * 2, LONGEST / 2)
        self._quiet_since = self._clock.monotonic() + delay
        return delay

    def after(self, error: KtyError) -> float:
        """Return the seconds to wait after this fault, no less than the server asked for."""
        match error:
            case Forbidden() | NotFound():
                return self._jittered(REFUSED)
            case Unauthorized():
                return self.next(UNAUTHORIZED)
            case StatusError(retry_after=float() as asked):
                return self.next(asked)
        return self.next()

    def _jittered(self, low: float) -> float:
        return low * (1.0 + self._clock.random())
