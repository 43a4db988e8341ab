"""How many pods each replicaset of a deployment may have now: pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from kty.kube.objects import Object


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a rolling update, in pods."""

    surge: int
    unavailable: int


def share(value: Any, whole: int, *, rounds_up: bool) -> int:
    """Return an IntOrString as a number: `3`, or a percentage of the whole."""
    if isinstance(value, str) and value.endswith("%"):
        part = whole * float(value[:-1]) / 100
        return ceil(part) if rounds_up else floor(part)
    return int(value)


def bounds(deployment: Object) -> Bounds:
    strategy, wanted = deployment["spec"].get("strategy") or {}, deployment["spec"].get("replicas", 1)
    if strategy.get("type") == "Recreate":
        return Bounds(0, 0)
    limits = strategy.get("rollingUpdate") or {}
    surge = share(limits.get("maxSurge", "25%"), wanted, rounds_up=True)
    unavailable = share(limits.get("maxUnavailable", "25%"), wanted, rounds_up=False)
    return Bounds(surge, min(unavailable if surge or unavailable else 1, wanted) if wanted else unavailable)


def size(replicaset: Object) -> int:
    return int(replicaset["spec"].get("replicas", 0))


def available(replicaset: Object) -> int:
    return int((replicaset.get("status") or {}).get("availableReplicas", 0))


def new_size(wanted: int, limits: Bounds, newest: Object, everything: Sequence[Object]) -> int:
    """Return the size of the replicaset with the new template: as large as the surge lets it be."""
    if size(newest) >= wanted:
        return wanted
    room = wanted + limits.surge - sum(map(size, everything))
    return size(newest) + max(min(room, wanted - size(newest)), 0)


def old_sizes(wanted: int, limits: Bounds, newest: Object, old: Sequence[Object]) -> dict[str, int]:
    """Return the sizes of the old replicasets, by name: unhealthy pods go first, then as many as can be spared."""
    sizes = {each["metadata"]["name"]: size(each) for each in old}
    everything = sum(sizes.values()) + size(newest)
    spare = everything - (wanted - limits.unavailable) - (size(newest) - available(newest))
    for each in old:
        unhealthy = max(min(size(each) - available(each), spare), 0)
        sizes[each["metadata"]["name"]] -= unhealthy
        spare -= unhealthy
    healthy = sum(map(available, old)) + available(newest) - (wanted - limits.unavailable)
    for each in old:
        name = each["metadata"]["name"]
        gone = max(min(sizes[name], healthy, spare), 0)
        sizes[name] -= gone
        healthy -= gone
        spare -= gone
    return sizes
