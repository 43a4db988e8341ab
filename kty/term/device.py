"""The tty that kty was started in."""

import asyncio
import atexit
import os
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from kty.term import modes
from kty.term.terminal import UNKNOWN_SIZE, Terminal


class Tty:
    """A transport over a tty: raw from `open` to `close`, and then as it was found.

    It reads and writes through file descriptions of its own, because these never wait, and that is a property of the
    description: the shell that started us shares ours, and would be left with it.
    """

    server: tuple[str, int] | None = None

    def __init__(self, stdin: int, stdout: int) -> None:
        self._in = _reopened(stdin, os.O_RDONLY)
        self._out = _reopened(stdout, os.O_WRONLY)
        self._found = termios.tcgetattr(self._in)
        self._loop = asyncio.get_running_loop()
        self._terminal: Terminal | None = None
        self._read: Callable[[], None] = lambda: None
        self._pending = bytearray()
        self._drained = asyncio.Event()
        self._drained.set()

    @property
    def size(self) -> tuple[int, int]:
        try:
            return os.get_terminal_size(self._out)
        except OSError:
            return UNKNOWN_SIZE

    def open(self, terminal: Terminal, hang_up: Callable[[], object]) -> None:
        """Make the tty raw and hand what is typed to `terminal`; `hang_up` is called when the tty goes away."""
        self._terminal = terminal
        atexit.register(self._rescue)
        self.make_raw()

        def read() -> None:
            try:
                data = os.read(self._in, 65_536)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if data:
                terminal.received(data)
            else:
                self._loop.remove_reader(self._in)
                hang_up()

        self._read = read
        self._loop.add_reader(self._in, read)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let another program have the tty, as it was found."""
        self._loop.remove_reader(self._in)
        with suppress(termios.error):
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._found)
        try:
            yield
        finally:
            self.make_raw()
            self._loop.add_reader(self._in, self._read)

    def make_raw(self) -> None:
        """Take every key as it is typed; what was typed before is kept."""
        with suppress(termios.error):
            tty.setraw(self._in, termios.TCSANOW)

    def send(self, frame: bytes) -> None:
        waiting = bool(self._pending)
        self._pending += frame
        if not waiting:
            self._write()

    async def drain(self, seconds: float) -> None:
        """Wait until everything is written, but no longer than that; what is left then is dropped."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drained.wait(), seconds)
        self._pending.clear()

    def close(self) -> None:
        """Leave the tty as it was found, whatever happened."""
        self._loop.remove_reader(self._in)
        self._loop.remove_writer(self._out)
        self._rescue()
        atexit.unregister(self._rescue)
        os.close(self._in)
        os.close(self._out)

    def _rescue(self) -> None:
        """Restore the tty by nothing but system calls: this also runs when the process ends in the middle of it all."""
        if self._terminal is None:  # never opened
            return
        with suppress(OSError):
            if self._terminal.is_held:
                os.write(self._out, modes.LEAVE.encode())
        with suppress(termios.error):
            termios.tcflush(self._in, termios.TCIFLUSH)  # answers to our questions that come late
            termios.tcsetattr(self._in, termios.TCSANOW, self._found)

    def _write(self) -> None:
        try:
            while self._pending:
                del self._pending[: os.write(self._out, self._pending)]
        except BlockingIOError:
            if self._drained.is_set():
                self._drained.clear()
                self._loop.add_writer(self._out, self._write)
                if self._terminal is not None:
                    self._terminal.pause_writing()
            return
        except OSError:
            self._pending.clear()  # nobody is there to see it
        if not self._drained.is_set():
            self._drained.set()
            self._loop.remove_writer(self._out)
            if self._terminal is not None:
                self._terminal.resume_writing()


def _reopened(fd: int, flags: int) -> int:
    try:
        return os.open(os.ttyname(fd), flags | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:  # another user's tty, or one of another mount namespace: then we may have to wait for it
        return os.dup(fd)
