"""Collects what is wrong with an object, in the API server's words."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kty.demo.statuses import Cause
from kty.kube.objects import Object

LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
IS_LABEL: Final = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_IN_RANGE: Final = "must be between 1 and 65535, inclusive"


class Faults:
    """In the order in which they are found."""

    def __init__(self) -> None:
        self.causes: list[Cause] = []

    def required(self, path: str, why: str = "") -> None:
        self.causes.append(Cause("FieldValueRequired", f"Required value: {why}" if why else "Required value", path))

    def invalid(self, path: str, value: Any, why: str) -> None:
        self.causes.append(Cause("FieldValueInvalid", f"Invalid value: {_told(value)}: {why}", path))

    def unsupported(self, path: str, value: Any, supported: Iterable[str]) -> None:
        known = ", ".join(f'"{each}"' for each in supported)
        message = f"Unsupported value: {_told(value)}: supported values: {known}"
        self.causes.append(Cause("FieldValueNotSupported", message, path))

    def forbidden(self, path: str, why: str) -> None:
        self.causes.append(Cause("FieldValueForbidden", f"Forbidden: {why}", path))

    def duplicate(self, path: str, value: Any) -> None:
        self.causes.append(Cause("FieldValueDuplicate", f"Duplicate value: {_told(value)}", path))

    def not_found(self, path: str, value: Any) -> None:
        self.causes.append(Cause("FieldValueNotFound", f"Not found: {_told(value)}", path))

    def not_negative(self, obj: Object, fields: Iterable[str], path: str = "spec") -> None:
        for field in fields:
            value = obj.get(field)
            if isinstance(value, int) and value < 0:
                self.invalid(f"{path}.{field}", value, "must be greater than or equal to 0")

    def immutable(self, before: Object, after: Object, fields: Iterable[str], path: str = "spec") -> None:
        for field in fields:
            if before.get(field) != after.get(field):
                self.invalid(f"{path}.{field}" if path else field, after.get(field), "field is immutable")

    def port(self, path: str, value: Any) -> None:
        if not isinstance(value, int) or not 1 <= value <= 65535:
            self.invalid(path, value, _IN_RANGE)


def _told(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def numbered(values: Iterable[Object] | None, path: str) -> Iterator[tuple[str, Object]]:
    """Iterate over a list, each with its path."""
    for number, value in enumerate(values or ()):
        yield f"{path}[{number}]", value
