"""What is sent, against the fields of its kind: values of another type are refused, unknown fields dropped."""

from dataclasses import dataclass, field
from typing import Any, Final

from kty.demo.kinds import Kind
from kty.demo.schema import structural
from kty.demo.schema.types import Type, fields_of, type_of
from kty.demo.statuses import ApiError, bad_request
from kty.kube.objects import Object

_GO: Final = {"integer": "int", "boolean": "bool", "number": "float64", "string": "string"}
_WRITTEN_EMPTY: Final = {
    ("rbac.v1.Role", "rules"),
    ("rbac.v1.ClusterRole", "rules"),
    ("discovery.v1.EndpointSlice", "ports"),
}
"""Fields that may be left out, and are written though they are empty."""
_WORDS: Final = {bool: "bool", str: "string", int: "number", float: "number", list: "array", dict: "object"}


def checked(kind: Kind, obj: Object, validation: str) -> tuple[Object, list[str]]:
    """Return an object without what its kind does not know, and what there is to warn of.

    Raises ApiError 400 for values of another type, and under `Strict` for fields that are not known.
    """
    if kind.defined_by:
        kept, unknown = structural.pruned(kind.schema or {}, obj)
    elif name := type_of(kind.id):
        reading = _Reading(kind)
        kept, unknown = reading.object(obj, Type(fields=name), "", ""), reading.unknown
    else:
        return obj, []
    told = [f'unknown field "{path}"' for path in unknown]
    if told and validation == "Strict":
        raise refused(kind, f"strict decoding error: {', '.join(told)}")
    return kept, [] if validation == "Ignore" else told


def refused(kind: Kind, why: str) -> ApiError:
    """400: the object cannot be read as one of this kind."""
    resource = kind.resource
    said = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
    return bad_request(f"{said}: {why}")


def _is_left_out(of: Type, name: str) -> bool:
    """Say whether an empty value here is as none: Go's types leave such lists and maps out."""
    fields = fields_of(of.fields)
    inner = fields.types[name]
    is_needed = name in fields.required or (of.fields.removeprefix("io.k8s.api."), name) in _WRITTEN_EMPTY
    return (inner.items is not None or inner.values is not None) and not is_needed


@dataclass
class _Reading:
    kind: Kind
    unknown: list[str] = field(default_factory=list)

    def object(self, value: Object, of: Type, path: str, owner: str) -> Object:
        fields, kept = fields_of(of.fields), {}
        short = of.fields.rpartition(".")[2]
        for name, inner in value.items():
            below = f"{path}.{name}" if path else name
            if name not in fields.types:
                self.unknown.append(below)
            elif inner is not None and not (inner in ([], {}) and _is_left_out(of, name)):
                kept[name] = self._value(inner, fields.types[name], below, short)
        return kept

    def _value(self, value: Any, of: Type, path: str, owner: str) -> Any:
        if of.fields:
            self._expect(value, dict, of.fields.rpartition(".")[2], path, owner)
            return self.object(value, of, path, owner)
        if of.items is not None:
            self._expect(value, list, "[]", path, owner)
            return [self._value(each, of.items, f"{path}[{number}]", owner) for number, each in enumerate(value)]
        if of.values is not None:
            self._expect(value, dict, "map", path, owner)
            return {key: self._value(each, of.values, path, owner) for key, each in value.items() if each is not None}
        if of.plain and not any(_is(word, value) for word in of.plain):
            self._refuse(value, of.format or _GO.get(of.plain[0], of.plain[0]), path, owner)
        return value

    def _expect(self, value: Any, kind: type, go: str, path: str, owner: str) -> None:
        if not isinstance(value, kind):
            self._refuse(value, go, path, owner)

    def _refuse(self, value: Any, go: str, path: str, owner: str) -> None:
        got = _WORDS.get(type(value), "null")
        why = f"json: cannot unmarshal {got} into Go struct field {owner}.{path} of type {go}"
        raise refused(self.kind, why)


def _is(word: str, value: Any) -> bool:
    match word:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return True
