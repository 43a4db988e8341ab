"""The terminal, lent to a program elsewhere: what it prints and what is typed go straight through, no emulator between.

The person's own terminal does all the work, so everything works that works in it: colours, mouse, vi, resize.
"""

import asyncio
import re

from kty.term import modes
from kty.term.terminal import Terminal

LEAVE = re.compile(rb"\x1d|\x1b\[93;5u|\x1b\[27;5;93~")
"""Ctrl-], as terminals send it: plainly, with kitty's keys, and with xterm's modifyOtherKeys."""
MOST_TYPED = 1 << 20
"""Bytes that wait for a program that reads nothing; more is dropped, with a bell."""
AHEAD = 1 << 16
"""Bytes that are at hand while the terminal takes no more: it is not to wait for them once it does. A program that
pours is stopped by ctrl-c the later, the slower its terminal is fed."""


class Lent:
    """Holds the byte stream of a terminal from `open` to `close`."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._typed = bytearray()
        self._has_typed = asyncio.Event()
        self._printed = bytearray()
        self._is_paused = False
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_resized = asyncio.Event()
        self._is_closed = False
        self.left = asyncio.Event()
        """Set once the person pressed ctrl-]."""

    def open(self) -> None:
        self._terminal.hold(self)

    def close(self) -> None:
        """Print what is at hand, undo what a program may have switched on, and give the byte stream back."""
        self._is_closed = True
        self._is_paused = False
        self._print()
        self._terminal.send(modes.RESET.encode())
        self._terminal.release(self)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._terminal.size

    @property
    def name(self) -> str:
        """What the terminal calls itself: its TERM."""
        return self._terminal.name

    async def typed(self) -> bytes:
        """Return what was typed, as soon as there is something."""
        await self._has_typed.wait()
        self._has_typed.clear()
        data = bytes(self._typed)
        self._typed.clear()
        return data

    async def key(self) -> None:
        """Wait until any key is pressed."""
        waiting = [asyncio.ensure_future(event.wait()) for event in (self._has_typed, self.left)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()

    async def write(self, data: bytes) -> None:
        """Print bytes as they are; waits while `AHEAD` wait for the terminal. They go nowhere once it is given back."""
        await self._has_room.wait()
        if not self._is_closed:
            self._printed += data
            self._print()

    def _print(self) -> None:
        """Hand on what is at hand, if the terminal takes it."""
        if self._printed and not self._is_paused:
            data = bytes(self._printed)
            self._printed.clear()
            self._terminal.send(data)
        if len(self._printed) < AHEAD:
            self._has_room.set()
        else:
            self._has_room.clear()

    async def resize(self) -> tuple[int, int]:
        """Wait until the window was dragged to another size, and return it."""
        await self._is_resized.wait()
        self._is_resized.clear()
        return self.size

    # What the terminal tells its holder

    def received(self, data: bytes) -> None:
        if self.left.is_set():
            return
        if leave := LEAVE.search(data):
            data = data[: leave.start()]
            self.left.set()
        if len(self._typed) + len(data) > MOST_TYPED:
            self._terminal.send(b"\a")
        elif data:
            self._typed += data
            self._has_typed.set()

    def resized(self, columns: int, lines: int) -> None:
        self._is_resized.set()

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self._print()

    def redraw(self) -> None:
        self._is_resized.set()  # a program that hears of a size paints anew
