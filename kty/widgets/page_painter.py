"""Turn lines of toned text into strips, each once."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from kty.widgets.cells import size
from kty.widgets.filtering import Filtering
from kty.widgets.strips import Strips

PageLine: TypeAlias = tuple[tuple[str, str], ...]
"""Texts and what each of them is: a tone (`good`, `busy`, `warn`, `bad`, `dim`, `accent`), `name`, `title` or none."""

EDGE = 1
"""Cells at either side; the position mark stands at the right."""

_INKS = ("good", "busy", "warn", "bad", "dim", "accent", "name", "title", "position")
COMPONENTS = frozenset(f"page-view--{name}" for name in (*_INKS, "match", "current"))
"""The component classes of a widget that has a painter."""


class Row(NamedTuple):
    """A line as it looks; equal rows look equal, so they are painted once."""

    line: PageLine
    finds: tuple[tuple[int, int, bool], ...] = ()
    """What was found: (first character, character after the last, whether it is the current match), in order."""
    thumb: bool = False
    """The position mark stands beside it."""


class Inks:
    """The styles of one widget, filtered already; a new theme or new filters need new ones.

    Where filters take away the colour that tells something, an attribute tells it: bold for what is bad and for names,
    underlined for what was found, reversed for the current match.
    """

    def __init__(self, widget: Widget) -> None:
        self._filtered = Filtering(widget)
        self._base = widget.rich_style

        def component(name: str) -> Style:
            return widget.get_component_rich_style(f"page-view--{name}")

        self._inks = {
            name: Style(color=style.color) + style.without_color for name in _INKS for style in [component(name)]
        }
        for name in ("bad", "name"):
            if not self._shows(self._inks[name]):
                self._inks[name] += Style(bold=True)
        match, current = Style(bgcolor=component("match").bgcolor), component("current")
        self._match = match if self._shows(match) else Style(underline=True)
        is_told = self._filtered(self._base + current) != self._filtered(self._base + self._match)
        self._current = current if is_told else Style(reverse=True)
        self._match += Style(color=component("match").color)  # no tone can be read on every ground
        self._made: dict[tuple[str, bool | None], Style] = {}

    def style(self, ink: str, current: bool | None = None) -> Style:
        """Return the style of text; `current` is None for text that was not found. Always the same object."""
        if (style := self._made.get((ink, current))) is None:
            over = self._inks.get(ink, Style())
            if current is not None:
                over = self._current if current else over + self._match
            style = self._made[ink, current] = self._filtered(self._base + over)
        return style

    def _shows(self, style: Style) -> bool:
        return self._filtered(self._base + style) != self._filtered(self._base)

    @property
    def filters(self) -> tuple[LineFilter, ...]:
        return self._filtered.filters


class PagePainter:
    """Paints lines in one set of inks, from one cell on, in one width."""

    def __init__(self, inks: Inks, left: int, width: int) -> None:
        self.made_of = inks, left, width
        """What it was made of; made of the same, another one would paint the same."""
        self._inks, self._left, self._width = self.made_of
        self._strips: Strips[Row] = Strips()

    def turn(self) -> None:
        """Begin another frame."""
        self._strips.turn()

    def paint(self, row: Row) -> Strip:
        """Return the line as it looks; the last frame's strip, where an equal line looked the same there."""
        return self._strips.kept(row, lambda: self._strip(row))

    def _strip(self, row: Row) -> Strip:
        room = max(0, self._width - 2 * EDGE)
        base = self._inks.style("")
        segments = [Segment(text, style) for text, style in self._pieces(row) if text]
        whole = Strip(segments)
        length = whole.cell_length
        body = whole.crop(self._left, self._left + room).adjust_cell_length(room, base)
        if length > self._left + room:
            body = Strip([*body.crop(0, room - 1), Segment("›", self._inks.style("dim"))], room)
        is_cut = bool(self._left and length)
        edge = Segment("‹" * EDGE, self._inks.style("dim")) if is_cut else Segment(" " * EDGE, base)
        mark = Segment("▐" if row.thumb else " ", self._inks.style("position"))
        return Strip([edge, *body, mark], room + 2 * EDGE).crop(0, self._width)

    def _pieces(self, row: Row) -> Iterator[tuple[str, Style]]:
        """Yield the texts up to the right edge, cut where what was found begins and ends."""
        at, most = 0, self._left + self._width
        finds = [*row.finds]
        for text, ink in row.line:
            end = at + len(text)
            place = at
            for start, stop, current in finds:
                if stop <= place or start >= end:
                    continue
                first, last = max(start, place), min(stop, end)
                yield text[place - at : first - at], self._inks.style(ink)
                yield text[first - at : last - at], self._inks.style(ink, current)
                place = last
            # A line may be a megabyte long: no more of it than can be seen is looked at.
            yield text[place - at : place - at + most], self._inks.style(ink)
            at = end


def text_of(line: PageLine) -> str:
    """Return a line without its inks."""
    return "".join([text for text, _ in line])


def cells(line: str, end: int | None = None) -> int:
    """Return how many cells a line takes, up to a character."""
    return size(line[:end])
