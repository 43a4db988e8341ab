"""Turn log lines into strips: only those that can be seen, and each once."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from kty.widgets.cells import fit, size
from kty.widgets.filtering import Filtering
from kty.widgets.log_ring import LogLine
from kty.widgets.log_text import Clocked, Ink, Look, Shown, shown
from kty.widgets.strips import Strips

SOURCES = 8
"""Colours for sources; from there on they are used again."""
_INKS = ("good", "warn", "bad", "dim", "key", "value", "message", "time", "note", "position", "mark")
COMPONENTS = frozenset(
    f"log-view--{name}"
    for name in (*_INKS, "match", "current", "selected", "empty", *[f"source-{number}" for number in range(SOURCES)])
)
"""The component classes of a widget that has a painter."""
EDGE = 1
"""Cells at the left, for the mark of the current match, and as many at the right, for the position."""
NAME = 30
"""Cells at most for the name of who said a line; a quarter of the screen where that is less."""
_KEPT = 4096
"""Lines of which it is kept where they are wrapped."""


class Styles:
    """The styles of one widget, made once; a new theme or new filters need new ones.

    Where filters take away the colour that tells something, an attribute tells it.
    """

    def __init__(self, widget: Widget) -> None:
        self._filtered = Filtering(widget)
        self._base = widget.rich_style
        self._made: dict[tuple[Ink, bool | None], Style] = {}

        def component(name: str) -> Style:
            return widget.get_component_rich_style(f"log-view--{name}")

        names = (*_INKS, "empty", *[f"source-{number}" for number in range(SOURCES)])
        self._inks = {
            name: Style(color=style.color) + style.without_color for name in names for style in [component(name)]
        }
        if not self._filtered.shows(self._inks["bad"]):
            self._inks["bad"] += Style(bold=True)
        match = Style(bgcolor=component("match").bgcolor)
        self._match = match if self._filtered.shows(match) else Style(underline=True)
        self._current = component("current")
        if not self._filtered.shows(self._current) or self._filtered(self._base + self._current) == self._filtered(
            self._base + self._match
        ):
            self._current = Style(reverse=True, bold=True)
        self._match += Style(color=component("match").color)  # no tone can be read on every ground
        selected = Style(bgcolor=component("selected").bgcolor)
        self._selected = selected if self._filtered.shows(selected) else Style(reverse=True)

    def selected(self, style: Style) -> Style:
        """Return a style that is in use as it is in a line that was chosen."""
        return self._filtered(style + self._selected)

    def style(self, ink: Ink = "", current: bool | None = None) -> Style:
        """Return the style of text; `current` is None for text that was not found. Always the same object."""
        key = ink, current
        if (style := self._made.get(key)) is None:
            over = ink if isinstance(ink, Style) else self._inks.get(ink, Style())
            style = self._base + over
            if current is not None:
                style += self._current if current else self._match
            if len(self._made) > 5000:  # a log may bring styles without end
                self._made.clear()
            style = self._made[key] = self._filtered(style)
        return style

    @property
    def filters(self) -> tuple[LineFilter, ...]:
        return self._filtered.filters


class Made(NamedTuple):
    """What a painter is made of; made of the same, another one would paint the same."""

    styles: Styles
    look: Look
    left: int
    width: int
    pattern: re.Pattern[str] | None
    """What is marked in the lines."""
    names: tuple[str, ...]
    """What sources are called; empty where nobody need ask."""


class LogPainter:
    """Paints rows of log lines: a line is one row, or several where it is wrapped."""

    def __init__(self, made_of: Made, clocked: Clocked, now: Callable[[], float]) -> None:
        self.made_of = made_of
        self._styles, self._look, self._left, self._width, self._pattern, self._names = made_of
        self._clocked = clocked
        self._now = now
        name = 0
        if self._look.names and self._names:
            name = min(max(map(size, self._names)), max(8, self._width // 4), NAME)
        self._name_width = name
        self._head = min(EDGE + clocked.width + (name + 1 if name else 0), max(0, self._width - 10))
        self.room = max(1, self._width - self._head - EDGE)
        """Cells of a line that are on screen."""
        self._strips: Strips[tuple[object, ...]] = Strips()
        self._breaks: dict[int, tuple[int, ...]] = {}
        self._whole: tuple[int, Shown] = (-1, Shown(""))

    def turn(self) -> None:
        """Begin another frame."""
        self._strips.turn()

    @property
    def blank(self) -> Strip:
        return self._strips.kept(("blank",), lambda: self._plain(" " * self._width, ""))

    def said(self, text: str) -> Strip:
        """Return a line that says something where no log line stands."""
        text = fit(text, self._width).text
        return self._strips.kept(("said", text), lambda: self._plain(text, "empty"))

    def _plain(self, text: str, ink: Ink) -> Strip:
        return Strip([Segment(text, self._styles.style(ink))], self._width)

    def rows(self, line: LogLine) -> int:
        """Return how many rows a line takes."""
        return len(self._breaks_of(line)) - 1

    def paint(self, line: LogLine, row: int, *, current: bool, thumb: bool, selected: bool = False) -> Strip:
        """Return one row of a line as it looks; the last frame's strip, where it looked the same."""
        time = "" if row or line.source < 0 else self._clocked.text(line.at, self._now())
        key = line.number, row, time, current, thumb, selected

        def paint() -> Strip:
            strip = self._paint(line, row, time, current=current, thumb=thumb)
            return self._selected(strip) if selected else strip

        return self._strips.kept(key, paint)

    def _selected(self, strip: Strip) -> Strip:
        chosen = self._styles.selected
        return Strip([Segment(text, chosen(style or Style())) for text, style, _ in strip], strip.cell_length)

    def _paint(self, line: LogLine, row: int, time: str, *, current: bool, thumb: bool) -> Strip:
        style = self._styles.style
        edge = Segment("▐" if thumb else " ", style("position"))
        if line.source < 0:
            text = f"{'▎' if current else ' '}── {line.text.decode('utf-8', 'replace')} "
            body = Strip([Segment(text + "─" * max(0, self._width - 1 - size(text)), style("note"))])
            return Strip.join([body.crop_extend(0, self._width - 1, style()), Strip([edge], 1)])
        head = [Segment("▎" if current and not row else " ", style("mark"))]
        if self._clocked.width:
            head.append(Segment(time.ljust(self._clocked.width), style("time")))
        if self._name_width:
            name = "" if row or line.source >= len(self._names) else self._names[line.source]
            text = fit(name, self._name_width, middle=True).text + " "
            head.append(Segment(text, style(f"source-{line.source % SOURCES}")))
        content, left = self._content(line, row)
        body = Strip(list(self._segments(content, current))).crop_extend(left, left + self.room, style())
        return Strip.join([Strip(head).crop_extend(0, self._head, style()), body, Strip([edge], 1)])

    def _content(self, line: LogLine, row: int) -> tuple[Shown, int]:
        """Return a text that has in it what is to be shown, and the cell from which on it is shown."""
        if not self._look.wrap:
            return shown(line.text, self._look, self._left + self.room), self._left
        breaks, whole = self._breaks_of(line), self._whole_of(line)
        first, last = breaks[row], breaks[row + 1]
        spans = [(max(start, first) - first, min(end, last) - first, ink) for start, end, ink in whole.spans]
        return Shown(whole.text[first:last], tuple([span for span in spans if span[0] < span[1]]), whole.ink), 0

    def _whole_of(self, line: LogLine) -> Shown:
        if self._whole[0] != line.number:
            self._whole = line.number, shown(line.text, self._look)
        return self._whole[1]

    def _breaks_of(self, line: LogLine) -> tuple[int, ...]:
        """Return the characters with which the rows of a line begin, and at the end its length."""
        if not self._look.wrap or line.source < 0:
            return (0, len(line.text))
        if (breaks := self._breaks.get(line.number)) is None:
            if len(self._breaks) > _KEPT:
                self._breaks.clear()
            breaks = self._breaks[line.number] = tuple(_breaks(self._whole_of(line).text, self.room))
        return breaks

    def _segments(self, content: Shown, current: bool) -> Iterator[Segment]:
        finds: Sequence[tuple[int, int]] = ()
        if self._pattern is not None:
            finds = [found.span() for found in self._pattern.finditer(content.text) if found.end() > found.start()]
        style, text = self._styles.style, content.text
        edges = {0, len(text)}
        edges.update(edge for span in content.spans for edge in span[:2])
        edges.update(edge for span in finds for edge in span)
        spans, marks = iter((*content.spans, None)), iter((*finds, None))
        span, mark = next(spans), next(marks)
        for start, end in pairwise(sorted(edges)):
            while span is not None and span[1] <= start:
                span = next(spans)
            while mark is not None and mark[1] <= start:
                mark = next(marks)
            ink = span[2] if span is not None and span[0] <= start else content.ink
            is_found = mark is not None and mark[0] <= start
            yield Segment(text[start:end], style(ink, current if is_found else None))


def _breaks(text: str, room: int) -> Iterator[int]:
    if text.isascii():
        yield from range(0, max(1, len(text)), room)
    else:
        yield 0
        taken = 0
        for index, character in enumerate(text):
            cells = get_character_cell_size(character)
            if taken + cells > room:
                yield index
                taken = 0
            taken += cells
    yield len(text)
