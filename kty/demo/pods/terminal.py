"""A terminal device: echo, line editing and signals, between a client and the programs of a container."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from kty.demo.pods.streams import Sink

_QUEUED: Final = 256
"""Chunks of input that wait for a program before the client has to."""
_LONGEST: Final = 4095
"""Bytes of a line, as the kernel has it."""


class Terminal:
    """Satisfies Source (for programs, what was typed) and Sink (what is shown)."""

    def __init__(self, client: Sink, path: str = "/dev/pts/0") -> None:
        self.path = path
        self.echoes = True
        self.interrupt: Callable[[], object] | None = None
        """What Ctrl-C does."""
        self._client = client
        self._width = self._height = 0
        self._line = bytearray()
        self._ready: asyncio.Queue[bytes] = asyncio.Queue(_QUEUED)
        self._is_raw = False
        self._hung_up = False
        self._resized = asyncio.Event()

    @property
    def columns(self) -> int:
        return self._width or 80

    @property
    def rows(self) -> int:
        return self._height or 24

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns as the client said, 0 before it did."""
        return self._height, self._width

    def resize(self, columns: int, rows: int) -> None:
        self._width, self._height = columns, rows
        self._resized.set()

    def take_size(self, data: bytes) -> None:
        """Take a new size as clients send it; what is no size is left alone."""
        with suppress(ValueError, TypeError, KeyError):
            size = json.loads(data)
            self.resize(int(size["Width"]), int(size["Height"]))

    async def resized(self) -> None:
        """Return when the size is another."""
        self._resized.clear()
        await self._resized.wait()

    async def write(self, data: bytes) -> None:
        """Show this; a newline also goes to the beginning of the line."""
        if self._is_raw:
            await self._client.write(data)
        else:
            await self._client.write(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    async def read(self) -> bytes:
        """Return a line that was typed, or keys as they come where the terminal is raw; nothing for Ctrl-D."""
        if self._hung_up and self._ready.empty():
            return b""
        return await self._ready.get()

    @contextmanager
    def raw(self) -> Iterator[None]:
        """Give every key to the program at once, and show nothing but what it writes."""
        before, self._is_raw = self._is_raw, True
        try:
            yield
        finally:
            self._is_raw = before

    def hang_up(self) -> None:
        """Say that nothing more will be typed."""
        self._hung_up = True
        if self._ready.empty():
            self._ready.put_nowait(b"")

    async def feed(self, data: bytes) -> None:
        """Take what the client sends; wait while no program reads it."""
        if self._is_raw:
            await self._ready.put(data)
            return
        for at in range(len(data)):
            if self._is_raw:  # the last line started a program that wants keys
                await self._ready.put(data[at:])
                return
            await self._key(data[at])

    async def _key(self, key: int) -> None:
        match key:
            case 0x03 | 0x1C:
                self._line.clear()
                await self._echo(b"^C" if key == 3 else b"^\\")
                if self.interrupt is not None:
                    self.interrupt()
            case 0x04:
                await self._ready.put(bytes(self._line))
                self._line.clear()
            case 0x0D | 0x0A:
                await self._echo(b"\r\n")
                await self._ready.put(bytes(self._line) + b"\n")
                self._line.clear()
                await asyncio.sleep(0)  # what reads it may want the next key raw
            case 0x7F | 0x08:
                await self._erase(1)
            case 0x15:
                await self._erase(len(self._line))
            case 0x17:
                kept = bytes(self._line).rstrip(b" ").rpartition(b" ")
                await self._erase(len(self._line) - len(kept[0] + kept[1]))
            case _ if len(self._line) < _LONGEST:
                self._line.append(key)
                await self._echo(bytes([key]) if key >= 0x20 or key == 9 else b"^" + bytes([key + 0x40]))

    async def _erase(self, count: int) -> None:
        while count and self._line:
            byte = self._line.pop()
            if byte & 0xC0 != 0x80:  # the first byte of a character, or all of it
                await self._echo(b"\b \b" if byte >= 0x20 else b"\b\b  \b\b")
                count -= 1

    async def _echo(self, data: bytes) -> None:
        if self.echoes:
            await self._client.write(data)
