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
        self._slots: list[tuple[int, str, int, bool, bool, bool]] = []
        """For each column on screen: which it is, the gap before it, its width, whether it ends at its right edge,
        whether it stays at the left, and whether it is the name."""
        x = 0
        for column, start, wide in layout.slots:
            is_right = headings[column].right
            self._slots.append((column, " " * (start - x), wide, is_right, column < frozen, column == frozen - 1))
            x = start + wide
        self._rest = " " * (width - 2 * EDGE - x)
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
            is_more = layout.skipped and column == self.frozen + layout.skipped
            mark = "" if not is_more else "‹ " if start - x > 1 else "‹"
            yield mark.rjust(start - x), style
            heading = self.headings[column]
            fitted = fit(caption(heading), width, right=heading.right)
            yield fitted.text, self.palette.sorted if heading.arrow else style
            x = start + width
        yield " " * (self.width - 2 * EDGE - x) + ("›" if layout.hidden else " "), style

    def _line_pieces(self, line: Line, look: Look) -> list[_Piece]:
        inks = self.palette.inks(look)
        cells, tones, marks = line.cells, line.tones, line.marks
        marked = {cell for cell, _, _ in marks}
        plain = before = inks[""]
        edge = "●" if look.marked else "▎" if look.changed else " "
        pieces = [(edge, inks["mark" if look.marked else "changed"])]
        for column, gap, width, is_right, is_frozen, is_name in self._slots:
            text = cells[column] if column < len(cells) else ""
            ink = (tones[column] if column < len(tones) else "") or line.tone or ("name" if is_name else "")
            style = inks.get(ink, plain)
            lead = line.lead if is_name else 0
            pieces.append((gap, before))
            before = style
            if text.isascii() and len(text) <= width and column not in marked and not lead:
                pieces.append((text.rjust(width) if is_right else text.ljust(width), style))
                continue
            fitted = fit(text, width, right=is_right, middle=is_frozen)
            spans = [
                (fitted.place(first), fitted.place(end - 1) + 1)
                for cell, first, end in marks
                if cell == column and first < end
            ]
            if lead or spans:
                lead = fitted.place(lead) if lead else 0
                matched = self.palette.style(ink, look, matched=True)
                pieces += _marked(fitted.text[:lead], spans, inks["dim"], matched)
                pieces += _marked(fitted.text, spans, style, matched, start=lead)
            else:
                pieces.append((fitted.text, style))
        pieces.append((self._rest, before))
        pieces.append(("▐" if look.thumb else " ", inks["position"]))
        return pieces

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
