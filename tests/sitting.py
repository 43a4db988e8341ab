"""Sit at an app as a person does: type bytes, look at the screen, wait for what you expect to see."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from textual.dom import DOMNode

from kty.term.app import TerminalApp
from kty.term.memory import MemoryTerminal, screen_text
from kty.term.terminal import Terminal
from tests.keys import typed

SeatedApp = TypeVar("SeatedApp", bound=TerminalApp[Any])

PATIENCE = 10.0
"""Seconds until a person gives up. No test passes or fails by it unless something hangs."""
LOOK_AGAIN = 0.005


class Sitting(Generic[SeatedApp]):
    """One person at one app."""

    def __init__(
        self, app: SeatedApp, terminal: MemoryTerminal, running: "asyncio.Task[Any]", patience: float = PATIENCE
    ) -> None:
        self.app = app
        self.terminal = terminal
        self.running = running
        self.patience = patience
        self._forgiven: BaseException | None = None
        self._seen = (-1, "")

    @property
    def screen(self) -> str:
        """What is on the screen, a line each, without spaces at the ends."""
        frames = len(self.terminal.frames)
        if self._seen[0] != frames:
            self._seen = (frames, screen_text(self.app))
        return self._seen[1]

    @property
    def is_over(self) -> bool:
        return self.running.done()

    async def until(self, predicate: Callable[[], object], wish: str = "what was expected") -> None:
        """Wait for any condition; a failure shows the screen."""
        deadline = asyncio.get_running_loop().time() + self.patience
        while not predicate():
            if self.app.crash is not None and self.app.crash is not self._forgiven:
                self._forgiven = self.app.crash  # it is raised here, not again at the end
                raise self.app.crash
            if self.is_over or asyncio.get_running_loop().time() > deadline:
                ending = "The app ended" if self.is_over else f"{self.patience:.0f} s passed"
                raise AssertionError(f"{ending} without {wish}. The screen:\n{self._framed()}")
            await asyncio.sleep(LOOK_AGAIN)

    async def sees(self, *texts: str) -> None:
        """Wait until all of these are on the screen at once."""
        await self.until(lambda: all(text in self.screen for text in texts), f"seeing {texts}")

    async def sees_not(self, *texts: str) -> None:
        """Wait until none of these is on the screen."""
        await self.until(lambda: not any(text in self.screen for text in texts), f"seeing {texts} go")

    async def press(self, *keys: str) -> None:
        """Press keys one by one; each has reached whoever had the focus, and done what it does, before the next."""
        for key in keys:
            self.send(typed(key))
            await self._settles()

    async def types(self, text: str) -> None:
        """Type a text, a key for each character."""
        await self.press(*text)

    async def pastes(self, text: str) -> None:
        """Paste a text in one go."""
        self.send(f"\x1b[200~{text}\x1b[201~".encode())
        await self._settles()

    async def click(self, x: int, y: int) -> None:
        """Click on a cell, counted from 0 at the upper left."""
        self.send(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m".encode())
        await self._settles()

    async def resize(self, columns: int, lines: int) -> None:
        """Drag the window to another size."""
        self.terminal.resized(columns, lines)
        await self.until(lambda: self.app.size == (columns, lines), f"being {columns}x{lines}")

    def send(self, data: bytes) -> None:
        """Send bytes as they are, and wait for nothing."""
        self.terminal.received(data)

    async def leaves(self) -> None:
        """Wait until the app ended by itself."""
        await asyncio.wait({self.running}, timeout=PATIENCE)
        assert self.is_over, f"The app goes on. The screen:\n{self._framed()}"

    async def crashes(self) -> BaseException:
        """Wait until the app crashed; return what it was."""
        await asyncio.wait({self.running}, timeout=PATIENCE)
        assert self.app.crash is not None, f"No crash. The screen:\n{self._framed()}"
        self._forgiven = self.app.crash
        return self.app.crash

    async def _settles(self) -> None:
        # A key goes app → focused widget → its parents → app, by way of their queues; so does a note that we follow.
        app = self.app
        await self._passes(app)
        if not app.screen_stack:
            return
        for node in (app.focused or app.screen).ancestors_with_self:
            await self._passes(node)

    async def _passes(self, node: DOMNode) -> None:
        passed = asyncio.Event()
        if node.call_later(passed.set):
            await self.until(
                lambda: passed.is_set() or not node.is_running or self.is_over or self.app.crash,
                f"{node} taking the key",
            )

    def _framed(self) -> str:
        return "\n".join(f"|{line}" for line in self.screen.splitlines())


@asynccontextmanager
async def sitting_at(
    make_app: Callable[[Terminal], SeatedApp],
    *,
    size: tuple[int, int] = (120, 40),
    name: str = "xterm-direct",
    env: Mapping[str, str] | None = None,
    remote: bool = False,
    patience: float = PATIENCE,
) -> AsyncIterator[Sitting[SeatedApp]]:
    """Sit down at the app that `make_app` returns, once it shows its first frame; get up at the end, and it ends.

    A crash of the app that nobody waited for with `crashes` is raised.
    """
    terminal = MemoryTerminal(name=name, env=env, size=size, remote=remote)
    app = make_app(terminal)
    me = Sitting(app, terminal, app.start(), patience)
    try:
        await me.until(lambda: app._dom_ready and len(terminal.frames) > 1, "a first frame")
        yield me
    finally:
        if not me.is_over:
            app.exit()
        await asyncio.wait({me.running}, timeout=PATIENCE)
    assert me.is_over, "The app does not end."
    await me.running
    if app.crash is not None and app.crash is not me._forgiven:
        raise app.crash
