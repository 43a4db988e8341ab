"""The footer: keys and what they do, on one line; a click does it too."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.dom import DOMNode
from textual.widget import Widget


class Hint(NamedTuple):
    """One key in the footer."""

    key: str
    """As it is written for a person."""
    label: str
    action: str
    """Textual's action string."""
    node: DOMNode
    """Whose action it is."""


class KeyBar(Widget):
    """Draws as many hints as there is room for, the first ones first."""

    DEFAULT_CSS = """
    KeyBar { height: 1; padding: 0 1; background: $panel; color: $text-muted; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()
        self._spans: list[tuple[int, int, Hint]] = []

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these hints from now on."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def render(self) -> Content:
        width = self.content_size.width
        parts: list[tuple[str, str]] = []
        self._spans = []
        x = 0
        for hint in self._hints:
            size = len(hint.key) + 1 + len(hint.label)
            if x + size > width:
                break
            parts += [(hint.key, "bold $text-accent"), (f" {hint.label}   ", "")]
            self._spans.append((x, x + size, hint))
            x += size + 3
        return Content.assemble(*parts).truncate(width)

    async def on_click(self, event: events.Click) -> None:
        x = event.get_content_offset_capture(self).x
        for start, end, hint in self._spans:
            if start <= x < end:
                await self.app.run_action(hint.action, hint.node)
                return
