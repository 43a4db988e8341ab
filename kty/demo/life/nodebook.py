"""What is known of each node, read when it changes: asked for every pod that is to be placed or run."""

from collections.abc import Iterable
from dataclasses import dataclass

from kty.demo.journal import Held
from kty.demo.life.podstate import get
from kty.demo.life.requests import Amounts, amounts
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import World
from kty.kube.objects import Object


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A node as the scheduler and the kubelet need it."""

    name: str
    uid: str
    labels: tuple[str, ...]
    """`key=value`, sorted."""
    taints: tuple[Object, ...]
    is_cordoned: bool
    allocatable: Amounts
    address: str
    pod_network: str
    """The first three numbers of its pods' addresses, such as `10.244.1`."""


class NodeBook:
    """Reads all nodes the first time, and after many were put in at once; from then on what changes."""

    kinds = ("nodes",)

    def __init__(self, world: World) -> None:
        self._registry = world.registry
        self._stocked = -1
        self._nodes: dict[str, NodeFacts] = {}
        self.has_news = True
        """Whether the last change of a node was more than a sign of life."""

    def concerned(self, seen: Seen) -> Iterable[Key]:
        before, is_current = self._nodes.get(seen.held.name), self._stocked == self._registry.store.stocked
        if seen.is_gone:
            self._nodes.pop(seen.held.name, None)
        elif is_current:
            self._note(seen.held)
        self.has_news = not is_current or before != self._nodes.get(seen.held.name)
        return ()

    def reconcile(self, key: Key) -> float | None:
        return None

    def nodes(self) -> list[NodeFacts]:
        self._read()
        return list(self._nodes.values())

    def find(self, name: str) -> NodeFacts | None:
        self._read()
        return self._nodes.get(name)

    def _read(self) -> None:
        store = self._registry.store
        if self._stocked == store.stocked:
            return
        self._stocked = store.stocked
        self._nodes.clear()
        for held in store.held("nodes"):
            self._note(held)

    def _note(self, held: Held) -> None:
        self._nodes[held.name] = read_node(self._registry.whole("nodes", held), held.labels)


def read_node(node: Object, labels: tuple[str, ...]) -> NodeFacts:
    addresses = {each["type"]: each["address"] for each in get(node, "status", "addresses", default=())}
    return NodeFacts(
        name=node["metadata"]["name"],
        uid=node["metadata"]["uid"],
        labels=labels,
        taints=tuple(get(node, "spec", "taints", default=())),
        is_cordoned=bool(get(node, "spec", "unschedulable", default=False)),
        allocatable=amounts(get(node, "status", "allocatable", default={})),
        address=addresses.get("InternalIP", "127.0.0.1"),
        pod_network=str(get(node, "spec", "podCIDR", default="10.88.0.0/24")).rpartition(".")[0],
    )
