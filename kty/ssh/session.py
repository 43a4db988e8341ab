"""One session channel: the app that a person looks at, from their terminal's request to its exit status."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import asyncssh

from kty.errors import KtyError
from kty.ssh.channel import ChannelTransport, environment, terminal_name
from kty.ssh.login import Identity
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from kty.text import printable

MakeApp: TypeAlias = Callable[[Terminal, Identity], TerminalApp[Any]]
"""Makes the app for one terminal. Raises KtyError where it cannot."""

MOST_TYPED = 500
"""Keys that wait for an app that is slow; then no more are read."""
LAST_WORDS = 2.0
"""Seconds that an app may take to end once it was asked to, and a client to read how it did."""
_LOOK_AGAIN = 0.02
_NO_TERMINAL = "kty draws on a terminal, and this session has none: ssh -t asks for one"
_NO_COMMANDS = "this server runs no commands yet: ssh without a command opens the screens"

_log = logging.getLogger(__name__)


class Host(Protocol):
    """What a session needs of the connection that it belongs to."""

    make_app: MakeApp

    @property
    def identity(self) -> Identity: ...

    def touch(self) -> None:
        """Hear that the person did something."""

    def opened(self, session: "ScreenSession") -> None: ...

    def closed(self, session: "ScreenSession") -> None: ...

    def spawn(self, session: "ScreenSession", name: str) -> None:
        """Run the session's `show` in a task that somebody waits for."""


class ScreenSession(asyncssh.SSHServerSession[bytes]):
    """Shows one app. A crash of it, a client that is slow, and one that goes away are this session's alone."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._channel: asyncssh.SSHServerChannel[bytes]
        self._term_type: str | None = None
        self._refusal = ""
        self._app: TerminalApp[Any] | None = None
        self._terminal: Terminal | None = None
        self._running: asyncio.Task[Any] | None = None
        self._said = ""
        self._pauses: set[str] = set()
        self._is_reading = True
        self._is_gone = asyncio.Event()

    # What asyncssh tells

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan
        self._host.opened(self)

    def pty_requested(
        self, term_type: str, term_size: tuple[int, int, int, int], term_modes: Mapping[int, int]
    ) -> bool:
        if "pty" in self._host.identity.denied:
            return False
        self._term_type = terminal_name(term_type)
        return True

    def shell_requested(self) -> bool:
        self._refusal = _NO_TERMINAL if self._term_type is None else ""
        return True

    def exec_requested(self, command: str) -> bool:
        self._refusal = _NO_COMMANDS
        return True

    def session_started(self) -> None:
        if self._refusal:
            self._leave(1, self._refusal)
            return
        self._host.spawn(self, f"session of {self._host.identity.name}")

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        self._host.touch()
        if self._terminal is not None:
            self._terminal.received(data)
            self._hold_back()

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self._host.touch()
        if self._terminal is not None:
            self._terminal.resized(width, height)

    def eof_received(self) -> bool:
        self.end("")  # nothing can be typed any more
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._pauses.clear()
        if self._terminal is not None:
            self._terminal.resume_writing()
        self.end("")
        self._is_gone.set()
        self._host.closed(self)

    def pause_writing(self, by: str = "channel") -> None:
        """Hear that the channel is full, or the connection `by` which it goes."""
        self._pauses.add(by)
        if self._terminal is not None:
            self._terminal.pause_writing()

    def resume_writing(self, by: str = "channel") -> None:
        """Hear that it is so no longer."""
        self._pauses.discard(by)
        if self._terminal is not None and not self._pauses:
            self._terminal.resume_writing()

    def _hold_back(self) -> None:
        """Read no more keys than the app takes."""
        app, channel = self._app, self._channel
        is_slow = app is not None and app.message_queue_size > MOST_TYPED and not channel.is_closing()
        if is_slow and self._is_reading:
            self._is_reading = False
            channel.pause_reading()
        elif not is_slow and not self._is_reading:
            self._is_reading = True
            channel.resume_reading()
        if not self._is_reading:
            asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._hold_back)

    # From the first frame to the last

    async def show(self) -> None:
        """Run the app until the person leaves it, goes away, or it is ended; then say how it ended."""
        channel = self._channel
        columns, lines, *_ = channel.get_terminal_size()
        terminal = Terminal(
            ChannelTransport(channel),
            name=self._term_type or "",
            env=environment(channel.get_environment()),
            size=(columns, lines),
            remote=True,
        )
        try:
            app = self._host.make_app(terminal, self._host.identity)
        except KtyError as error:
            self._leave(1, error.sentence())
            return
        self._terminal, self._app = terminal, app
        if self._pauses:
            terminal.pause_writing()
        self._running = app.start()
        try:
            await self._until_it_ends(app, self._running)
        finally:
            terminal.close()

    async def _until_it_ends(self, app: TerminalApp[Any], running: "asyncio.Task[Any]") -> None:
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait({running})
            raise
        crash = app.crash or (None if running.cancelled() else running.exception())
        if crash is not None:
            _log.error("the session of %s crashed", printable(self._host.identity.name), exc_info=crash)
            self._leave(1, f"something went wrong inside ({type(crash).__name__}); the log of the server tells more")
        else:
            self._leave(app.return_code or 0, self._said)

    def end(self, said: str) -> None:
        """End the app, and say why."""
        running, app = self._running, self._app
        if app is None or running is None or running.done():
            return
        self._said = said
        app.exit()
        asyncio.get_running_loop().call_later(LAST_WORDS, running.cancel)

    async def gone(self) -> None:
        """Wait until its channel is closed."""
        await self._is_gone.wait()

    def warn(self, said: str) -> None:
        """Show a sentence above whatever the person looks at."""
        if (app := self._app) is not None and self._running is not None and not self._running.done():
            app.call_later(app.notify, said, severity="warning", timeout=10, markup=False)

    def _leave(self, status: int, said: str) -> None:
        with suppress(OSError):
            if said:
                end = "\n" if self._term_type is None else "\r\n"
                self._channel.write_stderr(f"kty: {printable(said)}{end}".encode())
            self._channel.exit(status)
