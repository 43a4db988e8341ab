"""From a structural schema to the source of msgspec classes.

A structural schema says in one place of which type each field is (apiextensions.k8s.io/v1): what stands in `allOf`,
`anyOf`, `oneOf` and `not` restricts values, and makes no types.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from kty.kube.crd.literals import WIDTH, docstring, quoted
from kty.kube.crd.names import AMBIGUOUS, Taken, class_name, field_name, is_renamed
from kty.text import printable

Schema: TypeAlias = Mapping[str, Any]

MAX_DEPTH = 100
"""Levels that are followed; below them everything is Any."""
IMPORTED = ("Any", "ClassVar", "Literal", "Metadata", "Part", "Resource", "TypeAlias", "Whole")
"""Names that the classes stand upon, and none of them has."""
_OF_WHOLE = ("metadata", "name", "namespace", "resource")
_GIVEN = ("apiVersion", "kind", "metadata")
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_OPEN = "x-kubernetes-preserve-unknown-fields"


@dataclass(frozen=True, slots=True)
class _Typed:
    """A type as it stands in an annotation."""

    text: str
    is_nullable: bool = False
    says: str = ""
    """What the docstring of its class says, so that a field need not repeat it."""

    @property
    def full(self) -> str:
        return f"{self.text} | None" if self.is_nullable and self.text != "Any" else self.text


class Classes:
    """Takes schemas in, and holds the source of their classes, each one below those that it names."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.aliases: list[str] = []
        """Names for long types; they stand upon no class."""
        self._names = Taken((*IMPORTED, *AMBIGUOUS))
        self._known: dict[tuple[str, ...], tuple[str, str]] = {}
        """Name and docstring of each class, by its lines: what looks the same is one class."""
        self._literals: dict[str, str] = {}

    def add_kind(self, kind: str, resource: str, schema: Schema, says: str) -> None:
        """Add the class of a kind; `resource` is the source of its Resource, and `says` its docstring."""
        name = self._names.free(class_name([kind]))
        fields = {key: value for key, value in _mapping(schema, "properties").items() if key not in _GIVEN}
        known = f"    resource: ClassVar[Resource] = {resource}"
        lines = [_fitting(known), *self._fields({**schema, "properties": fields}, [kind], 0, reserved=_OF_WHOLE)]
        self.sources.append(_class(name, "Whole", says, lines))

    def _fields(self, schema: Schema, path: Sequence[str], depth: int, reserved: Sequence[str] = ()) -> list[str]:
        required = schema.get("required")
        must = set(map(str, required)) if isinstance(required, list) else set()
        taken = Taken(reserved)
        lines: list[str] = []
        for key, part in _mapping(schema, "properties").items():
            if not _is_field(key):
                continue
            part = part if isinstance(part, dict) else {}
            name = taken.free(field_name(key, reserved), "_")
            typed = self._type(part, [*path, key], depth + 1)
            lines.append(_field(name, key, typed, is_required=key in must and "default" not in part))
            lines += filter(None, [docstring(_says(part, typed))])
        return lines

    def _type(self, schema: Any, path: Sequence[str], depth: int) -> _Typed:
        if not isinstance(schema, dict) or depth > MAX_DEPTH:
            return _Typed("Any")
        enum = schema.get("enum")
        is_nullable = schema.get("nullable") is True or (isinstance(enum, list) and None in enum)
        if isinstance(enum, list) and (literal := self._literal(enum, path)):
            return _Typed(literal, is_nullable)
        if schema.get("x-kubernetes-int-or-string") is True:
            return _Typed("int | str", is_nullable)
        match schema.get("type"):
            case "object":
                text, says = self._object(schema, path, depth)
                return _Typed(text, is_nullable, says)
            case "array":
                items = self._type(schema.get("items"), path, depth + 1)
                return _Typed(f"list[{items.full}]", is_nullable)
            case str(scalar):
                return _Typed(_SCALARS.get(scalar, "Any"), is_nullable)
        return _Typed("Any", is_nullable)

    def _object(self, schema: Schema, path: Sequence[str], depth: int) -> tuple[str, str]:
        """Return the type of an object, and the docstring of its class where it has one."""
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            return f"dict[str, {self._type(more, path, depth + 1).full}]", ""
        if not _mapping(schema, "properties") or schema.get("x-kubernetes-embedded-resource") is True:
            return "dict[str, Any]", ""
        lines = tuple(self._fields(schema, path, depth))
        if not lines:
            return "dict[str, Any]", ""
        if lines not in self._known:
            name, says = self._names.free(class_name(path)), _description(schema)
            note = "Other fields are allowed, too; this class does not read them." if schema.get(_OPEN) is True else ""
            self._known[lines] = name, says
            self.sources.append(_class(name, "Part", "\n\n".join(filter(None, (says, note))), lines))
        return self._known[lines]

    def _literal(self, values: Sequence[Any], path: Sequence[str]) -> str:
        """Return the type of an enum; empty where Python or msgspec have no literals of such values."""
        known = [value for value in values if value is not None]
        if not known or not all(map(_is_literal, known)):
            return ""
        texts = list(dict.fromkeys(quoted(value) if isinstance(value, str) else str(value) for value in known))
        literal = f"Literal[{', '.join(texts)}]"
        if len(literal) <= WIDTH // 2:
            return literal
        if literal not in self._literals:
            self._literals[literal] = name = self._names.free(class_name(path))
            lines = [f"{name}: TypeAlias = {literal}"]
            if len(lines[0]) > WIDTH and len(texts) > 1:
                lines = [f"{name}: TypeAlias = Literal[", *[f"    {text}," for text in texts], "]"]
            self.aliases.append("\n".join([_fitting(line, skip=len(lines) == 1) for line in lines]))
        return self._literals[literal]


