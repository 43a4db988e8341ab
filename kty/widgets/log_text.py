"""What a log line looks like as text: as it came, or with its fields made easy to read."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal, NamedTuple, TypeAlias

from rich.style import Style

from kty.text import printable
from kty.widgets.log_ansi import paint
from kty.widgets.log_reading import LEVELS, level_of, rank, record, show

Times: TypeAlias = Literal["off", "utc", "local", "relative"]
TIMES: tuple[Times, ...] = ("off", "utc", "local", "relative")
READ = 256 << 10
"""Bytes of a line up to which it is read for its fields; one that is longer is shown as it came."""

Ink: TypeAlias = str | Style
"""The name of an ink, or a style that the line itself asks for."""

_LEVEL_INKS = ("dim", "dim", "good", "warn", "bad", "bad")
_LINE_INKS = ("dim", "dim", "", "warn", "bad", "bad")


@dataclass(frozen=True, slots=True)
class Look:
    """How lines are shown."""

    times: Times = "off"
    names: bool = True
    """Say before each line who said it."""
    wrap: bool = False
    pretty: bool = False
    """Lines of JSON and logfmt show level and message first, then their fields."""
    fields: tuple[str, ...] = ()
    """Of such lines only these fields are shown, in this order; none means all."""


class Shown(NamedTuple):
    """A printable text, with inks for parts of it."""

    text: str
    spans: tuple[tuple[int, int, Ink], ...] = ()
    """In order, none overlapping."""
    ink: str = ""
    """Of the rest."""


def shown(line: bytes, look: Look, need: int | None = None) -> Shown:
    """Return a line as it is shown. Of a long one, only so many cells need to be right; None: all of them."""
    if line.endswith(b"\r"):
        line = line[:-1]
    if (look.pretty or look.fields) and len(line) <= READ and (found := _read(line, look)) is not None:
        return found
    return _raw(line, need)


def _raw(line: bytes, need: int | None) -> Shown:
    size = len(line) if need is None else need * 4 + 1024
    while True:
        painted = paint(line[:size].decode("utf-8", "replace"))
        if size >= len(line) or (need is not None and len(painted.text) >= need):
            break
        size *= 4
    level = level_of(line) if not painted.spans else None
    return Shown(painted.text, painted.spans, "" if level is None else _LINE_INKS[level])


def _read(line: bytes, look: Look) -> Shown | None:
    """Return a line of JSON or logfmt by its fields; None where it is neither, or has none of those asked for."""
    found = record(line)
    if found is None:
        return None
    parts = found.pretty()
    if look.fields:
        roles = {name: role for role, name, _ in parts}
        parts = [
            (roles.get(name, "field"), name, show(value))
            for name in look.fields
            if (value := found.field(name)) is not None
        ]
        if not parts:
            return None
    text = ""
    spans: list[tuple[int, int, Ink]] = []
    for role, name, value in parts:
        text += " " if text else ""
        start = len(text)
        if role == "level":
            place = rank(value)
            word = printable(value if place is None or value.isalpha() else LEVELS[place]).upper()
            text += f"{word:5}"
            spans.append((start, len(text), "" if place is None else _LEVEL_INKS[place]))
        elif role == "message":
            text += printable(value)
            spans.append((start, len(text), "message"))
        else:
            if not look.fields or len(look.fields) > 1:
                text += printable(name) + "="
                spans.append((start, len(text), "key"))
            text += printable(value)
    return Shown(text, tuple(spans), "value")


class Clocked:
    """Writes the times of lines."""

    WIDTHS: dict[Times, int] = {"off": 0, "utc": 20, "local": 19, "relative": 6}  # noqa: RUF012 - never written

    def __init__(self, times: Times, zone: tzinfo | None = None) -> None:
        """`zone` is that of `local`; None is the machine's own."""
        self._times = times
        self._zone = UTC if times == "utc" else zone
        self.width = self.WIDTHS[times]
        """Cells that a time takes, the blank behind it included."""

    def text(self, at: int, now: float) -> str:
        """Return the time of a line, without the blank; `at` in nanoseconds, `now` in seconds since the epoch."""
        if not self.width:
            return ""
        if not at:
            return " " * (self.width - 1)
        if self._times == "relative":
            return ago(now - at / 1e9).rjust(self.width - 1)
        moment = datetime.fromtimestamp(at // 10**9, self._zone)
        return f"{moment:%m-%d %H:%M:%S}.{at // 10**6 % 1000:03}" + "Z" * (self._times == "utc")


def ago(seconds: float) -> str:
    """Say how long ago in at most five characters."""
    whole = max(0, int(seconds))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if whole >= 2 * size:
            return f"{whole // size}{unit}" if whole // size < 10_000 else ">9y"
    return f"{whole}s"
