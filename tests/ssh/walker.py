"""Press every key of a screen over SSH, and come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
from textual.binding import ActiveBinding
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.worker import Worker, WorkerState

from kty import serve
from kty.app import KtyApp
from kty.kube.config import load
from kty.ssh.limits import Limits
from kty.ssh.login import Identity
from kty.ssh.options import Options
from kty.term.lent import Lent
from kty.term.terminal import Terminal
from kty.widgets.prompt import Prompt
from tests.keys import typed
from tests.rigged.seat import write_kubeconfig
from tests.rigged.server import RiggedDemo
from tests.ssh.house import Guest, House, Known, house, new_key, sit, until

ANNA, BEN, EVE = new_key(), new_key(), new_key()
_PATIENCE = 1.0
"""Seconds for what a key sets going; what takes longer goes on meanwhile."""
_LEAVES = ("ctrl+c", "ctrl+q")
ALIKE = (
    *("move", "page", "first", "last", "sideways", "app.focus", "screen.", "command", "help", "kinds", "header"),
    *("mark", "copy", "filter", "all_namespaces", "wide", "faults", "sort", "reload"),
)
"""Actions that have nothing to do with the kind that is listed."""
_AWAY = ("back", "app.again", "app.step", "dismiss", "end", "go_on", "leave")
"""Actions from which there is no way back by escape."""


def _typed(key: str) -> str | None:
    """Return what `press` takes for a key of a binding; None for those that no terminal sends."""
    key = key_to_character(key) or key
    try:
        typed(key)
    except (KeyError, ValueError):
        return None
    return key


class Walker:
    """One person at kty over SSH; the app is looked at from inside, and touched only by what is typed."""

    def __init__(self, guest: Guest, app: KtyApp) -> None:
        self.guest = guest
        self.app = app
        self.pressed: list[str] = []
        self._received = 0
        receive = app.terminal.received

        def received(data: bytes) -> None:
            self._received += len(data)
            receive(data)

        app.terminal.received = received  # type: ignore[method-assign]
        self._sent = 0

    def busy(self) -> set["Worker[object]"]:
        return {worker for worker in self.app.workers if worker.state in (WorkerState.PENDING, WorkerState.RUNNING)}

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until each has done what it does, or something asks what is to be done."""
        for key in keys:
            before, depth = self.busy(), len(self.app.screen_stack)
            await self._send(typed(key))
            await self._rests()
            deadline = asyncio.get_running_loop().time() + _PATIENCE

            def is_done(before: set["Worker[object]"] = before, depth: int = depth, deadline: float = deadline) -> bool:
                is_asked = len(self.app.screen_stack) != depth or not self.is_here
                return is_asked or not self.busy() - before or asyncio.get_running_loop().time() > deadline

            await until(is_done)
            await self._rests()

    async def types(self, text: str) -> None:
        await self._send(text.encode())
        await self._rests()

    async def _send(self, data: bytes) -> None:
        self._sent += len(data)
        self.guest.channel.write(data)
        await until(lambda: self._received >= self._sent or self.guest.is_over.is_set())

    async def _rests(self) -> None:
        """Wait until the messages of those who may hear of a key are worked off."""
        for _ in range(3):
            path: list[DOMNode] = [
                self.app,
                *(self.app.focused.ancestors_with_self[:-1] if self.app.focused else [self.app.screen]),
            ]
            for node in path:
                await self._passes(node)

    async def _passes(self, node: DOMNode) -> None:
        passed = asyncio.Event()
        if node.is_running and node.call_later(passed.set):
            passing = asyncio.ensure_future(passed.wait())
            while not passed.is_set() and node.is_running:
                await asyncio.wait({passing}, timeout=0.1)
            passing.cancel()

    @property
    def is_here(self) -> bool:
        """Whether kty has the terminal; else a program in a container has it."""
        return not isinstance(self.app.terminal._holder, Lent)

    def bindings(self) -> dict[str, ActiveBinding]:
        """Return what the keys of this screen do, as far as they do not end kty."""
        return {
            key: active
            for key, active in self.app.screen.active_bindings.items()
            if active.enabled and key not in _LEAVES and "quit" not in active.binding.action
        }

    async def opens(self, command: str) -> None:
        """Type a command, and wait until its screen is there."""
        before = self.app.screen
        await self.press(":")
        await self.types(f"{command}\r")
        await until(lambda: self.app.screen is not before, lambda: f"{command}:\n{self.guest.screen}")
        await self._rests()

    async def walks(self, *, left_out: tuple[str, ...] = ()) -> None:
        """Press each key of this screen, say yes to what is asked, and come back; at last those that lead away."""
        home = self.app.screen
        here = [each for each in self.bindings().items() if not each[1].binding.action.startswith(left_out or "-")]
        keys = sorted(here, key=lambda each: each[1].binding.action.startswith(_AWAY))
        for key, active in keys:
            if (code := _typed(key)) is None or key not in self.bindings():
                continue
            self.pressed.append(active.binding.action)
            await self.press(code)
            await self._answers()
            await self.returns(home)
            if active.binding.action.startswith(_AWAY):
                return
            assert self.app.screen is home, f"{active.binding.action} led to {self.app.screen}:\n{self.guest.screen}"

    async def _answers(self) -> None:
        """Say yes to a dialog."""
        from kty.screens.confirm import ConfirmScreen

        if isinstance(self.app.screen, ConfirmScreen):
            await self.press("enter" if self.app.screen.query("Input") else "y")

    async def returns(self, home: object) -> None:
        """Leave what was opened, one after the other."""
        for _ in range(8):
            if not self.is_here:
                await self._send(b"\x1d")
                await until(lambda: self.is_here)
                continue
            if home not in self.app.screen_stack or (self.app.screen is home and not self._is_asked()):
                return
            await self.press("escape")

    def _is_asked(self) -> bool:
        focused = self.app.focused
        return focused is not None and any(isinstance(each, Prompt) for each in focused.ancestors_with_self)


def options(folder: Path) -> Options:
    return Options(limits=Limits(), authorized_keys=folder / "keys", host_key=folder / "host_key")


@asynccontextmanager
async def kty_house(
    server: RiggedDemo, folder: Path, *, readonly: bool = False, denied: frozenset[str] = frozenset(), **limits: Any
) -> AsyncIterator[House]:
    """Serve kty as `kty serve` does; what people remember is below `folder / "people"`."""
    kubeconfig = folder / "config"
    write_kubeconfig(kubeconfig, {"shop": (server.url, "shop")}, "shop")
    known = load(kubeconfig)
    async with serve._apps(replace(options(folder), readonly=readonly), known.config(), known, folder / "people") as (
        make_app,
        make_target,
        _,
    ):

        def make(terminal: Terminal, identity: Identity) -> KtyApp:
            app = make_app(terminal, identity)
            assert isinstance(app, KtyApp)
            return app

        people = Known(anna=ANNA, ben=BEN, eve=EVE)
        people.denied = denied
        async with house(people, make, make_target=make_target, **limits) as it:
            yield it


@asynccontextmanager
async def walking(
    it: House, key: asyncssh.SSHKey = ANNA, *, size: tuple[int, int] = (160, 40), username: str = "me", **more: Any
) -> AsyncIterator[Walker]:
    """Come in, and wait for the first list."""
    connection: asyncssh.SSHClientConnection
    async with it.connected(key, username) as connection:
        guest = await sit(connection, size=size, **more)
        await until(lambda: "live" in guest.screen, lambda: f"the first list:\n{guest.screen}")
        app = it.apps[-1]
        assert isinstance(app, KtyApp)
        yield Walker(guest, app)
