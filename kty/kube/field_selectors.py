"""Field selectors, read and matched here exactly as the API server does it (apimachinery, pkg/fields)."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from kty.kube.objects import Object
from kty.kube.selectors import SelectorMistake
from kty.text import printable

_TERM = re.compile(r"(?:[^\\,]|\\.|\\\Z)+", re.DOTALL)
_OPERATOR = re.compile("!=|==?")
_ESCAPE = re.compile(r"\\(.?)|[,=]", re.DOTALL)
_SPECIAL = re.compile(r"[\\,=]")
UNSAID = {
    "spec.unschedulable": "false",
    "spec.hostNetwork": "false",
    "status.replicas": "0",
    "status.successful": "0",
}
"""What the API server compares with where an object leaves these out; all others are empty then."""


class FieldRequirement(Struct, frozen=True):
    """One part of a field selector; an object must meet all of them."""

    field: str
    """A path of names with dots between them, such as `status.phase`."""
    value: str
    is_equal: bool = True
    """False for `!=`."""

    def matches(self, obj: Object) -> bool:
        return (value_of(obj, self.field) == self.value) is self.is_equal

    def __str__(self) -> str:
        value = _SPECIAL.sub(lambda found: f"\\{found[0]}", self.value)
        return f"{self.field}{'=' if self.is_equal else '!='}{value}"


class FieldSelector(Struct, frozen=True):
    """What fields must be; without requirements every object is selected. `str` gives what the server takes.

    The server selects by the few fields alone that it knows of each kind; here every field can be named.
    """

    requirements: tuple[FieldRequirement, ...] = ()

    def matches(self, obj: Object) -> bool:
        """Say whether an object is selected."""
        return all(requirement.matches(obj) for requirement in self.requirements)

    def required(self, field: str) -> str | None:
        """Return the one value that a field must have; None where several may do."""
        return next((each.value for each in self.requirements if each.field == field and each.is_equal), None)

    def __str__(self) -> str:
        return ",".join([str(requirement) for requirement in self.requirements])


def parse(text: str) -> FieldSelector:
    """Read a field selector as kubectl's --field-selector takes it. Raises SelectorMistake."""
    parts = sorted(_TERM.finditer(text), key=lambda found: found[0])
    requirements = [_requirement(part[0], part.start()) for part in parts]
    return FieldSelector(tuple([each for each in requirements if each.field or each.value]))


def _requirement(text: str, start: int) -> FieldRequirement:
    sign = _OPERATOR.search(text)
    if sign is None:
        raise SelectorMistake(
            f"field selector: {printable(text)[:60]!r} compares nothing",
            start=start,
            end=start + len(text),
            hint="write field=value or field!=value",
        )
    value = "".join(_unescaped(text[sign.end() :], start + sign.end()))
    return FieldRequirement(text[: sign.start()], value, sign[0] != "!=")


def _unescaped(value: str, start: int) -> Iterator[str]:
    at = 0
    for found in _ESCAPE.finditer(value):
        if not found[1] or found[1] not in "\\,=":
            raise SelectorMistake(
                f"field selector: {printable(found[0])!r} cannot stand in a value",
                start=start + found.start(),
                end=start + found.end(),
                hint="write \\, \\= and \\\\ for a comma, an equals sign and a backslash",
            )
        yield value[at : found.start()] + found[1]
        at = found.end()
    yield value[at:]


def value_of(obj: Object, field: str) -> str:
    """Return what a field selector compares with: the field as text, and the empty text where it is missing."""
    value: Any = obj
    for step in field.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return UNSAID.get(field, "")
    return str(value).lower() if isinstance(value, bool) else str(value)
