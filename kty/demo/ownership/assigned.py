"""What the API server itself puts into a new object: nobody owns that, unless the writer said it."""

from collections.abc import Mapping
from typing import Any, Final

from kty.demo.defaults.workloads import JOB_LABELS
from kty.kube.objects import Object

_ASSIGNED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "namespaces": (("spec", "finalizers"),),
    "nodes": (("spec", "taints"),),
    "pods": (
        ("spec", "priority"),
        ("spec", "preemptionPolicy"),
        ("spec", "serviceAccount"),
        ("spec", "serviceAccountName"),
        ("spec", "tolerations"),
    ),
    "services": (
        ("spec", "clusterIP"),
        ("spec", "clusterIPs"),
        ("spec", "healthCheckNodePort"),
        ("spec", "ipFamilies"),
        ("spec", "ipFamilyPolicy"),
    ),
    "jobs.batch": (
        ("spec", "selector"),
        *[("spec", "template", "metadata", "labels", label) for label in JOB_LABELS],
        ("spec", "template", "metadata", "labels"),
    ),
}
"""By kind: where that is. A map goes only with the last thing in it."""
_TOKEN: Final = "kube-api-access-"  # noqa: S105 - the name of a volume


def written(kind: str, obj: Object, sent: Object) -> Object:
    """Return a new object as whoever sent it wrote it, defaults included; parts that stay are shared with it."""
    for path in _ASSIGNED.get(kind, ()):
        obj = _without(obj, path, sent)
    if kind.startswith("persistentvolume"):
        return _with_own_finalizers(obj, sent)
    if kind == "pods":
        return {**obj, "spec": _without_token(obj.get("spec") or {})}
    if kind == "services":
        return {**obj, "spec": _without_node_ports(obj.get("spec") or {}, sent.get("spec") or {})}
    return obj


def _without(obj: Object, path: tuple[str, ...], sent: Any) -> Object:
    """Drop what is at the path, unless it was sent, or it is a map in which something is left."""
    name, *rest = path
    was_sent = isinstance(sent, dict) and sent.get(name) is not None
    if name not in obj or (was_sent and not rest):
        return obj
    if not rest:
        left = {key: value for key, value in obj.items() if key != name}
        return obj if isinstance(obj[name], dict) and name == "labels" and obj[name] else left
    part = obj[name]
    if not isinstance(part, dict):
        return obj
    return {**obj, name: _without(part, tuple(rest), sent.get(name) if was_sent else None)}


def _with_own_finalizers(obj: Object, sent: Object) -> Object:
    said = (sent.get("metadata") or {}).get("finalizers") or ()
    kept = [finalizer for finalizer in obj["metadata"].get("finalizers") or () if finalizer in said]
    metadata = {key: value for key, value in obj["metadata"].items() if key != "finalizers"}
    return {**obj, "metadata": {**metadata, "finalizers": kept} if kept else metadata}


def _without_token(spec: Object) -> Object:
    """Drop the volume with the service account's token, and where it is mounted."""
    tokens = {volume["name"] for volume in spec.get("volumes") or () if volume.get("name", "").startswith(_TOKEN)}
    if not tokens:
        return spec
    spec = _filtered(spec, "volumes", tokens)
    for field in ("initContainers", "containers"):
        if spec.get(field):
            spec = {**spec, field: [_filtered(container, "volumeMounts", tokens) for container in spec[field]]}
    return spec


def _filtered(obj: Object, field: str, names: set[str]) -> Object:
    kept = [each for each in obj.get(field) or () if each.get("name") not in names]
    return {**obj, field: kept} if kept else {key: value for key, value in obj.items() if key != field}


def _without_node_ports(spec: Object, sent: Object) -> Object:
    said = {port.get("nodePort") for port in sent.get("ports") or ()}
    ports = [
        {key: value for key, value in port.items() if key != "nodePort" or value in said}
        for port in spec.get("ports") or ()
    ]
    return {**spec, "ports": ports} if ports else spec
