"""Moments shown as ages, in the words of kubectl (k8s.io/apimachinery, util/duration.HumanDuration)."""

from collections.abc import Callable
from math import inf
from typing import Any

from kty.kube.objects import epoch
from kty.views.view import Column

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 365 * 86_400
_STEPS = ((10 * _MINUTE, 1), (8 * _HOUR, _MINUTE), (8 * _DAY, _HOUR), (8 * _YEAR, _DAY))
"""Up to which age it grows in which steps: none is longer than what is shown."""


def age(seconds: float) -> str:
    """Say how long that is with two or three figures: `45s`, `2m5s`, `3h20m`, `5d4h`, `2y10d`.

    Clocks differ: up to two seconds in the future count as now, more is `<invalid>`.
    """
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 2 * _MINUTE:
        return f"{max(whole, 0)}s"
    if whole < 10 * _MINUTE:
        return _two(whole, _MINUTE, "m", 1, "s")
    if whole < 3 * _HOUR:
        return f"{whole // _MINUTE}m"
    if whole < 8 * _HOUR:
        return _two(whole, _HOUR, "h", _MINUTE, "m")
    if whole < 2 * _DAY:
        return f"{whole // _HOUR}h"
    if whole < 8 * _DAY:
        return _two(whole, _DAY, "d", _HOUR, "h")
    if whole < 2 * _YEAR:
        return f"{whole // _DAY}d"
    if whole < 8 * _YEAR:
        return _two(whole, _YEAR, "y", _DAY, "d")
    return f"{whole // _YEAR}y"


def lasts(seconds: float) -> float:
    """Say how many seconds more that age reads the same."""
    whole = max(0.0, seconds)
    for end, step in _STEPS:
        if whole < end:
            return step - whole % step
    return _YEAR - whole % _YEAR


def _two(whole: int, large: int, large_name: str, small: int, small_name: str) -> str:
    count, rest = divmod(whole, large)
    return f"{count}{large_name}{rest // small}{small_name}" if rest >= small else f"{count}{large_name}"


def since(moment: float | None, now: float) -> str:
    """Show a moment as its age."""
    return "<unknown>" if moment is None else age(now - moment)


def lasts_since(moment: float | None, now: float) -> float:
    """Say how many seconds more a moment's age reads the same."""
    return inf if moment is None else lasts(now - moment)


def time_column(
    title: str,
    get: Callable[[Any], str | None],
    *,
    show: Callable[[Any, float], str] = since,
) -> Column:
    """Return a column of moments; `get` returns the object's RFC 3339 text, if it has any."""
    return Column(title, lambda obj: epoch(get(obj)), show, order="time", ticks=True, lasts=lasts_since)


AGE = time_column("Age", lambda obj: obj.metadata.creation_timestamp)
"""Since the object was created."""
