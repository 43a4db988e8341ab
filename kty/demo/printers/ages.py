"""Times in columns, as short as kubectl writes them."""

from typing import Any

from kty.kube.objects import epoch


def since(value: Any, now: float) -> str:
    """Say how long ago a time was; `<unknown>` where there is none."""
    seconds = epoch(value) if isinstance(value, str) else None
    return "<unknown>" if seconds is None else span(now - seconds)


_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
_STEPS = (
    (2 * _MINUTE, 1, "s", 0, ""),
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
    (float("inf"), _YEAR, "y", 0, ""),
)
"""Up to how many seconds a unit is told, and which finer one beside it."""


def span(seconds: float) -> str:
    """Write a duration with one or two units, the finer the shorter it is (apimachinery, HumanDuration)."""
    whole = int(seconds)
    if whole < 0:
        return "<invalid>" if whole < -1 else "0s"
    _, size, unit, fine, finer = next(step for step in _STEPS if whole < step[0])
    rest = whole % size // fine if fine else 0
    return f"{whole // size}{unit}" + (f"{rest}{finer}" if rest else "")
