"""The kinds of which little needs to be filled in."""

import base64
from typing import Final

from kty.demo.defaults.templates import fill
from kty.kube.objects import Object

_RBAC: Final = "rbac.authorization.k8s.io"


def set_namespace(obj: Object, is_new: bool) -> None:
    meta = obj["metadata"]
    meta["labels"] = {**(meta.get("labels") or {}), "kubernetes.io/metadata.name": meta["name"]}
    if is_new:
        fill(obj.setdefault("spec", {}), {"finalizers": ["kubernetes"]})
    fill(obj.setdefault("status", {}), {"phase": "Active"})


def set_node(obj: Object, is_new: bool) -> None:
    spec = obj["spec"]
    conditions = obj["status"].get("conditions") or ()
    is_ready = any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)
    if is_new and not is_ready:
        not_ready = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
        if not any(taint.get("key") == not_ready["key"] for taint in spec.get("taints") or ()):
            spec["taints"] = [*(spec.get("taints") or ()), not_ready]


def set_secret(obj: Object, is_new: bool) -> None:
    fill(obj, {"type": "Opaque"})
    if plain := obj.pop("stringData", None):
        coded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
        obj["data"] = {**(obj.get("data") or {}), **coded}


def set_claim(obj: Object, is_new: bool) -> None:
    fill(obj.setdefault("spec", {}), {"volumeMode": "Filesystem"})
    fill(obj.setdefault("status", {}), {"phase": "Pending"})
    if is_new:
        _protect(obj, "kubernetes.io/pvc-protection")


def set_volume(obj: Object, is_new: bool) -> None:
    spec = obj.setdefault("spec", {})
    if host := spec.get("hostPath"):
        fill(host, {"type": ""})
    fill(spec, {"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"})
    fill(obj.setdefault("status", {}), {"phase": "Pending"})
    if is_new:
        fill(obj["status"], {"lastPhaseTransitionTime": obj["metadata"]["creationTimestamp"]})
        _protect(obj, "kubernetes.io/pv-protection")


def _protect(obj: Object, finalizer: str) -> None:
    finalizers = obj["metadata"].get("finalizers") or []
    if finalizer not in finalizers:
        obj["metadata"]["finalizers"] = [*finalizers, finalizer]


def set_autoscaler(obj: Object, is_new: bool) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, {"minReplicas": 1})
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    status = obj.setdefault("status", {})
    fill(status, {"desiredReplicas": 0})
    status.setdefault("currentMetrics", None)


def set_slice(obj: Object, is_new: bool) -> None:
    for endpoint in obj.setdefault("endpoints", []) or ():
        fill(endpoint, {"conditions": {}})
    for port in obj.setdefault("ports", []) or ():
        fill(port, {"name": "", "protocol": "TCP"})


def set_binding(obj: Object, is_new: bool) -> None:
    fill(obj.setdefault("roleRef", {}), {"apiGroup": _RBAC})
    for subject in obj.get("subjects") or ():
        if subject.get("kind") in ("User", "Group"):
            fill(subject, {"apiGroup": _RBAC})


def set_definition(obj: Object, is_new: bool) -> None:
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    fill(names, {"singular": str(names.get("kind", "")).lower(), "listKind": f"{names.get('kind', '')}List"})
    fill(spec, {"conversion": {"strategy": "None"}})
    stored = [version["name"] for version in spec.get("versions") or () if version.get("storage")]
    status = obj.setdefault("status", {})
    status.setdefault("conditions", None)
    fill(status, {"acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored})
