"""What tells a change from a sign of life: an object without what is written anew though nothing happened to it."""

from typing import Any

import msgspec

from kty.kube.objects import Object

_WRITTEN_ANEW = frozenset({"managedFields", "resourceVersion", "generation", "selfLink"})
"""Of the metadata: the server changes these with every write."""
_BEATS = frozenset({"lastHeartbeatTime", "lastProbeTime", "lastUpdateTime"})
"""Of a condition: when somebody looked, whatever they saw."""
_LEADER = "control-plane.alpha.kubernetes.io/leader"
"""The annotation by which controllers without leases say that they are alive (client-go, leaderelection)."""


def settled(obj: Object) -> Object:
    """Return the object without its heartbeats, and without what every write changes; the object itself stays.

    Without apiVersion and kind, too: watches say them, and lists leave them out.
    """
    kept: Object = _without(obj, frozenset({"apiVersion", "kind"}))
    if isinstance(metadata := obj.get("metadata"), dict):
        kept["metadata"] = _settled_metadata(metadata)
    if isinstance(status := obj.get("status"), dict) and isinstance(conditions := status.get("conditions"), list):
        kept["status"] = {**status, "conditions": [_without(each, _BEATS) for each in conditions]}
    if isinstance(spec := obj.get("spec"), dict) and "renewTime" in spec and "leaseDurationSeconds" in spec:
        kept["spec"] = _without(spec, frozenset({"renewTime"}))  # coordination.k8s.io/v1, Lease
    return kept


def is_alike(one: bytes, other: bytes) -> bool:
    """Say whether two states of an object (its JSON) differ by no more than heartbeats."""
    if one == other:
        return True
    try:
        before, after = msgspec.json.decode(one), msgspec.json.decode(other)
        if not isinstance(before, dict) or not isinstance(after, dict):
            return bool(before == after)
        return _uid(before) == _uid(after) and settled(before) == settled(after)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # whatever it is, it is not what it was
        return False


def _uid(obj: Object) -> Any:
    metadata = obj.get("metadata")
    return metadata.get("uid") if isinstance(metadata, dict) else None


def _settled_metadata(metadata: Object) -> Object:
    kept: Object = _without(metadata, _WRITTEN_ANEW)
    if isinstance(annotations := kept.get("annotations"), dict) and _LEADER in annotations:
        kept["annotations"] = _without(annotations, frozenset({_LEADER}))
    return kept


def _without(value: Any, names: frozenset[str]) -> Any:
    return {key: each for key, each in value.items() if key not in names} if isinstance(value, dict) else value
