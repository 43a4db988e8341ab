"""Nodes: their heartbeats, and the taints that follow from how they are."""

from collections.abc import Iterable
from typing import Final

from kty.demo.life.podstate import condition, get
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import KUBELET, MANAGER, World
from kty.demo.times import micro_timestamp
from kty.kube.objects import Object, epoch

LEASES: Final = "leases.coordination.k8s.io"
NAMESPACE: Final = "kube-node-lease"
HEARTBEAT: Final = 10.0
"""Seconds between two renewals of a node's lease, for up to ten nodes; more take turns."""
STATUS: Final = 300.0
"""Seconds between two reports of conditions that did not change."""
_LEASE_SECONDS: Final = 40
_PRESSURES: Final = (
    ("MemoryPressure", "memory-pressure"),
    ("DiskPressure", "disk-pressure"),
    ("PIDPressure", "pid-pressure"),
    ("NetworkUnavailable", "network-unavailable"),
)
_OURS: Final = frozenset(
    {f"node.kubernetes.io/{key}" for _, key in _PRESSURES}
    | {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable"}
)


class Heartbeats:
    """Keys are nodes that have a lease: those behind which a kubelet is. Whoever makes a node by hand has none."""

    kinds = (LEASES,)

    def __init__(self, world: World) -> None:
        self._world = world
        self._beating: set[str] = set()

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.held.namespace != NAMESPACE or seen.type == "MODIFIED":
            return ()
        if seen.is_gone:
            self._beating.discard(seen.held.name)
            return ()
        self._beating.add(seen.held.name)
        return (("", seen.held.name),)

    def reconcile(self, key: Key) -> float | None:
        registry, name = self._world.registry, key[1]
        lease, node = registry.find(LEASES, NAMESPACE, name), registry.find("nodes", "", name)
        if lease is None or node is None:
            return None
        now = self._world.now()
        period = HEARTBEAT * max(1.0, len(self._beating) / 10)
        renewed = epoch(lease["spec"].get("renewTime")) or 0.0
        if renewed + period > now + 0.001:
            return renewed + period
        lease["spec"] |= {
            "holderIdentity": name,
            "leaseDurationSeconds": _LEASE_SECONDS,
            "renewTime": micro_timestamp(now),
        }
        registry.report(LEASES, lease, KUBELET, subresource="")
        self._report(node)
        return now + period

    def _report(self, node: Object) -> None:
        """Say from time to time that conditions are as they were."""
        heard = max((epoch(each.get("lastHeartbeatTime")) or 0.0 for each in _conditions(node)), default=0.0)
        if self._world.now() - heard < STATUS:
            return
        now = self._world.stamp()

        def beat(node: Object) -> None:
            for each in node["status"]["conditions"]:
                each["lastHeartbeatTime"] = now

        if _conditions(node):
            self._world.registry.change("nodes", "", node["metadata"]["name"], beat, KUBELET, subresource="status")


class NodeTaints:
    """Keys are nodes."""

    kinds = ("nodes",)

    def __init__(self, world: World) -> None:
        self._world = world

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return () if seen.is_gone else (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        node = self._world.registry.find("nodes", *key)
        if node is None:
            return None
        wanted = list(_wanted(node))
        taints = list(get(node, "spec", "taints", default=()))
        named = {(each["key"], each["effect"]) for each in wanted}
        kept = [each for each in taints if each["key"] not in _OURS or (each["key"], each.get("effect")) in named]
        there = {(each["key"], each.get("effect")) for each in kept}
        now = self._world.stamp()
        missing = [each for each in wanted if (each["key"], each["effect"]) not in there]
        if len(kept) == len(taints) and not missing:
            return None

        def mark(node: Object) -> None:
            spec = node.setdefault("spec", {})
            spec["taints"] = [*kept, *({**each, "timeAdded": now} for each in missing)]
            if not spec["taints"]:
                del spec["taints"]

        self._world.registry.change("nodes", *key, mark, MANAGER)
        return None


def _conditions(node: Object) -> list[Object]:
    return list(get(node, "status", "conditions", default=()))


def _wanted(node: Object) -> Iterable[Object]:
    """Return the taints that follow from a node's conditions, and from whether it is cordoned."""
    if get(node, "spec", "unschedulable"):
        yield {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    for kind, key in _PRESSURES:
        found = condition(node, kind)
        if found is not None and found["status"] == "True":
            yield {"key": f"node.kubernetes.io/{key}", "effect": "NoSchedule"}
    ready = condition(node, "Ready")
    if ready is not None and ready["status"] == "False":
        yield {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
        yield {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}
    elif ready is None or ready["status"] == "Unknown":
        yield {"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}
        yield {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}
