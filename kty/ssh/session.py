"""One session channel: from what its client asks for, over what it shows or does, to its exit status."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeAlias

import asyncssh

from kty.commands.target import Target
from kty.ssh.channel import terminal_name
from kty.ssh.channel_streams import ChannelStreams
from kty.ssh.login import Identity
from kty.ssh.part import Ended, Part
from kty.ssh.remote_command import RemoteCommand
from kty.ssh.remote_screen import RemoteScreen
from kty.ssh.wanted import Command, Refused, Screens, Told, refused_subsystem, wanted
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from kty.text import printable

MakeApp: TypeAlias = Callable[[Terminal, Identity], TerminalApp[Any]]
"""Makes the app for one terminal. Raises KtyError where it cannot."""

MakeTarget: TypeAlias = Callable[[Identity], Target]
"""Returns the cluster that somebody's commands are for. Raises KtyError where there is none."""

_ENDS = {"INT", "TERM", "HUP", "QUIT", "KILL"}
"""Signals (RFC 4254, section 6.9) that end what runs; others are for a process that this server has not got."""
ENDING = "this server is ending"
_NO_TERMINAL = "kty draws on a terminal, and this session has none: ssh -t asks for one"


class Host(Protocol):
    """What a session needs of the connection that it belongs to."""

    make_target: MakeTarget

    def make_app(self, terminal: Terminal, identity: Identity) -> TerminalApp[Any]:
        """Make the app for one terminal. Raises KtyError where it cannot."""
        ...

    @property
    def identity(self) -> Identity: ...

    @property
    def username(self) -> str:
        """The name that was given to log in."""
        ...

    @property
    def is_ending(self) -> bool:
        """Whether the server is: nothing new begins."""
        ...

    def refuse(self, reason: str, why: str) -> None:
        """Tell that something is not allowed, by the limit of this name."""

    def touch(self) -> None:
        """Hear that the person did something."""

    def note(self, what: str) -> None:
        """Hear what a command is about, for the log."""

    def opened(self, session: "ChannelSession") -> None: ...

    def closed(self, session: "ChannelSession") -> None: ...

    def spawn(self, session: "ChannelSession", name: str) -> None:
        """Run the session's `attend` in a task that somebody waits for."""


class ChannelSession(asyncssh.SSHServerSession[bytes]):
    """Serves one client's session. What goes wrong in it, and a client that is slow or goes away, is its own matter."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._channel: asyncssh.SSHServerChannel[bytes]
        self._term: str | None = None
        """What the client's terminal calls itself; None where it asked for none."""
        self._line: str | None = None
        self._subsystem = ""
        self._part: Part | None = None
        self._pauses: set[str] = set()
        self._is_gone = asyncio.Event()

    # What the client asks for

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan
        self._host.opened(self)

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        if "pty" in self._host.identity.denied:
            return False
        self._term = terminal_name(term_type)
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._line = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        self._subsystem = subsystem
        return True  # it is refused in a sentence, which clients show; of a request that fails they tell nothing

    def session_started(self) -> None:
        part = self._wanted()
        if isinstance(part, Told):
            self._tell(part.lines)
            self._leave(Ended(0))
            return
        if isinstance(part, Refused):
            if part.reason:
                self._host.refuse(part.reason, part.why or part.said)
            self._leave(Ended(part.status, part.said))
            return
        self._part = part
        if self._pauses:
            part.pause_writing()
        self._host.spawn(self, f"session of {self._host.identity.name}")

    def _wanted(self) -> Part | Told | Refused:
        host, channel = self._host, self._channel
        if host.is_ending:  # the channel was there before, and could be told nothing
            return Refused(1, ENDING, reason="drain")
        if self._subsystem:
            return refused_subsystem(self._subsystem)
        match wanted(host.username, self._line, term=self._term):
            case Screens():
                if self._term is None:
                    return Refused(1, _NO_TERMINAL)
                identity = host.identity
                return RemoteScreen(
                    channel, self._term, lambda terminal: host.make_app(terminal, identity), identity.name
                )
            case Command(words, what):
                host.note(what)
                streams = ChannelStreams(channel, self._term, host.touch)
                return RemoteCommand(words, partial(host.make_target, host.identity), streams)
            case told_or_refused:
                return told_or_refused

    # What happens meanwhile

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        self._host.touch()
        if self._part is not None:
            self._part.received(data)

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self._host.touch()
        if self._part is not None:
            self._part.resized(width, height)

    def signal_received(self, signal_name: str) -> None:
        if self._part is not None and signal_name in _ENDS:
            self._part.signalled(signal.Signals[f"SIG{signal_name}"])

    def eof_received(self) -> bool:
        if self._part is not None:
            self._part.input_ended()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._pauses.clear()
        if self._part is not None:
            self._part.hang_up()
        self._is_gone.set()
        self._host.closed(self)

    def pause_writing(self, by: str = "channel") -> None:
        """Hear that the channel is full, or the connection `by` which it goes."""
        self._pauses.add(by)
        if self._part is not None:
            self._part.pause_writing()

    def resume_writing(self, by: str = "channel") -> None:
        """Hear that it is so no longer."""
        self._pauses.discard(by)
        if self._part is not None and not self._pauses:
            self._part.resume_writing()

    # From the beginning to the end

    async def attend(self) -> None:
        """Do what is wanted until it ends, the person goes away, or it is ended; then say how it ended."""
        if self._part is not None:
            self._leave(await self._part.run())

    def end(self, said: str) -> None:
        """End it, and say why."""
        if self._part is not None:
            self._part.end(said)

    async def gone(self) -> None:
        """Wait until its channel is closed."""
        await self._is_gone.wait()

    def warn(self, said: str) -> None:
        """Tell a sentence to whoever is there."""
        if self._part is not None:
            self._part.warn(said)

    @property
    def runs_command(self) -> bool:
        return isinstance(self._part, RemoteCommand)

    def _tell(self, lines: Sequence[str]) -> None:
        with suppress(OSError):
            self._channel.write("".join(f"{line}{self._end}" for line in lines).encode())

    @property
    def _end(self) -> str:
        """What ends a line at the client."""
        return "\n" if self._term is None else "\r\n"

    def _leave(self, ended: Ended) -> None:
        with suppress(OSError):
            if ended.said:
                self._channel.write_stderr(f"kty: {printable(ended.said)}{self._end}".encode())
            self._channel.exit(ended.status)
