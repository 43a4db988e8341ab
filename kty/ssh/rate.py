"""How often somebody comes: a bucket of tokens for each address, refilled at a steady rate."""

import time
from collections import OrderedDict
from collections.abc import Callable


class Rate:
    """Lets `burst` through at once and `a_second` in the long run, for each of at most `most` that are remembered.

    Who is not remembered has a full bucket: where there are too many, those are forgotten that came longest ago.
    """

    def __init__(self, a_second: float, burst: float, most: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._burst = burst
        self._most = most
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """What was in it, and when."""

    def __len__(self) -> int:
        return len(self._buckets)

    def takes(self, who: str) -> bool:
        """Say whether one more may come now, and count them if so."""
        now = self._now()
        tokens = self._in(self._buckets.pop(who, (self._burst, now)), now)
        is_let_through = tokens >= 1
        self._buckets[who] = tokens - is_let_through, now
        self._forget(now)
        return is_let_through

    def _in(self, bucket: tuple[float, float], now: float) -> float:
        tokens, at = bucket
        return min(self._burst, tokens + max(0.0, now - at) * self._a_second)

    def _forget(self, now: float) -> None:
        """Drop the eldest while there are too many, or they are full again and so say nothing."""
        while self._buckets:
            who, bucket = next(iter(self._buckets.items()))
            if len(self._buckets) <= self._most and self._in(bucket, now) < self._burst:
                return
            del self._buckets[who]
