"""Names that a line of the command line may mean, as live as any list while it is typed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from kty.kube.resource import Resource
from kty.runtime.shared import Lease
from kty.screens.session import Session

SOON = 0.1
"""Seconds within which changes are told once: what is typed is then compared with every name anew."""
NAMESPACES = Resource("", "v1", "Namespace", "namespaces", namespaced=False)


class LiveNames:
    """Follows the kinds that were asked for until it is closed."""

    def __init__(self, session: Session, tell: Callable[[], object]) -> None:
        """`tell` hears whenever there may be other names."""
        self._session = session
        self._tell = tell
        self._due: asyncio.TimerHandle | None = None
        self._leases: dict[tuple[str, str], Lease] = {}
        self._stops: list[Callable[[], None]] = []

    def namespaces(self) -> list[str]:
        """Return the names of the namespaces, as far as they are known."""
        return self.of(NAMESPACES, ())

    def of(self, resource: Resource, namespaces: Sequence[str] | None) -> list[str]:
        """Return the names of what is there of a kind, as far as they are known.

        None is for the namespaces that are shown; none at all for all of them.
        """
        where: Iterable[str] = self._session.namespaces if namespaces is None else namespaces
        leases = [self._lease(resource, each) for each in (where if resource.namespaced else ()) or ("",)]
        return sorted({row.name for lease in leases for row in lease.store.rows.values()})

    def _lease(self, resource: Resource, namespace: str) -> Lease:
        lease = self._leases.get((resource.id, namespace))
        if lease is None:
            lease = self._leases[resource.id, namespace] = self._session.lease(resource, namespace)
            self._stops.append(lease.store.on_change(self._hear))
        return lease

    def _hear(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(SOON, self._speak)

    def _speak(self) -> None:
        self._due = None
        self._tell()

    def close(self) -> None:
        """Follow nothing any more."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        for stop in self._stops:
            stop()
        for lease in self._leases.values():
            lease.release()
        self._leases.clear()
        self._stops.clear()
