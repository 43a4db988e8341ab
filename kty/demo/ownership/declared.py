"""What a kind declares: which fields there are, and of which sort their values must be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from kty.demo.schema.types import Type, fields_of, type_of

Sort: TypeAlias = Literal["map", "list", "string", "numeric", "boolean", "any"]


@dataclass(frozen=True, slots=True)
class Declared:
    """One place in an object."""

    sort: Sort = "any"
    field: "Callable[[str], Declared | None]" = lambda name: ANYTHING
    """What a field is declared as; None when it is not declared."""
    items: "Callable[[], Declared]" = lambda: ANYTHING


ANYTHING: Final[Declared] = Declared()
_SORTS: Final[Mapping[str, Sort]] = {
    "string": "string",
    "integer": "numeric",
    "number": "numeric",
    "boolean": "boolean",
    "object": "map",
    "array": "list",
}


@cache
def declared_by(kind: str) -> Declared:
    """Return what a built-in kind declares, by its Resource.id; anything for a kind that is not known."""
    name = type_of(kind)
    return _of_type(Type(fields=name)) if name else ANYTHING


def _of_type(of: Type) -> Declared:
    if of.fields:
        return Declared("map", lambda name: _field_of(of.fields, name))
    if of.items is not None:
        items = of.items
        return Declared("list", items=lambda: _of_type(items))
    if of.values is not None:
        values = of.values
        return Declared("map", lambda name: _of_type(values))
    return Declared(_SORTS.get(of.plain[0], "any")) if len(of.plain) == 1 else ANYTHING


@cache
def _field_of(type_name: str, name: str) -> Declared | None:
    of = fields_of(type_name).types.get(name)
    return None if of is None else _of_type(of)


def declared_in(schema: Mapping[str, Any]) -> Declared:
    """Return what the structural schema of a custom resource declares; what every object has is added by the caller."""
    sort = _SORTS.get(schema.get("type", ""), "any")
    if schema.get("x-kubernetes-int-or-string"):
        return ANYTHING
    properties, others = schema.get("properties") or {}, schema.get("additionalProperties")

    def field(name: str) -> Declared | None:
        if name in properties:
            return declared_in(properties[name])
        if schema.get("x-kubernetes-preserve-unknown-fields") or others is True or "type" not in schema:
            return ANYTHING
        if schema.get("x-kubernetes-embedded-resource") and name in ("apiVersion", "kind", "metadata"):
            return ANYTHING
        return declared_in(others) if isinstance(others, Mapping) else None

    return Declared(sort, field, lambda: declared_in(schema.get("items") or {}))


def declared_by_custom(schema: Mapping[str, Any]) -> Declared:
    """Return what a custom resource declares, with what every object has."""
    own = declared_in(schema)
    metadata = declared_by("configmaps").field("metadata")

    def field(name: str) -> Declared | None:
        return metadata if name == "metadata" else ANYTHING if name in ("apiVersion", "kind") else own.field(name)

    return Declared("map", field)
