"""What the terminal's filters leave of a style."""

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget

GREY = 16
"""The most by which the red, green and blue (0 to 255) of a grey differ."""


class Filtering:
    """The filters of one widget, as they are now; other ones, or another theme, need a new one."""

    def __init__(self, widget: Widget) -> None:
        self.filters = tuple(widget.get_line_filters())
        self._background = widget.background_colors[1]
        self._base = widget.rich_style

    def __call__(self, style: Style) -> Style:
        """Return the style as the terminal can show it."""
        segments = [Segment("x", style)]
        for line_filter in self.filters:
            segments = line_filter.apply(segments, self._background)
        return segments[0].style or Style()

    def shows(self, style: Style) -> bool:
        """Say whether the terminal shows text of this style as something else than plain text, and colour as colour."""
        shown = self(self._base + style)
        return shown != self(self._base) and (is_coloured(shown) or not is_coloured(self._base + style))


def is_coloured(style: Style) -> bool:
    """Say whether anything is neither black, white nor grey."""
    triplets = [color.get_truecolor() for color in (style.color, style.bgcolor) if color and not color.is_default]
    return any(max(triplet) - min(triplet) > GREY for triplet in triplets)
