"""Which lists are keyed, which are sets, and what is one piece: how the built-in kinds are merged and owned.

What the API server's OpenAPI document says in x-kubernetes-list-type, -list-map-keys, -map-type, -patch-strategy and
-patch-merge-key. Where nothing is said, a map is granular and a list is one piece.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal

from kty.demo.schema.types import Type, fields_of, type_of


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """How one place in an object is merged, and what of it can be owned."""

    how: Literal["granular", "atomic", "keyed", "set"] = "granular"
    """`granular` and `atomic` say it of a map, `keyed` and `set` of a list; any other list is one piece."""
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    """The fields that are not plain."""
    items: "Shape | None" = None
    """Of the items of a keyed list, and of what stands in a map below keys that the kind does not name."""
    is_open: bool = False
    """True for a map whose keys the kind does not name."""
    keys: tuple[str, ...] = ()
    """The fields that tell the items of a keyed list apart."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What such a field says where it is left out."""
    patch: Literal["", "merge", "replace"] = ""
    """How a strategic merge patch treats it."""
    patch_key: str = ""
    """The one field by which a strategic merge patch tells items apart; empty in a list of plain values."""
    retains_keys: bool = False
    """True where a strategic merge patch may say which keys alone are to stay."""

    def at(self, name: str) -> "Shape":
        """Return the shape of a field."""
        return self.fields.get(name) or self.items or PLAIN

    @property
    def of_items(self) -> "Shape":
        return self.items or PLAIN

    def names(self, name: str) -> bool:
        """Say whether this is a field of the kind, and not a key that somebody chose."""
        return not self.is_open or name in self.fields


PLAIN: Final = Shape()
ATOMIC: Final = Shape("atomic")
FREE: Final = Shape(is_open=True)
"""Anything goes, and nothing is known of it: what stands below x-kubernetes-preserve-unknown-fields."""


_OWNERS: Final = Shape("keyed", {}, ATOMIC, False, ("uid",), {"uid": ""}, "merge", "uid")
METADATA: Final = Shape(fields={"finalizers": Shape("set", patch="merge"), "ownerReferences": _OWNERS})
_ENDLESS: Final = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
"""Holds itself; there is nothing in it to tell apart."""


@cache
def shape_of(kind: str) -> Shape:
    """Return the shape of a built-in kind by its Resource.id; of any other only the metadata is known."""
    name = type_of(kind)
    return Shape(fields={**(_of_fields(name).fields if name else {}), "metadata": METADATA})


@cache
def _of_fields(name: str) -> Shape:
    """Return the shape of a type with fields, of which it names those that are not plain."""
    if not name or name == _ENDLESS:
        return PLAIN
    fields = {field: shape for field, of in fields_of(name).types.items() if (shape := _shape(of)) is not PLAIN}
    return Shape(fields=fields) if fields else PLAIN


def _shape(of: Type) -> Shape:
    if not of.marks:
        return _of_fields(of.fields)
    marks: dict[str, Any] = dict(mark.partition(":")[::2] for mark in of.marks)
    patch = next((word for word in ("merge", "replace") if word in marks), "")
    how: Any = next(
        (word for word in ("atomic", "set") if word in marks), "atomic" if of.items and patch else "granular"
    )
    patched: Any = {"patch": patch, "patch_key": marks.get(patch, ""), "retains_keys": "retainKeys" in marks}
    if "map" in marks and of.items is not None:
        types, given = (
            fields_of(of.items.fields).types,
            dict(key.partition("=")[::2] for key in marks["map"].split(",")),
        )
        defaults = {key: value or (0 if types[key].plain[0] == "integer" else "") for key, value in given.items()}
        return Shape("keyed", items=_shape(of.items), keys=tuple(given), defaults=defaults, **patched)
    return Shape(how, _of_fields(of.fields).fields if how == "granular" else {}, **patched)
