"""pods/ephemeralcontainers: add containers to a pod that runs, to look into it; nothing else may change."""

from dataclasses import replace
from typing import Final

from aiohttp import web

from kty.demo import bodies
from kty.demo.answers import answer as answered
from kty.demo.call import Call
from kty.demo.handlers import get
from kty.demo.patches import patch
from kty.demo.statuses import invalid, method_not_allowed
from kty.demo.store import encode
from kty.demo.validation.faults import IS_LABEL, LABEL, Faults, numbered
from kty.kube.objects import Object

_NOT_HERE: Final = (
    "ports",
    "resources",
    "resizePolicy",
    "restartPolicy",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
)
_FIELD: Final = "spec.ephemeralContainers"


async def answer(call: Call) -> web.StreamResponse:
    if call.verb == "get":
        return await get(call)
    if call.verb not in ("patch", "update"):
        raise method_not_allowed()
    registry = call.demo.registry
    live = registry.get("pods", call.namespace, call.name)
    wanted = _wanted(call, live)
    allowed = _restricted(live, wanted)
    faults = Faults()
    _check(faults, live, allowed)
    if faults.causes:
        raise invalid(call.kind.resource, call.name, faults.causes)
    if call.verb == "patch" and not _differs_elsewhere(live, wanted):
        written, _ = patch(call)  # as it came: who applied which fields is written down
    else:
        kind = "PatchOptions" if call.verb == "patch" else "UpdateOptions"
        written = registry.replace("pods", allowed, bodies.options(call, kind), subresource=call.subresource)
    shown = {"kind": "Pod", "apiVersion": "v1", **written}
    return await answered(call.request, encode(shown), warnings=call.warnings)


def _wanted(call: Call, live: Object) -> Object:
    """Return what the pod would be if everything were done that is asked for."""
    dry = replace(call, query={**call.query, "dryRun": "All"}, warnings=[])
    if call.verb == "patch":
        return patch(dry)[0]
    obj = bodies.read(call)
    sent = {**live, "metadata": {**live["metadata"], **_precondition(obj)}, "spec": dict(live["spec"])}
    sent["spec"]["ephemeralContainers"] = (obj.get("spec") or {}).get("ephemeralContainers") or []
    return call.demo.registry.replace("pods", sent, bodies.options(dry, "UpdateOptions"), subresource=call.subresource)


def _precondition(obj: Object) -> Object:
    return {field: obj["metadata"][field] for field in ("resourceVersion", "uid") if obj["metadata"].get(field)}


def _restricted(live: Object, wanted: Object) -> Object:
    """Return the pod with nothing changed but its ephemeral containers."""
    spec = {**live["spec"], "ephemeralContainers": wanted["spec"].get("ephemeralContainers") or []}
    if not spec["ephemeralContainers"]:
        del spec["ephemeralContainers"]
    version = {"resourceVersion": wanted["metadata"].get("resourceVersion", "")}
    return {**live, "metadata": {**live["metadata"], **version}, "spec": spec}


def _differs_elsewhere(live: Object, wanted: Object) -> bool:
    before = {field: value for field, value in live["spec"].items() if field != "ephemeralContainers"}
    after = {field: value for field, value in wanted["spec"].items() if field != "ephemeralContainers"}
    ignored = ("labels", "annotations", "finalizers", "ownerReferences")
    return before != after or any(live["metadata"].get(field) != wanted["metadata"].get(field) for field in ignored)


def _check(faults: Faults, live: Object, pod: Object) -> None:
    spec = pod["spec"]
    others = {one["name"] for field in ("containers", "initContainers") for one in spec.get(field) or ()}
    names = set(others)
    containers = spec.get("ephemeralContainers") or []
    for place, one in numbered(containers, _FIELD):
        _check_one(faults, one, place, names, others)
        names.add(one.get("name", ""))
    by_name = {one.get("name", ""): one for one in containers}
    for old in live["spec"].get("ephemeralContainers") or ():
        quoted = f'existing ephemeral containers "{old["name"]}"'
        if old["name"] not in by_name:
            faults.forbidden(_FIELD, f"{quoted} may not be removed\n")
        elif by_name[old["name"]] != old:
            faults.forbidden(_FIELD, f"{quoted} may not be changed\n")


def _check_one(faults: Faults, one: Object, place: str, names: set[str], others: set[str]) -> None:
    name = str(one.get("name", ""))
    if not name:
        faults.required(f"{place}.name")
    elif not LABEL.fullmatch(name):
        faults.invalid(f"{place}.name", name, IS_LABEL)
    if not one.get("image"):
        faults.required(f"{place}.image")
    if name in names:
        faults.duplicate(f"{place}.name", name)
    target = one.get("targetContainerName", "")
    if target and target not in others:
        faults.not_found(f"{place}.targetContainerName", target)
    not_here = [f"{place}.{field}" for field in _NOT_HERE if one.get(field)]
    for where, mount in numbered(one.get("volumeMounts"), f"{place}.volumeMounts"):
        not_here += [f"{where}.{field}" for field in ("subPath", "subPathExpr") if mount.get(field)]
    for where in not_here:
        faults.forbidden(where, "cannot be set for an Ephemeral Container")
