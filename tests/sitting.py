"""Sit at an app as a person does: type bytes, look at the screen, wait for what you expect to see."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from textual.dom import DOMNode
from textual.screen import Screen

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
        await self._paints()

    async def types(self, text: str) -> None:
        """Type a text, a key for each character."""
        await self.press(*text)

    async def pastes(self, text: str) -> None:
        """Paste a text in one go."""
        self.send(f"\x1b[200~{text}\x1b[201~".encode())
        await self._settles()
        await self._paints()

    async def click(self, x: int, y: int) -> None:
        """Click on a cell, counted from 0 at the upper left."""
        self.send(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m".encode())
        await self._settles()
        await self._paints()

    async def resize(self, columns: int, lines: int) -> None:
        """Drag the window to another size."""
        self.terminal.resized(columns, lines)
        await self.until(lambda: self.app.size == (columns, lines), f"being {columns}x{lines}")

    async def rests(self) -> None:
        """Wait until every key has done what it does, and the screen shows it."""
        await self._settles()
        await self._paints()

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
        # A key goes app → focused widget → its parents → app, by way of their queues, and each of them may post another
        # message; so does a note that we follow, round after round, until two rounds found nothing more to do.
        quiet = 0
        while quiet < 2 and not self.is_over and self.app.crash is None:
            path: list[DOMNode] = [self.app, *self._path()]
            for node in path:
                await self._passes(node)
            await asyncio.sleep(0)  # an app that ends takes no more notes: it must get its turn to end
            is_quiet = not any(node.message_queue_size for node in path if node.is_running)
            quiet = quiet + 1 if is_quiet else 0

    def _path(self) -> list[DOMNode]:
        if not self.app.screen_stack:
            return []
        start: DOMNode = self.app.focused or self.app.screen
        return start.ancestors_with_self[:-1]

    async def _paints(self) -> None:
        """Wait until what the keys did is on the screen."""
        # A screen over which another one was put meanwhile paints no more until it is back on top.
        painted: Screen[Any] | None = None
        while self.app.screen_stack and painted is not self.app.screen and not self.is_over and self.app.crash is None:
            painted = self.app.screen
            await self._passes(painted, painted=True)

    def _is_covered(self, node: DOMNode) -> bool:
        return isinstance(node, Screen) and bool(self.app.screen_stack) and node is not self.app.screen

    async def _passes(self, node: DOMNode, *, painted: bool = False) -> None:
        """Wait until a widget has done all that was in its queue; `painted`: and the screen shows it, or is covered."""
        passed = asyncio.Event()
        if not (node.call_after_refresh if painted else node.call_later)(passed.set):
            return
        passing = asyncio.ensure_future(passed.wait())
        deadline = asyncio.get_running_loop().time() + self.patience
        while not passed.is_set() and node.is_running and not self.is_over and self.app.crash is None:
            await asyncio.wait({passing, self.running}, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
            if painted and self._is_covered(node):
                break
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{node} does not take the key. The screen:\n{self._framed()}")
        passing.cancel()

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
