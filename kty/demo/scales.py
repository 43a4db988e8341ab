"""The scale subresource: how many there are and how many there shall be, in one form for all kinds (autoscaling/v1)."""

from typing import Any, Final

from kty.demo.kinds import Kind
from kty.demo.statuses import Cause, invalid
from kty.kube.objects import Object
from kty.kube.resource import Resource

_SCALE: Final = Resource("autoscaling", "v1", "Scale", "scales")


def scale_of(kind: Kind, obj: Object) -> Object:
    """Return the Scale of an object."""
    meta = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    paths = kind.scale
    wanted = int(_at(obj, paths.spec) or 0)
    status: Object = {"replicas": int(_at(obj, paths.status) or 0)}
    if selector := _selector(_at(obj, paths.selector)):
        status["selector"] = selector
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {field: meta[field] for field in kept if field in meta},
        "spec": {"replicas": wanted} if wanted else {},
        "status": status,
    }


def of_scale(kind: Kind, live: Object, scale: Object) -> Object:
    """Return the object with as many replicas as a Scale wants. Raises ApiError 422."""
    wanted = (scale.get("spec") or {}).get("replicas") or 0
    if not isinstance(wanted, int) or wanted < 0:
        message = f"Invalid value: {wanted}: must be greater than or equal to 0"
        raise invalid(_SCALE, live["metadata"]["name"], [Cause("FieldValueInvalid", message, "spec.replicas")])
    *parents, last = kind.scale.spec.split(".")
    target = live
    for step in parents:
        target = target.setdefault(step, {})
    target[last] = wanted
    live["metadata"]["resourceVersion"] = scale["metadata"].get("resourceVersion", "")
    if uid := scale["metadata"].get("uid"):
        live["metadata"]["uid"] = uid
    return live


def applied_scale(kind: Kind, scale: Object) -> Object:
    """Return an applied Scale as what it says of the object itself."""
    replicas = (scale.get("spec") or {}).get("replicas")
    said: Any = {} if replicas is None else replicas
    for step in reversed(kind.scale.spec.split(".") if replicas is not None else ()):
        said = {step: said}
    metadata = scale.get("metadata") or {}
    return {"apiVersion": kind.resource.api_version, "kind": kind.resource.kind, "metadata": metadata, **said}


def _at(obj: Object, path: str) -> Any:
    value: Any = obj
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _selector(value: Any) -> str:
    """Return a label selector in one string: a CRD has one, built-in kinds have it in parts."""
    if not isinstance(value, dict):
        return value or ""
    parts = [f"{key}={wanted}" for key, wanted in sorted((value.get("matchLabels") or {}).items())]
    for part in value.get("matchExpressions") or ():
        key, values = part["key"], ",".join(sorted(part.get("values") or ()))
        word = {
            "In": f"{key} in ({values})",
            "NotIn": f"{key} notin ({values})",
            "Exists": key,
            "DoesNotExist": f"!{key}",
        }
        parts.append(word[part["operator"]])
    return ",".join(parts)
