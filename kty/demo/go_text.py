"""Values as Go's fmt writes them: some of the API server's messages carry them."""

from typing import Any


def go_text(value: Any) -> str:
    """Write a value as %v does."""
    if isinstance(value, dict):
        return "map[" + " ".join([f"{key}:{go_text(value[key])}" for key in sorted(value)]) + "]"
    if isinstance(value, list):
        return "[" + " ".join([go_text(part) for part in value]) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<nil>" if value is None else str(value)


def go_type(value: Any) -> str:
    """Write the type of a decoded JSON value as %T does."""
    if isinstance(value, dict):
        return "map[string]interface {}"
    names = {bool: "bool", str: "string", int: "int64", float: "float64", list: "[]interface {}"}
    return names.get(type(value), "<nil>")
