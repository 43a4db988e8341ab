"""A person at the streams of a command, as a server would join them: what they type, and what they see."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from kty.commands.performing import run
from kty.commands.target import Target
from kty.kube.config import Config
from kty.runtime.shared import Shared

GUARD = 60.0
"""Seconds after which what never happens is given up."""


class Person:
    """Streams in memory. They are a terminal where `terminal` says how large it is."""

    term = "xterm-256color"

    def __init__(self, typed: bytes | None = b"", *, terminal: tuple[int, int] | None = None, leaves: int = -1) -> None:
        """`typed` is all that they type; None lets them go on, see `type`. They read no more after `leaves` bytes."""
        self.size = terminal or (80, 24)
        self.reads_terminal = self.writes_terminal = terminal is not None
        self.is_watched = self.writes_terminal
        self.out = bytearray()
        self.err = bytearray()
        self.is_raw = False
        self._leaves = leaves
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._sizes: asyncio.Queue[tuple[int, int]] = asyncio.Queue()
        self._signals: asyncio.Queue[int] = asyncio.Queue()
        self._came = asyncio.Event()
        if typed is not None:
            self.type(typed)
            self.type(b"")

    def type(self, data: bytes) -> None:
        """Type; nothing ends the input."""
        self._typed.put_nowait(data)

    def resize(self, columns: int, lines: int) -> None:
        self.size = (columns, lines)
        self._sizes.put_nowait(self.size)

    def signal(self, number: int) -> None:
        self._signals.put_nowait(number)

    async def sees(self, text: str, *, times: int = 1, beside: bool = False) -> None:
        """Wait until this was written so often, or said beside it."""
        async with asyncio.timeout(GUARD):
            while (self.err if beside else self.out).count(text.encode()) < times:
                self._came.clear()
                await self._came.wait()

    async def read(self) -> bytes:
        data = await self._typed.get()
        if not data:
            self._typed.put_nowait(b"")
        return data

    async def write(self, data: bytes) -> None:
        if 0 <= self._leaves <= len(self.out):
            raise BrokenPipeError
        self.out += data
        self._came.set()

    async def complain(self, data: bytes) -> None:
        self.err += data
        self._came.set()

    async def resized(self) -> tuple[int, int]:
        return await self._sizes.get()

    async def signalled(self) -> int:
        return await self._signals.get()

    @contextmanager
    def raw(self) -> Iterator[None]:
        self.is_raw = True
        try:
            yield
        finally:
            self.is_raw = False


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[list[str]]:
        """The words of each line, without the heading."""
        return [line.split() for line in self.out.splitlines()[1:]]


async def asks(config: Config, *words: str, person: Person | None = None) -> Done:
    """Run a command to its end."""
    person = person or Person()
    async with asyncio.timeout(GUARD), asking(config, *words, person=person) as ending:
        status = await ending
    return Done(status, person.out.decode(), person.err.decode())


@asynccontextmanager
async def asking(config: Config, *words: str, person: Person) -> AsyncIterator["asyncio.Task[int]"]:
    """Run a command meanwhile, as a task whose result is the exit status."""
    shared = Shared()
    task = asyncio.create_task(run(words, Target(config, shared), person))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await shared.close()
