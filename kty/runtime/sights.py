"""What is known of one kind: the stores that have something of it, wide or narrow, whole objects or metadata."""

from collections.abc import Iterable, Mapping, Set

from kty.kube import selectors
from kty.kube.objects import Key, Row
from kty.kube.resource import Resource
from kty.runtime.shared import Lease


class Sight:
    """One store, and which objects of its kind it must have if they are there."""

    def __init__(self, lease: Lease, namespace: str, *, is_full: bool, name: str = "", labels: str = "") -> None:
        self.lease = lease
        self.store = lease.store
        self.is_full = is_full
        self.namespace, self.name, self.labels = namespace, name, labels
        self._matches = selectors.parse(labels).matches if labels else None
        self._owned: dict[str, set[Key]] = {}
        self._owners: dict[Key, tuple[str, ...]] = {}
        self._revision = -1

    @property
    def is_wide(self) -> bool:
        """Whether it has all that there is in its namespace."""
        return not self.name and not self.labels

    def covers(self, key: Key) -> bool:
        """Say whether an object of this key would be in the store, as far as a key tells."""
        return not self.labels and self.namespace in ("", key[0]) and self.name in ("", key[1])

    def has(self, row: Row) -> bool:
        """Say whether the store has, or will have, this object."""
        if self._matches is not None:
            return self.namespace in ("", row.namespace) and self._matches(row.labels)
        return self.covers(row.key)

    def owned(self) -> Mapping[str, Set[Key]]:
        """Return the keys of the objects that have owners, by the uids of these."""
        store = self.store
        if store.revision != self._revision:
            changed = store.changes(self._revision) if self._revision >= 0 else None
            if changed is None:
                self._owned.clear()
                self._owners.clear()
                changed = set(store.rows)
            for key in changed:
                self._file(key)
            self._revision = store.revision
        return self._owned

    def _file(self, key: Key) -> None:
        row = self.store.rows.get(key)
        for uid in self._owners.pop(key, ()):
            self._owned[uid].discard(key)
        if row is not None and row.owners:
            self._owners[key] = row.owners
            for uid in row.owners:
                self._owned.setdefault(uid, set()).add(key)


class Holding:
    """What is known of one kind."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.wide: Sight | None = None
        """What has all objects, at least their metadata."""
        self.singles: dict[Key, Sight] = {}
        """What has one whole object each."""
        self.detail: Sight | None = None
        """What has the whole of those objects that are looked at."""
        self.coming: Sight | None = None
        """What is to take the place of `detail` once it is complete."""

    @property
    def sights(self) -> list[Sight]:
        found = [self.detail, self.coming, *self.singles.values(), self.wide]
        return [sight for sight in found if sight is not None]

    def find(self, key: Key) -> tuple[Row | None, bool]:
        """Return the object, and whether it is the whole of it or its metadata; None where it is not there, or not
        known.
        """
        there = self._there(key)
        if there is None:
            return None, False
        whole = self.whole(there)
        return (there, False) if whole is None else (whole, True)

    def _there(self, key: Key) -> Row | None:
        for sight in (self.wide, self.singles.get(key)):
            if sight is not None and sight.covers(key):
                row = sight.store.rows.get(key)
                if row is not None or sight.store.status.is_complete:
                    return row
        return None

    def whole(self, there: Row) -> Row | None:
        """Return the row of the whole object; None where only its metadata is known."""
        key = there.key
        for sight in (self.detail, self.coming, self.singles.get(key), self.wide):
            if sight is not None and sight.is_full:
                row = sight.store.rows.get(key)
                if row is not None and row.uid == there.uid:
                    return row
        return None

    def body(self, key: Key, *, is_full: bool = True) -> bytes | None:
        """Return the object's JSON: the whole, or where not `is_full` whatever is known."""
        there = self._there(key)
        if there is None:
            return None
        for sight in self.sights:
            row = sight.store.rows.get(key)
            if row is not None and row.uid == there.uid and (sight.is_full or not is_full):
                return sight.store.body(key)
        return None

    def is_absent(self, key: Key) -> bool:
        """Say whether it is certain that there is no such object."""
        looked = [sight for sight in (self.wide, self.singles.get(key)) if sight is not None and sight.covers(key)]
        return any(each.store.status.is_complete for each in looked) and self._there(key) is None

    def is_refused(self, key: Key) -> bool:
        """Say whether nobody may tell us whether it is there."""
        looked = [sight for sight in (self.wide, self.singles.get(key)) if sight is not None and sight.covers(key)]
        return bool(looked) and all(each.store.status.phase == "refused" for each in looked)

    def rows_in(self, namespace: str) -> Iterable[Row]:
        """Return all rows in this namespace; of a kind without namespaces, all."""
        if self.wide is None:
            return []
        rows = self.wide.store.rows.values()
        return [row for row in rows if not self.resource.namespaced or row.namespace == namespace or not namespace]
