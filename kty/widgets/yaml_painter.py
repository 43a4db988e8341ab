"""Turn lines of YAML into strips, each once."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from kty.text import printable
from kty.widgets.cells import size
from kty.widgets.filtering import Filtering
from kty.widgets.strips import Strips
from kty.widgets.yaml_lexer import LONGEST, Word

GUTTER = 3
"""Cells at the left: the mark of a line that changed, the mark of what can be folded, and a space."""

_INKS = (
    "key",
    "string",
    "number",
    "constant",
    "escape",
    "mark",
    "comment",
    "body",
    "changed",
    "fold",
    "folded",
    "position",
)

COMPONENTS = frozenset(f"yaml-view--{name}" for name in (*_INKS, "cursor", "match", "current"))
"""The component classes of a widget that has a painter."""

LOOKS = """
    width: 1fr; height: 1fr; background: $background; color: $foreground 80%;
    & > .yaml-view--key { color: $text-primary; }
    &:light > .yaml-view--key { color: $primary; }
    & > .yaml-view--string { color: $foreground 90%; }
    & > .yaml-view--number { color: $text-warning; }
    & > .yaml-view--constant { color: $text-accent; }
    & > .yaml-view--escape { color: $text-error; }
    & > .yaml-view--mark { color: $foreground 55%; }
    & > .yaml-view--comment { color: $foreground 55%; text-style: italic; }
    & > .yaml-view--body { color: $text-success; }
    & > .yaml-view--fold { color: $foreground 55%; }
    & > .yaml-view--folded { color: $foreground 60%; }
    & > .yaml-view--position { color: $foreground 30%; }
    & > .yaml-view--changed { color: $accent; background: $accent 12%; }
    & > .yaml-view--match { background: $accent 35%; }
    & > .yaml-view--current { background: $accent; color: auto; text-style: bold; }
    & > .yaml-view--cursor { background: $primary 30%; }
    &:light > .yaml-view--cursor { background: $primary 22%; }
"""
"""How they look: the rules for such a widget, in the words of Textual's CSS."""

_TAB = 4

Value = TypeVar("Value")


class Row(NamedTuple):
    """A line as it looks; equal rows look equal, so they are painted once."""

    text: str
    words: tuple[Word, ...] = ()
    finds: tuple[tuple[int, int, bool], ...] = ()
    """What was found: (first character, character after the last, whether it is the current match), in order."""
    fold: str = ""
    """`▾` where it can be folded, `▸` where it is; the line's number where lines are numbered."""
    folded: str = ""
    """What is said of the lines that it hides."""
    cursor: bool = False
    changed: bool = False
    thumb: bool = False
    """The position mark stands beside it."""


def shown(text: str) -> str:
    """Return what a line, or its beginning, looks like: printable, and with tabs as spaces."""
    if "\t" in text:
        start = len(text) - len(text.lstrip(" "))
        text = text[:start] + text[start:].expandtabs(_TAB)
    return printable(text)


def cells(line: str, end: int | None = None) -> int:
    """Return how many cells a line takes, up to a character; each of a very long one counts as one."""
    return size(shown(line[:end])) if len(line) <= LONGEST else len(line) if end is None else end


_FAINT = frozenset({"mark", "comment", "fold", "folded"})
"""Too faint for the cursor's line."""


