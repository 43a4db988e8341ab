"""All that the ownership of fields depends on in one kind, built-in or defined by a CRD."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from kty.demo.kinds import Kind
from kty.demo.merge_keys import FREE, METADATA, PLAIN, Shape, shape_of
from kty.demo.ownership.declared import ANYTHING, Declared, declared_by, declared_by_custom
from kty.demo.ownership.field_sets import Fields
from kty.demo.ownership.zero_values import ZERO_VALUES
from kty.kube.objects import Object

_STATUS: Final[Fields] = {"f:status": {}}
_SPEC: Final[Fields] = {"f:spec": {}}
_LABELS: Final[Fields] = {"f:labels": {}}
_RUNNING: Final[Fields] = {"f:deletionTimestamp": {}, "f:ownerReferences": {}}

HAVE_STATUS: Final = frozenset(kind for kind, zero in ZERO_VALUES.items() if "status" in zero)
_RESETS_OF_STATUS: Final[Mapping[str, Fields]] = {
    "pods": {**_SPEC, "f:metadata": _RUNNING},
    "deployments.apps": {**_SPEC, "f:metadata": _LABELS},
}


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Made once for a kind, and once for each version that a CRD defines."""

    shape: Shape
    zero: Object = field(default_factory=dict)
    """What its objects always have."""
    has_status: bool = False
    """True where the status is a subresource."""
    declared: Declared = ANYTHING
    status_resets: Fields = field(default_factory=lambda: dict(_SPEC))
    """What a write of the status cannot change, and so does not own."""

    def resets(self, subresource: str) -> Fields:
        """Return what a write of this subresource, or of the object itself, cannot change and does not own."""
        if subresource in ("status", "resize"):
            return self.status_resets if subresource == "status" else {}
        return _STATUS if self.has_status else {}


def rules_of(kind: Kind) -> Rules:
    """Return the rules of a kind."""
    if not kind.defined_by:
        return built_in_rules(kind.id)
    return _rules_of_definition(kind.definition, "status" in kind.subresources)


@lru_cache(256)
def _rules_of_definition(definition: str, has_status: bool) -> Rules:
    version = json.loads(definition)[-1]
    return custom_rules((version.get("schema") or {}).get("openAPIV3Schema") or {}, has_status=has_status)


@cache
def built_in_rules(kind: str) -> Rules:
    """Return the rules of a built-in kind by its Resource.id."""
    resets = _RESETS_OF_STATUS.get(kind, _SPEC)
    return Rules(shape_of(kind), ZERO_VALUES.get(kind, {}), kind in HAVE_STATUS, declared_by(kind), resets)


def custom_rules(schema: Mapping[str, Any], *, has_status: bool) -> Rules:
    """Return the rules of one version of a custom resource by its structural schema (openAPIV3Schema)."""
    shape = custom_shape(schema)
    fields = {**shape.fields, "metadata": METADATA}
    whole = Shape(fields=fields, is_open=shape.is_open, items=shape.items)
    return Rules(whole, {}, has_status, declared_by_custom(schema), {"f:metadata": {}, **_SPEC})


def custom_shape(schema: Mapping[str, Any]) -> Shape:
    """Return the shape of what a structural schema describes."""
    if schema.get("type") == "array" or "items" in schema:
        return _list_shape(schema)
    if schema.get("x-kubernetes-map-type") == "atomic":
        return Shape("atomic")
    fields = {name: custom_shape(part) for name, part in schema.get("properties", {}).items()}
    if schema.get("x-kubernetes-embedded-resource"):
        fields["metadata"] = METADATA
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return Shape(fields=fields, is_open=True, items=FREE)
    others = schema.get("additionalProperties")
    if others:
        return Shape(fields=fields, is_open=True, items=custom_shape(others) if isinstance(others, dict) else FREE)
    fields = {name: shape for name, shape in fields.items() if shape is not PLAIN}
    return Shape(fields=fields) if fields else PLAIN


def _list_shape(schema: Mapping[str, Any]) -> Shape:
    items = schema.get("items", {})
    match schema.get("x-kubernetes-list-type", "atomic"):
        case "map":
            keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
            properties = items.get("properties", {})
            defaults = {key: properties[key]["default"] for key in keys if "default" in properties.get(key, {})}
            return Shape("keyed", items=custom_shape(items), keys=keys, defaults=defaults)
        case "set":
            return Shape("set")
        case _:
            return Shape("atomic")
