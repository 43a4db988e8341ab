"""What the cluster holds: every object as JSON bytes under its kind and key, and the one version that grows."""

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

import msgspec

from kty.demo.journal import NOBODY, Change, Held, Journal
from kty.kube.objects import Object

Tell: TypeAlias = Callable[[Change], None]

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(dict).decode


_METADATA: Final = (
    "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
    "managedFields",
)  # fmt: skip
"""The fields of ObjectMeta in the order in which the API server writes them."""


class _Shelf:
    """The objects of one kind."""

    def __init__(self) -> None:
        self.objects: dict[str, Held] = {}
        self.order: list[str] = []
        """The keys, sorted."""
        self.owned: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """The keys of what an owner has, by its uid."""

    def put(self, held: Held) -> Held | None:
        key, was = held.key, self.objects.get(held.key)
        if was is None:
            insort(self.order, key)
        elif was.owners != held.owners:
            self._disown(key, was)
        self.objects[key] = held
        for owner in held.owners:
            self.owned[owner][key] = None
        return was

    def take(self, key: str) -> Held:
        held = self.objects.pop(key)
        del self.order[bisect_left(self.order, key)]
        self._disown(key, held)
        return held

    def _disown(self, key: str, held: Held) -> None:
        for owner in held.owners:
            self.owned[owner].pop(key, None)
            if not self.owned[owner]:
                del self.owned[owner]

    def within(self, namespace: str) -> list[Held]:
        order = self.order
        if namespace:
            order = order[bisect_left(order, f"{namespace}/") : bisect_left(order, f"{namespace}0")]  # 0 follows /
        return [self.objects[key] for key in order]


class Store:
    """Knows nothing of what the objects mean."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.journal = journal or Journal()
        self.version = 0
        """Of the last write."""
        self.stocked = 0
        """How often `stock` was called: who keeps a view of all objects reads them anew when it grows."""
        self._shelves: defaultdict[str, _Shelf] = defaultdict(_Shelf)
        self._listeners: list[Tell] = []
        self._untold: deque[Change] = deque()
        self._is_telling = False
        self._labels: dict[tuple[str, ...], tuple[str, ...]] = {}

    def find(self, kind: str, namespace: str, name: str) -> Held | None:
        return self._shelves[kind].objects.get(f"{namespace}/{name}")

    def held(self, kind: str, namespace: str = "") -> list[Held]:
        """Return the objects of a kind, in all namespaces or one, in the server's order."""
        return self._shelves[kind].within(namespace)

    def held_at(self, kind: str, version: int) -> list[Held] | None:
        """Return the objects of a kind as they were at a version; None where that is compacted away."""
        changes = self.journal.since(kind, version)
        if changes is None:
            return None
        if not changes:
            return self.held(kind)
        objects = dict(self._shelves[kind].objects)
        for change in reversed(changes):
            if change.was is None:
                objects.pop(change.held.key, None)
            else:
                objects[change.was.key] = change.was
        return [objects[key] for key in sorted(objects)]

    def owned(self, owner_uid: str, kind: str) -> list[Held]:
        """Return the objects of a kind that name this owner."""
        shelf = self._shelves[kind]
        return [shelf.objects[key] for key in shelf.owned.get(owner_uid, ())]

    def put(self, kind: str, obj: Object) -> Object:
        """Write an object with the next version, which goes into its metadata."""
        held = self._next(obj)
        was = self._shelves[kind].put(held)
        self._happened(Change("MODIFIED" if was else "ADDED", kind, held, was))
        return obj

    def remove(self, kind: str, obj: Object) -> Object:
        """Remove an object; `obj` is what watches see of it last."""
        held = self._next(obj)
        was = self._shelves[kind].take(held.key)
        self._happened(Change("DELETED", kind, held, was))
        return obj

    def stock(self, kind: str, helds: Iterable[Held]) -> None:
        """Put in what was there before anybody looked, as many as you like: nobody is told, older watches begin anew.

        Each has its own version, above all that there were.
        """
        shelf = self._shelves[kind]
        for held in helds:
            shelf.put(held)
            self.version = max(self.version, held.version)
        self.journal.compact(self.version)
        self.stocked += 1

    def on_change(self, tell: Tell) -> Callable[[], None]:
        """Call `tell` after every write, within it; call the returned function to stop."""
        self._listeners.append(tell)
        return lambda: self._listeners.remove(tell)

    def _next(self, obj: Object) -> Held:
        self.version += 1
        meta = obj["metadata"]
        meta["resourceVersion"] = str(self.version)
        meta = obj["metadata"] = {field: meta[field] for field in _METADATA if field in meta}
        labels = labels_of(obj)
        owners = meta.get("ownerReferences") or ()
        controllers = [(owner["kind"], owner["name"]) for owner in owners if owner.get("controller")]
        return Held(
            namespace=meta.get("namespace", ""),
            name=meta["name"],
            version=self.version,
            uid=meta.get("uid", ""),
            labels=self._labels.setdefault(labels, labels),
            owners=tuple([owner["uid"] for owner in owners]),
            controller=controllers[0] if controllers else NOBODY,
            is_going="deletionTimestamp" in meta,
            body=body_of(obj),
        )

    def _happened(self, change: Change) -> None:
        """Tell everybody, in the order of the versions: what a listener writes is told after what it was told."""
        self.journal.add(change)
        self._untold.append(change)
        if self._is_telling:
            return
        self._is_telling = True
        try:
            while self._untold:
                told = self._untold.popleft()
                for tell in tuple(self._listeners):
                    tell(told)
        finally:
            self._is_telling = False


def body_of(obj: Object) -> bytes:
    """Return what is held of an object."""
    content = obj.copy()
    content.pop("kind", None)
    content.pop("apiVersion", None)
    return encode(content)


def labels_of(obj: Object) -> tuple[str, ...]:
    """Return an object's labels as selectors take them."""
    labels = obj["metadata"].get("labels")
    return tuple(sorted([f"{key}={value}" for key, value in labels.items()])) if labels else ()
