"""What the YAML view and the editor paint on: the room there is for lines, and the painter that fits it."""

from textual.widget import Widget

from kty.widgets.yaml_painter import GUTTER, Styles, YamlPainter


class YamlCanvas:
    """Knows the widget's size and theme; the painter is made anew when one of them is another."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: Styles | None = None
        self._painter: YamlPainter | None = None
        self._gutter = GUTTER
        """Cells at the left of a line."""

    def restyle(self) -> None:
        """Take the theme's styles anew."""
        self._styles = None

    @property
    def height(self) -> int:
        """How many lines there is room for."""
        return max(1, self._widget.size.height)

    @property
    def room(self) -> int:
        """How many cells of a line there is room for."""
        return max(1, self._widget.size.width - self._gutter - 1)

    def _painter_for(self, left: int) -> YamlPainter:
        if self._styles is None or self._styles.filters != tuple(self._widget.get_line_filters()):
            self._styles = Styles(self._widget)
        wanted = self._styles, left, self._widget.size.width, self._gutter
        if self._painter is None or self._painter.made_of != wanted:
            self._painter = YamlPainter(*wanted)
        return self._painter
