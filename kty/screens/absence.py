"""Whether a namespace without rows is there at all: an empty list of one that is misspelt would say too little."""

from collections.abc import Callable
from functools import partial

from kty.runtime.shared import Lease
from kty.screens.completion import NAMESPACES
from kty.screens.session import Namespaces, Session


class Absence:
    """Watches the namespaces that a list shows, each by its name, from when somebody first asks."""

    def __init__(self, session: Session, namespaces: Namespaces, tell: Callable[[], object]) -> None:
        """`tell` is called after every change, and may post a message and nothing else."""
        self._lease = partial(session.lease, NAMESPACES, "")
        self._namespaces = namespaces
        self._tell = tell
        self._leases: dict[str, Lease] | None = None
        self._stops: list[Callable[[], None]] = []

    def missing(self) -> Namespaces:
        """Return those that the cluster does not have, as far as it has said, and may be asked."""
        if self._leases is None:
            self._leases = {name: self._lease(fields=f"metadata.name={name}") for name in self._namespaces}
            self._stops = [lease.store.on_change(self._tell) for lease in self._leases.values()]
        for lease in self._leases.values():
            if lease.store.status.phase == "refused":
                lease.release()  # nobody is told, so nobody needs to ask again
        stores = {name: lease.store for name, lease in self._leases.items()}
        return tuple(name for name, store in stores.items() if store.status.is_complete and not store.rows)

    def close(self) -> None:
        """Watch no longer."""
        for stop in self._stops:
            stop()
        for lease in (self._leases or {}).values():
            lease.release()
