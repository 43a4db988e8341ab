"""Label selectors of objects, written as kubectl's -l takes them."""

from collections.abc import Mapping
from typing import Any


def from_labels(labels: Mapping[str, str] | None) -> str:
    """Return the selector for all of these labels; empty for none."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items()))


def from_label_selector(selector: Mapping[str, Any] | None) -> str:
    """Return what a LabelSelector (meta/v1) selects, its parts sorted by key; empty when it has none.

    An operator that is not known is written out, never left out: less would select more.
    """
    if not selector:
        return ""
    parts = [(key, f"{key}={value}") for key, value in (selector.get("matchLabels") or {}).items()]
    parts += [(each.get("key", ""), _expression(each)) for each in selector.get("matchExpressions") or ()]
    return ",".join(text for _, text in sorted(parts, key=lambda part: part[0]))


def _expression(expression: Mapping[str, Any]) -> str:
    key, operator = expression.get("key", ""), expression.get("operator", "")
    match operator:
        case "Exists":
            return str(key)
        case "DoesNotExist":
            return f"!{key}"
    values = ",".join(sorted(expression.get("values") or ()))
    return f"{key} {operator.lower()} ({values})"
