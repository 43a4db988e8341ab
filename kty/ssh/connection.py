"""One connection: whose it is, what it may have open, and when it has to go."""

import logging
import secrets
import time
from typing import Any

import asyncssh

from kty.kube.deeds import TELLS, Deed
from kty.ssh import inside
from kty.ssh.algorithms import SIGNATURES
from kty.ssh.attempt import Attempt
from kty.ssh.audit import as_fact
from kty.ssh.facts import LoggedOut, Refused, SessionClosed, SessionOpened
from kty.ssh.forwards import NoForwards
from kty.ssh.goodbye import words_for
from kty.ssh.idle import Idle
from kty.ssh.leaving import leave, put_out
from kty.ssh.login import Identity
from kty.ssh.offered_keys import OfferedKeys
from kty.ssh.opened import OpenedSession
from kty.ssh.proxy_protocol import BEGINNINGS
from kty.ssh.rekeying import Rekeying
from kty.ssh.serving import Serving
from kty.ssh.session import ENDING, ChannelSession
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from kty.text import printable

MOST_ON_THE_WAY = 128 * 1024
"""Bytes that a person may have typed, or pasted, before the first of them is taken."""

_log = logging.getLogger(__name__)


class Connection(NoForwards):
    """Answers asyncssh; `conn` and `wire` are there once the connection is made."""

    def __init__(self, serving: Serving, address: str, server: tuple[str, int] | None = None) -> None:
        """`server` is where the person connected to, where that is not here."""
        self._serving = serving
        self._server = server
        self._limits = serving.limits
        self.make_target = serving.make_target
        self.address = address
        self.id = secrets.token_hex(4)
        self.conn: asyncssh.SSHServerConnection | None = None
        self.wire: inside.Wire
        self.attempt = Attempt(self._limits.auth_tries)
        self.opened_sessions: dict[ChannelSession, OpenedSession] = {}
        """Those that were asked for, and are not over."""
        self.sessions: set[ChannelSession] = set()
        """Those of them that are there."""
        self.is_in = False
        """Whether somebody has logged in, and not left."""
        self.closed_for = ""
        """Why the server closed it; empty where it did not."""
        self.is_one_too_many = False
        """Whether a person who is known has as many as they may have: that is held against nobody."""
        self._offered = OfferedKeys(serving.login, self.attempt, address)
        self._pauses: set[str] = set()
        self._rekeying = Rekeying(self._limits, self.close)
        self._idle = Idle(self._limits.idle, self._gone_quiet)
        self._count = 0
        self._told = 0, 0
        self._came = 0.0

    @property
    def identity(self) -> Identity:
        """Who logged in. Raises ValueError before that."""
        if self._offered.owner is None:
            raise ValueError("nobody has logged in")
        return self._offered.owner

    @property
    def has_logged_in(self) -> bool:
        """Whether somebody has, even if they have left by now."""
        return self._came > 0

    @property
    def is_ending(self) -> bool:
        """Whether the server is: nothing new begins."""
        return self._serving.is_ending()

    @property
    def _whence(self) -> dict[str, str]:
        """What is told of it with everything that happens on it."""
        return {"connection": self.id, "address": self.address, "person": self.identity.name if self.is_in else ""}

    @property
    def username(self) -> str:
        return self.conn.get_extra_info("username", "") if self.conn is not None else ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.conn = conn
        if self._server is not None:
            conn.set_extra_info(sockname=self._server)
        inside.on_proof(conn, self._offered.proven, self._offered.refused, SIGNATURES)
        inside.on_failure(conn, self._failed)
        inside.on_keys(conn, self._agree, self._agreed)
        inside.on_listeners(conn, self.x11_requested, self.agent_requested)
        by = "connection"
        self.wire = inside.Wire(conn, lambda: self._pause(by), lambda: self._resume(by), self._begin)

    def _begin(self, data: bytes) -> None:
        if self.is_ending:  # it was too early to be closed when that began
            self.close("drain", ENDING)
        elif data.startswith(BEGINNINGS):
            self.close("proxy-protocol", "it sends a header of the PROXY protocol, and is no proxy that is known")

    def connection_lost(self, exc: Exception | None) -> None:
        self._idle.stop()
        self._rekeying.stop()
        self.count()
        for session in tuple(self.opened_sessions):
            self.closed(session)
        if not self.is_in:
            return
        name = self.identity.name
        why = printable(str(exc or "goodbye"))
        if exc is not None and not isinstance(exc, inside.THEIRS):
            _log.error("the connection of %s broke off", name, exc_info=exc)
        _log.info("%s left: %s", name, why)
        self._serving.tell(LoggedOut(**self._whence, seconds=round(time.monotonic() - self._came, 3), why=why))
        self._serving.crowd.left(self.identity.folder)
        self.is_in = False

    def count(self) -> None:
        """Tell how many bytes went over it since the last time."""
        if self.conn is not None:
            before, self._told = self._told, (self.wire.received, self.wire.sent)
            self._serving.counted(self._told[0] - before[0], self._told[1] - before[1])

    def refuse(self, reason: str, why: str, person: str = "") -> None:
        """Tell that something is not allowed, by the limit of this name."""
        who = person or self._whence["person"]
        refused = Refused(connection=self.id, address=self.address, person=who, reason=reason, why=why)
        self._serving.refusals.add(refused)

    # Logging in

    def begin_auth(self, username: str) -> bool:
        self.attempt.named(username)
        self._offered.forget()
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        if self.attempt.offered(key.get_fingerprint()):
            return await self._offered.may_be_proven(username, key)
        self._had_enough()
        return False

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._offered.certified(key)
        return False

    def _failed(self) -> bool:
        if self.attempt.failed():
            return True
        self._had_enough()
        return False

    def _had_enough(self) -> None:
        self.closed_for = f"it tried to log in by {self._limits.auth_tries} ways"
        self.refuse("auth-tries", self.closed_for)
        if self.conn is not None:
            self.conn.disconnect(asyncssh.DISC_PROTOCOL_ERROR, "Too many authentication failures")

    def auth_completed(self) -> None:
        if why_not := self._serving.crowd.why_no_connection(self.identity.folder):
            self.is_one_too_many = True
            code = asyncssh.DISC_TOO_MANY_CONNECTIONS
            self.close("connections-per-person", why_not, person=self.identity.name, code=code)
            return
        self.is_in = True
        self._came = time.monotonic()
        self._serving.crowd.came(self.identity.folder)
        self.wire.widen(self._limits.buffered_per_connection)
        _log.info("%s logged in from %s", self.identity.name, self.address)
        self._serving.tell(self.attempt.as_login(**self._whence))
        self._idle.start()

    def _agree(self) -> None:
        """Hear that new keys are asked for: what sessions say would wait for them, without bound."""
        self._pause("keys")
        self._rekeying.asked()

    def _agreed(self) -> None:
        if self._rekeying.is_first:
            self._serving.agreed(self.attempt.seconds)
        self._rekeying.agreed()
        self._resume("keys")

    # What it may have

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[bytes], ChannelSession]:
        if not self.is_in or self.conn is None:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "nobody has logged in")
        if self.is_ending:
            self._refuse_session("drain", ENDING)
        if len(self.opened_sessions) >= (most := self._limits.channels):
            self._refuse_session("channels", f"a connection may have {most} sessions at once")
        if why_not := self._serving.crowd.why_no_session(self.identity.folder):
            self._refuse_session("sessions-per-person", why_not)
        channel = self.conn.create_server_channel(encoding=None, window=MOST_ON_THE_WAY)
        channel.set_write_buffer_limits(high=self._limits.buffered_per_session)
        inside.bound_environment(channel)
        session = ChannelSession(self)
        self._count += 1
        self.opened_sessions[session] = OpenedSession(self._count, session, channel, self.wire, self._end)
        self._serving.crowd.opened(self.identity.folder)
        self._serving.tell(SessionOpened(**self._whence, session=self._count))
        return channel, session

    def _refuse_session(self, reason: str, why: str) -> None:
        self.refuse(reason, why)
        raise asyncssh.ChannelOpenError(asyncssh.OPEN_RESOURCE_SHORTAGE, why)

    def opened(self, session: ChannelSession) -> None:
        self.sessions.add(session)
        self.touch()
        for each in self._pauses:
            session.pause_writing(each)

    def closed(self, session: ChannelSession) -> None:
        self.sessions.discard(session)
        opened = self.opened_sessions.pop(session, None)
        if opened is not None:
            self.wire.forget(opened.channel)
            self._serving.crowd.closed(self.identity.folder)
            self._serving.tell(SessionClosed(**self._whence, session=opened.number, seconds=opened.seconds))

    def make_app(self, terminal: Terminal, identity: Identity) -> TerminalApp[Any]:
        app = self._serving.make_app(terminal, identity)
        app.context.run(TELLS.set, self._did)
        return app

    def spawn(self, session: ChannelSession, name: str) -> None:
        self._serving.spawn(self._attend(session), name)

    async def _attend(self, session: ChannelSession) -> None:
        TELLS.set(self._did)
        await session.attend()

    def _did(self, deed: Deed) -> None:
        self._serving.tell(as_fact(deed, **self._whence))

    def _pause(self, by: str) -> None:
        self._pauses.add(by)
        for session in tuple(self.sessions):
            session.pause_writing(by)

    def _resume(self, by: str) -> None:
        self._pauses.discard(by)
        for session in tuple(self.sessions):
            session.resume_writing(by)

    def note(self, what: str) -> None:
        _log.info("%s asks for %s", self.identity.name, printable(what))

    # When it has to go

    @property
    def waiting(self) -> int:
        """Bytes that wait to be sent."""
        return self.wire.waiting

    @property
    def buffered(self) -> int:
        """Bytes that wait to be sent, or until its sessions' client has room for them."""
        return self.waiting + sum(each.waiting for each in self.opened_sessions.values())

    @property
    def taken(self) -> int:
        """How many bytes were taken to be sent."""
        return self.wire.taken

    def make_room(self) -> None:
        """Go, since somebody else wants to log in and this one lingers."""
        self.attempt.had_room = False
        self.close("unauthenticated", "it lingered, and somebody else wanted to log in")

    def close(self, reason: str, why: str, *, person: str = "", code: int = asyncssh.DISC_BY_APPLICATION) -> None:
        """End it at once, by the limit of this name."""
        self.closed_for = why
        self.refuse(reason, why, person)
        if self.conn is not None:
            self.conn.disconnect(code, why if person or self.has_logged_in else words_for(reason))

    def touch(self) -> None:
        """Hear that the person did something."""
        self._idle.touch()

    def _gone_quiet(self) -> None:
        is_used = any(session.runs_command for session in self.sessions)
        why = f"nothing was {'sent or printed' if is_used else 'typed'} for {self._limits.idle:g} s"
        self.refuse("idle", why)
        self._serving.spawn(self.leave(why), "close an idle connection")

    def _end(self, opened: OpenedSession, reason: str, why: str) -> None:
        self.refuse(reason, why)
        self._serving.spawn(put_out(self.conn, opened, why), "close a session that is not read")

    async def leave(self, said: str) -> None:
        """End what it shows, tell why, and close it once that is sent."""
        await leave(self.conn, tuple(self.sessions), said)
