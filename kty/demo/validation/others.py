"""Services, claims, and the small kinds."""

import re
from typing import Final

from kty.demo.validation.faults import Faults, numbered
from kty.kube.objects import Object

_SERVICES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_KEY: Final = re.compile(r"[-._a-zA-Z0-9]+")
_IS_KEY: Final = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_IS_SET: Final = "field is immutable when `immutable` is set"
_CLAIM: Final = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)


def check_service(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    kind, ports = spec.get("type"), spec.get("ports") or ()
    if kind not in _SERVICES:
        faults.unsupported("spec.type", kind, _SERVICES)
    if not ports and kind != "ExternalName" and spec.get("clusterIP") != "None":
        faults.required("spec.ports")
    for path, port in numbered(ports, "spec.ports"):
        if len(ports) > 1 and not port.get("name"):
            faults.required(f"{path}.name")
        faults.port(f"{path}.port", port.get("port", 0))
        if isinstance(port.get("targetPort"), int):
            faults.port(f"{path}.targetPort", port["targetPort"])
    if live is not None and kind != "ExternalName":
        before = (live.get("spec") or {}).get("clusterIPs")
        if before and before != spec.get("clusterIPs"):
            faults.invalid("spec.clusterIPs[0]", spec.get("clusterIPs"), "may not change once set")


def check_claim(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    if not spec.get("accessModes"):
        faults.required("spec.accessModes", "at least 1 access mode is required")
    if not ((spec.get("resources") or {}).get("requests") or {}).get("storage"):
        faults.required("spec.resources[storage]")
    if live is not None:
        free = ("resources", "volumeAttributesClassName", "volumeName")
        before, after = live.get("spec") or {}, spec
        if any(before.get(field) != after.get(field) for field in (before.keys() | after.keys()) - set(free)):
            faults.forbidden("spec", _CLAIM)


def check_volume(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    if not spec.get("accessModes"):
        faults.required("spec.accessModes")
    if not spec.get("capacity"):
        faults.required("spec.capacity")
    if "storage" not in (spec.get("capacity") or {}):
        faults.unsupported("spec.capacity", spec.get("capacity"), ("storage",))
    plain = {
        "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
        "storageClassName", "volumeAttributesClassName", "volumeMode",
    }  # fmt: skip
    if not set(spec) - plain:
        faults.required("spec", "must specify a volume type")


def check_autoscaler(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    most, least = spec.get("maxReplicas") or 0, spec.get("minReplicas") or 0
    if most < 1:
        faults.required("spec.maxReplicas", "must be set and greater than 0")
    if most < least:
        faults.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    target = spec.get("scaleTargetRef") or {}
    for field in ("kind", "name"):
        if not target.get(field):
            faults.required(f"spec.scaleTargetRef.{field}")
    if "/" not in (target.get("apiVersion") or "") and target.get("kind") != "ReplicationController":
        value = target.get("apiVersion", "")
        faults.invalid("spec.scaleTargetRef.apiVersion", value, "apiVersion must specify API group")


def check_ingress(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    if not spec.get("rules") and not spec.get("defaultBackend"):
        faults.invalid("spec", None, "either `defaultBackend` or `rules` must be specified")
    for path, rule in numbered(spec.get("rules"), "spec.rules"):
        for where, way in numbered((rule.get("http") or {}).get("paths"), f"{path}.http.paths"):
            if not way.get("pathType"):
                faults.required(f"{where}.pathType", "pathType must be specified")


def check_budget(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        faults.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")


def check_data(faults: Faults, obj: Object, live: Object | None) -> None:
    """Check a ConfigMap or a Secret."""
    for field in ("data", "binaryData"):
        for key in obj.get(field) or ():
            if not _KEY.fullmatch(key):
                faults.invalid(f"{field}[{key}]", key, _IS_KEY)
    if live is None:
        return
    if "type" in live:
        faults.immutable(live, obj, ("type",), "")
    if live.get("immutable"):
        for field in ("immutable", "data", "binaryData"):
            if live.get(field) != obj.get(field):
                faults.forbidden(field, _IS_SET)


def check_definition(faults: Faults, obj: Object, live: Object | None) -> None:
    spec = obj.get("spec") or {}
    names, name = spec.get("names") or {}, f"{(spec.get('names') or {}).get('plural', '')}.{spec.get('group', '')}"
    if obj["metadata"]["name"] != name:
        why = 'must be spec.names.plural+"."+spec.group'
        faults.invalid("metadata.name", obj["metadata"]["name"], why)
    for field in ("plural", "kind"):
        if not names.get(field):
            faults.required(f"spec.names.{field}")
    if not spec.get("group"):
        faults.required("spec.group")
    if spec.get("scope") not in ("Cluster", "Namespaced"):
        faults.unsupported("spec.scope", spec.get("scope", ""), ("Cluster", "Namespaced"))
    versions = spec.get("versions") or ()
    if len([version for version in versions if version.get("storage")]) != 1:
        faults.invalid("spec.versions", versions, "must have exactly one version marked as storage version")
    for path, version in numbered(versions, "spec.versions"):
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            faults.required(f"{path}.schema.openAPIV3Schema", "schemas are required")
