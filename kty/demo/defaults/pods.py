"""Pods, with what admission adds: the service account's token, tolerations, a priority."""

from random import Random
from typing import Any, Final

from kty.demo.defaults.templates import fill, set_pod_spec
from kty.demo.metadata import new_name
from kty.kube.objects import Object

_ACCOUNT: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
_STAYS: Final = 300
"""Seconds for which a pod bears a node that is not ready."""


def set_pod(pod: Object, chance: Random, *, is_new: bool) -> None:
    """Fill in a pod."""
    spec = pod.setdefault("spec", {})
    set_pod_spec(spec)
    for field in ("initContainers", "containers"):
        for container in spec.get(field) or ():
            _set_requests(container["resources"])
    if not is_new:
        return
    _set_account(spec, chance)
    _set_tolerations(spec)
    fill(spec, {"priority": 0, "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority"})
    status = pod.setdefault("status", {})
    fill(status, {"phase": "Pending", "qosClass": quality(spec)})


def _set_requests(resources: Object) -> None:
    """Request what is the limit, where nothing is requested."""
    if limits := resources.get("limits"):
        resources["requests"] = {**limits, **(resources.get("requests") or {})}


def _set_account(spec: Object, chance: Random) -> None:
    account = spec.get("serviceAccountName") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = account
    containers = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    if spec.get("automountServiceAccountToken") is False or all(_has_account(each) for each in containers):
        return
    name = new_name("kube-api-access-", chance)
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": _NAMESPACE}}]}},
    ]
    spec["volumes"] = [
        *(spec.get("volumes") or ()),
        {"name": name, "projected": {"sources": sources, "defaultMode": 0o644}},
    ]
    for container in containers:
        if not _has_account(container):
            mounted = {"name": name, "readOnly": True, "mountPath": _ACCOUNT}
            container["volumeMounts"] = [*(container.get("volumeMounts") or ()), mounted]


_NAMESPACE: Final = "metadata.namespace"


def _has_account(container: Object) -> bool:
    return any(mount.get("mountPath") == _ACCOUNT for mount in container.get("volumeMounts") or ())


def _set_tolerations(spec: Object) -> None:
    borne: list[Any] = list(spec.get("tolerations") or ())
    for what in ("not-ready", "unreachable"):
        key = f"node.kubernetes.io/{what}"
        if any(_bears(toleration, key) for toleration in borne):
            continue
        borne.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _STAYS})
    spec["tolerations"] = borne


def _bears(toleration: Object, key: str) -> bool:
    return toleration.get("key") in (key, None, "") and toleration.get("effect") in ("NoExecute", None, "")


def quality(spec: Object) -> str:
    """Return the class of a pod's quality of service: how sure it can be of what it asks for."""
    resources = [
        container.get("resources") or {}
        for field in ("initContainers", "containers")
        for container in spec.get(field) or ()
    ]
    asked = [{**(each.get("limits") or {}), **(each.get("requests") or {})} for each in resources]
    if not any("cpu" in each or "memory" in each for each in asked):
        return "BestEffort"
    for each in resources:
        limits, requests = each.get("limits") or {}, each.get("requests") or {}
        if any(name not in limits or requests.get(name, limits[name]) != limits[name] for name in ("cpu", "memory")):
            return "Burstable"
    return "Guaranteed"
