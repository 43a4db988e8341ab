"""Whether a connection may come in at all, before a byte of it is read."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kty.ssh.doorway import Doorway
from kty.ssh.limits import Limits, is_among, network, networks
from kty.ssh.penalties import PenaltyBox
from kty.ssh.rate import Rate


class Gate:
    """Asks all that can be asked about an address: its penalties, its rate, and who else waits to log in."""

    def __init__(
        self, limits: Limits, *, trusted: tuple[str, ...] = (), now: Callable[[], float] = time.monotonic
    ) -> None:
        """`trusted` are those who bring others in: their own connections ask whether the server is there.

        Raises ValueError where they, or those who are exempt, are no addresses.
        """
        sources = limits.penalties.max_sources
        self._exempt = networks((*limits.exempt, *trusted))
        self._penalties = limits.penalties
        self._rate = Rate(limits.rate_per_address, limits.burst_per_address, sources, now=now)
        self._box = PenaltyBox(limits.penalties, now=now)
        self._doorway = Doorway(limits, now=now)

    @property
    def standing(self) -> int:
        """How many are connected and have not logged in yet."""
        return len(self._doorway)

    @property
    def penalized(self) -> int:
        """How many addresses have something against them."""
        return len(self._box)

    def why_not(self, address: str) -> tuple[str, str]:
        """Say in a word and a sentence why a connection from there is refused, and count it; empty where it is not."""
        if not is_among(address, self._exempt):
            who = network(address)
            if why := self._box.why_not(who):
                return "penalty", why
            if not self._rate.takes(who):
                return "rate", "it comes too often"
        return self._doorway.why_not(address)

    @contextmanager
    def passing(self, address: str, leave: Callable[[], None]) -> Iterator[None]:
        """Count a connection among those that have not logged in, while the block lasts; `leave` makes room."""
        with self._doorway.standing(address, leave):
            yield

    def broke_off(self, address: str) -> None:
        """Hear that a connection made the server stumble."""
        self._hold(address, self._penalties.crash, "a connection from there broke the server's thread")

    def failed(self, address: str) -> None:
        """Hear that somebody tried to log in and did not."""
        self._hold(address, self._penalties.authfail, "nobody there could log in")

    def was_slow(self, address: str) -> None:
        """Hear that somebody took too long to log in."""
        self._hold(address, self._penalties.grace_exceeded, "somebody there took too long to log in")

    def did_nothing(self, address: str) -> None:
        """Hear that somebody left without an attempt to log in."""
        self._hold(address, self._penalties.noauth, "somebody there did not try to log in")

    def _hold(self, address: str, seconds: float, why: str) -> None:
        if not is_among(address, self._exempt):
            self._box.add(network(address), seconds, why)
