"""What is known of many kinds at once: for each the stores that have something of it, wide or narrow, whole or not."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Protocol

from kty.kube import selectors
from kty.kube.objects import Key, Row
from kty.kube.resource import Resource
from kty.runtime.shared import Lease
from kty.runtime.store import Status

AT_ONCE = 12
"""Lists of metadata that are asked for at the same time."""
MOST_KINDS = 200
"""Kinds that are looked through, at most; each is a watch."""
MOST_SINGLES = 64
"""Objects that are followed one by one, at most."""


class Opens(Protocol):
    """Where the stores come from."""

    def metadata(self, resource: Resource, namespace: str) -> Lease:
        """Return a store of the metadata of this kind in this namespace (empty: all of them)."""
        ...

    def full(self, resource: Resource, namespace: str, *, labels: str = "", fields: str = "") -> Lease:
        """Return a store of whole objects, as the kind's own list has it."""
        ...

    def running(self, resource: Resource, namespace: str) -> tuple[Lease, str] | None:
        """Return such a store of all in this namespace where there is one already, and the namespace that it has."""
        ...


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

    def row(self, key: Key) -> Row | None:
        """Return the object, whole if that is known, else its metadata; None where it is not there, or not known."""
        there = self._there(key)
        if there is None:
            return None
        return self._whole(there) or there

    def whole(self, key: Key) -> Row | None:
        """Return the row of the whole object."""
        there = self._there(key)
        return None if there is None else self._whole(there)

    def _there(self, key: Key) -> Row | None:
        for sight in (self.wide, self.singles.get(key)):
            if sight is not None and sight.covers(key):
                row = sight.store.rows.get(key)
                if row is not None or sight.store.status.is_complete:
                    return row
        return None

    def _whole(self, there: Row) -> Row | None:
        for sight in self.sights:
            if sight.is_full and (row := sight.store.rows.get(there.key)) is not None and row.uid == there.uid:
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


class Holdings:
    """Keeps the stores that a graph needs, of one namespace or of all, until it is closed."""

    def __init__(self, opens: Opens, namespace: str, tell: Callable[[], object]) -> None:
        """`tell` is called after every change in a store."""
        self._opens = opens
        self._namespace = namespace
        self._tell = tell
        self._held: dict[str, Holding] = {}
        self._stops: dict[Sight, Callable[[], None]] = {}
        self._waiting: list[Resource] = []
        self.left_out = 0
        """How many kinds are not looked through, because there are too many."""

    def __iter__(self) -> Iterator[Holding]:
        return iter([*self._held.values()])

    def of(self, resource: Resource) -> Holding:
        """Return what is known of a kind, which may be nothing yet."""
        return self._held.setdefault(resource.id, Holding(resource))

    @property
    def statuses(self) -> Mapping[Sight, tuple[Resource, Status]]:
        return {
            sight: (holding.resource, sight.store.status) for holding in self._held.values() for sight in holding.sights
        }

    @property
    def is_looking(self) -> bool:
        """Whether there are kinds that were not listed yet."""
        return bool(self._waiting) or any(_is_underway(sight) for sight in self._wides())

    def _wides(self) -> list[Sight]:
        return [holding.wide for holding in self._held.values() if holding.wide is not None]

    # What is to be followed

    def look_through(self, resources: Iterable[Resource]) -> None:
        """Follow the metadata of these kinds, the first ones first, a few lists at a time."""
        wanted = [each for each in resources if self.of(each).wide is None]
        room = MOST_KINDS - len(self._wides())
        self._waiting, self.left_out = wanted[:room], len(wanted[room:])
        self._open_more()

    def _open_more(self) -> None:
        while self._waiting and sum(map(_is_underway, self._wides())) < AT_ONCE:
            resource = self._waiting.pop(0)
            if self.of(resource).wide is None:
                self._look(resource)

    def _look(self, resource: Resource) -> None:
        namespace = self._namespace if resource.namespaced else ""
        running = self._opens.running(resource, namespace)
        if running is not None:
            sight = Sight(running[0], running[1], is_full=True)
        else:
            sight = Sight(self._opens.metadata(resource, namespace), namespace, is_full=False)
        self.of(resource).wide = self._listen(sight)

    def need_all(self, resource: Resource) -> None:
        """Follow the whole objects of this kind."""
        holding = self.of(resource)
        before = holding.wide
        if before is not None and before.is_full:
            return
        if holding.detail is not None and holding.detail.is_wide:
            return
        if holding.coming is not None and holding.coming.is_wide:
            return
        self._replace_detail(holding, "")

    def need_one(self, resource: Resource, key: Key) -> None:
        """Follow one whole object."""
        holding = self.of(resource)
        if key in holding.singles or sum(len(each.singles) for each in self._held.values()) >= MOST_SINGLES:
            return
        if holding.wide is not None and holding.wide.is_full and holding.wide.covers(key):
            return
        lease = self._opens.full(resource, key[0], fields=f"metadata.name={key[1]}")
        holding.singles[key] = self._listen(Sight(lease, key[0], is_full=True, name=key[1]))

    def need_whole(self, resource: Resource, rows: Iterable[Row]) -> None:
        """Follow the whole of these objects, with as few others as one label selector can tell them from."""
        holding = self.of(resource)
        rows = [row for row in rows if row.key not in holding.singles]
        if not rows or (holding.wide is not None and holding.wide.is_full):
            return
        for sight in (holding.coming, holding.detail):
            if sight is not None and all(sight.has(row) for row in rows):
                return
        labels = set(rows[0].labels).intersection(*(row.labels for row in rows[1:]))
        if len(rows) == 1 and resource.namespaced and holding.coming is None and holding.detail is None:
            self.need_one(resource, rows[0].key)
        else:
            self._replace_detail(holding, ",".join(sorted(labels)))

    def _replace_detail(self, holding: Holding, labels: str) -> None:
        namespace = self._namespace if holding.resource.namespaced else ""
        lease = self._opens.full(holding.resource, namespace, labels=labels)
        if holding.coming is not None:
            self._drop(holding.coming)
        holding.coming = self._listen(Sight(lease, namespace, is_full=True, labels=labels))
        self._settle(holding)

    def _settle(self, holding: Holding) -> None:
        """Let what was to come take its place, once it is there."""
        coming = holding.coming
        if coming is not None and (coming.store.status.is_complete or holding.detail is None):
            if holding.detail is not None:
                self._drop(holding.detail)
            holding.detail, holding.coming = coming, None

    # The stores

    def _listen(self, sight: Sight) -> Sight:
        self._stops[sight] = sight.store.on_change(self._changed)
        return sight

    def _drop(self, sight: Sight) -> None:
        self._stops.pop(sight)()
        sight.lease.release()

    def _changed(self) -> None:
        self._tell()

    def update(self) -> None:
        """Go on with what waited for other stores; not to be called by those who are told of changes."""
        self._open_more()
        for holding in self._held.values():
            self._settle(holding)

    def close(self) -> None:
        """Follow nothing any more."""
        for sight in [*self._stops]:
            self._drop(sight)
        self._held.clear()
        self._waiting = []


def _is_underway(sight: Sight) -> bool:
    status = sight.store.status
    return not status.is_complete and status.phase in ("connecting", "syncing")
