"""Compose what a live table shows: a strip for each line on screen."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from textwrap import wrap
from typing import NamedTuple

from textual.strip import Strip
from textual.widget import Widget

from kty.widgets.cells import size
from kty.widgets.columns import Widths, lay_out
from kty.widgets.cursor import Cursor
from kty.widgets.flashes import Flashes
from kty.widgets.line_painter import EDGE, LinePainter, caption
from kty.widgets.lines import Heading, Line, Lines
from kty.widgets.palette import PLAIN, Look, Palette
from kty.widgets.strips import thumb


class _Seen(NamedTuple):
    """A line that was asked for, and the cells that each column needs for it."""

    line: Line
    needs: list[int]


def _head(height: int) -> int:
    return 1 if height > 1 else 0


class Composer:
    """Asks for the lines that came on screen or changed, and paints those that look different."""

    def __init__(self, widget: Widget, clock: Callable[[], float], *, frozen: int, empty: str) -> None:
        self.frozen = frozen
        """How many columns stay at the left; the last of them is the name."""
        self.empty = empty
        """What is said where there are no lines."""
        self._widget = widget
        self._clock = clock
        self._palette: Palette | None = None
        self.start_anew()

    def start_anew(self) -> None:
        """Forget the lines and their columns."""
        self.skip = 0
        """Columns that are scrolled out at the left; brought down to what it takes to see the last one."""
        self.keys: list[Hashable] = []
        """The objects on screen, from the first row."""
        self._headings: tuple[Heading, ...] = ()
        self._seen: dict[Hashable, _Seen] = {}
        self._shown: tuple[object, ...] = ()
        """What the frame was composed of, beside the row that the cursor is on."""
        self._chosen = 0
        self._frame: list[Strip] = []
        self._is_aged = False
        self._widths = Widths(self._clock)
        self._painter: LinePainter | None = None

    def restyle(self) -> None:
        """Take the theme's styles anew."""
        self._palette = None

    @property
    def is_stale(self) -> bool:
        """What was composed last suits another width, theme or terminal than there is now."""
        painter, palette = self._painter, self._palette
        if painter is None or palette is None or painter.width != self._widget.outer_size.width:
            return True
        return palette.filters != tuple(self._widget.get_line_filters())

    def forget(self, keys: Iterable[Hashable] | None = None) -> None:
        """Ask for the lines of these objects again; None is all of them."""
        if keys is None:
            self._seen.clear()
        else:
            for key in keys:
                self._seen.pop(key, None)

    def age(self) -> None:
        """Ask for all lines again, as time passed: mostly they are what they were."""
        self._is_aged = True

    @property
    def head(self) -> int:
        """How many lines the headings take; the only line there is belongs to an object."""
        return _head(self._widget.outer_size.height)

    @property
    def rows(self) -> int:
        """How many objects there is room for."""
        height = self._widget.outer_size.height
        return max(1, height - _head(height))

    def column_at(self, x: int) -> int | None:
        """Say which column is at this cell."""
        return self._painter.layout.column_at(x - EDGE) if self._painter else None

    def compose(self, lines: Lines, cursor: Cursor, flashes: Flashes) -> list[Strip]:
        """Return one strip for each line on screen; a line that looks as before gets the same strip.

        The same list, where nothing is to be seen that was not seen before.
        """
        if (headings := tuple(lines.headings)) != self._headings:
            self._headings = headings
            self._seen.clear()
        width, height = self._widget.outer_size
        head = _head(height)
        rows = max(1, height - head)
        start, stop = cursor.top, min(cursor.top + rows, len(lines))
        self.keys = lines.span(start, stop)
        chosen = cursor.index - cursor.top
        beside = thumb(cursor.top, rows, len(lines))
        flashing = [key for key in self.keys if key in flashes] if flashes else []
        shown = (self._headings, self.keys, beside, flashing, width, height, self.frozen, self.skip, self.empty)
        was_chosen, self._chosen = self._chosen, chosen
        is_same = shown == self._shown and len(self._seen) == len(self.keys) and not self.is_stale
        moved = [row for row in (was_chosen, chosen) if 0 <= row < len(self.keys)] if chosen != was_chosen else []
        before, painted_by = self._seen, self._painter
        is_due, self._is_aged = self._is_aged, False
        aged = lines.aged(self.keys) if is_due else ()
        may_shrink = is_due and not self._widths.is_settled
        if is_same and painted_by is not None and not aged and not may_shrink:
            return self._repaint(moved, painted_by, flashing, beside)
        self._seen = before.copy() if is_same else {}
        asked = [row for row, key in enumerate(self.keys) if key in aged or not is_same]
        for row in asked:
            key = self.keys[row]
            self._seen[key] = self._see(lines, start + row, before.get(key), key in aged)
        others = [row for row in asked if self._seen[self.keys[row]] is not before.get(self.keys[row])]
        painter = painted_by
        if painter is None or not is_same or may_shrink or self._need_otherwise(others, before):
            painter = self._painter_for([*self._seen.values()], width)
        if is_same and painter is painted_by:
            return self._repaint([*moved, *others], painter, flashing, beside)
        painter.turn()
        frame = [painter.header] * head
        frame += [self._paint(painter, row, flashing, beside) for row in range(len(self.keys))]
        frame += [painter.blank] * (height - len(frame))
        if not self.keys and self.empty:
            said = wrap(self.empty, max(1, width - 2 * EDGE), break_on_hyphens=False)[: height - head]
            top = max(head, (height - len(said) + 1) // 2)
            frame[top : top + len(said)] = map(painter.note, said)
        self._shown, self._frame = (*shown[:-2], self.skip, self.empty), frame
        return frame

    def _repaint(
        self, rows: Sequence[int], painter: LinePainter, flashing: Sequence[Hashable], beside: range
    ) -> list[Strip]:
        """Return the frame with these rows as they are now; the same list, where there are none."""
        if rows:
            self._frame, head = self._frame.copy(), self.head
            for row in rows:
                self._frame[head + row] = self._paint(painter, row, flashing, beside)
        return self._frame

    def _paint(self, painter: LinePainter, row: int, flashing: Sequence[Hashable], beside: range) -> Strip:
        key, is_chosen = self.keys[row], row == self._chosen
        line = self._seen[key].line
        plain = not is_chosen and key not in flashing and row not in beside and not line.is_marked
        return painter.paint(line, PLAIN if plain else Look(is_chosen, key in flashing, row in beside, line.is_marked))

    def _need_otherwise(self, rows: Iterable[int], before: Mapping[Hashable, _Seen]) -> bool:
        """Whether any of these rows needs other widths than it did."""
        keys = [self.keys[row] for row in rows]
        return any(self._seen[key].needs != before[key].needs for key in keys)

    def _see(self, lines: Lines, index: int, seen: _Seen | None, is_aged: bool) -> _Seen:
        if seen is None or is_aged:
            line = lines.line(index)
            if seen is not None and line == seen.line:
                return seen
            needs = [size(cell) for cell in line.cells[: len(self._headings)]]
            needs += [0] * (len(self._headings) - len(needs))
            seen = _Seen(line, needs)
        return seen

    def _painter_for(self, seen: Sequence[_Seen], width: int) -> LinePainter:
        """Return the painter whose columns suit these lines: the one there is, as long as nothing moves."""
        if self._palette is None or self._palette.filters != tuple(self._widget.get_line_filters()):
            self._palette = Palette(self._widget)
        captions = [size(caption(heading)) for heading in self._headings]
        self._widths.fit([max(column) for column in zip(captions, *(line.needs for line in seen), strict=True)])
        sentences = [number for number, heading in enumerate(self._headings) if heading.sentence]
        layout = lay_out(self._widths.wanted, width - 2 * EDGE, frozen=self.frozen, skip=self.skip, sentences=sentences)
        self.skip = layout.skipped
        wanted = self._palette, self._headings, layout, width, self.frozen
        if self._painter is None or self._painter.made_of != wanted:
            self._painter = LinePainter(*wanted)
        return self._painter
