"""Split a stream of bytes from a container into lines of any length."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator


class Lines:
    """The lines of a log, or of what a command prints, as they come and without their newlines.

    The server waits while nobody reads. The iteration ends when the stream is complete: a log was read to its end or
    limit, or what was followed has ended; what then comes last may have had no newline. It raises Unreachable when
    the stream broke off before, or when nothing came for as long as was agreed; a line that had only begun is not
    told. A read that is cancelled loses nothing: the next one goes on from there.
    """

    def __init__(self, read: Callable[[], Awaitable[bytes]]) -> None:
        """`read` returns the bytes that come next, and none at the end; cancelling it must lose nothing."""
        self._read = read
        self._begun: list[bytes] = []
        self._lines: Iterator[bytes] = iter(())

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> bytes:
        while True:
            for line in self._lines:
                return line
            lines = await self._completed()
            if not lines:
                raise StopAsyncIteration
            self._lines = iter(lines)

    async def batch(self) -> list[bytes]:
        """Return the lines that are here, at least one; none when the stream is complete."""
        return list(self._lines) or await self._completed()

    async def _completed(self) -> list[bytes]:
        """Return the lines that the next bytes complete. Each byte is copied twice at most, however long its line."""
        while chunk := await self._read():
            first, *rest = chunk.split(b"\n")
            self._begun.append(first)
            if rest:
                lines = [b"".join(self._begun), *rest]
                self._begun = [lines.pop()]
                return lines
        last, self._begun = b"".join(self._begun), []
        return [last] if last else []


class SafeReader:
    """Reads an iterator of chunks that a cancellation would end: who reads is cancelled, the iterator never is."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._reading: asyncio.Task[bytes] | None = None

    async def read(self) -> bytes:
        """Return the next chunk, or none at the end. What was raised once is raised again."""
        reading = self._reading = self._reading or asyncio.create_task(self._next())
        await asyncio.wait({reading})
        chunk = reading.result()
        self._reading = None
        return chunk

    async def aclose(self) -> None:
        """End the read that is under way, if any."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _next(self) -> bytes:
        async for chunk in self._chunks:
            if chunk:
                return chunk
        return b""
