"""A server on loopback, and people who come to it with an SSH client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncssh

from kty.commands.target import Target
from kty.errors import ConfigError
from kty.ssh.algorithms import algorithms
from kty.ssh.facts import Fact
from kty.ssh.limits import Limits
from kty.ssh.login import Identity, Login, Nobody
from kty.ssh.server import Server
from kty.ssh.session import MakeApp, MakeTarget
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from tests.keys import typed
from tests.term.apps import Echo
from tests.term.emulator import Emulator

PATIENCE = 30.0
"""Seconds until a person gives up. No test passes or fails by it unless something hangs."""
LOOK_AGAIN = 0.005
AFact = TypeVar("AFact", bound=Fact)
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")


def new_key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


class Known:
    """A `Login` of those whom a test knows."""

    def __init__(self, **people: asyncssh.SSHKey) -> None:
        self.people = people
        self.asked: list[str] = []
        self.denied: frozenset[str] = frozenset()

    async def identity(self, username: str, key: asyncssh.SSHKey, address: str) -> Identity | Nobody:
        for name, known in self.people.items():
            if known.public_data == key.public_data:
                self.asked.append(name)
                return Identity(name, name, self.denied)
        return Nobody("nobody has it")


async def until(predicate: Callable[[], object], wish: Callable[[], str] = lambda: "what was expected") -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not predicate():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"{PATIENCE:.0f} s passed without {wish()}")
        await asyncio.sleep(LOOK_AGAIN)


class Guest(asyncssh.SSHClientSession[bytes]):
    """One person before a terminal of their own, with a session on the server."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.sent = bytearray()
        self.errors = bytearray()
        self.is_over = asyncio.Event()
        self.channel: asyncssh.SSHClientChannel[bytes]
        self._emulator = Emulator(size)

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.channel = chan

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        (self.errors if datatype == asyncssh.EXTENDED_DATA_STDERR else self.sent).extend(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over.set()

    @property
    def screen(self) -> str:
        """What a terminal of the size that it has now shows after it was sent all this."""
        if self._emulator.size != self.size:
            self._emulator = Emulator(self.size)
        if new := bytes(self.sent[self._emulator.seen :]):
            self._emulator.feed(new)
        return self._emulator.text

    @property
    def status(self) -> int | None:
        return self.channel.get_exit_status()

    async def sees(self, *texts: str) -> None:
        await until(lambda: all(text in self.screen for text in texts), lambda: f"seeing {texts}:\n{self.screen}")

    async def sees_not(self, text: str) -> None:
        await until(lambda: text not in self.screen, lambda: f"seeing {text} go:\n{self.screen}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.channel.write(typed(key))

    def resize(self, columns: int, lines: int) -> None:
        self.size = columns, lines
        self.channel.change_terminal_size(columns, lines)

    async def leaves(self) -> int | None:
        """Wait until the session is over; return its exit status."""
        await asyncio.wait_for(self.is_over.wait(), PATIENCE)
        return self.status


class House:
    """A server, and all apps that it made."""

    def __init__(self, server: Server, apps: list[TerminalApp[Any]], facts: list[Fact]) -> None:
        self.server = server
        self.apps = apps
        self.facts = facts
        """What the server told."""
        self.port = server.addresses[0][1]

    def told(self, kind: type[AFact], least: int = 1) -> list[AFact]:
        """Return what was told of this kind; nothing while it is less than `least`."""
        found = [each for each in self.facts if isinstance(each, kind)]
        return found if len(found) >= least else []

    @asynccontextmanager
    async def connected(
        self, key: asyncssh.SSHKey, username: str = "me", **more: Any
    ) -> AsyncIterator[asyncssh.SSHClientConnection]:
        async with asyncssh.connect(
            "127.0.0.1",
            self.port,
            username=username,
            client_keys=[key],
            known_hosts=([HOST_KEY.convert_to_public()], [], []),
            agent_path=None,
            config=None,
            **more,
        ) as connection:
            yield connection

    @asynccontextmanager
    async def visited(self, key: asyncssh.SSHKey, **more: Any) -> AsyncIterator[Guest]:
        """Come in with this key, and open one session with a terminal."""
        async with self.connected(key) as connection:
            yield await sit(connection, **more)


async def sit(
    connection: asyncssh.SSHClientConnection,
    *,
    size: tuple[int, int] = (80, 24),
    term: str = "xterm-256color",
    env: Mapping[bytes | str, bytes | str] | None = None,
    command: str | None = None,
    **more: Any,
) -> Guest:
    _, guest = await connection.create_session(
        lambda: Guest(size),
        command,
        term_type=term or None,
        term_size=size if term else (),
        env=dict(env or {}),
        encoding=None,
        **more,
    )
    assert isinstance(guest, Guest)
    return guest


def nowhere(identity: Identity) -> Target:
    """Have no cluster for anybody's commands."""
    raise ConfigError("there is no cluster here")


@asynccontextmanager
async def house(
    login: Login,
    make: MakeApp | Callable[[Terminal], TerminalApp[Any]] = Echo,
    *,
    make_target: MakeTarget = nowhere,
    strict_pq: bool = False,
    proxies: tuple[str, ...] = (),
    public_address: tuple[str, int | None] | None = None,
    **limits: Any,
) -> AsyncIterator[House]:
    """Serve what `make` makes of a terminal, and of an identity where it wants one."""
    apps: list[TerminalApp[Any]] = []
    facts: list[Fact] = []

    def make_app(terminal: Terminal, identity: Identity) -> TerminalApp[Any]:
        apps.append(make(terminal) if isinstance(make, type) else make(terminal, identity))  # type: ignore[call-arg]
        return apps[-1]

    async with Server(
        make_app,
        login,
        HOST_KEY,
        limits=Limits(**limits),
        algorithms=algorithms(strict_pq=strict_pq),
        proxies=proxies,
        public_address=public_address,
        tell=facts.append,
        make_target=make_target,
    ) as server:
        yield House(server, apps, facts)
