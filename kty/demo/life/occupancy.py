"""Which pods are on which node, and what they ask for: kept up change by change, for scheduler, nodes and metrics."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from kty.demo.journal import Held
from kty.demo.life.requests import Amounts, Spec, requested
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import World


class _Status(Struct, gc=False):
    phase: str = ""


class _Pod(Struct, gc=False):
    spec: Spec = field(default_factory=Spec)
    status: _Status = field(default_factory=_Status)


class Guest(NamedTuple):
    """A pod on a node that is not finished."""

    node: str
    uid: str
    amounts: Amounts


_decode = msgspec.json.Decoder(_Pod).decode


class Occupancy:
    """Answers without looking at all pods, but the first time and after thousands were put in at once."""

    kinds = ("pods",)

    def __init__(self, world: World) -> None:
        self._store = world.registry.store
        self._stocked = -1
        self._guests: dict[Key, Guest] = {}
        self._nodes: defaultdict[str, dict[Key, None]] = defaultdict(dict)
        self._taken: defaultdict[str, Amounts] = defaultdict(Counter)

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if self._stocked == self._store.stocked and (seen.is_gone or not self._stays(seen)):
            self._leave(seen.key)
            if not seen.is_gone:
                self._enter(seen.held)
        return ()

    def _stays(self, seen: Seen) -> bool:
        """Say whether a pod is where it was: it never moves, and what it asks for never changes."""
        guest = self._guests.get(seen.key)
        body = seen.held.body
        is_over = b'"phase":"Succeeded"' in body or b'"phase":"Failed"' in body
        return guest is not None and guest.uid == seen.held.uid and not is_over

    def reconcile(self, key: Key) -> float | None:
        return None

    def on(self, node: str) -> list[Key]:
        """Return the pods on a node that are not finished."""
        self._count()
        return list(self._nodes.get(node, ()))

    def taken(self, node: str) -> Amounts:
        """Return what the pods on a node ask for in sum. Not to be changed."""
        self._count()
        return self._taken.get(node) or Counter()

    def number(self, node: str) -> int:
        self._count()
        return len(self._nodes.get(node, ()))

    def is_placed(self, seen: Seen) -> bool:
        """Say whether the pod that changed has a node."""
        guest = self._guests.get(seen.key)
        return (guest is not None and guest.uid == seen.held.uid) or b'"nodeName":' in seen.held.body

    def _count(self) -> None:
        if self._stocked == self._store.stocked:
            return
        self._stocked = self._store.stocked
        self._guests.clear()
        self._nodes.clear()
        self._taken.clear()
        for held in self._store.held("pods"):
            self._enter(held)

    def _enter(self, held: Held) -> None:
        pod = _decode(held.body)
        if not pod.spec.node_name or pod.status.phase in ("Succeeded", "Failed"):
            return
        guest = Guest(pod.spec.node_name, held.uid, requested(pod.spec))
        key = (held.namespace, held.name)
        self._guests[key] = guest
        self._nodes[guest.node][key] = None
        self._taken[guest.node].update(guest.amounts)

    def _leave(self, key: Key) -> None:
        guest = self._guests.pop(key, None)
        if guest is None:
            return
        del self._nodes[guest.node][key]
        self._taken[guest.node].subtract(guest.amounts)
