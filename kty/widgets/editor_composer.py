"""Compose what an editor shows: a strip for each line on screen, with its number, the cursor and what is chosen."""

import re
from bisect import bisect_right

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from kty.widgets.strips import thumb
from kty.widgets.text_buffer import Place, TextBuffer
from kty.widgets.text_search import pattern
from kty.widgets.yaml_canvas import YamlCanvas
from kty.widgets.yaml_lexer import LONGEST, lex
from kty.widgets.yaml_outline import bodies
from kty.widgets.yaml_painter import Row, cells

_AROUND = 3
"""Cells beside the number of a line: the edge, and a space at either side."""


class EditorComposer(YamlCanvas):
    """Looks at the lines that can be seen, and paints those that look different."""

    def __init__(self, widget: Widget) -> None:
        super().__init__(widget)
        self.number(1)

    def number(self, lines: int) -> None:
        """Make room for the numbers of so many lines."""
        self._gutter = len(str(lines)) + _AROUND

    def column(self, line: str, x: int, left: int) -> int:
        """Return before which character of a line a cell of the widget is."""
        return column_at(line, max(0, x - self._gutter) + left)

    def compose(self, buffer: TextBuffer, top: int, left: int, needle: str) -> list[Strip]:
        """Return one strip for each line on screen, from this line and cell on. `needle` is what is looked for."""
        painter = self._painter_for(left)
        painter.turn()
        bottom = min(top + self.height, len(buffer.lines))
        marked = thumb(top, self.height, len(buffer.lines))
        finds = pattern(needle) if needle else None
        frame = []
        for number, is_body in enumerate(bodies(buffer.lines, top, bottom), top):
            strip = painter.paint(self._row(buffer, number, left, is_body, finds, number - top in marked))
            frame.append(self._with_cursor(strip, buffer, left) if number == buffer.cursor.line else strip)
        return frame + [painter.paint(Row(""))] * (self.height - len(frame))

    def _row(
        self, buffer: TextBuffer, number: int, left: int, is_body: bool, finds: re.Pattern[str] | None, has_thumb: bool
    ) -> Row:
        text = buffer.lines[number]
        spans = []
        if chosen := _within(buffer, number):
            spans = [(*chosen, True)]
        elif finds:
            seen = (0, len(text)) if len(text) <= LONGEST else (max(0, left - LONGEST), left + self.room + LONGEST)
            spans = [(*found.span(), False) for found in finds.finditer(text, *seen)]
        is_long = chosen and chosen[1] > len(text)  # the end of the line is chosen, too
        return Row(
            f"{text} " if is_long else text,
            lex(text, is_body=is_body),
            tuple(spans),
            str(number + 1),
            cursor=number == buffer.cursor.line,
            thumb=has_thumb,
        )

    def _with_cursor(self, strip: Strip, buffer: TextBuffer, left: int) -> Strip:
        """Return the strip with the cell of the cursor reversed."""
        line, column = buffer.lines[buffer.cursor.line], buffer.cursor.column
        x = cells(line, column) - left
        if not 0 <= x < self.room:
            return strip
        start = x + self._gutter
        end = min(start + max(1, cells(line, column + 1) - left - x), strip.cell_length)
        under = [
            Segment(segment.text, (segment.style or Style()) + Style(reverse=not (segment.style or Style()).reverse))
            for segment in strip.crop(start, end)
        ]
        return Strip.join([strip.crop(0, start), Strip(under, end - start), strip.crop(end, strip.cell_length)])


def column_at(line: str, cell: int) -> int:
    """Return the last character of a line that begins at this cell or before; its end where it is shorter."""
    if len(line) > LONGEST:
        return min(cell, len(line))
    return bisect_right(range(len(line) + 1), cell, key=lambda end: cells(line, end)) - 1


def _within(buffer: TextBuffer, number: int) -> tuple[int, int] | None:
    """Return what of a line is chosen; one more than it has where that goes on beyond its end."""
    if buffer.chosen is None:
        return None
    start, end = buffer.chosen
    if not start.line <= number <= end.line:
        return None
    text = buffer.lines[number]
    first = max(start, Place(number, 0)).column if start.line == number else 0
    last = end.column if end.line == number else len(text) + 1
    return (first, last) if first < last else None
