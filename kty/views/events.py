"""Events (core/v1), with the fields that reporters of events.k8s.io fill instead."""

from dataclasses import replace
from typing import Any

from msgspec import Struct
from msgspec import field as structfield
from msgspec.structs import replace as changed

from kty.kube.objects import Row, Typed, epoch
from kty.views.ages import lasts_since, since
from kty.views.counts import count_column
from kty.views.said import said
from kty.views.view import Column, Tone, View


class InvolvedObject(Struct, rename="camel", gc=False):
    kind: str = ""
    name: str = ""
    field_path: str = ""


class Source(Struct, gc=False):
    component: str = ""
    host: str = ""


class Series(Struct, rename="camel", gc=False):
    count: int = 0
    last_observed_time: str | None = None


class Event(Typed):
    type: str = ""
    reason: str = ""
    message: str = ""
    involved_object: InvolvedObject = structfield(default_factory=InvolvedObject)
    source: Source = structfield(default_factory=Source)
    reporting_component: str = ""
    reporting_instance: str = ""
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: Series | None = None
    count: int = 0


def first_seen(event: Event) -> float | None:
    return epoch(event.first_timestamp or event.event_time)


def last_seen(event: Event) -> float | None:
    if event.series is not None:
        return epoch(event.series.last_observed_time)
    return epoch(event.last_timestamp) if event.last_timestamp else first_seen(event)


def count(event: Event) -> int:
    """Return how often it was seen; one that was reported once says nothing of it."""
    return event.series.count if event.series is not None else event.count or 1


def involved(event: Event) -> str:
    of = event.involved_object
    return f"{of.kind.lower()}/{of.name}" if of.name else of.kind.lower()


def source(event: Event) -> str | None:
    component = event.source.component or event.reporting_component
    host = event.source.host or event.reporting_instance
    return said(f"{component}, {host}" if host else component)


def _tone(kind: Any) -> Tone:
    return "" if kind in (None, "", "Normal") else "warn"


TYPE = Column("Type", lambda event: said(event.type), tone=_tone)
COLUMNS = (
    Column("Last Seen", last_seen, since, order="time", ticks=True, lasts=lasts_since),
    TYPE,
    Column("Reason", lambda event: said(event.reason)),
    Column("Object", involved),
    Column("Subobject", lambda event: said(event.involved_object.field_path), wide=True),
    Column("Source", source, wide=True),
    count_column("Count", count),
    Column("Message", lambda event: event.message.strip(), sentence=True),
    Column("First Seen", first_seen, since, order="time", wide=True, ticks=True, lasts=lasts_since),
)
_TYPE = COLUMNS.index(TYPE)


def tone(row: Row) -> Tone:
    return _tone(row.cells[_TYPE])


VIEW = View("events", kind="Event", columns=COLUMNS, reads=Event, tone=tone, sort=("Last Seen", False), named=False)
OF_ONE = replace(
    VIEW, columns=tuple([changed(each, wide=True) if each.title == "Object" else each for each in COLUMNS])
)
"""The events of one object, which need not be said with each."""
