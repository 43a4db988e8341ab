"""One line of sparklines: what something was the last times, and what it is now."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

_BARS = "▁▂▃▄▅▆▇█"
_SHORTEST, _LONGEST = 8, 60
"""Cells of a sparkline."""
_HEADROOM = 1.25
"""Above the highest sample, where nothing says how high it may be: what is even does not look full."""
_GAP = 3
_STYLES = {"": "$text-primary", "warn": "$text-warning", "bad": "$text-error", "dim": "$foreground 40%"}


@dataclass(frozen=True, slots=True)
class Meter:
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


class MeterBar(Widget):
    """Shows meters side by side; nothing but itself where there are none."""

    DEFAULT_CSS = """
    MeterBar { display: none; height: 1; padding: 0 1; text-wrap: nowrap; }
    MeterBar { background: $surface; color: $foreground 60%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._meters: tuple[Meter, ...] = ()

    def show(self, meters: Sequence[Meter]) -> None:
        """Show these from now on; drawn again only if they differ."""
        if tuple(meters) != self._meters:
            self._meters = tuple(meters)
            self.refresh()

    def render(self) -> Content:
        meters = self._meters
        if not meters:
            return Content("")
        room = (self.content_size.width - _GAP * (len(meters) - 1)) // len(meters)
        pieces: list[Content] = []
        for number, meter in enumerate(meters):
            drawn = _drawn(meter, room)
            is_last = number == len(meters) - 1
            pieces.append(drawn if is_last else drawn.pad_right(max(0, room + _GAP - drawn.cell_length)))
        return Content("").join(pieces)


def _drawn(meter: Meter, room: int) -> Content:
    left = room - len(meter.title) - 2
    said = next((each for each in meter.sayings if left - len(each) >= _SHORTEST), meter.sayings[-1])
    bars = sparkline(meter.samples, min(_LONGEST, left - len(said)), meter.full)
    return Content.assemble(
        (meter.title, "bold"), " ", (bars, _STYLES.get(meter.tone, _STYLES[""])), " ", (said, "$foreground 85%")
    ).truncate(max(0, room))
