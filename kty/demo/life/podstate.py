"""How a pod is, read from its status: what every controller above the kubelet asks."""

from typing import Any

from kty.kube.objects import Object, epoch


def phase(pod: Object) -> str:
    return str((pod.get("status") or {}).get("phase") or "Pending")


def is_finished(pod: Object) -> bool:
    return phase(pod) in ("Succeeded", "Failed")


def is_terminating(pod: Object) -> bool:
    return bool(pod["metadata"].get("deletionTimestamp"))


def is_active(pod: Object) -> bool:
    """Say whether the pod counts as one of those that its controller wants."""
    return not is_terminating(pod) and not is_finished(pod)


def condition(obj: Object, kind: str) -> Object | None:
    """Return the condition of this type, of any object."""
    for each in (obj.get("status") or {}).get("conditions") or ():
        if each.get("type") == kind:
            return dict(each)
    return None


def is_ready(pod: Object) -> bool:
    ready = condition(pod, "Ready")
    return ready is not None and ready.get("status") == "True"


def available_at(pod: Object, least_seconds: float) -> float | None:
    """Return when the pod is or was ready for so many seconds; None while it is not ready."""
    ready = condition(pod, "Ready")
    if ready is None or ready.get("status") != "True":
        return None
    return (epoch(ready.get("lastTransitionTime")) or 0.0) + least_seconds


def controller_of(obj: Object) -> Object | None:
    """Return the owner reference of its controller."""
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            return dict(owner)
    return None


def restarts(pod: Object) -> int:
    return sum(each.get("restartCount", 0) for each in (pod.get("status") or {}).get("containerStatuses") or ())


def get(obj: Object, *path: str, default: Any = None) -> Any:
    """Return what stands at a path, or the default where any step is missing or nothing."""
    value: Any = obj
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return default if value is None else value
