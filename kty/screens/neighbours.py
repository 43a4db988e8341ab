"""What a description needs beside its object: live stores, for as long as it is looked at."""

from collections.abc import Callable, Mapping

from kty.kube.objects import Key, Object
from kty.runtime.shared import Lease
from kty.screens.feed import Feed
from kty.screens.session import Session
from kty.screens.sources import whole
from kty.screens.truth import trouble
from kty.views.describing import Beside, Found, Need


class Neighbours:
    """Follows the objects that are needed; which ones these are may change with the object that is described."""

    def __init__(self, session: Session, tell: Callable[[], object]) -> None:
        """`tell` is called whenever one of them changed; it may post a message and nothing else."""
        self._session = session
        self._tell = tell
        self._leases: dict[str, tuple[Need, Lease]] = {}
        self._feed: Feed | None = None
        self._read: dict[str, dict[Key, tuple[str, Object]]] = {}
        """By the name that it was needed by: each object, and the version that it was read of."""

    def want(self, needs: Mapping[str, Need]) -> None:
        """Follow these and no others; what was followed already goes on."""
        if {name: need for name, (need, _) in self._leases.items()} == dict(needs):
            self._leases = {name: (need, self._leases[name][1]) for name, need in needs.items()}
            return
        before, self._leases = self._leases, {}
        for name, need in needs.items():
            known = before.pop(name, None)
            if known is not None and known[0] == need:
                self._leases[name] = need, known[1]
                continue
            if known is not None:
                known[1].release()
            self._read.pop(name, None)
            self._leases[name] = need, self._lease(need)
        for _, lease in before.values():
            lease.release()
        self._listen()

    def _lease(self, need: Need) -> Lease:
        return self._session.lease(
            need.resource, need.namespace, labels=need.labels, fields=need.fields, codec=need.codec
        )

    def _listen(self) -> None:
        if self._feed is not None:
            self._feed.close()
        stores = [lease.store for _, lease in self._leases.values()]
        self._feed = Feed(stores, self._tell) if stores else None

    @property
    def state(self) -> object:
        """Return what is another one whenever `found` would return something else."""
        return tuple(
            (name, lease.store.revision, lease.store.status.phase, lease.store.status.is_complete)
            for name, (_, lease) in self._leases.items()
        )

    def found(self) -> Beside:
        """Return what is known now, by the name that it was needed by."""
        return {name: self._found(name, need, lease) for name, (need, lease) in self._leases.items()}

    def _found(self, name: str, need: Need, lease: Lease) -> Found:
        store, status = lease.store, lease.store.status
        before = self._read.get(name, {})
        read: dict[Key, tuple[str, Object]] = {}
        for key, row in store.rows.items():
            if not need.picks(row):
                continue
            version = f"{row.version} {row.uid}"
            known = before.get(key)
            if known is None or known[0] != version or not row.version:
                obj = whole([store], key, need.resource)
                known = (version, obj) if obj is not None else None
            if known is not None:
                read[key] = known
        self._read[name] = read
        objects = tuple([obj for _, obj in read.values()])
        return Found(objects, status.is_complete, trouble([status], need.resource.plural) if not read else "")

    def close(self) -> None:
        """Follow them no longer."""
        if self._feed is not None:
            self._feed.close()
            self._feed = None
        for _, lease in self._leases.values():
            lease.release()
        self._leases = {}
