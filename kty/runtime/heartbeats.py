"""What tells a change from a sign of life: an object without what is written anew though nothing happened to it."""

from typing import Any

import msgspec

from kty.kube.objects import Object

_WRITTEN_ANEW = frozenset({"managedFields", "resourceVersion", "generation", "selfLink"})
"""Of the metadata: the server changes these with every write."""
_BEATS = frozenset({"lastHeartbeatTime", "lastProbeTime", "lastUpdateTime"})
"""Of a condition: when somebody looked, whatever they saw."""
_NAMES = frozenset({"apiVersion", "kind"})
"""Watches say them, and lists leave them out."""
_LEADER = "control-plane.alpha.kubernetes.io/leader"
"""The annotation by which controllers without leases say that they are alive (client-go, leaderelection)."""


def settled(obj: Object) -> Object:
    """Return the object without heartbeats, apiVersion, kind and what every write changes; it itself stays as it is."""
    kept: Object = _without(obj, _NAMES)
    if isinstance(metadata := obj.get("metadata"), dict):
        kept["metadata"] = _settled_metadata(metadata)
    if isinstance(status := obj.get("status"), dict) and isinstance(conditions := status.get("conditions"), list):
        kept["status"] = {**status, "conditions": [_without(each, _BEATS) for each in conditions]}
    if isinstance(spec := obj.get("spec"), dict) and "renewTime" in spec and "leaseDurationSeconds" in spec:
        kept["spec"] = _without(spec, frozenset({"renewTime"}))  # coordination.k8s.io/v1, Lease
    return kept


def is_alike(one: bytes, other: bytes) -> bool:
    """Say whether two states of an object (its JSON) differ by no more than heartbeats.

    Only those parts of both are decoded that do not look the same.
    """
    if one == other:
        return True
    try:
        before, after = _parts(one), _parts(other)
        # What every write changes comes last: most changes are found before it.
        for name in sorted((before.keys() | after.keys()) - _NAMES, key=lambda name: name == "metadata"):
            first, second = before.get(name), after.get(name)
            if first is None or second is None:
                return False
            if first != second and _alone(name, first) != _alone(name, second):
                return False
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # whatever it is, it is not what it was
        return False
    return True


_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _alone(name: str, part: msgspec.Raw) -> Object:
    return settled({name: msgspec.json.decode(part)})


def _settled_metadata(metadata: Object) -> Object:
    kept: Object = _without(metadata, _WRITTEN_ANEW)
    if isinstance(annotations := kept.get("annotations"), dict) and _LEADER in annotations:
        kept["annotations"] = _without(annotations, frozenset({_LEADER}))
    return kept


def _without(value: Any, names: frozenset[str]) -> Any:
    return {key: each for key, each in value.items() if key not in names} if isinstance(value, dict) else value
