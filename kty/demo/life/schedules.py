"""Cron schedules: five fields, names of months and days, steps, lists, ranges, and the shorthands with @."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

_SHORTHANDS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS: Final = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS: Final = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_FIELDS: Final[tuple[tuple[str, int, int, dict[str, int]], ...]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _DAYS),
)
_YEARS: Final = 5
"""How far to look: a 29 February comes within this."""


class ScheduleMistake(ValueError):
    """A schedule that cannot be read."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes at which something is to happen."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    """Where both kinds of day are restricted, either will do."""

    def next(self, after: datetime) -> datetime | None:
        """Return the first time after this one; None where there is none."""
        at = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
        last = at.year + _YEARS
        while at.year <= last:
            if at.month not in self.months:
                at = _month_after(at)
            elif not self._is_day(at):
                at = at.replace(hour=0, minute=0) + timedelta(days=1)
            elif at.hour not in self.hours:
                at = at.replace(minute=0) + timedelta(hours=1)
            elif at.minute in self.minutes:
                return at
            else:
                later = [minute for minute in self.minutes if minute > at.minute]
                at += timedelta(minutes=min(later, default=60) - at.minute)
        return None

    def _is_day(self, at: datetime) -> bool:
        is_day, is_weekday = at.day in self.days, at.isoweekday() % 7 in self.weekdays
        return (is_day and is_weekday) if self.any_day or self.any_weekday else (is_day or is_weekday)


def parse(text: str) -> Schedule:
    """Read a schedule. Raises ScheduleMistake."""
    fields = _SHORTHANDS.get(text.strip(), text).split()
    if len(fields) != len(_FIELDS):
        raise ScheduleMistake(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    minutes, hours, days, months, weekdays = (_field(part, *shape) for part, shape in zip(fields, _FIELDS, strict=True))
    return Schedule(minutes, hours, days, months, weekdays, fields[2][0] in "*?", fields[4][0] in "*?")


def last_before(schedule: Schedule, since: float, now: float, zone: tzinfo) -> tuple[float | None, int]:
    """Return the latest time of the schedule after `since` up to now, and how many there were, at most 101."""
    latest, count = None, 0
    at: datetime | None = datetime.fromtimestamp(since, zone)
    while at is not None and (at := schedule.next(at)) is not None and at.timestamp() <= now:
        latest, count = at.timestamp(), count + 1
        if count > 100:
            at = datetime.fromtimestamp(max(at.timestamp(), now - 3600.0), zone)
            count = 101
    return latest, min(count, 101)


def _month_after(at: datetime) -> datetime:
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    return at.replace(year=year, month=month, day=1, hour=0, minute=0)


def _field(text: str, name: str, low: int, high: int, names: dict[str, int]) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if first in ("*", "?"):
            start, end = low, high
        else:
            start = _number(first, name, names)
            end = _number(last, name, names) if dash else high if slash else start
        stride = _number(step, name, {}) if slash else 1
        if name == "day of week" and start == 7:
            start = end = 0
        if not low <= start <= end <= high or stride < 1:
            raise ScheduleMistake(f"{name} {part!r} is not within {low}-{high}")
        values.update(range(start, end + 1, stride))
    return frozenset(values)


def _number(text: str, name: str, names: dict[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not text.isdigit():
        raise ScheduleMistake(f"{name}: failed to parse int from {text!r}")
    return int(text)
