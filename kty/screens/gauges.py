"""What the rows of one list use: read off while the list is on screen, and joined to its rows by their keys."""

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct

from kty.kube.objects import Key
from kty.kube.resource import Resource
from kty.runtime.usages import Measure, UsageLease, Usages
from kty.screens.session import Namespaces, Session
from kty.screens.truth import measured
from kty.views.fields import Readings
from kty.views.usage import Reading

PACE = 0.05
"""Seconds for each of those who look at the same usages: all that they show changes at once, every 15 s."""


class _Reads(Struct, frozen=True):
    """Equal for everybody who looks at the same usages."""

    all_usages: tuple[Usages, ...]
    part_of: Key | None
    now: Callable[[], float]

    def __call__(self, key: Key) -> Reading | None:
        part_of = self.part_of
        for usages in self.all_usages:  # every row asks where the list is sorted by this
            usage = usages.latest.get(part_of or key)
            if usage is not None and part_of is not None:
                usage = usage.only(key[1])
            if usage is not None:
                return Reading(usage, usages.polled.is_old(self.now()))
        return None


class Gauges:
    """Has nothing to say until the server said that it measures this kind."""

    def __init__(
        self,
        session: Session,
        metrics: Resource,
        namespaces: Namespaces,
        tell: Callable[[], object],
        *,
        part_of: Key | None = None,
    ) -> None:
        """`tell` is called after every change, and may post a message and nothing else.

        `metrics` is the kind that says what is used. `part_of` is the object whose parts the rows are, by their names.
        """
        self._session = session
        self._metrics = metrics
        self._namespaces = namespaces
        self._tell = tell
        self._part_of = part_of
        self._leases: list[UsageLease] = []
        self._waiting: asyncio.TimerHandle | None = None
        self._stops = [session.cluster.on_change(self._begin)]
        self._begin()

    def _begin(self) -> None:
        if not self._leases:
            found = [self._session.cluster.usages(self._metrics, each) for each in self._namespaces or ("",)]
            self._leases = [lease for lease in found if lease is not None]
            self._stops += [lease.usages.on_change(self._heard) for lease in self._leases]
            if self._leases:
                self._tell()

    def _heard(self) -> None:
        """Tell it at once where nobody else looks; else some time soon, so that the others' keys come in between."""
        others = max(lease.usages.readers for lease in self._leases) - 1
        if not others:
            self._tell()
        elif self._waiting is None:
            wait = self._session.clock.random() * PACE * others
            self._waiting = asyncio.get_running_loop().call_later(wait, self._say)

    def _say(self) -> None:
        self._waiting = None
        self._tell()

    @property
    def is_waiting(self) -> bool:
        """Whether something else was read off, and it is not told yet because it is others' turn."""
        return self._waiting is not None

    @property
    def is_present(self) -> bool:
        """Whether the server measures this kind, as far as it has said."""
        return any(not lease.usages.polled.is_missing for lease in self._leases)

    @property
    def revision(self) -> int:
        """Grows whenever something else is read off; 0 before that."""
        return sum(lease.usages.revision for lease in self._leases)

    @property
    def state(self) -> tuple[int, ...]:
        """Another one whenever readings may be others than before: newer ones, or old ones by now."""
        now = self._session.clock.monotonic()
        return (self.revision, *[lease.usages.polled.is_old(now) for lease in self._leases])

    @property
    def reading(self) -> Readings:
        """What tells for a row what it uses, and None where that is not known."""
        return _Reads(tuple([lease.usages for lease in self._leases]), self._part_of, self._session.clock.monotonic)

    def samples(self, key: Key, measure: Measure) -> Sequence[float]:
        """Return what a row used, the oldest first; NaN where samples are missing."""
        for lease in self._leases:
            if self._part_of is None:
                found = lease.usages.samples(key, measure)
            else:
                found = lease.usages.samples(self._part_of, measure, key[1])
            if found:
                return found
        return ()

    def truth(self) -> tuple[str, bool]:
        """Say how true it is, and whether all is well; nothing where the server does not measure this kind."""
        if not self.is_present:
            return "", True
        return measured([lease.usages.polled for lease in self._leases], self._session.clock.monotonic())

    def renew(self) -> None:
        """Read off now."""
        for lease in self._leases:
            lease.renew()

    def close(self) -> None:
        """Read off no longer."""
        for stop in self._stops:
            stop()
        if self._waiting is not None:
            self._waiting.cancel()
        for lease in self._leases:
            lease.release()
