"""The styles of a live table, as the theme makes them and the terminal's filters leave them."""

from collections.abc import Mapping
from typing import NamedTuple

from rich.color import Color, blend_rgb
from rich.style import Style
from textual.filter import LineFilter
from textual.widget import Widget

from kty.widgets.filtering import Filtering

TONES = ("good", "busy", "warn", "bad", "dim", "accent")
_INKS = (*TONES, "name", "changed", "position", "mark")

COMPONENTS = frozenset(
    f"live-table--{name}" for name in (*_INKS, "header", "sorted", "cursor", "marked", "match", "empty")
)
"""The component classes of a widget that has a palette."""


class Look(NamedTuple):
    """What tells a line from an equal one."""

    cursor: bool = False
    changed: bool = False
    thumb: bool = False
    """The position mark stands beside it."""
    marked: bool = False


PLAIN = Look()


class Palette:
    """Styles of one widget, made once and filtered already; a new theme or new filters need a new palette.

    Where filters take away the colour that tells something, an attribute tells it: reverse for the cursor, underlined
    for what matched, bold for what is bad.
    """

    def __init__(self, widget: Widget) -> None:
        self._filtered = Filtering(widget)
        self._base = widget.rich_style
        self._styles: dict[tuple[str, bool, bool, bool, bool], Style] = {}
        self._by_look: dict[Look, dict[str, Style]] = {}

        def component(name: str) -> Style:
            return widget.get_component_rich_style(f"live-table--{name}")

        self.base = self._filtered(self._base)
        self.header, self.sorted, self.empty = (
            self._filtered(component(name)) for name in ("header", "sorted", "empty")
        )
        self._inks = {
            name: Style(color=style.color) + style.without_color for name in _INKS for style in [component(name)]
        }
        self._cursor = component("cursor")
        self._dim_on_cursor = _between(self._inks["dim"], self._cursor)
        self._changed = self._base + Style(bgcolor=component("changed").bgcolor)
        self._marked = self._base + Style(bgcolor=component("marked").bgcolor)
        match = component("match")
        self._match = match.without_color
        if match.bgcolor != self._base.bgcolor:
            self._match += Style(bgcolor=match.bgcolor)
        if not self._filtered.shows(self._inks["bad"]):
            self._inks["bad"] += Style(bold=True)
        if not self._filtered.shows(Style(bgcolor=self._cursor.bgcolor)):
            self._cursor = self._base + Style(reverse=True)
        if not self._filtered.shows(self._match):
            self._match += Style(underline=True)
        self._match += Style(color=match.color)  # no tone can be read on every ground

    def style(self, ink: str, look: Look, *, matched: bool = False) -> Style:
        """Return the style of text with this tone, or ink of the table's own; always the same object."""
        key = ink, look.cursor, look.changed, look.marked, matched
        if (style := self._styles.get(key)) is None:
            style = self._ground(look)
            over = self._dim_on_cursor if look.cursor and ink == "dim" else self._inks.get(ink, Style())
            if look.marked:
                over += Style(bold=True)  # where a terminal has no colours, too
            if matched:
                over += self._match
            # One colour of its own would be a hole in a reversed line.
            style += over.without_color if style.reverse else over
            style = self._styles[key] = self._filtered(style)
        return style

    def inks(self, look: Look) -> Mapping[str, Style]:
        """Return the style of every tone and ink, and of none; always the same."""
        if (found := self._by_look.get(look)) is None:
            found = self._by_look[look] = {ink: self.style(ink, look) for ink in ("", *_INKS)}
        return found

    def _ground(self, look: Look) -> Style:
        if look.cursor:
            return self._cursor
        return self._marked if look.marked else self._changed if look.changed else self._base

    @property
    def filters(self) -> tuple[LineFilter, ...]:
        return self._filtered.filters


def _between(one: Style, other: Style) -> Style:
    """Return the first style in a colour halfway to that of the other one."""
    if one.color is None or other.color is None or one.color.triplet is None or other.color.triplet is None:
        return one
    return one + Style(color=Color.from_triplet(blend_rgb(one.color.triplet, other.color.triplet)))
