"""Durations as Go writes them and Kubernetes objects carry them (time.Duration, meta/v1 Duration): `1h30m`, `500ms`."""

import re
from dataclasses import dataclass
from datetime import timedelta

from kty.errors import UsageError
from kty.text import printable

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # the sign for micro
    "μs": 1_000,  # the Greek letter
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PART = re.compile(rf"([0-9]*)(?:\.([0-9]*))?({'|'.join(sorted(_UNITS, key=len, reverse=True))})")
_MAX = 2**63 - 1


class DurationMistake(UsageError, ValueError):
    """Text that is no duration."""


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time, exact to the nanosecond; at most 292 years, as in Go. `str` gives what Go prints."""

    nanoseconds: int = 0

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read what Go's time.ParseDuration reads: `1.5h`, `-1m30s`, `0`. Raises DurationMistake."""
        unsigned = text[1:] if text[:1] in ("-", "+") else text
        total = at = 0
        while at < len(unsigned):
            part = _PART.match(unsigned, at)
            if part is None or not (part[1] or part[2]):
                break
            total += _nanoseconds(part[1], part[2] or "", _UNITS[part[3]])
            at = part.end()
        if unsigned != "0" and (at < len(unsigned) or not unsigned):
            raise DurationMistake(
                f"{printable(text)[:60]!r} is no duration", hint="write numbers with units: 1h30m, 90s, 500ms"
            )
        if total > _MAX + text.startswith("-"):
            raise DurationMistake(f"{printable(text)[:60]!r} is longer than 292 years")
        return cls(-total if text.startswith("-") else total)

    @classmethod
    def of(cls, span: timedelta) -> "Duration":
        """Return the same span as a Duration."""
        return cls((span.days * 86_400 + span.seconds) * 1_000_000_000 + span.microseconds * 1_000)

    @property
    def seconds(self) -> float:
        return self.nanoseconds / 1e9

    @property
    def timedelta(self) -> timedelta:
        """The same span as far as a timedelta can tell: whole microseconds, rounded to the nearest."""
        return timedelta(microseconds=round(self.nanoseconds / 1_000))

    def __add__(self, other: "Duration") -> "Duration":
        return Duration(self.nanoseconds + other.nanoseconds)

    def __sub__(self, other: "Duration") -> "Duration":
        return Duration(self.nanoseconds - other.nanoseconds)

    def __neg__(self) -> "Duration":
        return Duration(-self.nanoseconds)

    def __bool__(self) -> bool:
        return self.nanoseconds != 0

    def __str__(self) -> str:
        sign, rest = ("-" if self.nanoseconds < 0 else ""), abs(self.nanoseconds)
        if rest < _UNITS["s"]:
            unit = next((unit for unit in ("ms", "µs", "ns") if rest >= _UNITS[unit]), "s")
            return f"{sign}{_decimal(rest, _UNITS[unit])}{unit}"
        minutes, rest = divmod(rest, _UNITS["m"])
        hours, minutes = divmod(minutes, 60)
        text = f"{_decimal(rest, _UNITS['s'])}s"
        if hours:
            text = f"{hours}h{minutes}m{text}"
        elif minutes:
            text = f"{minutes}m{text}"
        return sign + text


def _nanoseconds(whole: str, fraction: str, unit: int) -> int:
    """Return a number of units in nanoseconds, cut off and not rounded; in floating point, as Go has it."""
    if len(whole) > len(str(_MAX)) and whole.lstrip("0")[len(str(_MAX)) :]:
        return _MAX * 2  # too long; and long digits are slow to read
    part, scale = 0, 1.0
    for digit in fraction:
        if (longer := part * 10 + int(digit)) > _MAX + 1:
            break  # what does not fit into an int64 is not looked at
        part, scale = longer, scale * 10
    return int(whole or 0) * unit + int(part * (unit / scale))


def _decimal(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    if not rest:
        return str(whole)
    return f"{whole}.{rest:0{len(str(unit)) - 1}d}".rstrip("0")