class Styles:
    """The styles of one widget, made once; a new theme or new filters need new ones.

    Where filters take away the colour that tells something, an attribute tells it: reverse for the cursor, underlined
    for what was found, reversed against its line for the current match, bold for keys.
    """

    def __init__(self, widget: Widget) -> None:
        self._filtered = Filtering(widget)
        self._base = widget.rich_style
        self._made: dict[tuple[str, bool, bool, bool | None], Style] = {}

        def component(name: str) -> Style:
            return widget.get_component_rich_style(f"yaml-view--{name}")

        def tint(name: str) -> Style:
            return Style(bgcolor=component(name).bgcolor)

        self._inks = {
            name: Style(color=style.color) + style.without_color for name in _INKS for style in [component(name)]
        }
        if not self._shows(self._inks["key"]):
            self._inks["key"] += Style(bold=True)
        self._cursor = tint("cursor") if self._shows(tint("cursor")) else Style(reverse=True)
        self._changed = tint("changed") if self._shows(tint("changed")) else Style()
        self._match = tint("match") if self._shows(tint("match")) else Style(underline=True)
        self._current = component("current")
        if not self._shows(self._current, beside=self._match):
            self._current = Style(reverse=True, bold=True)
        self._match += Style(color=component("match").color)  # no tone can be read on every ground

    def style(self, ink: str, row: Row, current: bool | None = None) -> Style:
        """Return the style of text; `current` is None for text that was not found. Always the same object."""
        key = ink, row.cursor, row.changed, current
        if (style := self._made.get(key)) is None:
            line = self._cursor if row.cursor else self._changed if row.changed else Style()
            over = Style() if row.cursor and ink in _FAINT else self._inks.get(ink, Style())
            if current:
                over = self._current
                if line.reverse:  # two reversals would show nothing
                    line, over = Style(), over + Style(reverse=False, underline=True)
            elif current is not None:
                over += self._match
            if line.reverse:  # a colour would be a hole in the line
                over = over.without_color
            style = self._made[key] = self._filtered(self._base + line + over)
        return style

    @property
    def filters(self) -> tuple[LineFilter, ...]:
        return self._filtered.filters

    def _shows(self, style: Style, beside: Style | None = None) -> bool:
        """Say whether colours alone tell text of this style from plain text, and from text of another one."""
        shown = self._filtered(self._base + style)
        others = [self._filtered(self._base + other) for other in (Style(), beside) if other is not None]
        return not shown.reverse and shown not in others


class YamlPainter:
    """Paints rows in one set of styles, from one column on, in one width."""

    def __init__(self, styles: Styles, left: int, width: int, gutter: int = GUTTER) -> None:
        self.made_of = styles, left, width, gutter
        """What it was made of; made of the same, another one would paint the same."""
        self._styles, self._left, self._width, self._gutter = self.made_of
        self._strips: Strips[Row] = Strips()

    def turn(self) -> None:
        """Begin another frame."""
        self._strips.turn()

    def paint(self, row: Row) -> Strip:
        """Return the row as it looks; the last frame's strip, where an equal row was there."""
        return self._strips.kept(row, lambda: self._paint(row))

    def _paint(self, row: Row) -> Strip:
        style = self._styles.style
        plain = style("", row)
        room = max(0, self._width - self._gutter - 1)
        lead = row.fold.rjust(self._gutter - 2)
        gutter = [
            Segment("▎" if row.changed else " ", style("changed", row)),
            Segment(f"{lead} ", style("folded" if row.folded else "fold", row)),
        ]
        edge = [Segment("▐" if row.thumb else " ", style("position", row))]
        strips = [Strip(gutter, self._gutter), self._content(row, room, plain), Strip(edge, 1)]
        return Strip.join(strips).crop_extend(0, self._width, plain)

    def _content(self, row: Row, room: int, plain: Style) -> Strip:
        first, last, left = 0, len(row.text), self._left
        if last > LONGEST:  # what cannot be seen is not looked at: a character there counts as a cell
            first, last, left = min(left, last), min(left + room, last), 0
        segments: list[Segment] = []
        done = ""
        for start, end in pairwise(_edges(row, first, last)):
            before, done = done, shown(row.text[first:end])
            style = self._styles.style(_at(row.words, start) or "", row, _at(row.finds, start))
            segments.append(Segment(done[len(before) :], style))
        if row.folded:
            segments.append(Segment(f" {row.folded}", self._styles.style("folded", row)))
        return Strip(segments).crop_extend(left, left + room, plain)


def _edges(row: Row, first: int, last: int) -> list[int]:
    """Return the characters from `first` to `last` where the look of the text may change."""
    edges = {edge for span in (*row.words, *row.finds) for edge in span[:2] if first < edge < last}
    return sorted(edges | {first, last})


def _at(spans: Sequence[tuple[int, int, Value]], place: int) -> Value | None:
    """Return the value of the span that holds this character."""
    found = bisect_right(spans, place, key=itemgetter(0)) - 1
    return spans[found][2] if found >= 0 and place < spans[found][1] else None