def _class(name: str, parent: str, says: str, lines: Sequence[str]) -> str:
    opening = _fitting(f"class {name}({parent}, kw_only=True):")
    text = docstring(says)
    return "\n".join([opening, *([text, ""] if text else []), *lines])


def _field(name: str, key: str, typed: _Typed, *, is_required: bool) -> str:
    renamed = f"name={quoted(key)}" if is_renamed(name, key) else ""
    if is_required:
        return _fitting(f"    {name}: {typed.full}" + (f" = field({renamed})" if renamed else ""))
    text = typed.text if typed.text == "Any" else f"{typed.text} | None"
    return _fitting(f"    {name}: {text} = " + (f"field(default=None, {renamed})" if renamed else "None"))


def _fitting(line: str, *, skip: bool = True) -> str:
    """Return a line; one that is too long tells formatters and linters to let it be."""
    if len(line) <= WIDTH:
        return line
    if skip:
        return f"{line}  # fmt: skip # noqa: E501"
    return f"{line}  # noqa: E501" if _is_refused(line) else line


def _is_refused(line: str) -> bool:
    """Say whether pycodestyle's E501 refuses a line that is too long: not a single word, nor an address at its end."""
    *words, last = line.split()
    return bool(words) and not ("://" in last and len(line) - len(last) < WIDTH)


def _says(schema: Schema, typed: _Typed) -> str:
    """Return what is to be said below a field, and is not said by its type."""
    description = _description(schema)
    notes = []
    if "default" in schema:
        notes.append(f"Default: {_json(schema['default'])}.")
    keys = schema.get("x-kubernetes-list-map-keys")
    if schema.get("x-kubernetes-list-type") == "map" and isinstance(keys, list) and keys:
        notes.append(f"Each has another {' and '.join(map(str, keys))}.")
    elif schema.get("x-kubernetes-list-type") == "set":
        notes.append("Each is there once.")
    said = "" if description == typed.says else description
    return "\n\n".join(filter(None, (said, " ".join(notes))))


def _description(schema: Schema) -> str:
    text = schema.get("description")
    return text if isinstance(text, str) else ""


def _json(value: Any) -> str:
    text = printable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}…"


def _mapping(schema: Schema, key: str) -> Mapping[str, Any]:
    value = schema.get(key)
    return value if isinstance(value, dict) else {}


def _is_field(key: str) -> bool:
    """Say whether msgspec takes a field of this name in JSON: all that is left out here are names that nobody has."""
    return not re.search(r'["\\\x00-\x1f\ud800-\udfff]', key)


def _is_literal(value: Any) -> bool:
    """Say whether Python and msgspec have literals of such a value: texts, and integers of 64 bits."""
    if isinstance(value, str):
        return not re.search(r"[\ud800-\udfff]", value)
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
