"""The stores that a graph needs of many kinds: which are opened, when, and how much of each kind they have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from kty.errors import UsageError
from kty.kube import selectors
from kty.kube.field_selectors import FieldRequirement
from kty.kube.objects import Key, Row
from kty.kube.resource import Resource
from kty.runtime.shared import Lease
from kty.runtime.sights import Holding, Sight
from kty.runtime.store import Status

AT_ONCE = 12
"""Lists of metadata that are asked for at the same time."""
MOST_KINDS = 200
"""Kinds that are looked through, at most; each is a watch."""
FEW = 8
"""Objects of a kind that are followed one by one, at most; for more, the metadata of all are."""


class Opens(Protocol):
    """Where the stores come from."""

    def metadata(self, resource: Resource, namespace: str, *, fields: str = "") -> Lease:
        """Return a store of the metadata of this kind in this namespace (empty: all of them)."""
        ...

    def full(self, resource: Resource, namespace: str, *, labels: str = "", fields: str = "") -> Lease:
        """Return a store of whole objects, as the kind's own list has it."""
        ...

    def running(self, resource: Resource, namespace: str) -> tuple[Lease, str] | None:
        """Return such a store of all in this namespace where there is one already, and the namespace that it has."""
        ...


class Holdings:
    """Keeps the stores that a graph needs, of one namespace or of all, until it is closed."""

    def __init__(self, opens: Opens, namespace: str, tell: Callable[[], object]) -> None:
        """`tell` is called after every change in a store."""
        self._opens = opens
        self._namespace = namespace
        self._tell = tell
        self._held: dict[tuple[str, str], Holding] = {}
        self._stops: dict[Sight, Callable[[], None]] = {}
        self._waiting: list[Resource] = []
        self.has_news = False
        """Whether stores were opened that had something at once: they tell of no change."""
        self.left_out = 0
        """How many kinds are not looked through, because there are too many."""

    def __iter__(self) -> Iterator[Holding]:
        return iter([*self._held.values()])

    def of(self, resource: Resource) -> Holding:
        """Return what is known of a kind, which may be nothing yet."""
        name = resource.plural, resource.group
        if (holding := self._held.get(name)) is None:
            holding = self._held[name] = Holding(resource)
        return holding

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
        if not self._share(resource):
            namespace = self._where(resource)
            sight = Sight(self._opens.metadata(resource, namespace), namespace, is_full=False)
            self.of(resource).wide = self._listen(sight)

    def _share(self, resource: Resource) -> bool:
        """Use the store of whole objects that somebody else keeps already; say whether there is one."""
        holding = self.of(resource)
        if holding.wide is None and (running := self._opens.running(resource, self._where(resource))) is not None:
            holding.wide = self._listen(Sight(running[0], running[1], is_full=True))
        return holding.wide is not None and holding.wide.is_full

    def _where(self, resource: Resource) -> str:
        return self._namespace if resource.namespaced else ""

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

    def need_one(self, resource: Resource, key: Key, *, is_full: bool) -> None:
        """Follow one object, the whole of it or its metadata."""
        holding = self.of(resource)
        if self._share(resource) and holding.wide is not None and holding.wide.covers(key):
            return
        if key in holding.singles:
            return
        if len(holding.singles) >= FEW:
            if holding.wide is None:
                self._look(resource)
            return
        opens = self._opens.full if is_full else self._opens.metadata
        lease = opens(resource, key[0], fields=str(FieldRequirement("metadata.name", key[1])))
        holding.singles[key] = self._listen(Sight(lease, key[0], is_full=is_full, name=key[1]))

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
            self.need_one(resource, rows[0].key, is_full=True)
        else:
            self._replace_detail(holding, ",".join(sorted(filter(_is_selectable, labels))))

    def _replace_detail(self, holding: Holding, labels: str) -> None:
        namespace = self._where(holding.resource)
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
        status = sight.store.status
        self.has_news = self.has_news or status.is_complete or bool(status.count)
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


def _is_selectable(label: str) -> bool:
    try:
        selectors.parse(label)
    except UsageError:  # a server that lets odd labels through cannot select by them
        return False
    return True
