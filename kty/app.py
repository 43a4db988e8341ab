"""The app: one for each terminal. It opens screens, and brings people from one to the next."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kty.errors import KtyError
from kty.kube.client import Client
from kty.kube.config import Config
from kty.kube.streams.loopback import listen_on_loopback
from kty.runtime.shared import Shared, unretried
from kty.runtime.threads import Impatient
from kty.screens.browse import BrowseScreen
from kty.screens.frame import Frame
from kty.screens.keymap import keymap
from kty.screens.session import Session
from kty.screens.themes import Themes
from kty.term.app import TerminalApp
from kty.term.background import Ground
from kty.term.local import run_local
from kty.term.terminal import Terminal
from kty.views.view import (
    Asked,
    Browse,
    Contexts,
    Describe,
    Graph,
    History,
    Logs,
    PortForwards,
    Shell,
    SwitchContext,
    SwitchNamespace,
    Yaml,
)

if TYPE_CHECKING:
    from kty.views.command_line import Command

SOON = 1.5
"""Seconds after the start: by then the first list is there."""
DEEPEST = 20
"""Screens on top of each other; from there on the one opened longest ago is forgotten."""


class KtyApp(TerminalApp[None], inherit_bindings=False):  # Textual's own keys cannot be rebound
    """What one person sees of their session."""

    TITLE = "kty"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "command_palette", "all actions", priority=True, show=False, id="palette"),
    ]

    def __init__(self, terminal: Terminal, session: Session, *, first: str = "") -> None:
        super().__init__(terminal)
        self.session = session
        if not terminal.remote:  # else loopback is that of a server, where nobody sits
            session.listen = listen_on_loopback
        self._first = first
        self.uses_mouse = session.settings.mouse
        self._history: list[Command] = []
        self._at = self._before = -1
        self._themes = Themes(self, session)
        if session.settings.keys:
            self.set_keymap(keymap(session.settings.keys, KtyApp.BINDINGS))

    def get_default_screen(self) -> Screen[None]:
        return BrowseScreen(self.session, Asked(self._first) if self._first else Browse("pods"))

    def on_mount(self) -> None:
        self.screen.call_after_refresh(self._start)

    def _start(self) -> None:
        """Connect, now that the first frame is up: what that takes to import must not hold it up."""
        self.session.cluster.start()
        if isinstance(self.screen, BrowseScreen):
            self.screen.open()
        self.set_timer(SOON, self._prepare)

    def _prepare(self) -> None:
        """Load, beside all else, what a person may want next and would wait for."""
        for screen in ("logs", "graph"):
            asyncio.get_running_loop().run_in_executor(None, import_module, f"kty.screens.{screen}")

    def take_ground(self, ground: Ground) -> None:
        super().take_ground(ground)
        self._themes.follow()

    async def on_unmount(self) -> None:
        await self.session.close()

    # From screen to screen

    async def on_frame_opens(self, message: Frame.Opens) -> None:
        try:
            await self._open(message)
        finally:
            self.keys_go_on(message)

    async def _open(self, message: Frame.Opens) -> None:
        match message.destination:
            case Yaml():
                from kty.screens.detail import DetailScreen

                if message.resource is not None:
                    await self._push(DetailScreen(self.session, message.resource, message.key, message.where))
            case Shell():
                from kty.screens.shell import ShellScreen

                await self._push(ShellScreen(self.session, message.destination))
            case Describe():
                from kty.screens.describe import DescribeScreen

                if message.resource is not None:
                    await self._push(DescribeScreen(self.session, message.resource, message.key, message.where))
            case History():
                from kty.screens.history import HistoryScreen

                if message.resource is not None:
                    await self._push(HistoryScreen(self.session, message.resource, message.key, message.where))
            case Graph():
                from kty.screens.graph import GraphScreen

                if message.resource is not None:
                    await self._push(GraphScreen(self.session, message.resource, message.key, message.where))
            case Logs():
                from kty.screens.logs import LogScreen

                screen = LogScreen(self.session, message.destination, message.where)
                screen.begin()  # the server answers while the screen is made
                await self._push(screen)
            case PortForwards():
                from kty.screens.forwards import ForwardsScreen

                await self._push(ForwardsScreen(self.session))
            case SwitchNamespace(name):
                self.session.show((name,))
                await self._push(BrowseScreen(self.session, Browse("pods")))
            case SwitchContext(name):
                await self._switch(name)
            case destination:
                await self._push(BrowseScreen(self.session, destination, where=message.where))

    async def _push(self, screen: Frame) -> None:
        if len(self.screen_stack) >= DEEPEST:
            await self.forget_screen(self.screen_stack[0])
        await self.push_screen(screen)

    def on_frame_leaves(self, message: Frame.Leaves) -> None:
        if len(self.screen_stack) > 1:
            self.pop_screen()
        self.keys_go_on(message)

    async def on_frame_runs(self, message: Frame.Runs) -> None:
        del self._history[self._at + 1 :]
        self._history.append(message.command)
        self._before, self._at = self._at, len(self._history) - 1
        try:
            await self._obey(message.command)
        finally:
            self.keys_go_on(message)

    async def _obey(self, command: "Command") -> None:
        from kty.views import command_line as commands
        from kty.views.log_command import ShowLogs

        match command:
            case commands.Show(resource, namespaces, filter_text, labels, context):
                if context and context != self.session.context and not await self._switch(context):
                    return
                if namespaces is not None:
                    self.session.show(namespaces)
                destination = Browse(resource.id, labels=labels)
                await self._push(BrowseScreen(self.session, destination, filter_text=filter_text))
            case ShowLogs(logs, context):
                if context and context != self.session.context and not await self._switch(context):
                    return
                await self._open(Frame.Opens(logs))
            case commands.ShowContexts():
                await self._push(BrowseScreen(self.session, Contexts()))
            case commands.SwitchContext(name):
                await self._switch(name)
            case commands.ShowNamespaces():
                await self._push(BrowseScreen(self.session, Browse("namespaces")))
            case commands.SwitchNamespaces(names):
                self.session.show(names)
            case commands.ShowPortForwards():
                await self._open(Frame.Opens(PortForwards()))
            case commands.SwitchTheme(name):
                if isinstance(self.screen, Frame) and not name:
                    self.screen.action_command("theme ")
                elif isinstance(self.screen, Frame):
                    self.screen.say(self._themes.choose(name), "good")
            case commands.Help():
                if isinstance(self.screen, Frame):
                    self.screen.action_help()
            case commands.Quit():
                self.exit()

    async def _switch(self, context: str) -> bool:
        """Look at another cluster: what was open of the old one is closed, and nobody waits for either."""
        try:
            self.session.switch(context)
        except KtyError as error:
            if isinstance(self.screen, Frame):
                self.screen.say(error.sentence(), "bad")
            return False
        self.session.cluster.start()
        before = [*self.screen_stack]
        await self.push_screen(BrowseScreen(self.session, Browse("pods")))
        for screen in before:
            await self.forget_screen(screen)
        return True

    async def action_again(self) -> None:
        """Go to where the command before the last one led, and from there back."""
        await self.action_step(self._before - self._at)

    async def action_step(self, step: int) -> None:
        """Go along the commands that were typed."""
        if step and 0 <= self._at + step < len(self._history):
            self._before, self._at = self._at, self._at + step
            await self._obey(self._history[self._at])

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer in the palette what the keys of the screen do."""
        offered = {"palette"}
        for active in screen.active_bindings.values():
            binding, node = active.binding, active.node
            if active.enabled and binding.id and binding.description and binding.id not in offered:
                offered.add(binding.id)  # one action may have several keys
                yield SystemCommand(
                    binding.description.capitalize(),
                    binding.id,
                    lambda action=binding.action, node=node: self.call_later(self.run_action, action, node),
                )


def run(new_session: Callable[[Shared], Session], first: str) -> int:
    """Run the app on the terminal of this process. Returns the exit status; raises what made the app crash."""
    return asyncio.run(_run(new_session, first))


def collect_in_portions() -> None:
    """Let no collection of garbage, but a rare one of all, look at many objects at once."""
    gc.freeze()  # what is imported stays: no collection need look at it again
    gc.set_threshold(2_000, 6, 10_000)  # 100,000 young objects at once hold everybody up for 150 to 300 ms


@asynccontextmanager
async def caches(connect: Callable[[Config], Client] = unretried) -> AsyncIterator[Shared]:
    """Fit the process and its loop for apps, and yield the caches that they share; they end with the block.

    `connect` makes the clients that they share.
    """
    collect_in_portions()
    gc.enable()
    asyncio.get_running_loop().set_default_executor(Impatient())
    shared = Shared(connect=connect)
    try:
        yield shared
    finally:
        await shared.close()


async def _run(new_session: Callable[[Shared], Session], first: str) -> int:
    async with caches() as shared:
        app = await run_local(lambda terminal: KtyApp(terminal, new_session(shared), first=first))
    if app.crash is not None:
        raise app.crash
    return app.return_code or 0
