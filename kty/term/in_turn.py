"""Keys are taken in their turn: each is for what the one before it led to, however fast they come."""

import asyncio
from collections import deque
from typing import Any, Generic, TypeVar

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.widget import Widget

Result = TypeVar("Result")

PATIENCE = 1.0
"""Seconds that keys wait for one before them; then they are for whatever is there."""
_AT_ONCE = ("escape", "ctrl+c")
"""Keys that end a wait."""


class InTurn(App[Result], Generic[Result]):
    """Keeps what is typed while an earlier key is still on its way, and whatever it opens or closes.

    A key goes from widget to widget and comes to the app last; others typed meanwhile would overtake what it does, and
    go to a prompt that it closes or a screen that it leaves.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._typed_ahead: deque[events.Key | events.Paste] = deque()
        self._awaited: set[object] = set()
        """What has to be over before the next key."""
        self._patience: asyncio.TimerHandle | None = None

    @property
    def message_queue_size(self) -> int:
        return super().message_queue_size + len(self._typed_ahead)

    def keys_wait_for(self, what: object) -> None:
        """Take no more keys until `keys_go_on` says the same; not for ever."""
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(PATIENCE, self._lose_patience)
        self._awaited.add(what)

    def keys_go_on(self, what: object) -> None:
        """Hear that something is over that keys waited for."""
        self._awaited.discard(what)
        if not self._awaited:
            self._lose_patience()

    def forget_typed_ahead(self) -> None:
        """Throw away what is typed and was not taken yet."""
        self._typed_ahead.clear()

    def _lose_patience(self) -> None:
        self._awaited.clear()
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if self._typed_ahead:
            self.call_next(self._catch_up)

    async def _catch_up(self) -> None:
        while self._typed_ahead and not self._awaited:
            await super().on_event(self._typed_ahead.popleft())

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste):
            await super().on_event(event)
        elif event.is_forwarded:  # it comes back from where it was sent
            try:
                await super().on_event(event)
            finally:
                self.keys_go_on(event)
        elif self._awaited or self._typed_ahead:
            self._typed_ahead.append(event)
            if isinstance(event, events.Key) and event.key in _AT_ONCE:
                self._lose_patience()
        else:
            await super().on_event(event)


def keys_wait_for(node: MessagePump, what: object) -> None:
    """Take no more keys until `what` is over."""
    if isinstance(app := node.app, InTurn):
        app.keys_wait_for(what)


def keys_go_on(node: MessagePump, what: object) -> None:
    """Say that `what` is over."""
    if isinstance(app := node.app, InTurn):
        app.keys_go_on(what)


class Submits(Widget):
    """A widget that enter submits: keys behind it wait until somebody took what was submitted."""

    def _forward_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key == "enter":
            keys_wait_for(self, self)
        super()._forward_event(event)

    def taken(self) -> None:
        """Say that what was submitted was taken, or refused: keys go on."""
        keys_go_on(self, self)
