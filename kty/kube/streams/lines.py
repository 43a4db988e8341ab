"""Split a stream of bytes from a container into lines of any length."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator


class Lines:
    """The lines of a log, or of what a command prints, as they come and without their newlines.

    The server waits while nobody reads. The iteration ends when the stream is complete: a log was read to its end or
    limit, or what was followed has ended; what then comes last may have had no newline. It raises Unreachable when
    the stream broke off before, or when nothing came for as long as was agreed; a line that had only begun is not
    told.
    """

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._batches = _split(chunks)
        self._lines: Iterator[bytes] = iter(())

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> bytes:
        while True:
            for line in self._lines:
                return line
            self._lines = iter(await anext(self._batches))

    async def batch(self) -> list[bytes]:
        """Return the lines that are here, at least one; none when the stream is complete."""
        return list(self._lines) or await anext(self._batches, [])

    async def aclose(self) -> None:
        await self._batches.aclose()


async def _split(chunks: AsyncIterator[bytes]) -> AsyncGenerator[list[bytes], None]:
    """Yield the lines that each chunk completes. Each byte is copied twice at most, however long its line."""
    begun: list[bytes] = []
    async for chunk in chunks:
        first, *rest = chunk.split(b"\n")
        begun.append(first)
        if rest:
            lines = [b"".join(begun), *rest]
            begun = [lines.pop()]
            yield lines
    if any(begun):
        yield [b"".join(begun)]
