"""Whom a controller's objects belong to: it adopts what matches and has no controller, and lets go what does not."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct, field

from kty.demo.journal import NOBODY
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


class Selecting:
    """Remembers the selectors of owners of one kind, so that whom an orphan may belong to costs no listing."""

    def __init__(self) -> None:
        self._selectors: dict[Key, Selector] = {}

    def note(self, seen: Seen) -> None:
        """Take in a change of an owner; its selector never changes."""
        if seen.is_gone:
            self._selectors.pop(seen.key, None)
        if seen.type != "ADDED":
            return
        found = selector_of(_decode(seen.held.body).spec.selector)
        if found is not None and found.requirements:
            self._selectors[seen.key] = found

    def of(self, seen: Seen) -> list[Key]:
        """Return the owners whose selector chooses what changed, if it has no controller."""
        if seen.is_gone or seen.held.controller != NOBODY:
            return []
        return [
            key
            for key, selector in self._selectors.items()
            if key[0] == seen.held.namespace and selector.matches(seen.held.labels)
        ]


def claimed(world: World, owner: Object, kind: str, *, adopts: bool) -> list[Object]:
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
    def forget(obj: Object) -> None:
        owners = [owner for owner in obj["metadata"]["ownerReferences"] if owner["uid"] != uid]
        obj["metadata"]["ownerReferences"] = owners
        if not owners:
            del obj["metadata"]["ownerReferences"]

    world.registry.change(kind, obj["metadata"]["namespace"], obj["metadata"]["name"], forget, MANAGER)


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
