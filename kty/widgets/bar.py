"""One line with something at its left and something at its right."""

from textual.content import Content
from textual.widget import Widget


class Bar(Widget):
    """Shows two pieces of text on one line; where room is short, each may keep half of it, and the right one more."""

    DEFAULT_CSS = """
    Bar { height: 1; padding: 0 1; background: $panel; color: $foreground; text-wrap: nowrap; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._left = Content("")
        self._right = Content("")

    def show(self, left: Content, right: Content) -> None:
        """Show this from now on; drawn again only if it differs."""
        if not (left.is_same(self._left) and right.is_same(self._right)):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        spare = max(width // 2, width - self._left.cell_length - 2)
        right = self._right.truncate(spare, ellipsis=True)
        room = width - right.cell_length
        left = self._left.truncate(max(0, room - 2), ellipsis=True)
        return Content.assemble(left, " " * (room - left.cell_length), right)
