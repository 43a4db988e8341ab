"""Byte streams between the tasks of a container: bounded, as a pipe of the kernel is."""

import asyncio
from collections import deque
from typing import Final, Protocol

ROOM: Final = 1 << 18
"""Bytes that a pipe holds before its writer has to wait."""
CHUNK: Final = 1 << 16
"""Bytes that programs hand on at a time."""


class Sink(Protocol):
    """Where a program writes to."""

    async def write(self, data: bytes) -> None:
        """Return once there is room for more. Raises BrokenPipeError when nobody reads any longer."""
        ...


class Source(Protocol):
    """Where a program reads from."""

    async def read(self) -> bytes:
        """Return some bytes as soon as there are any; none at the end."""
        ...


class Pipe:
    """Both ends of a pipe: a Sink and a Source."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._ended = False
        self._dropped = False
        self._readers = 0
        self._changed: asyncio.Future[None] | None = None

    async def write(self, data: bytes) -> None:
        while self._size >= ROOM and not self._dropped:
            await self._change()
        if self._dropped or self._ended:
            raise BrokenPipeError
        if data:
            self._chunks.append(data)
            self._size += len(data)
            self._tell()

    async def read(self) -> bytes:
        while not self._chunks:
            if self._ended or self._dropped:
                return b""
            self._readers += 1
            self._tell()
            try:
                await self._change()
            finally:
                self._readers -= 1
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        self._tell()
        return chunk

    def end(self) -> None:
        """Say that nothing more will be written."""
        self._ended = True
        self._tell()

    def drop(self) -> None:
        """Say that nothing more will be read."""
        self._dropped = True
        self._chunks.clear()
        self._size = 0
        self._tell()

    async def idle(self) -> None:
        """Return once everything is read, and the reader has come back for more or will not come again."""
        while not self._dropped and (self._chunks or not self._readers) and not self._ended:
            await self._change()

    async def _change(self) -> None:
        if self._changed is None or self._changed.done():
            self._changed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._changed)

    def _tell(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)


class Null:
    """Takes everything and gives nothing: /dev/null."""

    async def write(self, data: bytes) -> None:
        return None

    async def read(self) -> bytes:
        return b""


class Given:
    """Gives these bytes and then ends."""

    def __init__(self, data: bytes) -> None:
        self._rest = memoryview(data)

    async def read(self) -> bytes:
        chunk, self._rest = bytes(self._rest[:CHUNK]), self._rest[CHUNK:]
        return chunk


class Kept:
    """Keeps what is written, up to a limit; what goes over it is an error of the program that writes."""

    def __init__(self, limit: int = 1 << 26) -> None:
        self.data = bytearray()
        self._limit = limit

    async def write(self, data: bytes) -> None:
        if len(self.data) + len(data) > self._limit:
            raise BrokenPipeError
        self.data += data


class Reader:
    """What a program reads its input with: all that came, a line, or so many bytes.

    The programs of one shell share it, as they share a file descriptor: what one of them leaves is for the next.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept = bytearray()

    async def read(self) -> bytes:
        """Return some bytes; none at the end."""
        if self._kept:
            data = bytes(self._kept)
            self._kept.clear()
            return data
        return await self._source.read()

    async def line(self, limit: int = 1 << 26) -> bytes:
        """Return a line with its newline, less at the end of the input; none after it."""
        start = 0
        while (at := self._kept.find(b"\n", start)) < 0 and len(self._kept) < limit:
            start = len(self._kept)
            if not (data := await self._source.read()):
                at = len(self._kept) - 1
                break
            self._kept += data
        end = min(at + 1 if at >= 0 else len(self._kept), limit)
        return self._take(end)

    async def some(self, count: int) -> bytes:
        """Return so many bytes, fewer at the end of the input only."""
        while len(self._kept) < count and (data := await self._source.read()):
            self._kept += data
        return self._take(min(count, len(self._kept)))

    async def all(self) -> bytes:
        """Return everything until the end."""
        parts = []
        while data := await self.read():
            parts.append(data)
        return b"".join(parts)

    def give_back(self, data: bytes) -> None:
        """Let this be read again, first."""
        self._kept[:0] = data

    def drop(self) -> None:
        """Say that nothing more will be read."""
        if isinstance(self._source, Pipe):
            self._source.drop()

    def _take(self, count: int) -> bytes:
        data = bytes(memoryview(self._kept)[:count])
        del self._kept[:count]
        return data
