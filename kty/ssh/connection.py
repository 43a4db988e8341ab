"""One connection: whose it is, what it may have open, and when it has to go."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncssh

from kty.ssh import inside
from kty.ssh.limits import Limits
from kty.ssh.login import Identity, Login
from kty.ssh.part import LAST_WORDS
from kty.ssh.session import ChannelSession, MakeApp, MakeTarget
from kty.text import printable

MOST_ON_THE_WAY = 128 * 1024
"""Bytes that a person may have typed, or pasted, before the first of them is taken."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Serving:
    """What all connections of a server have in common."""

    login: Login
    make_app: MakeApp
    make_target: MakeTarget
    limits: Limits
    spawn: Callable[[Coroutine[Any, Any, None], str], object]
    """Runs work in a task that the server waits for."""


class Connection(asyncssh.SSHServer):
    """Answers asyncssh; `conn` is there once the connection is made."""

    def __init__(self, serving: Serving, address: str) -> None:
        self._serving = serving
        self.make_app = serving.make_app
        self.make_target = serving.make_target
        self.address = address
        self.conn: asyncssh.SSHServerConnection | None = None
        self.sessions: set[ChannelSession] = set()
        self._known: dict[bytes, Identity] = {}
        """Those who would come in with a key that was offered, by the key."""
        self._identity: Identity | None = None
        self._failures = -1  # every client tries `none` first, to hear what there is
        self._is_full = False
        self._touched = 0.0
        self._idling: asyncio.TimerHandle | None = None

    @property
    def identity(self) -> Identity:
        """Who logged in. Raises ValueError before that."""
        if self._identity is None:
            raise ValueError("nobody has logged in")
        return self._identity

    @property
    def username(self) -> str:
        return self.conn.get_extra_info("username", "") if self.conn is not None else ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.conn = conn
        inside.on_proof(conn, self._proven)
        inside.on_failure(conn, self._failed)
        inside.press_back(conn, self._pause, self._resume)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._idling is not None:
            self._idling.cancel()
        if self._identity is not None:
            _log.info("%s left: %s", self._identity.name, printable(str(exc or "goodbye")))

    # Logging in

    def begin_auth(self, username: str) -> bool:
        self._known.clear()
        self._identity = None
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        found = await self._serving.login.identity(username, key, self.address)
        if found is None:
            _log.info("%s offers the key %s, which nobody has", self.address, key.get_fingerprint())
            return False
        self._known[key.public_data] = found
        return True

    def _proven(self, public_data: bytes) -> bool:
        self._identity = self._known.get(public_data)
        return self._identity is not None

    def _failed(self) -> bool:
        self._failures += 1
        if self._failures < self._serving.limits.auth_tries or self.conn is None:
            return True
        _log.warning("%s tried to log in by %d ways", self.address, self._failures)
        self.conn.disconnect(asyncssh.DISC_PROTOCOL_ERROR, "Too many authentication failures")
        return False

    def auth_completed(self) -> None:
        _log.info("%s logged in from %s", self.identity.name, self.address)
        self.touch()
        if self._serving.limits.idle:
            self._idle_later(self._serving.limits.idle)

    # What it may have

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[bytes], ChannelSession]:
        most = self._serving.limits.channels
        if self._identity is None or self.conn is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "nobody has logged in")
        if len(self.sessions) >= most:
            raise asyncssh.ChannelOpenError(
                asyncssh.OPEN_RESOURCE_SHORTAGE, f"a connection may have {most} sessions at once"
            )
        return self.conn.create_server_channel(encoding=None, window=MOST_ON_THE_WAY), ChannelSession(self)

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        raise asyncssh.ChannelOpenError(
            asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "this server forwards no connections"
        )

    def opened(self, session: ChannelSession) -> None:
        self.sessions.add(session)
        self.touch()
        if self._is_full:
            session.pause_writing("connection")

    def closed(self, session: ChannelSession) -> None:
        self.sessions.discard(session)

    def spawn(self, session: ChannelSession, name: str) -> None:
        self._serving.spawn(session.attend(), name)

    def _pause(self) -> None:
        self._is_full = True
        for session in tuple(self.sessions):
            session.pause_writing("connection")

    def _resume(self) -> None:
        self._is_full = False
        for session in tuple(self.sessions):
            session.resume_writing("connection")

    def note(self, what: str) -> None:
        _log.info("%s asks for %s", self.identity.name, printable(what))

    # When it has to go

    def touch(self) -> None:
        """Hear that the person did something."""
        self._touched = asyncio.get_running_loop().time()

    def _idle_later(self, seconds: float) -> None:
        self._idling = asyncio.get_running_loop().call_later(seconds, self._look_whether_idle)

    def _look_whether_idle(self) -> None:
        idle = self._serving.limits.idle
        rest = self._touched + idle - asyncio.get_running_loop().time()
        if rest > 0:
            self._idle_later(rest)
            return
        _log.info("%s typed nothing for %g s", self.identity.name, idle)
        self._serving.spawn(self.leave(f"nothing was typed for {idle:g} s"), "close an idle connection")

    async def leave(self, said: str) -> None:
        """End what it shows, tell why, and close it once that is sent."""
        sessions = tuple(self.sessions)
        for session in sessions:
            session.end(said)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(session.gone() for session in sessions)), 2 * LAST_WORDS)
        if self.conn is not None:
            self.conn.disconnect(asyncssh.DISC_BY_APPLICATION, said)
