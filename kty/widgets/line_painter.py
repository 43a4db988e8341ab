"""Turn the lines of a table into strips, each once."""

from collections.abc import Iterable, Iterator, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kty.term.strips import LineStrip
from kty.widgets.cells import fit, size
from kty.widgets.columns import Layout
from kty.widgets.lines import Heading, Line
from kty.widgets.palette import Look, Palette
from kty.widgets.strips import Strips

EDGE = 1
"""Cells at the left, for the mark of a line that changed, and as many at the right, for the position."""

_ARROWS = {"": "", "up": " ↑", "down": " ↓"}

_Piece = tuple[str, Style]


def caption(heading: Heading) -> str:
    """Return the title, with an arrow where the lines are sorted by this column."""
    return heading.title + _ARROWS[heading.arrow]


class LinePainter:
    """Paints lines in one palette, layout and width."""

    def __init__(self, palette: Palette, headings: Sequence[Heading], layout: Layout, width: int, frozen: int) -> None:
        self.made_of = palette, headings, layout, width, frozen
        """What it was made of; made of the same, another one would paint the same."""
        self.palette, self.headings, self.layout, self.width, self.frozen = self.made_of
        self._strips: Strips[tuple[Line, Look]] = Strips()
        self.blank = self._strip([(" " * width, palette.base)])
        """A line with nothing on it."""
        self.header = self._strip(self._heading_pieces())
        self._notes: dict[str, Strip] = {}

    def turn(self) -> None:
        """Begin another frame."""
        self._strips.turn()

    def paint(self, line: Line, look: Look) -> Strip:
        """Return the line as it looks; the last frame's strip, where an equal line looked the same there."""
        return self._strips.kept((line, look), lambda: self._strip(self._line_pieces(line, look)))

    def note(self, text: str) -> Strip:
        """Return a line that has only this text, in its middle."""
        if (strip := self._notes.get(text)) is None:
            note = fit(text, self.width).text.strip()
            before = (self.width - size(note)) // 2
            base, behind = self.palette.base, self.width - before - size(note)
            self._notes[text] = strip = self._strip(
                [(" " * before, base), (note, self.palette.empty), (" " * behind, base)]
            )
        return strip

    def _heading_pieces(self) -> Iterator[_Piece]:
        style, layout = self.palette.header, self.layout
        x = -EDGE
        for column, start, width in layout.slots:
            more = "‹" if layout.skipped and column == self.frozen + layout.skipped else " "
            yield " " * (start - x - 1) + more, style
            heading = self.headings[column]
            fitted = fit(caption(heading), width, right=heading.right)
            yield fitted.text, self.palette.sorted if heading.arrow else style
            x = start + width
        yield " " * (self.width - 2 * EDGE - x) + ("›" if layout.hidden else " "), style

    def _line_pieces(self, line: Line, look: Look) -> Iterator[_Piece]:
        style = self.palette.style
        before = style("", look)
        x = 0
        edge = "●" if look.marked else "▎" if look.changed else " "
        yield edge, style("mark" if look.marked else "changed", look)
        for column, start, width in self.layout.slots:
            yield " " * (start - x), before
            text = line.cells[column] if column < len(line.cells) else ""
            fitted = fit(text, width, right=self.headings[column].right, middle=column < self.frozen)
            ink = (line.tones[column] if column < len(line.tones) else "") or line.tone
            if not ink and column == self.frozen - 1:
                ink = "name"
            before = style(ink, look)
            spans = [
                (fitted.place(first), fitted.place(end - 1) + 1)
                for cell, first, end in line.marks
                if cell == column and first < end
            ]
            lead = fitted.place(line.lead) if line.lead and column == self.frozen - 1 else 0
            if lead or spans:
                matched = style(ink, look, matched=True)
                yield from _marked(fitted.text[:lead], spans, style("dim", look), matched)
                yield from _marked(fitted.text, spans, before, matched, start=lead)
            else:
                yield fitted.text, before
            x = start + width
        yield " " * (self.width - 2 * EDGE - x), before
        yield ("▐" if look.thumb else " "), style("position", look)

    def _strip(self, pieces: Iterable[_Piece]) -> Strip:
        """Join the pieces; neighbours of one style become one segment."""
        segments: list[Segment] = []
        texts: list[str] = []
        last: Style | None = None
        for text, style in pieces:
            if style is not last and texts:
                segments.append(Segment("".join(texts), last))
                texts = []
            texts.append(text)
            last = style
        segments.append(Segment("".join(texts), last))
        return LineStrip(segments, max(self.width, 2 * EDGE)).crop(0, self.width)


def _marked(
    text: str, spans: Iterable[tuple[int, int]], plain: Style, marked: Style, *, start: int = 0
) -> Iterator[_Piece]:
    """Yield the text from `start` on, with what lies in the spans marked."""
    at = start
    for first, end in spans:
        if max(at, first) < min(end, len(text)):
            if at < first:
                yield text[at:first], plain
            yield text[max(at, first) : end], marked
            at = end
    if at < len(text):
        yield text[at:], plain
