"""The three streams that this process was started with, and the terminal that they may be."""

import asyncio
import atexit
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

from kty.errors import KtyError
from kty.term.terminal import UNKNOWN_SIZE

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_READ = 1 << 16
_PIECE = select.PIPE_BUF
"""Bytes that a pipe which takes any takes at once. It is left to wait where it is full, as others share it: a larger
piece could stop the whole loop."""
_IN_A_ROW = 16
"""Pieces after which others get their turn."""


class Stdio:
    """Reads and writes without ever stopping the loop; see `kty.commands.streams.Streams` for what it promises.

    Made in the main thread while the loop runs, and closed by leaving the context: signals are as before then.
    """

    def __init__(self) -> None:
        self._is_open = tuple(each is not None for each in (sys.__stdin__, sys.__stdout__, sys.__stderr__))
        self.reads_terminal = self._is_open[_STDIN] and os.isatty(_STDIN)
        self.writes_terminal = self._is_open[_STDOUT] and os.isatty(_STDOUT)
        self.is_watched = self.writes_terminal
        self.term = os.environ.get("TERM", "")
        self._signalled: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._resized = asyncio.Event()
        self._stack = ExitStack()
        self._out = _STDOUT

    def __enter__(self) -> "Stdio":
        if self.writes_terminal:
            with suppress(OSError):  # a description of our own never has to wait; where there is none, we do
                self._out = os.open(os.ttyname(_STDOUT), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
                self._stack.callback(os.close, self._out)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handle(number, partial(self._signal, number))
        self._handle(signal.SIGWINCH, self._resized.set)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _handle(self, number: signal.Signals, do: Callable[[], object]) -> None:
        if signal.getsignal(number) is not signal.SIG_IGN:  # one that the process was told to ignore stays ignored
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(number, do)
            self._stack.callback(loop.remove_signal_handler, number)

    def _signal(self, number: int) -> None:
        if not self._signalled.done():
            self._signalled.set_result(number)

    async def signalled(self) -> int:
        return await asyncio.shield(self._signalled)

    @property
    def size(self) -> tuple[int, int]:
        for handle in (_STDOUT, _STDIN, _STDERR):
            with suppress(OSError):
                columns, lines = os.get_terminal_size(handle)
                if columns > 0 and lines > 0:
                    return columns, lines
        return UNKNOWN_SIZE

    async def resized(self) -> tuple[int, int]:
        await self._resized.wait()
        self._resized.clear()
        return self.size

    async def read(self) -> bytes:
        if not self._is_open[_STDIN]:
            return b""
        await _until_ready(_STDIN, select.POLLIN)
        try:
            return os.read(_STDIN, _READ)
        except OSError:  # the terminal is gone
            return b""

    async def write(self, data: bytes) -> None:
        if not self._is_open[_STDOUT]:
            raise BrokenPipeError
        try:
            await _write(self._out, data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise KtyError(f"stdout cannot be written: {(error.strerror or str(error)).lower()}") from error

    async def complain(self, data: bytes) -> None:
        if self._is_open[_STDERR]:
            with suppress(OSError):
                await _write(_STDERR, data)

    @contextmanager
    def raw(self) -> Iterator[None]:
        import termios
        import tty

        found = termios.tcgetattr(_STDIN)

        def restore() -> None:
            with suppress(termios.error):
                termios.tcsetattr(_STDIN, termios.TCSADRAIN, found)

        atexit.register(restore)
        tty.setraw(_STDIN, termios.TCSANOW)
        try:
            yield
        finally:
            restore()
            atexit.unregister(restore)


async def _write(handle: int, data: bytes) -> None:
    """Write all of it, in pieces that a stream which takes any takes at once."""
    rest = memoryview(data)
    pieces = 0
    while rest:
        await _until_ready(handle, select.POLLOUT)
        with suppress(BlockingIOError):
            rest = rest[os.write(handle, rest[:_PIECE]) :]
        pieces += 1
        if pieces % _IN_A_ROW == 0:
            await asyncio.sleep(0)


async def _until_ready(handle: int, event: int) -> None:
    """Wait until the stream can be read or written, or has something to say against it."""
    poll = select.poll()
    poll.register(handle, event)
    if poll.poll(0):  # always so for files, which the loop cannot wait for
        return
    loop = asyncio.get_running_loop()
    is_ready = loop.create_future()

    def wake() -> None:
        if not is_ready.done():
            is_ready.set_result(None)

    add, remove = (
        (loop.add_reader, loop.remove_reader) if event == select.POLLIN else (loop.add_writer, loop.remove_writer)
    )
    add(handle, wake)
    try:
        await is_ready
    finally:
        remove(handle)
