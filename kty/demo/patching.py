"""The patches that a client may send: what an object is after a JSON patch, a merge patch, a strategic merge patch."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, NoReturn

import msgspec

from kty.demo.statuses import ApiError, Cause, Details, bad_request, invalid_options
from kty.demo.strategic import strategic_patch
from kty.demo.validation.faults import Faults
from kty.kube.objects import Object

__all__ = [
    "APPLY_PATCH",
    "JSON_PATCH",
    "MERGE_PATCH",
    "STRATEGIC_PATCH",
    "decode_applied",
    "decode_patch",
    "json_patch",
    "merge_patch",
    "refuse_options",
    "strategic_patch",
]

JSON_PATCH: Final = "application/json-patch+json"
MERGE_PATCH: Final = "application/merge-patch+json"
STRATEGIC_PATCH: Final = "application/strategic-merge-patch+json"
APPLY_PATCH: Final = "application/apply-patch+yaml"
_MOST_OPERATIONS = 10_000
_LONGEST_MANAGER = 128
_NOT_SAID: Final = object()


def refuse_options(media_type: str, query: Mapping[str, str]) -> None:
    """Raise ApiError 422 for query parameters (PatchOptions) that do not go with a patch of this media type."""
    manager, force = query.get("fieldManager", ""), query.get("force", "")
    faults = Faults()
    if media_type == APPLY_PATCH:
        if not manager:
            faults.required("fieldManager", "is required for apply patch")
    elif force:
        faults.forbidden("force", "may not be specified for non-apply patch")
    if len(manager.encode()) > _LONGEST_MANAGER:
        why = f"Too long: may not be more than {_LONGEST_MANAGER} bytes"
        faults.causes.append(Cause("FieldValueTooLong", why, "fieldManager"))
    for at, letter in enumerate(manager):
        if not letter.isprintable():
            shown = manager.encode("unicode_escape").decode()
            why = f'Invalid value: "{shown}": invalid character U+{ord(letter):04X} (at position {at})'
            faults.causes.append(Cause("FieldValueInvalid", why, "fieldManager"))
    if faults.causes:
        raise invalid_options("PatchOptions", faults.causes)


def decode_patch(media_type: str, body: bytes) -> Any:
    """Read a patch that is JSON: a list of operations for a JSON patch, a map for the others. Raises ApiError 400."""
    prefix = "" if media_type == STRATEGIC_PATCH else "error decoding patch: "
    wanted, type_name = (list, "[]handlers.jsonPatchOp") if media_type == JSON_PATCH else (dict, _MAP)
    try:
        patch = msgspec.json.decode(body)
    except msgspec.DecodeError as mistake:
        why = "unexpected end of JSON input" if "truncated" in str(mistake) else str(mistake)
        raise bad_request(prefix + why) from mistake
    if not isinstance(patch, wanted):
        raise bad_request(f"{prefix}json: cannot unmarshal {_json_type(patch)} into Go value of type {type_name}")
    return patch


def decode_applied(body: bytes) -> Object:
    """Read an applied configuration: YAML, of which JSON is a part. Raises ApiError 400."""
    try:
        content = msgspec.json.decode(body)
    except msgspec.DecodeError:
        content = _yaml(body)
    if content is not None and not isinstance(content, dict):
        why = f"json: cannot unmarshal {_json_type(content)} into Go value of type {_MAP}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {why}")
    return content or {}


def _yaml(body: bytes) -> Any:
    import yaml

    try:
        return yaml.load(body, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe one
    except yaml.YAMLError as mistake:
        what = str(mistake).partition("\n")[0]
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: yaml: {what}") from mistake


_MAP: Final = "map[string]interface {}"


def _json_type(value: Any) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "bool"}
    return names.get(type(value), "number" if value is not None else "null")


def merge_patch(obj: Object, patch: Object) -> Object:
    """Return the object after a merge patch (RFC 7386)."""
    merged: Object = _merged(deepcopy(obj), deepcopy(patch))
    return merged


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    out = target if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = _merged(out.get(name), value)
    return out


def json_patch(obj: Object, patch: list[Any]) -> Object:
    """Return the object after a JSON patch (RFC 6902). Raises ApiError: 413, or 422 for an operation that fails.

    As on the API server an index may count from the end, and a replace may set a key that is not there.
    """
    if len(patch) > _MOST_OPERATIONS:
        why = f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}, got {len(patch)}"
        raise ApiError(413, "RequestEntityTooLarge", f"Request entity too large: {why}")
    document: Any = deepcopy(obj)
    for operation in patch:
        document = _operate(document, operation if isinstance(operation, dict) else {})
    if not isinstance(document, dict):
        _fail()
    return document


def _operate(document: Any, operation: Mapping[str, Any]) -> Any:
    name, value = operation.get("op"), deepcopy(operation.get("value"))
    path, source = operation.get("path"), operation.get("from")
    if name == "replace" and path == "":
        return value if isinstance(value, dict | list) else _fail()
    if name == "test":
        found = document if path == "" else _get(*_find(document, path))
        if not _is_same(None if found is _NOT_SAID else found, value):
            _fail()
        return document
    if name in ("move", "copy"):
        holder, key = _find(document, source)
        value = deepcopy(_get(holder, key))
        if name == "move":
            _remove(holder, key)
        value = None if value is _NOT_SAID else value
        name = "add"
    act = _ACTIONS.get(str(name))
    if act is None:
        _fail()
    act(*_find(document, path), value)
    return document


def _fail() -> NoReturn:
    """Say what the API server says of any operation that cannot be done: it keeps the reason to itself."""
    raise ApiError(422, "Invalid", "the server rejected our request due to an error in our request", Details())


def _find(document: Any, pointer: Any) -> tuple[Any, str]:
    """Return the map or list that a JSON pointer (RFC 6901) leads into, and the key in it."""
    steps = pointer.split("/") if isinstance(pointer, str) else []
    if len(steps) < 2:
        _fail()
    keys = [step.replace("~1", "/").replace("~0", "~") for step in steps[1:]]
    for key in keys[:-1]:
        document = _get(document, key)
        if not isinstance(document, dict | list):
            _fail()
    return document, keys[-1]


def _index(values: list[Any], key: str, size: int) -> int:
    """Return a place in a list of so many places, that many from its end where the key is negative."""
    if not key.removeprefix("-").isdecimal() or not -size <= int(key) < size:
        _fail()
    return int(key) % size


def _get(holder: Any, key: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(key, _NOT_SAID)
    return holder[_index(holder, key, len(holder))]


def _remove(holder: Any, key: str, _: Any = None) -> None:
    if isinstance(holder, list):
        del holder[_index(holder, key, len(holder))]
    elif key in holder:
        del holder[key]
    else:
        _fail()


def _add(holder: Any, key: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    elif key == "-":
        holder.append(value)
    else:
        holder.insert(_index(holder, key, len(holder) + 1), value)


def _replace(holder: Any, key: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    else:
        holder[_index(holder, key, len(holder))] = value


_ACTIONS: Final[Mapping[str, Callable[[Any, str, Any], None]]] = {"add": _add, "remove": _remove, "replace": _replace}


def _is_same(one: Any, other: Any) -> bool:
    """Compare as JSON does: true is not 1."""
    return msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(other, order="deterministic")
