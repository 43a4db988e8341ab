"""A few sentences beneath what they are about; no room is taken where there are none."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static


class Notes(Static):
    """Shows sentences that are printable already, each on lines of its own."""

    DEFAULT_CSS = """
    Notes { display: none; height: auto; max-height: 4; padding: 0 1; background: $background; color: $text-warning; }
    """

    def show(self, sentences: Sequence[str]) -> None:
        """Show these; none hides it."""
        self.display = bool(sentences)
        self.update(Content("\n".join(f"▲ {sentence}" for sentence in sentences)))
