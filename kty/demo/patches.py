"""PATCH: which of the four kinds of patch it is, and what becomes of the object."""

from typing import Any, Final

import msgspec

from kty.demo import bodies
from kty.demo.applying import apply
from kty.demo.call import Call
from kty.demo.options import Options
from kty.demo.patching import json_patch, merge_patch, strategic_patch
from kty.demo.scales import of_scale, scale_of
from kty.demo.statuses import Cause, bad_request, invalid_options, not_found, unsupported_media_type
from kty.demo.times import timestamp
from kty.kube.objects import Object

JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
STRATEGIC_PATCH: Final = "application/strategic-merge-patch+json"
APPLY_PATCH: Final = "application/apply-patch+yaml"


def patch(call: Call) -> tuple[Object, bool]:
    """Write what the patch makes of the object, and say whether that is new. Raises ApiError."""
    media = bodies.media_of(call)
    taken = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH]
    if call.kind.defined_by:
        taken.remove(STRATEGIC_PATCH)
    if media not in taken:
        raise unsupported_media_type(taken)
    if media == APPLY_PATCH:
        return _applied(call)
    return _patched(call, media), False


def _patched(call: Call, media: str) -> Object:
    registry, kind = call.demo.registry, call.kind
    how = bodies.options(call, "PatchOptions")
    if "force" in call.query:
        raise _no_force()
    live = registry.get(kind.id, call.namespace, call.name)
    seen = scale_of(kind, live) if call.subresource == "scale" else {**live, "apiVersion": kind.resource.api_version}
    match media:
        case "application/json-patch+json":
            after = json_patch(seen, _steps(call.body))
        case "application/merge-patch+json":
            after = merge_patch(seen, bodies.document(call.body))
        case _:
            after = strategic_patch(kind.id, seen, bodies.document(call.body))
    _refuse_renamed(call, after)
    if call.subresource == "scale":
        after = of_scale(kind, live, after)
    return registry.replace(kind.id, after, how, subresource=call.subresource)


def _applied(call: Call) -> tuple[Object, bool]:
    registry, kind = call.demo.registry, call.kind
    how = bodies.options(call, "PatchOptions")
    manager = call.query.get("fieldManager", "")
    if not manager:
        message = "Required value: is required for apply patch"
        raise invalid_options("PatchOptions", [Cause("FieldValueRequired", message, "fieldManager")])
    applied = bodies.document(call.body, is_yaml=True)
    resource = kind.resource
    if call.subresource != "scale" and (applied.get("apiVersion"), applied.get("kind")) != (
        resource.api_version,
        resource.kind,
    ):
        raise bad_request(
            f"invalid object type: {applied.get('apiVersion')}, Kind={applied.get('kind')}: "
            f"{resource.api_version}, Kind={resource.kind} is expected"
        )
    meta = applied.setdefault("metadata", {})
    bodies.refuse_other_place(call, meta)
    meta |= {"name": call.name, **({"namespace": call.namespace} if call.namespace else {})}
    live = registry.find(kind.id, call.namespace, call.name)
    if live is None and call.subresource:
        raise not_found(kind.id, call.name)
    after = apply(
        kind.id,
        live,
        applied,
        manager=manager,
        force=call.query.get("force") == "true",
        now=timestamp(call.demo.clock.now()),
        subresource=call.subresource,
    )
    how = Options(how.dry_run, manager, how.field_validation, how.user, has_managed_fields=True)
    if live is None:
        return registry.create(kind.id, after, how), True
    return registry.replace(kind.id, after, how, subresource=call.subresource), False


def _steps(body: bytes) -> list[Any]:
    try:
        return msgspec.json.decode(body, type=list[Any])
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_request(f"error decoding patch: {error}") from error


def _refuse_renamed(call: Call, after: Object) -> None:
    bodies.refuse_other_place(call, after["metadata"])


def _no_force() -> Exception:
    message = "Forbidden: may not be specified for non-apply patch"
    return invalid_options("PatchOptions", [Cause("FieldValueForbidden", message, "force")])
