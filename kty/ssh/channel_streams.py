"""The streams of a command whose person is at the other end of a channel."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import asyncssh

from kty.ssh.cooked_input import CookedInput
from kty.term import modes
from kty.term.terminal import sane

MOST_TYPED = 64 * 1024
"""Bytes that wait to be read; then the client keeps the rest."""
_PIECE = 32 * 1024
_IN_A_ROW = 8
"""Pieces after which others get their turn."""
_LOOK_AGAIN = 0.1
"""Seconds after which a client from which nothing is read is looked at again: it may be gone."""


class ChannelStreams:
    """Reads and writes a channel; see `kty.commands.streams.Streams` for what it promises.

    Where the client has a terminal, lines end and can be mended as its own machine would have it, until a program
    takes the terminal as it is (`raw`).
    """

    is_watched = True
    """Nobody here knows whether the client writes to a terminal or to a file."""

    def __init__(
        self, channel: asyncssh.SSHServerChannel[bytes], term: str | None, touch: Callable[[], None] = lambda: None
    ) -> None:
        """`term` is None where the client asked for no terminal; `touch` hears that the client took something."""
        columns, lines, *_ = channel.get_terminal_size()
        self.term = term or ""
        self.size = sane(columns, lines)
        self.reads_terminal = self.writes_terminal = term is not None
        self._channel = channel
        self._touch = touch
        self._typed = bytearray()
        self._has_typed = asyncio.Event()
        self._is_over = False
        """Whether nothing more will be typed."""
        self._is_reading = True
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_gone = False
        self._is_resized = asyncio.Event()
        self._signalled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._cooked = CookedInput(self._echo, self._take_line, self.input_ended, self.signal)
        self._is_raw = False
        self._has_drawn = False
        """Whether a program had the terminal as it is and printed something."""

    # For the command

    async def read(self) -> bytes:
        while not self._typed and not self._is_over:
            self._has_typed.clear()
            await self._has_typed.wait()
        typed = bytes(self._typed)
        self._typed.clear()
        self._hold_back()
        return typed

    async def write(self, data: bytes) -> None:
        await self._send(data, None)

    async def complain(self, data: bytes) -> None:
        with suppress(BrokenPipeError):
            await self._send(data, asyncssh.EXTENDED_DATA_STDERR)

    async def _send(self, data: bytes, datatype: int | None) -> None:
        """Send in pieces, each when the client has read most of those before."""
        if self._is_raw:
            self._has_drawn = True
        elif self.writes_terminal:
            data = data.replace(b"\n", b"\r\n")
        pieces = range(0, len(data), _PIECE)
        for count, at in enumerate(pieces, 1):
            await self._has_room.wait()
            if self._is_gone:
                raise BrokenPipeError
            self._channel.write(data[at : at + _PIECE], datatype)
            self._touch()
            if count % _IN_A_ROW == 0:
                await asyncio.sleep(0)

    async def resized(self) -> tuple[int, int]:
        await self._is_resized.wait()
        self._is_resized.clear()
        return self.size

    async def signalled(self) -> int:
        return await asyncio.shield(self._signalled)

    @contextmanager
    def raw(self) -> Iterator[None]:
        self._is_raw = True
        self._add(self._cooked.rest())
        try:
            yield
        except BaseException:  # what it has switched on, it can switch off no more
            if self._has_drawn:
                self._tell(modes.RESET.encode())
            raise
        finally:
            self._is_raw = False

    # For the session

    def received(self, data: bytes) -> None:
        """Take what was typed, or came through a pipe."""
        if self.reads_terminal and not self._is_raw:
            self._cooked.take(data)
        else:
            self._add(data)
            self._hold_back()

    def input_ended(self) -> None:
        """Hear that nothing more will come."""
        self._add(self._cooked.rest())
        self._is_over = True
        self._has_typed.set()

    def resize(self, columns: int, lines: int) -> None:
        """Hear the terminal's size; one that cannot be is ignored."""
        if columns > 0 and lines > 0 and self.size != (size := sane(columns, lines)):
            self.size = size
            self._is_resized.set()

    def signal(self, number: int) -> None:
        """End the command by this signal."""
        if not self._signalled.done():
            self._signalled.set_result(number)

    def pause_writing(self) -> None:
        self._has_room.clear()

    def resume_writing(self) -> None:
        self._has_room.set()

    def say(self, sentence: bytes) -> None:
        """Tell something beside what the command prints, at once."""
        start, end = (b"\r\n", b"\r\n") if self._is_raw else (b"", b"\r\n" if self.writes_terminal else b"\n")
        self._tell(start + sentence + end, asyncssh.EXTENDED_DATA_STDERR)

    def hang_up(self) -> None:
        """Hear that the client is gone: nothing comes any more, and nothing is taken."""
        self._is_gone = True
        self.input_ended()
        self._has_room.set()
        self.signal(signal.SIGHUP)

    # Keys

    def _add(self, data: bytes) -> None:
        self._typed += data
        if data:
            self._has_typed.set()

    def _take_line(self, line: bytes) -> None:
        """Keep a line for the command, or say that there is no room: ctrl-c must be heard, so reading goes on."""
        if len(self._typed) + len(line) > MOST_TYPED:
            self._echo(b"\a")
        else:
            self._add(line)

    def _echo(self, data: bytes) -> None:
        if self._has_room.is_set():  # who reads nothing sees no echo either
            self._tell(data)

    def _tell(self, data: bytes, datatype: int | None = None) -> None:
        with suppress(OSError):
            self._channel.write(data, datatype)

    def _hold_back(self) -> None:
        """Leave with the client what the command does not read."""
        is_full = len(self._typed) > MOST_TYPED and not self._channel.is_closing()
        if is_full and self._is_reading:
            self._is_reading = False
            self._channel.pause_reading()
            asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._look_whether_gone)
        elif not is_full and not self._is_reading:
            self._is_reading = True
            self._channel.resume_reading()

    def _look_whether_gone(self) -> None:
        """A channel that is closed by its client says so only once what came before is read."""
        self._hold_back()
        if not self._is_reading:
            asyncio.get_running_loop().call_later(_LOOK_AGAIN, self._look_whether_gone)
