"""A line of text that is typed."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.widgets import Input

from kty.term.in_turn import Submits

LONGEST = 16_384
"""Characters of one paste that are taken."""


class TypedLine(Input, Submits):  # Textual looks for styles with the first of them
    """Textual's input, but that what was typed at once is taken in its order.

    A binding by itself runs after letters that were typed behind it: `1`, backspace, `2` would become `1`.
    """

    IN_TURN: ClassVar[Mapping[str, str]] = {
        key: each.action for each in Input.BINDINGS if isinstance(each, Binding) for key in each.key.split(",")
    }
    """The keys that edit, and the action of each; those that can be rebound have to be left out."""

    def on_paste(self, event: events.Paste) -> None:
        """Take the first line of what is pasted, as far as a line is for reading."""
        event.stop()
        event.prevent_default()
        if lines := event.text.splitlines():
            self.replace(lines[0][:LONGEST], *self.selection)

    async def on_key(self, event: events.Key) -> None:
        """Do what an editing key does in its turn."""
        if (action := self.IN_TURN.get(event.key)) is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(action)
