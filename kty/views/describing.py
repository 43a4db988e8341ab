"""What a description of an object is: entries, tables and texts, as plain values that whoever likes can print."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from kty.kube.codecs import Codec
from kty.kube.objects import Object, Row, epoch
from kty.kube.resource import Resource
from kty.views.ages import age
from kty.views.view import Tone

NONE = "<none>"
UNSET = "<unset>"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text and what it means. It comes from the cluster as it is: whoever prints it makes it printable."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (seconds since the epoch); what is printed of it changes as time passes."""

    at: float
    brief: bool = False
    """As an age alone, as in a table."""
    times: tuple[int, float | None] | None = None
    """How often it came to that, and when for the first time."""

    def shown(self, now: float) -> str:
        """Write it: `2026-01-02 03:04:05 UTC (5m)`; in brief `45s`, or `45s (x12 over 5m)` for what came often."""
        text = age(now - self.at)
        if self.times is not None:
            count, first = self.times
            text += f" (x{count})" if first is None else f" (x{count} over {age(now - first)})"
        if self.brief:
            return text
        return f"{datetime.fromtimestamp(self.at, UTC):%Y-%m-%d %H:%M:%S} UTC ({text})"


Line: TypeAlias = str | Piece | Moment


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, what stands beside it (a line each), and what stands beneath it."""

    name: str
    lines: tuple[Line, ...] = ()
    parts: "tuple[Part, ...]" = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with a cell for each title. The last cell is broken between words where there is no room for it."""

    titles: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A text for reading, without a name."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A text of many lines, shown line by line as it is: the value of a config map."""

    text: str


Part: TypeAlias = Entry | Table | Prose | Block
Description: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """Objects that a description is told of beside its own, followed while it is looked at."""

    resource: Resource
    namespace: str = ""
    """Empty: all of them, or a kind that has none."""
    labels: str = ""
    fields: str = ""
    """Selectors that the server applies."""
    codec: Callable[[], Codec] | None = None
    """How the objects are read; None as the kind's own list does, and then both share one watch."""
    picks: Callable[[Row], bool] = field(default=lambda row: True, compare=False)
    """Which of the rows are meant."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the objects that were needed."""

    objects: Sequence[Object] = ()
    is_complete: bool = False
    """False while they are still being listed."""
    trouble: str = ""
    """Why they cannot be known, in a sentence."""

    @property
    def instead(self) -> Line | None:
        """What is said where they are not known; None where they are."""
        if self.trouble:
            return Piece(self.trouble, "warn")
        return None if self.is_complete else Piece("…", "dim")


Beside: TypeAlias = Mapping[str, Found]
"""What was found, by the name that it was needed by."""


def no_needs(obj: Object) -> Mapping[str, Need]:
    return {}


@dataclass(frozen=True, slots=True)
class Describer:
    """How one kind is described."""

    of: str
    """`pods`, `deployments.apps`."""
    describe: Callable[[Object, Beside], Description]
    """From the whole decoded object; may raise for one that is not what its kind promises."""
    needs: Callable[[Object], Mapping[str, Need]] = no_needs
    version: str = "v1"
    hides: tuple[str, ...] = ()
    """Fields that are not shown, not even of an object that must be described as any kind."""


def found(beside: Beside, name: str) -> Found:
    """Return what was found; where nobody looked, nothing is known."""
    return beside.get(name, Found())


# Entries


def scalar(value: Any, missing: str = NONE) -> str:
    """Write a value as JSON has it, without quotes; `missing` for null."""
    if value is None:
        return missing
    return str(value).lower() if isinstance(value, bool) else str(value)


def entry(name: str, value: Any, *, missing: str = NONE, tone: Tone = "") -> Entry:
    """Return a name with one value; a text of several lines takes several."""
    if isinstance(value, Moment | Piece):
        return Entry(name, (value,))
    text = scalar(value, missing) or missing
    return Entry(name, (Piece(text, tone if value not in (None, "") else "dim"),))


def entries(name: str, lines: Iterable[Line], *, missing: str = NONE) -> Entry:
    """Return a name with a line for each value."""
    return Entry(name, tuple(lines) or (Piece(missing, "dim"),))


def moment(timestamp: Any, *, brief: bool = False, missing: str = UNSET) -> Line:
    """Return a Kubernetes time; what is none is shown as it is."""
    at = epoch(timestamp) if isinstance(timestamp, str) else None
    return Piece(scalar(timestamp, missing), "dim") if at is None else Moment(at, brief)


def section(name: str, parts: Iterable[Part], *lines: Line, missing: str = NONE) -> Entry:
    """Return a name with parts beneath it."""
    beneath = tuple(parts)
    return Entry(name, lines if lines or beneath else (Piece(missing, "dim"),), beneath)


def names_in(parts: Iterable[Part]) -> set[str]:
    """Return the name of every entry and the title of every column."""
    names: set[str] = set()
    for part in parts:
        match part:
            case Entry(name, _, beneath):
                names |= {name, *names_in(beneath)}
            case Table(titles):
                names |= set(titles)
    return names
