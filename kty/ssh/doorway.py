"""Those who are connected and have not logged in yet: how many there may be, and who makes room for whom."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kty.ssh.limits import Limits, network

LINGERS = 2.0
"""Seconds in which a client logs in that has its key at hand. Who takes longer makes room where somebody waits."""


@dataclass(slots=True, eq=False)
class _Standing:
    network: str
    since: float
    leave: Callable[[], None]


class Doorway:
    """Counts those who stand in it.

    Where it is full, whoever comes takes the place of one who lingers: of one from the same address where that has too
    many in it, else of the address that has most, the one that came first. So nobody keeps others out by connecting
    and saying nothing.
    """

    def __init__(self, limits: Limits, *, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._now = now
        self._standing: dict[_Standing, None] = {}
        self._per_network: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._standing)

    def why_not(self, address: str) -> tuple[str, str]:
        """Say in a word and a sentence why nobody more may come from this address just now; empty where one may."""
        where = network(address)
        if self._is_full_of(where) and self._lingers(where) is None:
            most = self._limits.unauthenticated_per_address
            return "unauthenticated-per-address", f"{most} connections from there have not logged in yet"
        if self._is_full and self._lingers() is None:
            return "unauthenticated", f"{self._limits.unauthenticated} connections have not logged in yet"
        return "", ""

    @contextmanager
    def standing(self, address: str, leave: Callable[[], None]) -> Iterator[None]:
        """Count one while the block lasts; `leave` is called where it has to make room for somebody else."""
        where = network(address)
        other = self._lingers(where) if self._is_full_of(where) else self._lingers() if self._is_full else None
        if other is not None:
            self._remove(other)
            other.leave()
        it = _Standing(where, self._now(), leave)
        self._standing[it] = None
        self._per_network[where] += 1
        try:
            yield
        finally:
            if it in self._standing:
                self._remove(it)

    @property
    def _is_full(self) -> bool:
        return len(self) >= self._limits.unauthenticated

    def _is_full_of(self, where: str) -> bool:
        return self._per_network[where] >= self._limits.unauthenticated_per_address

    def _lingers(self, where: str = "") -> _Standing | None:
        """Return who should go first, of this network or of all; None where nobody lingers."""
        long_ago = self._now() - LINGERS
        lingering = [each for each in self._standing if each.since <= long_ago and where in ("", each.network)]
        return min(lingering, key=lambda each: (-self._per_network[each.network], each.since), default=None)

    def _remove(self, it: _Standing) -> None:
        del self._standing[it]
        self._per_network[it.network] -= 1
        if not self._per_network[it.network]:
            del self._per_network[it.network]
