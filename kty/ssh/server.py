"""Listen, let in, and end: what a server does around its connections."""

import asyncio
import logging
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import asyncssh

from kty import __version__
from kty.errors import ConfigError
from kty.ssh.algorithms import Algorithms
from kty.ssh.connection import Connection, Serving
from kty.ssh.limits import Doorway, Limits
from kty.ssh.login import Login
from kty.ssh.session import MakeApp, MakeTarget
from kty.text import printable

KEEPALIVE = 30
"""Seconds after which a connection that says nothing is asked whether it is there; three times, then it is closed."""
_BACKLOG = 128
_BREATHE = 0.2
"""Seconds until connections are taken again after the system refused one: it has no more file descriptors."""

_log = logging.getLogger(__name__)


class Server:
    """Shows an app to everybody who may come in; `async with` it, and it listens.

    At the end of the block, whatever the reason, everything that it started has ended.
    """

    def __init__(
        self,
        make_app: MakeApp,
        login: Login,
        host_key: asyncssh.SSHKey,
        *,
        make_target: MakeTarget,
        address: str = "127.0.0.1",
        port: int = 0,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
        algorithms: Algorithms,
    ) -> None:
        self._serving = Serving(login, make_app, make_target, limits, self._spawn)
        self._host_key = host_key
        self._algorithms = algorithms
        self._where = (address, port)
        self._limits = limits
        self._doorway = Doorway(limits)
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._accepting: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens."""
        return [each.getsockname()[:2] for each in self._sockets]

    async def __aenter__(self) -> "Server":
        """Listen. Raises ConfigError where that cannot be."""
        options = await self._options()
        self._sockets = await listening(*self._where)
        loop = asyncio.get_running_loop()
        self._accepting = [loop.create_task(self._accept(each, options)) for each in self._sockets]
        return self

    async def _options(self) -> asyncssh.SSHServerConnectionOptions:
        options: asyncssh.SSHServerConnectionOptions = await asyncssh.SSHServerConnectionOptions.construct(
            config=None,
            server_host_keys=[self._host_key],
            server_version=f"kty_{__version__}",
            kex_algs=self._algorithms.kex,
            encryption_algs=self._algorithms.encryption,
            mac_algs=self._algorithms.mac,
            compression_algs=self._algorithms.compression,
            password_auth=False,
            kbdint_auth=False,
            host_based_auth=False,
            gss_host=None,
            agent_forwarding=False,
            x11_forwarding=False,
            line_editor=False,
            encoding=None,
            login_timeout=self._limits.login_grace,
            keepalive_interval=KEEPALIVE,
        )
        return options

    async def _accept(self, listener: socket.socket, options: asyncssh.SSHServerConnectionOptions) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, peer = await loop.sock_accept(listener)
            except OSError as error:
                _log.error("a connection cannot be taken: %s", error.strerror or error)
                await asyncio.sleep(_BREATHE)
                continue
            address = peer[0]
            if why_not := self._doorway.why_not(address):
                _log.warning("%s is turned away: %s", address, why_not)
                sock.close()
            else:
                self._spawn(self._attend(sock, address, options), f"connection from {address}")

    async def _attend(self, sock: socket.socket, address: str, options: asyncssh.SSHServerConnectionOptions) -> None:
        connection = Connection(self._serving, address)
        self._connections.add(connection)
        try:
            with self._doorway.standing(address):
                conn = await asyncssh.run_server(sock, options=options, server_factory=lambda: connection)
            await conn.wait_closed()
        except (asyncssh.Error, OSError) as error:
            _log.info("%s has not logged in: %s", address, printable(str(error)))
        finally:
            self._connections.discard(connection)
            if connection.conn is not None:
                connection.conn.abort()
            else:
                sock.close()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s broke off", printable(task.get_name()), exc_info=error)

    # The end

    async def stop_listening(self) -> None:
        """Take no more connections; those that are there stay."""
        for task in self._accepting:
            task.cancel()
        if self._accepting:
            await asyncio.wait(self._accepting)
        self._accepting = []
        for each in self._sockets:
            each.close()
        self._sockets = []

    async def drain(self) -> None:
        """Take no more connections, and give people the time to leave (`Limits.drain`) before they have to."""
        await self.stop_listening()
        seconds = self._limits.drain
        for connection in tuple(self._connections):
            for session in connection.sessions:
                session.warn(f"This server is ending: it closes your session in {seconds:g} s.")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._nobody(), seconds)

    async def _nobody(self) -> None:
        """Wait until nobody has a session."""
        while sessions := [session for connection in self._connections for session in connection.sessions]:
            await asyncio.gather(*(session.gone() for session in sessions))

    async def __aexit__(self, *error: object) -> None:
        await self.stop_listening()
        await asyncio.gather(*(each.leave("this server ended") for each in tuple(self._connections)))
        while self._tasks:
            tasks = [*self._tasks]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def listening(address: str, port: int) -> list[socket.socket]:
    """Return sockets that listen there: an IPv4 one, an IPv6 one, or both where a name has both.

    Port 0 is any that is free. Raises ConfigError.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigError(f"the address {address} is none: {error.strerror or error}") from error
    sockets: list[socket.socket] = []
    for family, _, _, _, where in dict.fromkeys(found):
        if port == 0 and sockets:
            where = (where[0], sockets[0].getsockname()[1], *where[2:])
        try:
            sock = socket.create_server(where[:2], family=family, backlog=_BACKLOG)
        except OSError as error:
            for each in sockets:
                each.close()
            raise ConfigError(
                f"{address} port {port} cannot be listened on: {(error.strerror or str(error)).lower()}",
                hint="another kty may listen there; --ssh-port names another port",
            ) from error
        with suppress(OSError):
            sock.setblocking(False)
        sockets.append(sock)
    return sockets
