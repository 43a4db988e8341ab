"""The types of the built-in kinds, read when they are first needed."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from kty.kube.objects import Object

_FILE: Final = Path(__file__).with_name("built_in.json")


@dataclass(frozen=True, slots=True)
class Type:
    """What a value must be: exactly one of these is said, or nothing where anything may be."""

    plain: tuple[str, ...] = ()
    """Words of JSON schema: `string`, `integer`, …"""
    format: str = ""
    fields: str = ""
    """The name of the type whose fields it has."""
    items: "Type | None" = None
    values: "Type | None" = None
    marks: tuple[str, ...] = ()
    """How it is merged and owned: `atomic`, `set`, `map:KEYS`, `merge`, `merge:KEY`, `replace`, `retainKeys`."""

    def openapi(self) -> Object:
        """Return it as OpenAPI says it."""
        if self.fields:
            return {"$ref": f"#/components/schemas/{self.fields}"}
        if self.items is not None:
            return {"type": "array", "items": self.items.openapi()}
        if self.values is not None:
            return {"type": "object", "additionalProperties": self.values.openapi()}
        if len(self.plain) > 1:
            return {"oneOf": [{"type": word} for word in self.plain]}
        said = {"type": self.plain[0], "format": self.format} if self.plain else {}
        return {key: value for key, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Fields:
    """A type with fields."""

    types: dict[str, Type]
    required: frozenset[str]


@cache
def _content() -> Object:
    content: Object = json.loads(_FILE.read_bytes())
    return content


def type_of(kind_id: str) -> str:
    """Return the name of a built-in kind's type; empty for a kind that is not stored, or not built in."""
    return str(_content()["kinds"].get(kind_id, ""))


@cache
def fields_of(name: str) -> Fields:
    """Return the fields of a type by its name. Raises KeyError."""
    said = _content()["types"][name]
    types = {field.removesuffix("!"): read(word) for field, word in said.items()}
    return Fields(types, frozenset(field[:-1] for field in said if field.endswith("!")))


@cache
def read(word: str) -> Type:
    """Read a type as the file writes it."""
    if word[0] in "[{":
        end = max(word.rfind("]"), word.rfind("}"))
        inner, marks = read(word[1:end]), tuple(word[end + 1 :].split())
        return Type(items=inner, marks=marks) if word[0] == "[" else Type(values=inner, marks=marks)
    if " " in word:
        plain, *said = word.split()
        return replace(read(plain), marks=tuple(said))
    if word.startswith("io."):
        content = _content()["types"][word]
        return read(content) if isinstance(content, str) else Type(fields=word)
    plain, _, form = word.partition("/")
    return Type() if plain in ("any", "object") else Type(tuple(plain.split("|")), form)
