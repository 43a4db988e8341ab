"""How large values are, where they themselves are not shown."""

from typing import Any


def size_of(value: Any) -> str:
    """Return how many bytes a value in base64 stands for; it is not decoded."""
    if not isinstance(value, str):
        return "not a text"
    length = len(value) - value.count("\n") - value.count("\r")
    return f"{length * 3 // 4 - value.count('=', len(value) - 2):,} bytes"
