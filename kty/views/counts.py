"""Columns of numbers: how many, and how many of how many."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from kty.views.view import Column, plain

Share: TypeAlias = tuple[int, int]
"""So many of so many."""


@lru_cache(maxsize=4096)
def share(part: int, whole: int) -> Share:
    """Return a share; objects that have the same keep it once."""
    return (part, whole)


def fraction(value: Any) -> float | None:
    """Compare shares by how much of the whole they are: `ready<1` finds what is not all there. None of none is all."""
    if value is None:
        return None
    part, whole = value
    return part / whole if whole else 1.0


def show_share(value: Any, now: float) -> str:
    return "" if value is None else f"{value[0]}/{value[1]}"


def share_column(title: str, get: Callable[[Any], Share]) -> Column:
    return Column(title, get, show_share, order="number", compare=fraction)


def count_column(
    title: str,
    get: Callable[[Any], int | None],
    *,
    show: Callable[[Any, float], str] = plain,
    wide: bool = False,
) -> Column:
    return Column(title, get, show, order="number", wide=wide, right=True)
