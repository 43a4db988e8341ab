"""Whom a controller's objects belong to: it adopts what matches and has no controller, and lets go what does not."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct, field

from kty.demo.deletion import drop_owners
from kty.demo.journal import NOBODY
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import controller_of, is_terminating
from kty.demo.life.seen import Key, Seen
from kty.demo.life.selecting import selector_of
from kty.demo.life.templates import owner_reference
from kty.demo.life.world import MANAGER, World
from kty.demo.store import labels_of
from kty.kube.objects import Object
from kty.kube.selectors import Selector


class _Spec(Struct, gc=False):
    selector: Object | None = None


class _Owner(Struct, gc=False):
    spec: _Spec = field(default_factory=_Spec)


_decode = msgspec.json.Decoder(_Owner).decode


class Dependents:
    """What owners of one kind have of another kind: whom a change concerns, who belongs to whom, and their pods."""

    def __init__(self, world: World, events: Recorder, owner: str, kind: str = "pods") -> None:
        """`owner` is how references name the kind of the owners; `kind` is the Resource.id of what they have."""
        self._world = world
        self._events = events
        self._owner = owner
        self._kind = kind
        self._selectors: dict[Key, Selector] = {}
        """So that whom an orphan may belong to costs no listing; a selector never changes."""
        self._adopting: set[Key] = set()

    def concerned(self, seen: Seen) -> tuple[Key, ...]:
        """Return the owners that a change of an owner, or of what it has, concerns."""
        if seen.kind == self._kind:
            orphaned = self._may_adopt(seen)
            self._adopting.update(orphaned)
            return (*seen.controllers(self._owner), *orphaned)
        if seen.is_gone:
            self._selectors.pop(seen.key, None)
        if seen.type == "ADDED":
            self._adopting.add(seen.key)
            found = selector_of(_decode(seen.held.body).spec.selector)
            if found is not None and found.requirements:
                self._selectors[seen.key] = found
        return (seen.key,)

    def _may_adopt(self, seen: Seen) -> list[Key]:
        if seen.is_gone or seen.held.controller != NOBODY:
            return []
        return [
            key
            for key, selector in self._selectors.items()
            if key[0] == seen.held.namespace and selector.matches(seen.held.labels)
        ]

    def of(self, owner: Object) -> list[Object]:
        """Return what the owner controls, once what fits was adopted and what does not let go."""
        key = (owner["metadata"]["namespace"], owner["metadata"]["name"])
        adopts = key in self._adopting
        self._adopting.discard(key)
        return _claimed(self._world, owner, self._kind, adopts=adopts)

    def create(self, owner: Object, pod: Object) -> Object:
        """Make a pod, and say so."""
        made = self._world.registry.create("pods", pod, MANAGER)
        self._events.normal(owner, "SuccessfulCreate", f"Created pod: {made['metadata']['name']}")
        return made

    def remove(self, owner: Object, pod: Object) -> None:
        """Delete a pod, and say so."""
        self._world.delete("pods", pod)
        self._events.normal(owner, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")


def _claimed(world: World, owner: Object, kind: str, *, adopts: bool) -> list[Object]:
    """Return the objects of a kind that the owner controls, once what fits was adopted and what does not let go.

    Adopting means a look at all of the namespace: `adopts` only where there may be something.
    """
    meta = owner["metadata"]
    selector = selector_of(owner["spec"].get("selector"))
    objects = []
    for obj in world.registry.owned(meta["uid"], kind):
        reference = controller_of(obj)
        if reference is None or reference["uid"] != meta["uid"]:
            continue
        if selector is None or selector.matches(labels_of(obj)):
            objects.append(obj)
        elif not is_terminating(owner):
            _let_go(world, obj, kind, meta["uid"])
    if adopts and selector is not None and selector.requirements and not is_terminating(owner):
        objects += _adopt(world, owner, kind, selector)
    return objects


def _let_go(world: World, obj: Object, kind: str, uid: str) -> None:
    meta = obj["metadata"]
    world.registry.change(kind, meta["namespace"], meta["name"], lambda obj: drop_owners(obj, {uid}), MANAGER)


def _adopt(world: World, owner: Object, kind: str, selector: Selector) -> Iterable[Object]:
    reference = owner_reference(owner)
    store, namespace = world.registry.store, owner["metadata"]["namespace"]
    for held in store.held(kind, namespace):
        if not selector.matches(held.labels):
            continue
        obj = world.registry.whole(kind, held)
        if controller_of(obj) is not None or is_terminating(obj):
            continue

        def adopt(obj: Object) -> None:
            obj["metadata"].setdefault("ownerReferences", []).append(reference)

        yield world.registry.change(kind, namespace, held.name, adopt, MANAGER)
