"""Taints and tolerations (core/v1)."""

from collections.abc import Iterable, Sequence

from kty.kube.objects import Object

KEEPING_AWAY = ("NoSchedule", "NoExecute")


def tolerates(tolerations: Iterable[Object], taint: Object) -> bool:
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def untolerated(taints: Iterable[Object], tolerations: Sequence[Object], effects: Sequence[str]) -> Object | None:
    """Return the first taint with one of these effects that nothing tolerates."""
    for taint in taints:
        if taint.get("effect") in effects and not tolerates(tolerations, taint):
            return taint
    return None


def seconds_left(taints: Iterable[Object], tolerations: Sequence[Object]) -> float | None:
    """Return how long a pod may stay under taints that evict: 0 for not at all, None for ever."""
    least: float | None = None
    for taint in taints:
        if taint.get("effect") != "NoExecute":
            continue
        matching = [each for each in tolerations if _tolerates(each, taint)]
        if not matching:
            return 0.0
        limits = [each["tolerationSeconds"] for each in matching if each.get("tolerationSeconds") is not None]
        if limits:
            shortest = float(max(min(limits), 0))
            least = shortest if least is None else min(least, shortest)
    return least


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")
