"""A program in a container that a person sits at, leaves running, and comes back to."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from typing import Any, Protocol, TypeAlias

from kty.errors import KtyError, Unreachable
from kty.kube.deeds import TELLS, Deed
from kty.kube.streams.exec import Process
from kty.kube.streams.outcome import Exit
from kty.runtime.listeners import Listeners

KEPT = 1 << 16
"""Bytes of what came last that are shown again to who comes back; as many are read while nobody looks."""
_QUERIES = re.compile(
    rb"\x05"  # who are you (ENQ)
    rb"|\x1b\[[>=]?\d*c"  # what are you (DA1 to DA3)
    rb"|\x1b\[>\d*q"  # which version (XTVERSION)
    rb"|\x1b\[\??\d*n"  # how are you, where is the cursor (DSR)
    rb"|\x1b\[\??\d+\$p"  # which mode is set (DECRQM)
    rb"|\x1b\[\?u"  # which of kitty's keys
    rb"|\x1b\[(?:1[13-9]|2[01])(?:;\d+)*t"  # how big, which title
    rb"|\x1b\](?:\w*;)+\?(?:\x07|\x1b\\)"  # which colours, what is in the clipboard
    rb"|\x1bP[+$]q[^\x1b]*\x1b\\"  # which settings (DECRQSS, XTGETTCAP)
    rb"|\x1bZ"  # what are you (DECID)
)

Opens: TypeAlias = Callable[[], AbstractAsyncContextManager[Process]]
"""Starts the program, or joins it."""


class Seat(Protocol):
    """Where a person sits: their terminal, for as long as it is lent."""

    left: asyncio.Event
    """Set once they left."""

    @property
    def size(self) -> tuple[int, int]: ...
    async def typed(self) -> bytes: ...
    async def write(self, data: bytes) -> None: ...
    async def resize(self) -> tuple[int, int]: ...


def _told_to(tell: Callable[[Deed], None] | None) -> Context:
    """Make a context in which only this hears what is done.

    What else a session keeps in context variables (Textual's active app) stays out of it.
    """
    context = Context()
    context.run(TELLS.set, tell)
    return context


class Program:
    """One program with a terminal. `close` it in the end.

    While nobody sits at it, it is read on until `KEPT` bytes have come; then it has to wait for its reader.
    """

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._process: Process | None = None
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._unseen = 0
        self._seat: Seat | None = None
        self._seated = asyncio.Event()
        self._showing = asyncio.Lock()
        self._is_started = asyncio.Event()
        self._running = asyncio.get_running_loop().create_task(self._run(), context=_told_to(TELLS.get()))
        self._listeners = Listeners()
        self.exit: Exit | None = None
        """How it ended, where it did by itself."""
        self.fault: KtyError | None = None
        """Why it could not be started, or broke off."""

    @property
    def is_over(self) -> bool:
        return self._running.done()

    @property
    def unseen(self) -> int:
        """Bytes that came while nobody looked."""
        return self._unseen

    @property
    def is_held_up(self) -> bool:
        """Whether it has printed so much that nobody saw that no more is read."""
        return self._seat is None and self._unseen >= KEPT

    def on_change(self, tell: Callable[[], object]) -> None:
        """Call `tell` whenever something came that nobody saw, and at the end."""
        self._listeners.add(tell)

    async def sit(self, seat: Seat) -> None:
        """Let a person type and see until they leave or the program ends.

        Who comes back sees again what came last, and the program is told the size, so that it paints anew. Of one
        that ended meanwhile they see what it printed that nobody saw.
        """
        await self.started()
        if self.is_over:
            if self._unseen:
                self._unseen = 0
                await seat.write(self._replay())
        elif self._process is not None:
            await self._until(self._attend(self._process, seat), seat)

    async def started(self) -> None:
        """Wait until it runs, or cannot."""
        await self._is_started.wait()

    async def _attend(self, process: Process, seat: Seat) -> None:
        async with self._showing:
            tail = self._replay()
            await seat.write(tail)
            self._unseen = 0
            self._seat = seat
            self._seated.set()
        try:
            await self._size(process, seat.size, again=bool(tail))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._type(process, seat))
                group.create_task(self._resize(process, seat))
        except* Unreachable:
            await asyncio.Event().wait()  # whoever reads hears of it, too, after all that came before it
        finally:
            self._seat = None
            self._seated.clear()

    async def close(self) -> None:
        """End it, if it has not ended by itself."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _until(self, work: Coroutine[Any, Any, Any], seat: Seat) -> None:
        """Do this until it is done, the person leaves, or the program ends."""
        tasks: set[asyncio.Task[Any]] = {asyncio.create_task(work), asyncio.create_task(seat.left.wait())}
        try:
            await asyncio.wait({*tasks, self._running}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _type(self, process: Process, seat: Seat) -> None:
        while True:
            await process.stdin.write(await seat.typed())

    async def _resize(self, process: Process, seat: Seat) -> None:
        while True:
            await process.resize(*await seat.resize())

    async def _size(self, process: Process, size: tuple[int, int], *, again: bool) -> None:
        columns, lines = size
        if again:  # a program is told of a size only when it changes
            await process.resize(columns, max(1, lines - 1))
        await process.resize(columns, lines)

    async def _run(self) -> None:
        try:
            async with self._opens() as self._process:
                self._is_started.set()
                while chunk := await self._process.stdout.read():
                    await self._show(chunk)
                self.exit = await self._process.wait()
        except KtyError as error:
            self.fault = error
        finally:
            self._is_started.set()
            asyncio.get_running_loop().call_soon(self._listeners.tell)

    async def _show(self, chunk: bytes) -> None:
        async with self._showing:
            self._keep(chunk)
            if self._seat is not None:
                await self._seat.write(chunk)
                return
            self._unseen += len(chunk)
        self._listeners.tell()
        if self._unseen >= KEPT:
            await self._seated.wait()

    def _keep(self, chunk: bytes) -> None:
        self._tail.append(chunk)
        self._tail_size += len(chunk)
        while self._tail_size - len(self._tail[0]) >= KEPT:
            self._tail_size -= len(self._tail.popleft())

    def _replay(self) -> bytes:
        """Return what came last, from the beginning of a line where something before it is missing."""
        tail = b"".join(self._tail)
        if len(tail) > KEPT:
            tail = tail[-KEPT:]
            tail = tail[tail.find(b"\n") + 1 :]
        return _QUERIES.sub(b"", tail)
