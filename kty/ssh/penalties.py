"""Addresses that are not let in for a while, for what they did: as sshd's PerSourcePenalties (sshd_config(5))."""

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass

from kty.ssh.limits import Penalties


@dataclass(slots=True)
class _Penalty:
    until: float
    why: str
    is_active: bool = False


class PenaltyBox:
    """Adds up what each address has against it; what `Penalties.min` forgives keeps nobody out."""

    def __init__(self, penalties: Penalties, *, now: Callable[[], float] = time.monotonic) -> None:
        self._penalties = penalties
        self._now = now
        self._of: dict[str, _Penalty] = {}

    def __len__(self) -> int:
        return len(self._of)

    def why_not(self, who: str) -> str:
        """Say for what, and how long, they are kept out; empty where they are not."""
        penalty = self._of.get(who)
        if penalty is None:
            return ""
        seconds = penalty.until - self._now()
        if seconds <= 0:
            del self._of[who]
            return ""
        return f"for {seconds:.0f} s more, since {penalty.why}" if penalty.is_active else ""

    def add(self, who: str, seconds: float, why: str) -> None:
        """Hold so many seconds more against them; what adds up counts once it is more than is forgiven."""
        if seconds <= 0:
            return
        now = self._now()
        penalty = self._of.get(who)
        if penalty is None or penalty.until <= now:
            penalty = self._of[who] = _Penalty(now, why)
        penalty.until = min(penalty.until + seconds, now + self._penalties.max)
        penalty.why = why
        penalty.is_active = penalty.is_active or penalty.until - now > self._penalties.min
        if len(self._of) > self._penalties.max_sources:
            self._make_room(now)

    def _make_room(self, now: float) -> None:
        """Forget those whose time is over, else the tenth that would be free first: looking at all is dear."""
        for who in [who for who, penalty in self._of.items() if penalty.until <= now]:
            del self._of[who]
        most = self._penalties.max_sources
        if len(self._of) > most:
            count = len(self._of) - most + most // 10
            for who, _ in heapq.nsmallest(count, self._of.items(), key=lambda each: each[1].until):
                del self._of[who]
