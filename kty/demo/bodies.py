"""What is in the body and the query of a write: objects, patches, and how the write is to be done."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from kty.demo.call import Call
from kty.demo.listing import whole_number
from kty.demo.negotiation import JSON
from kty.demo.options import DeleteOptions, Options
from kty.demo.schema import checking
from kty.demo.statuses import bad_request, invalid_options, unsupported_media_type
from kty.demo.validation.faults import Faults
from kty.kube.objects import Object

_YAML: Final = ("application/yaml", "application/x-yaml")
_TAKEN: Final = (JSON, "application/yaml", "application/vnd.kubernetes.protobuf")
_VALIDATIONS: Final = ("", "Ignore", "Strict", "Warn")
_PROPAGATIONS: Final = ("Foreground", "Background", "Orphan")


def media_of(call: Call) -> str:
    """Return the Content-Type without its parameters; JSON where there is none."""
    return call.request.headers.get("Content-Type", JSON).partition(";")[0].strip() or JSON


def read(call: Call) -> Object:
    """Return the object in the body. Raises ApiError 400 for what is none, 415 for a form that is not taken."""
    media = media_of(call)
    if media not in (JSON, *_YAML):
        raise unsupported_media_type(_TAKEN)
    obj = document(call.body, is_yaml=media in _YAML)
    resource = call.kind.resource
    kind, version = obj.get("kind") or resource.kind, obj.get("apiVersion") or resource.api_version
    if not call.subresource and (kind, version) != (resource.kind, resource.api_version):
        raise bad_request(_another(call, kind, version))
    meta = obj.setdefault("metadata", {})
    if not isinstance(meta, dict):
        raise bad_request(f"json: cannot unmarshal {type(meta).__name__} into Go struct field {resource.kind}.metadata")
    refuse_other_place(call, meta)
    return obj if call.subresource == "scale" else checked(call, obj)


def checked(call: Call, obj: Object) -> Object:
    """Return what the kind knows of an object, and warn of the rest. Raises ApiError 400."""
    kept, warnings = checking.checked(call.kind, obj, call.query.get("fieldValidation") or "Warn")
    call.warnings.extend(warnings)
    return kept


def _another(call: Call, kind: str, version: str) -> str:
    resource = call.kind.resource
    return f'{kind} in version "{version}" cannot be handled as a {resource.kind}: it is another kind'


def document(body: bytes, *, is_yaml: bool = False) -> Object:
    """Decode JSON, or YAML, that must be an object. Raises ApiError 400."""
    try:
        if is_yaml:
            import yaml

            content = yaml.load(body, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe one
        else:
            content = msgspec.json.decode(body)
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_request(f"the object provided is unrecognized: json parse error: {error}") from error
    except Exception as error:  # PyYAML has a tree of its own
        raise bad_request(f"error converting YAML to JSON: {error}") from error
    if not isinstance(content, dict):
        raise bad_request("the object provided is unrecognized: it is no object")
    return content


def refuse_other_place(call: Call, meta: Mapping[str, Any]) -> None:
    """Raise ApiError 400 where an object says that it is another, or elsewhere, than the path says."""
    namespace = meta.get("namespace") or call.namespace
    if namespace != call.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    name = meta.get("name") or call.name
    if call.name and name != call.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({call.name})")


def options(call: Call, kind: str) -> Options:
    """Return how a write is to be done; `kind` is `CreateOptions`, `UpdateOptions` or `PatchOptions`."""
    faults, validation = Faults(), call.query.get("fieldValidation", "")
    _check_dry_run(faults, call.request.query.getall("dryRun", []))
    if validation not in _VALIDATIONS:
        faults.unsupported("fieldValidation", validation, _VALIDATIONS)
    if faults.causes:
        raise invalid_options(kind, faults.causes)
    agent = call.request.headers.get("User-Agent", "").partition("/")[0]
    manager = call.query.get("fieldManager", "") or agent or "unknown"
    return Options(call.is_dry_run, manager, call.user)


def _check_dry_run(faults: Faults, asked: list[str]) -> None:
    if any(value not in ("", "All") for value in asked):
        faults.unsupported("dryRun", asked, ("All",))


def delete_options(call: Call) -> DeleteOptions:
    """Read DeleteOptions from the body, or from the query where there is no body. Raises ApiError."""
    query = call.request.query
    asked: Object = document(call.body) if call.body.strip() else {}
    dry_run: list[str] = [*(asked.get("dryRun") or query.getall("dryRun"))] if "dryRun" in {*asked, *query} else []
    grace = asked.get("gracePeriodSeconds", whole_number(query.get("gracePeriodSeconds", "")))
    propagation = asked.get("propagationPolicy") or query.get("propagationPolicy") or None
    orphan = asked.get("orphanDependents")
    faults = Faults()
    _check_dry_run(faults, dry_run)
    if propagation is not None and propagation not in _PROPAGATIONS:
        faults.unsupported("propagationPolicy", propagation, (*_PROPAGATIONS, "nil"))
    if propagation and orphan is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        faults.invalid("propagationPolicy", propagation, why)
    if faults.causes:
        raise invalid_options("DeleteOptions", faults.causes)
    if orphan is not None:
        propagation = "Orphan" if orphan else "Background"
    preconditions = asked.get("preconditions") or {}
    return DeleteOptions(
        dry_run="All" in dry_run,
        grace_period=grace,
        propagation=propagation,
        uid=preconditions.get("uid"),
        resource_version=preconditions.get("resourceVersion"),
    )
