"""The scale subresource: how many there are and how many there shall be, in one form for all kinds (autoscaling/v1)."""

from typing import Any, Final

from kty.demo.kinds import Kind
from kty.demo.printers.cells import at
from kty.demo.printers.cells import selector as selector_text
from kty.demo.statuses import Cause, invalid
from kty.kube.objects import Object
from kty.kube.resource import Resource

_SCALE: Final = Resource("autoscaling", "v1", "Scale", "scales")


def scale_of(kind: Kind, obj: Object) -> Object:
    """Return the Scale of an object."""
    meta = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    paths = kind.scale
    wanted = int(at(obj, paths.spec) or 0)
    status: Object = {"replicas": int(at(obj, paths.status) or 0)}
    selector = at(obj, paths.selector)
    if selector := selector_text(selector, "") if isinstance(selector, dict) else selector:
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
