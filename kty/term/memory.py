"""A terminal in memory, for tests: what was sent to it, and what a person would see."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from textual._context import visible_screen_stack
from textual.app import App, ScreenStackError

from kty.term.terminal import Terminal


class MemoryTransport:
    """Keeps every frame."""

    server: tuple[str, int] | None = None

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.is_closed = False

    def send(self, frame: bytes) -> None:
        self.frames.append(frame)

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        self.is_closed = True


class MemoryTerminal(Terminal):
    """A terminal that nobody looks at."""

    def __init__(
        self,
        *,
        name: str = "xterm-direct",
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = (120, 40),
        remote: bool = False,
    ) -> None:
        self._memory = MemoryTransport()
        super().__init__(self._memory, name=name, env=env, size=size, remote=remote)

    @property
    def frames(self) -> list[bytes]:
        """What was sent, a frame each."""
        return self._memory.frames

    @property
    def sent(self) -> bytes:
        """Everything that was sent."""
        return b"".join(self._memory.frames)


def screen_text(app: App[Any]) -> str:
    """Return the text of what the app shows now, a line each, without spaces at the ends; empty before it starts."""
    with app._context():
        try:
            screen = app.screen
        except ScreenStackError:
            return ""
        token = visible_screen_stack.set(app._background_screens)
        try:
            return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips())
        finally:
            visible_screen_stack.reset(token)
