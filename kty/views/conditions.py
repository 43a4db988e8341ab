"""Conditions: what controllers say of an object, one type at a time."""

from collections.abc import Sequence

from msgspec import Struct


class Condition(Struct, gc=False):
    type: str = ""
    status: str = ""
    """`True`, `False` or `Unknown`."""
    reason: str = ""


def find(conditions: Sequence[Condition] | None, kind: str) -> Condition | None:
    """Return the first condition of that type."""
    for condition in conditions or ():
        if condition.type == kind:
            return condition
    return None


def holds(conditions: Sequence[Condition] | None, kind: str) -> bool:
    """Say whether the object has a condition of that type and its status is True."""
    condition = find(conditions, kind)
    return condition is not None and condition.status == "True"
