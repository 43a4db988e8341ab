"""PATCH: which of the four kinds of patch it is, and what becomes of the object."""

from dataclasses import replace

from kty.demo import bodies
from kty.demo.access.rbac import Attributes
from kty.demo.applying import apply, gvk
from kty.demo.call import Call
from kty.demo.ownership.rules import rules_of
from kty.demo.patching import (
    APPLY_PATCH,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
    decode_applied,
    decode_patch,
    json_patch,
    merge_patch,
    refuse_options,
    strategic_patch,
)
from kty.demo.scales import applied_scale, of_scale, scale_of
from kty.demo.statuses import ApiError, Details, bad_request, conflict, forbidden, not_found
from kty.demo.times import timestamp
from kty.kube.objects import Object


def patch(call: Call) -> tuple[Object, bool]:
    """Write what the patch makes of the object, and say whether that is new. Raises ApiError."""
    media = bodies.media_of(call)
    taken = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH]
    if call.kind.defined_by:
        taken.remove(STRATEGIC_PATCH)
    if media not in taken:
        raise ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", Details())
    if media == APPLY_PATCH:
        return _applied(call)
    return _patched(call, media), False


def _patched(call: Call, media: str) -> Object:
    registry, kind = call.demo.registry, call.kind
    refuse_options(media, call.query)
    how = bodies.options(call, "PatchOptions")
    live = registry.get(kind.id, call.namespace, call.name)
    seen = scale_of(kind, live) if call.subresource == "scale" else {**live, "apiVersion": kind.resource.api_version}
    content = decode_patch(media, call.body)
    match media:
        case "application/json-patch+json":
            after = json_patch(seen, content)
        case "application/merge-patch+json":
            after = merge_patch(seen, content)
        case _:
            after = strategic_patch(kind.id, seen, content)
    bodies.refuse_other_place(call, after["metadata"])
    after = of_scale(kind, live, after) if call.subresource == "scale" else bodies.checked(call, after)
    return registry.replace(kind.id, after, how, subresource=call.subresource)


def _applied(call: Call) -> tuple[Object, bool]:
    registry, kind = call.demo.registry, call.kind
    refuse_options(APPLY_PATCH, call.query)
    how = bodies.options(call, "PatchOptions")
    applied = decode_applied(call.body)
    resource, scale = kind.resource, call.subresource == "scale"
    wanted = ("autoscaling/v1", "Scale") if scale else (resource.api_version, resource.kind)
    said = (applied.get("apiVersion") or "", applied.get("kind") or "")
    if said != wanted:
        raise bad_request(f"invalid object type: {gvk(*said)}")
    live = registry.find(kind.id, call.namespace, call.name)
    if live is None and call.subresource:
        raise not_found(kind.id, call.name)
    if scale:
        applied = applied_scale(kind, applied)
    after = apply(
        kind.id,
        live,
        applied,
        manager=call.query["fieldManager"],
        force=call.query.get("force") == "true",
        now=timestamp(call.demo.clock.now()),
        subresource=call.subresource,
        rules=rules_of(kind),
    )
    _refuse_other(call, live, after)
    after = bodies.checked(call, after)
    how = replace(how, has_managed_fields=True)
    if live is None:
        return registry.create(kind.id, after, how), True
    return registry.replace(kind.id, after, how, subresource=call.subresource), False


def _refuse_other(call: Call, live: Object | None, after: Object) -> None:
    """Raise ApiError for what is applied under a path that is not its own, or may not be created by this user."""
    kind, meta = call.kind, after["metadata"]
    if live is None and (uid := meta.get("uid")):
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise conflict(kind.id, call.name, why)
    if not meta.get("name"):
        where = f"{call.name} based on URL"
        raise bad_request(f"the name of the object ({where}) was undeterminable: name must be provided")
    bodies.refuse_other_place(call, meta)
    if call.namespace:
        meta["namespace"] = call.namespace
    if live is None:
        resource = kind.resource
        what = Attributes("create", resource.group, resource.plural, namespace=call.namespace, name=call.name)
        if why := call.demo.rbac.why_not(call.user, what):
            raise forbidden(kind.id, call.name, why)
