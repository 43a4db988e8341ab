"""One line of sparklines: what something was the last times, and what it is now."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeAlias

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from kty.term.sparing import WritesLines
from kty.term.strips import LineStrip
from kty.widgets.filtering import Filtering

_BARS = "▁▂▃▄▅▆▇█"
_SHORTEST, _LONGEST = 8, 60
"""Cells of a sparkline."""
_HEADROOM = 1.25
"""Above the highest sample, where nothing says how high it may be: what is even does not look full."""
_GAP = 3
_INKS = ("title", "good", "warn", "bad", "dim", "said")

Piece: TypeAlias = tuple[str, str]
"""Text, each character a cell, and what it is; empty: nothing of its own."""


class Meter(Struct, frozen=True):
    """What is drawn of one thing that is measured."""

    title: str
    samples: Sequence[float]
    """The oldest first; NaN where there is none."""
    full: float
    """What fills the height of the line, where no sample is above it; 0 where nothing is known that should."""
    sayings: Sequence[str]
    """The value now, in several ways: the longest for which there is room is taken."""
    tone: str = ""
    """One of those that lines have."""


def sparkline(samples: Sequence[float], width: int, full: float = 0.0) -> str:
    """Draw the last samples, one a cell, from nothing up to `full` or the highest; those that are missing are blank."""
    last = samples[-width:] if width > 0 else ()
    highest = max([each for each in last if each == each], default=0.0)
    scale = max(full or highest * _HEADROOM, highest) or 1.0
    top = len(_BARS) - 1
    return "".join([_BARS[min(top, int(each / scale * len(_BARS)))] if each == each else " " for each in last])


class MeterBar(WritesLines):
    """Shows meters side by side; nothing but itself where there are none.

    It is drawn for every line that the cursor comes to: Textual's own way from text to strip takes six times as long.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"meter-bar--{ink}" for ink in _INKS}

    DEFAULT_CSS = """
    MeterBar {
        display: none; height: 1; background: $surface; color: $foreground 60%;
        & > .meter-bar--title { text-style: bold; }
        & > .meter-bar--good { color: $text-primary; }
        & > .meter-bar--warn { color: $text-warning; }
        & > .meter-bar--bad { color: $text-error; }
        & > .meter-bar--dim { color: $foreground 40%; }
        & > .meter-bar--said { color: $foreground 85%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._meters: tuple[Meter, ...] = ()
        self._filtered: Filtering | None = None
        self._styles: dict[str, Style] = {}

    def show(self, meters: Sequence[Meter]) -> None:
        """Show these from now on; drawn again only if they differ."""
        if tuple(meters) != self._meters:
            self._meters = tuple(meters)
            self.write_lines(range(self.outer_size.height))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._filtered = None

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._filtered is None or self._filtered.filters != tuple(self.get_line_filters()):
            self._filtered = Filtering(self)
            styles = {ink: self.get_component_rich_style(f"meter-bar--{ink}") for ink in _INKS}
            self._styles = {ink: self._filtered(style) for ink, style in {"": self.rich_style, **styles}.items()}
        width = self.outer_size.width
        pieces = [(" ", ""), *_cut(_side_by_side(self._meters, width - 2), width - 2)]
        pieces.append((" " * (width - sum(len(text) for text, _ in pieces)), ""))
        line = LineStrip([Segment(text, self._styles[ink]) for text, ink in pieces], width)
        return [line.crop(*crop.column_span)] * crop.height

    def render_line(self, y: int) -> Strip:
        return self.render_lines(Region(0, y, self.outer_size.width, 1))[0]


def _side_by_side(meters: Sequence[Meter], room: int) -> list[Piece]:
    """Draw meters side by side."""
    pieces: list[Piece] = []
    each = (room - _GAP * (len(meters) - 1)) // max(1, len(meters))
    for number, meter in enumerate(meters):
        pieces.append((" " * (number * (each + _GAP) - sum(len(text) for text, _ in pieces)), ""))
        pieces += _cut(_drawn(meter, each), each)
    return pieces


def _drawn(meter: Meter, room: int) -> list[Piece]:
    left = room - len(meter.title) - 2
    said = next((each for each in meter.sayings if left - len(each) >= _SHORTEST), meter.sayings[-1])
    bars = sparkline(meter.samples, min(_LONGEST, left - len(said)), meter.full)
    return [(meter.title, "title"), (" ", ""), (bars, meter.tone or "good"), (" ", ""), (said, "said")]


def _cut(pieces: Iterable[Piece], room: int) -> list[Piece]:
    """Return as many of the pieces as there is room for."""
    found: list[Piece] = []
    for text, ink in pieces:
        if room > 0 and text:
            found.append((text[:room], ink))
        room -= len(text)
    return found
