"""The schemas that CRDs give (structural schemas): what is dropped, filled in, and refused."""

import re
from collections.abc import Iterator
from typing import Any, Final

from kty.demo.statuses import Cause
from kty.kube.objects import Object

_PRESERVES: Final = "x-kubernetes-preserve-unknown-fields"
_TYPES: Final[dict[str, Any]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
_KEPT: Final = frozenset({"apiVersion", "kind", "metadata"})
"""What every object has, whatever its schema says."""


def pruned(schema: Object, obj: Object) -> tuple[Object, list[str]]:
    """Return an object without the fields that its schema does not have, and the paths of those."""
    unknown: list[str] = []
    kept = {name: value for name, value in obj.items() if name in _KEPT}
    rest = {name: value for name, value in obj.items() if name not in _KEPT}
    return kept | _pruned(schema, rest, "", unknown), unknown


def _pruned(schema: Object, value: Any, path: str, unknown: list[str]) -> Any:
    if isinstance(value, list):
        items = schema.get("items") or ({_PRESERVES: True} if schema.get(_PRESERVES) else {})
        return [_pruned(items, each, f"{path}[{number}]", unknown) for number, each in enumerate(value)]
    if not isinstance(value, dict):
        return value
    properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
    kept = {}
    for name, inner in value.items():
        below = f"{path}.{name}" if path else name
        if name in properties:
            kept[name] = _pruned(properties[name], inner, below, unknown)
        elif others:
            kept[name] = _pruned(others if isinstance(others, dict) else {_PRESERVES: True}, inner, below, unknown)
        elif schema.get(_PRESERVES) or schema.get("x-kubernetes-embedded-resource"):
            kept[name] = inner
        else:
            unknown.append(below)
    return kept


def fill(schema: Object, value: Any) -> None:
    """Fill in the defaults of a schema."""
    if isinstance(value, list):
        for each in value:
            fill(schema.get("items") or {}, each)
    if not isinstance(value, dict):
        return
    for name, inner in (schema.get("properties") or {}).items():
        if name not in value and "default" in inner:
            value[name] = inner["default"]
        if name in value:
            fill(inner, value[name])
    if isinstance(others := schema.get("additionalProperties"), dict):
        for each in value.values():
            fill(others, each)


def faults(schema: Object, obj: Object) -> list[Cause]:
    """Return what is wrong with an object."""
    return list(_faults(schema, {name: value for name, value in obj.items() if name != "metadata"}, ""))


def _faults(schema: Object, value: Any, path: str) -> Iterator[Cause]:
    kind = schema.get("type")
    if value is None:
        if kind and not schema.get("nullable"):
            yield _invalid(path, "null", f'{path} in body must be of type {kind}: "null"')
        return
    if kind and not _is(kind, value):
        told = {dict: "object", list: "array", str: "string", bool: "boolean"}.get(type(value), "number")
        yield Cause(
            "FieldValueTypeInvalid", f'Invalid value: "{told}": {path} in body must be of type {kind}: "{told}"', path
        )
        return
    yield from _limits(schema, value, path)
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _faults(schema.get("items") or {}, each, f"{path}[{number}]")
    if isinstance(value, dict):
        for name in schema.get("required") or ():
            if name not in value:
                yield Cause("FieldValueRequired", "Required value", f"{path}.{name}" if path else name)
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, inner in value.items():
            below = properties.get(name, others if isinstance(others, dict) else None)
            if below is not None:
                yield from _faults(below, inner, f"{path}.{name}" if path else name)


def _limits(schema: Object, value: Any, path: str) -> Iterator[Cause]:
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(f'"{each}"' for each in schema["enum"])
        yield Cause("FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {allowed}', path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            why = f"{path} in body should be greater than or equal to {schema['minimum']}"
            yield _invalid(path, str(value), why)
        if value > schema.get("maximum", value):
            yield _invalid(path, str(value), f"{path} in body should be less than or equal to {schema['maximum']}")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield _invalid(path, f'"{value}"', f"{path} in body should match '{schema['pattern']}'")
        if len(value) > schema.get("maxLength", len(value)):
            yield _invalid(path, f'"{value}"', f"{path} in body should be at most {schema['maxLength']} chars long")
        if len(value) < schema.get("minLength", 0):
            yield _invalid(path, f'"{value}"', f"{path} in body should be at least {schema['minLength']} chars long")


def _invalid(path: str, value: str, why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {value}: {why}", path)


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES.get(kind, object))
