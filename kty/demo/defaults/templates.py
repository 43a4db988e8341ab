"""Pods and pod templates."""

from collections.abc import Iterable
from typing import Any, Final

from kty.kube.objects import Object

_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE: Final = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_MODE: Final = 0o644
_TOKEN: Final = 3600


def fill(obj: Object, defaults: Object) -> None:
    """Set what is not there, or null."""
    for field, value in defaults.items():
        if obj.get(field) is None:
            obj[field] = value


def set_template(template: Object) -> None:
    """Fill in a pod template."""
    template.setdefault("metadata", {})
    set_pod_spec(template.setdefault("spec", {}))


def set_pod_spec(spec: Object) -> None:
    """Fill in what pods and templates have in common."""
    for volume in spec.get("volumes") or ():
        _set_volume(volume)
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(field) or ():
            set_container(container)
    fill(spec, {"restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst"})
    if account := spec.get("serviceAccountName"):
        spec["serviceAccount"] = account
    elif account := spec.get("serviceAccount"):
        spec["serviceAccountName"] = account
    if spec.get("securityContext") is None:
        spec["securityContext"] = {}
    fill(spec, {"schedulerName": "default-scheduler"})


def set_container(container: Object) -> None:
    """Fill in one container."""
    for port in container.get("ports") or ():
        fill(port, {"protocol": "TCP"})
    for variable in container.get("env") or ():
        if reference := (variable.get("valueFrom") or {}).get("fieldRef"):
            fill(reference, {"apiVersion": "v1"})
    if container.get("resources") is None:
        container["resources"] = {}
    for field in _PROBES:
        if probe := container.get(field):
            _set_http(probe.get("httpGet"))
            fill(probe, _PROBE)
    for hook in (container.get("lifecycle") or {}).values():
        _set_http(hook.get("httpGet") if isinstance(hook, dict) else None)
    fill(container, {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"})
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = "Always" if _is_latest(container.get("image") or "") else "IfNotPresent"


def _set_http(action: Any) -> None:
    if action:
        fill(action, {"path": "/", "scheme": "HTTP"})


def _is_latest(image: str) -> bool:
    name = image.rpartition("/")[2]
    return "@" not in name and name.partition(":")[2] in ("", "latest")


def _set_volume(volume: Object) -> None:
    if len([field for field in volume if field != "name"]) == 0:
        volume["emptyDir"] = {}
    for field in ("secret", "configMap", "downwardAPI", "projected"):
        if source := volume.get(field):
            fill(source, {"defaultMode": _MODE})
            _set_references(source.get("items") or ())
    if (host := volume.get("hostPath")) is not None:
        fill(host, {"type": ""})
    for source in (volume.get("projected") or {}).get("sources") or ():
        if token := source.get("serviceAccountToken"):
            fill(token, {"expirationSeconds": _TOKEN})
        _set_references((source.get("downwardAPI") or {}).get("items") or ())


def _set_references(items: Iterable[Object]) -> None:
    for item in items:
        if reference := item.get("fieldRef"):
            fill(reference, {"apiVersion": "v1"})
