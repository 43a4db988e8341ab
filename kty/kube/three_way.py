"""Join two changes of one object, where they are not of the same fields."""

from typing import Any, Final, NamedTuple

from kty.kube.objects import Object

ABSENT: Final = object()
"""Stands for a field that is not there."""


class Clash(NamedTuple):
    """A field that both have changed, and not to the same."""

    path: str
    """`spec.replicas`."""
    mine: Any
    theirs: Any
    """`ABSENT` where it was taken out."""


def merge(before: Object, mine: Object, theirs: Object) -> tuple[Object, list[Clash]]:
    """Return `theirs` with what `mine` changed of `before`; where both changed a field, with mine, and those fields.

    Lists are taken as a whole. None of the objects is changed.
    """
    clashes: list[Clash] = []
    merged: Object = _joined(before, mine, theirs, "", clashes)
    return merged, clashes


def _joined(before: Any, mine: Any, theirs: Any, path: str, clashes: list[Clash]) -> Any:
    if mine in (before, theirs):
        return theirs
    if theirs == before:
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        base = before if isinstance(before, dict) else {}
        joined = {}
        for key in dict.fromkeys([*mine, *theirs]):
            was, own, other = (side.get(key, ABSENT) for side in (base, mine, theirs))
            value = _joined(was, own, other, f"{path}.{key}" if path else key, clashes)
            if value is not ABSENT:
                joined[key] = value
        return joined
    clashes.append(Clash(path, mine, theirs))
    return mine
