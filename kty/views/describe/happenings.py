"""The events of one object: newest first, repeated ones counted."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from kty.kube.objects import Object
from kty.views.describing import Entry, Found, Line, Moment, Piece, Table
from kty.views.events import Event, count, first_seen, last_seen
from kty.views.view import Tone

MOST = 500
"""Events that are shown; older ones are counted."""


@dataclass(frozen=True, slots=True)
class Happening:
    """The same event, as often as it was seen."""

    type: str
    reason: str
    source: str
    message: str
    count: int
    first: float | None
    last: float | None
    """Seconds since the epoch."""


def happenings(events: Iterable[Object]) -> list[Happening]:
    """Return what happened, newest first. Reporters that forget write an event anew: those are counted as one."""
    found: dict[tuple[str, str, str, str], Happening] = {}
    for obj in events:
        try:
            event = msgspec.convert(obj, Event)
        except msgspec.ValidationError:  # an odd one hides no other
            continue
        same = (event.type, event.reason, reporter(event), event.message.strip())
        seen, since = last_seen(event), first_seen(event)
        before = found.get(same)
        times = count(event)
        if before is not None:
            times += before.count
            seen = max(filter(None, (seen, before.last)), default=None)
            since = min(filter(None, (since, before.first)), default=None)
        found[same] = Happening(*same, times, since, seen)
    return sorted(found.values(), key=lambda each: (-(each.last or 0.0), each.reason))


def reporter(event: Event) -> str:
    return event.source.component or event.reporting_component


def events_section(events: Found) -> Entry:
    """Return the section of an object's events, or why they are not known."""
    known = happenings(events.objects)
    instead = events.instead
    if not known:
        return Entry("Events", (instead or Piece("<none>", "dim"),))
    rows = tuple(map(_row, known[:MOST]))
    more = len(known) - MOST
    lines: list[Line] = [instead] if instead is not None else []
    if more > 0:
        lines.append(Piece(f"{more:,} older ones are not shown", "dim"))
    return Entry("Events", tuple(lines), (Table(("Type", "Reason", "Age", "From", "Message"), rows),))


def _row(each: Happening) -> tuple[Line, ...]:
    tone: Tone = "" if each.type in ("", "Normal") else "warn"
    when: Line = Piece("<unknown>", "dim") if each.last is None else Moment(each.last, brief=True, times=times(each))
    return (
        Piece(each.type or "<none>", tone),
        Piece(each.reason or "<none>", tone),
        when,
        each.source,
        Piece(each.message, tone),
    )


def times(each: Happening) -> tuple[int, float | None] | None:
    """Return how often and since when it was seen, where that was more than once."""
    return (each.count, each.first) if each.count > 1 else None
