"""pods/ephemeralcontainers: add containers to a pod that runs, to look into it; nothing else may change."""

import re
from dataclasses import replace
from typing import Final

from aiohttp import web

from kty.demo import bodies
from kty.demo.answers import answer as answered
from kty.demo.call import Call
from kty.demo.handlers import get
from kty.demo.patches import patch
from kty.demo.statuses import Cause, invalid, method_not_allowed
from kty.demo.store import encode
from kty.kube.objects import Object

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_NO_NAME: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
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
    if causes := _causes(live, allowed):
        raise invalid(call.kind.resource, call.name, causes)
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


def _causes(live: Object, pod: Object) -> list[Cause]:
    causes: list[Cause] = []
    spec = pod["spec"]
    others = {one["name"] for field in ("containers", "initContainers") for one in spec.get(field) or ()}
    names = set(others)
    containers = spec.get("ephemeralContainers") or []
    for number, one in enumerate(containers):
        causes += _of_one(one, f"{_FIELD}[{number}]", names, others)
        names.add(one.get("name", ""))
    by_name = {one.get("name", ""): one for one in containers}
    for old in live["spec"].get("ephemeralContainers") or ():
        quoted = f'existing ephemeral containers "{old["name"]}"'
        if old["name"] not in by_name:
            causes.append(_forbidden(f"{quoted} may not be removed\n", _FIELD))
        elif by_name[old["name"]] != old:
            causes.append(_forbidden(f"{quoted} may not be changed\n", _FIELD))
    return causes


def _of_one(one: Object, place: str, names: set[str], others: set[str]) -> list[Cause]:
    causes: list[Cause] = []
    name = str(one.get("name", ""))
    if not name:
        causes.append(Cause("FieldValueRequired", "Required value", f"{place}.name"))
    elif not _NAME.fullmatch(name) or len(name) > 63:
        causes.append(Cause("FieldValueInvalid", f'Invalid value: "{name}": {_NO_NAME}', f"{place}.name"))
    if not one.get("image"):
        causes.append(Cause("FieldValueRequired", "Required value", f"{place}.image"))
    if name in names:
        causes.append(Cause("FieldValueDuplicate", f'Duplicate value: "{name}"', f"{place}.name"))
    target = one.get("targetContainerName", "")
    if target and target not in others:
        causes.append(Cause("FieldValueNotFound", f'Not found: "{target}"', f"{place}.targetContainerName"))
    causes += [
        _forbidden("cannot be set for an Ephemeral Container", f"{place}.{field}")
        for field in _NOT_HERE
        if one.get(field)
    ]
    for number, mount in enumerate(one.get("volumeMounts") or ()):
        causes += [
            _forbidden("cannot be set for an Ephemeral Container", f"{place}.volumeMounts[{number}].{field}")
            for field in ("subPath", "subPathExpr")
            if mount.get(field)
        ]
    return causes


def _forbidden(why: str, field: str) -> Cause:
    return Cause("FieldValueForbidden", f"Forbidden: {why}", field)
