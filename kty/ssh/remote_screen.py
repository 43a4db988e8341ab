"""The app that a person looks at over a channel."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import asyncssh

from kty.errors import KtyError
from kty.ssh.channel import ChannelTransport, environment
from kty.ssh.part import LAST_WORDS, Ended
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal
from kty.text import printable

MOST_TYPED = 500
"""Keys that wait for an app that is slow; then no more are read."""
_AT_ONCE = 512
"""Bytes that are made into keys in one go."""
_LOOK_AGAIN = 0.02

_log = logging.getLogger(__name__)


class RemoteScreen:
    """A `Part` that shows one app. A crash of it, and a client that is slow, are this session's alone."""

    def __init__(
        self,
        channel: asyncssh.SSHServerChannel[bytes],
        term: str,
        make: Callable[[Terminal], TerminalApp[Any]],
        whose: str,
    ) -> None:
        """`make` raises KtyError where it cannot; `whose` it is tells the log."""
        columns, lines, *_ = channel.get_terminal_size()
        self._channel = channel
        self._make = make
        self._whose = whose
        self._terminal = Terminal(
            ChannelTransport(channel),
            name=term,
            env=environment(channel.get_environment()),
            size=(columns, lines),
            remote=True,
        )
        self._app: TerminalApp[Any] | None = None
        self._running: asyncio.Task[Any] | None = None
        self._said = ""
        self._is_over = False
        """Whether it was to end before there was an app."""
        self._typed = bytearray()
        self._is_feeding = False
        self._is_reading = True

    async def run(self) -> Ended:
        if self._is_over:
            return Ended(0, self._said)
        try:
            self._app = self._make(self._terminal)
        except KtyError as error:
            return Ended(1, error.sentence())
        self._running = self._app.start()
        try:
            return await self._until_it_ends(self._app, self._running)
        finally:
            self._terminal.close()

    async def _until_it_ends(self, app: TerminalApp[Any], running: "asyncio.Task[Any]") -> Ended:
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait({running})
            raise
        crash = app.crash or (None if running.cancelled() else running.exception())
        if crash is not None:
            _log.error("the session of %s crashed", printable(self._whose), exc_info=crash)
            return Ended(1, f"something went wrong inside ({type(crash).__name__}); the log of the server tells more")
        return Ended(app.return_code or 0, self._said)

    def received(self, data: bytes) -> None:
        self._typed += data
        if not self._is_feeding:
            self._feed()

    def _feed(self) -> None:
        """Hand on what was typed, in pieces: others have their turn in between, and no more than the app takes."""
        is_slow = self._is_slow
        if not is_slow:
            piece = bytes(self._typed[:_AT_ONCE])
            del self._typed[:_AT_ONCE]
            self._terminal.received(piece)
        self._is_feeding = not self._channel.is_closing() and (bool(self._typed) or self._is_slow)
        if self._is_feeding == self._is_reading:
            self._is_reading = not self._is_feeding
            (self._channel.resume_reading if self._is_reading else self._channel.pause_reading)()
        if self._is_feeding:
            loop = asyncio.get_running_loop()
            loop.call_later(_LOOK_AGAIN if is_slow else 0, self._feed)

    @property
    def _is_slow(self) -> bool:
        app = self._app
        if app is None:
            return False
        screen = app.screen_stack[-1].message_queue_size if app.screen_stack else 0
        return max(app.message_queue_size, screen) > MOST_TYPED

    def input_ended(self) -> None:
        self.end("")  # nothing can be typed any more

    def resized(self, columns: int, lines: int) -> None:
        self._terminal.resized(columns, lines)

    def signalled(self, number: int) -> None:
        self.end("")

    def pause_writing(self) -> None:
        self._terminal.pause_writing()

    def resume_writing(self) -> None:
        self._terminal.resume_writing()

    def end(self, said: str) -> None:
        running, app = self._running, self._app
        if app is None or running is None:
            self._is_over, self._said = True, said
            return
        if running.done():
            return
        self._said = said
        app.exit()
        asyncio.get_running_loop().call_later(LAST_WORDS, running.cancel)

    def warn(self, said: str) -> None:
        if (app := self._app) is not None and self._running is not None and not self._running.done():
            app.call_later(app.notify, said, severity="warning", timeout=10, markup=False)

    def hang_up(self) -> None:
        self._terminal.resume_writing()
        self.end("")
