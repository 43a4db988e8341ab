"""Listen, let in, and end: what a server does around its connections."""

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import asyncssh

from kty.errors import ConfigError
from kty.ssh.algorithms import Algorithms
from kty.ssh.attempt import parting
from kty.ssh.census import Census
from kty.ssh.connection import Connection
from kty.ssh.crowd import Crowd
from kty.ssh.facts import Refused, Tell
from kty.ssh.gate import Gate
from kty.ssh.goodbye import VERSION, Goodbyes
from kty.ssh.inside import THEIRS
from kty.ssh.limits import Limits, is_among, networks
from kty.ssh.listening import accepted, listening
from kty.ssh.login import Login
from kty.ssh.proxy_protocol import BadHeader, receive_header
from kty.ssh.refusals import Refusals
from kty.ssh.serving import Serving
from kty.ssh.session import ENDING, MakeApp, MakeTarget
from kty.ssh.stalls import Stalls
from kty.text import printable

KEEPALIVE = 30
"""Seconds after which a connection that says nothing is asked whether it is there; three times, then it is closed."""
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
        proxies: tuple[str, ...] = (),
        public_address: tuple[str, int | None] | None = None,
        tell: Tell = lambda fact: None,
        agreed: Callable[[float], None] = lambda seconds: None,
        counted: Callable[[int, int], None] = lambda received, sent: None,
    ) -> None:
        """`proxies` are addresses and networks whose connections begin with a header of the PROXY protocol.

        `public_address` is where people reach it, where that is not where it listens; without a port, on that port.
        `tell` hears what happens, `agreed` the seconds until each connection had keys, and `counted` at times how
        many bytes were received and sent. Raises ConfigError for what is no address.
        """
        self.crowd = Crowd(limits)
        self._refusals = Refusals(tell)
        self._goodbyes = Goodbyes()
        self._serving = Serving(
            login,
            make_app,
            make_target,
            limits,
            self.crowd,
            self._refusals,
            tell,
            self.spawn,
            agreed,
            counted,
            is_ending=lambda: self.is_draining,
        )
        self._host_key = host_key
        self._algorithms = algorithms
        self._where = (address, port)
        self._public = public_address
        self._limits = limits
        try:
            self._proxies = networks(proxies)
            self.gate = Gate(limits, trusted=proxies)
        except ValueError as error:
            raise ConfigError(str(error), hint="addresses and networks look like 10.0.0.1 and 10.0.0.0/8") from error
        self._introducing = 0
        """Proxies that have not said yet whom they bring."""
        self._connections: set[Connection] = set()
        self.census = Census(self._connections, self.gate, self.crowd)
        self._stalls = Stalls(limits, self.census.wired, self.census.opened)
        self._tasks: set[asyncio.Task[None]] = set()
        self._accepting: list[asyncio.Task[None]] = []
        self._sockets: list[socket.socket] = []
        self.is_draining = False
        """Whether people are asked to leave."""

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens."""
        return [each.getsockname()[:2] for each in self._sockets]

    @property
    def public_address(self) -> tuple[str, int] | None:
        """Where people reach it, where that was said."""
        if self._public is None:
            return None
        host, port = self._public
        return host, port or self.addresses[0][1]

    @property
    def is_listening(self) -> bool:
        """Whether connections are taken."""
        return any(not task.done() for task in self._accepting)

    async def __aenter__(self) -> "Server":
        """Listen. Raises ConfigError where that cannot be."""
        options = await self._options()
        self._sockets = await listening(*self._where)
        loop = asyncio.get_running_loop()
        self._accepting = [loop.create_task(self._accept(each, options)) for each in self._sockets]
        self.spawn(self._stalls.watch(), "watch for connections that stall")
        return self

    async def _options(self) -> asyncssh.SSHServerConnectionOptions:
        options: asyncssh.SSHServerConnectionOptions = await asyncssh.SSHServerConnectionOptions.construct(
            config=None,
            server_host_keys=[self._host_key],
            server_version=VERSION,
            kex_algs=self._algorithms.kex,
            encryption_algs=self._algorithms.encryption,
            mac_algs=self._algorithms.mac,
            signature_algs=self._algorithms.signature,
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
        while True:
            try:
                sock, peer = await accepted(listener)
            except OSError as error:
                _log.error("a connection cannot be taken: %s", error.strerror or error)
                await asyncio.sleep(_BREATHE)
                continue
            address = peer[0]
            if not self._proxies or not is_among(address, self._proxies):
                self.spawn(self._attend(sock, address, options), f"connection from {address}")
            elif self._introducing >= self._limits.unauthenticated:
                self._turn_away(
                    sock, address, "proxy-protocol", "too many of its connections have not said whom they bring"
                )
            else:
                self.spawn(self._introduce(sock, address, options), f"proxied connection from {address}")
            # Whoever came is to be counted before the next one is asked, and a crowd may wait in the kernel.
            await asyncio.sleep(0)

    async def _introduce(self, sock: socket.socket, proxy: str, options: asyncssh.SSHServerConnectionOptions) -> None:
        """Hear from a proxy whom it brings, and let them in."""
        self._introducing += 1
        try:
            header = await receive_header(sock)
        except (BadHeader, OSError) as error:
            self._turn_away(sock, proxy, "proxy-protocol", printable(str(error)))
            return
        except BaseException:
            sock.close()
            raise
        finally:
            self._introducing -= 1
        await self._attend(sock, header.address or proxy, options, server=header.server)

    def _may_come_in(self, sock: socket.socket, address: str) -> bool:
        """Ask whether somebody may, and turn them away where not. Who may is to be counted before anybody else asks."""
        reason, why = ("drain", ENDING) if self.is_draining else self.gate.why_not(address)
        if not reason and len(self._connections) >= self._limits.connections:
            reason, why = "connections", f"there are {self._limits.connections} connections already"
        if reason:
            self._turn_away(sock, address, reason, why)
        return not reason

    def _turn_away(self, sock: socket.socket, address: str, reason: str, why: str) -> None:
        self._goodbyes.say(sock, reason)
        self._refusals.add(Refused(address=address, reason=reason, why=why))

    async def _attend(
        self,
        sock: socket.socket,
        address: str,
        options: asyncssh.SSHServerConnectionOptions,
        *,
        server: tuple[str, int] | None = None,
    ) -> None:
        if not self._may_come_in(sock, address):
            return
        connection = Connection(self._serving, address, self.public_address or server)
        self._connections.add(connection)
        try:
            await self._log_in(connection, sock, options)
            if connection.has_logged_in and connection.conn is not None:
                await connection.conn.wait_closed()
        finally:
            self._connections.discard(connection)
            if connection.conn is not None:
                connection.conn.abort()
            else:
                sock.close()

    async def _log_in(
        self, connection: Connection, sock: socket.socket, options: asyncssh.SSHServerConnectionOptions
    ) -> None:
        """Wait until somebody has logged in, and hold it against their address where nobody does."""
        address, attempt, why, last = connection.address, connection.attempt, "", ""
        hold: Callable[[str], None] | None = None
        try:
            with self.gate.passing(address, connection.make_room):
                await asyncssh.run_server(sock, options=options, server_factory=lambda: connection)
        except THEIRS as error:
            last = "" if connection.closed_for else parting(error)
        except Exception as error:
            why, hold = f"{type(error).__name__}: {error}", self.gate.broke_off
            _log.exception("a connection from %s broke off", address)
        if connection.has_logged_in or connection.is_one_too_many:
            return
        is_slow = attempt.had_room and attempt.seconds >= self._limits.login_grace
        end = connection.closed_for or why or (f"it took {self._limits.login_grace:g} s" if is_slow else "")
        if hold is None:
            tried = self.gate.failed if attempt.failures else self.gate.did_nothing
            hold = self.gate.was_slow if is_slow else tried
        hold(address)
        failed = attempt.as_failure(end, last, connection=connection.id, address=address)
        _log.info("%s has not logged in: %s", address, failed.why)
        self._serving.tell(failed)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run work in a task; where it goes on, it ends with the server."""
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
        self.is_draining = True
        await self.stop_listening()
        seconds = self._limits.drain
        for connection in tuple(self._connections):
            if not connection.has_logged_in:
                connection.close("drain", ENDING)
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
        self._goodbyes.close()
        self._refusals.close()
