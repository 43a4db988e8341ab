"""Durations as people write them and ages show them: `90s`, `2h30m`, `1w`."""

import re

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0, "y": 365 * 86_400.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?)([smhdwy])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def seconds(duration: str) -> float | None:
    """Return a duration in seconds, or None for what is no duration; every number needs its unit."""
    if not _WHOLE.fullmatch(duration):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration))
