"""A real tty with a program on it, and the person before it."""

import asyncio
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.term.emulator import left_on, shown

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
LAST = b"(the end)"


class Desk:
    """A pseudo-terminal with a program on it, and the person before it."""

    def __init__(self, master: int, slave: int, report: int, process: asyncio.subprocess.Process) -> None:
        self.master, self.slave = master, slave
        self.process = process
        self.found = termios.tcgetattr(slave)
        self.sent = bytearray()
        self.report = bytearray()
        self.size = (0, 0)
        self._readers: set[int] = set()
        self.listen(report, self.report)

    def listen(self, fd: int, into: bytearray) -> None:
        """Read from now on; a person who does not look at the terminal makes it slow."""
        os.set_blocking(fd, False)

        def read() -> None:
            try:
                data = os.read(fd, 65_536)
            except OSError:
                data = b""
            into.extend(data)
            if not data:
                self.ignore(fd)

        self._readers.add(fd)
        asyncio.get_running_loop().add_reader(fd, read)

    def ignore(self, fd: int) -> None:
        self._readers.discard(fd)
        asyncio.get_running_loop().remove_reader(fd)

    def look(self) -> None:
        self.listen(self.master, self.sent)

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    def resize(self, columns: int, lines: int) -> None:
        self.size = (columns, lines)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    @property
    def screen(self) -> str:
        return shown(bytes(self.sent), self.size)

    @property
    def left_behind(self) -> set[str]:
        """What is not as it was found: modes, and `termios`."""
        left = left_on(bytes(self.sent))
        return left if termios.tcgetattr(self.slave) == self.found else left | {"termios"}

    async def until(self, predicate: Callable[[], object], wish: str = "what was expected") -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not predicate():
            if asyncio.get_running_loop().time() > deadline:
                pytest.fail(f"{wish} did not come; the screen:\n{self.screen}\nreported: {self.report.decode()}")
            await asyncio.sleep(0.005)

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in self.screen, repr(text))

    async def hears(self, report: str) -> None:
        await self.until(lambda: f"{report}\n".encode() in self.report, report)

    async def ends(self) -> int:
        """Wait for the program's end, and until the last it wrote has come; return its status."""
        status = await asyncio.wait_for(self.process.wait(), PATIENCE)
        os.write(self.slave, LAST)
        await self.until(lambda: self.sent.endswith(LAST), "the last it wrote")
        del self.sent[-len(LAST) :]
        return status

    def close(self) -> None:
        for fd in tuple(self._readers):
            self.ignore(fd)
        with suppress(ProcessLookupError):
            self.process.kill()


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):  # whoever runs the tests may ignore them
        signal.signal(number, signal.SIG_DFL)


@asynccontextmanager
async def desk(
    command: Sequence[str], env: Mapping[str, str], *, size: tuple[int, int] = (60, 15), typed: bytes = b""
) -> AsyncIterator[Desk]:
    """Start a command on a terminal of its own; `typed` waits there already.

    Its environment is `env`, and REPORT: the file descriptor for what it has to say besides.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    reading, writing = os.pipe()
    os.write(master, typed)
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        pass_fds=(writing,),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env, "REPORT": str(writing)},
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(writing)
    me = Desk(master, slave, reading, process)
    me.size = size
    try:
        yield me
    finally:
        me.close()
        await process.wait()
        for fd in (master, slave, reading):
            with suppress(OSError):
                os.close(fd)
