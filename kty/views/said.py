"""What an object says, and the words for what it does not say."""

from sys import intern
from typing import Any

from kty.kube.objects import Object


def said(text: str) -> str | None:
    """Return a text that many objects have in common, kept once; None for an empty one."""
    return intern(text) if text else None


def joined(texts: list[str]) -> str | None:
    """Return the texts with commas between them, kept once; None where there are none."""
    return said(",".join(texts))


def or_none(value: Any, now: float) -> str:
    return "<none>" if value is None else str(value)


def or_unset(value: Any, now: float) -> str:
    return "<unset>" if value is None else str(value)


def or_unknown(value: Any, now: float) -> str:
    return "<unknown>" if value is None else str(value)


def field(obj: Object, *steps: str) -> Any:
    """Return the value at the end of these steps into a decoded object, or None where one of them is missing."""
    value: Any = obj
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def text(obj: Object, *steps: str) -> str:
    """Return the text at the end of these steps, or an empty one."""
    value = field(obj, *steps)
    return value if isinstance(value, str) else ""
