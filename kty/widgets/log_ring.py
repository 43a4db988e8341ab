"""The lines of logs, as many as fit into a number of bytes: the oldest ones go first, and are counted."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

MIB = 1 << 20
CHUNK = 64 << 10
"""Bytes of text from which on a new chunk is begun; what goes, goes by chunks."""
OVERHEAD = array("I").itemsize + array("i").itemsize + array("q").itemsize
"""Bytes that a line costs beside its text."""


class LogLine(NamedTuple):
    """One line, as it came."""

    number: int
    """Counted from 0 since the ring began: it stays the same when older lines go."""
    source: int
    """Who said it; below 0 for a note about the source `-1 - source`: something that kty says."""
    at: int
    """Nanoseconds since the epoch; 0 where it is not known."""
    text: bytes


class Chunk:
    """Some lines, one after the other; each ends with a newline."""

    __slots__ = ("data", "ends", "first", "sources", "times")

    def __init__(self, first: int) -> None:
        self.first = first
        """The number of its first line."""
        self.data = bytearray()
        self.ends = array("I")
        """Where in `data` each line ends, its newline included."""
        self.sources = array("i")
        self.times = array("q")

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def size(self) -> int:
        """Bytes, all that belongs to the lines included."""
        return len(self.data) + OVERHEAD * len(self.ends)

    def text(self, index: int) -> bytes:
        """Return the line at an index, without its newline."""
        return bytes(self.data[self.ends[index - 1] if index else 0 : self.ends[index] - 1])

    def line(self, index: int) -> LogLine:
        return LogLine(self.first + index, self.sources[index], self.times[index], self.text(index))

    def holding(self, needle: bytes, start: int, stop: int, *, folded: bool) -> Iterator[int]:
        """Yield the indexes of the lines with these bytes in them; `folded`: the needle is in small letters, and
        ASCII letters are taken for small ones."""
        if start >= stop:
            return
        ends, origin = self.ends, self.ends[start - 1] if start else 0
        data = self.data[origin : self.ends[stop - 1]]
        if folded:
            data = data.lower()
        place = data.find(needle)
        while place >= 0:
            index = bisect_right(ends, origin + place)
            yield index
            place = data.find(needle, ends[index] - origin)


class LogRing:
    """Lines of many sources in the order in which they came. It keeps `limit` bytes, or a little less."""

    def __init__(self, limit: int = 64 * MIB) -> None:
        self.limit = limit
        self.size = 0
        """Bytes that it holds, all that belongs to the lines included."""
        self.next = 0
        """The number that the next line will get."""
        self.notes = 0
        """How many of the lines so far were notes."""
        self._chunks: list[Chunk] = [Chunk(0)]
        self._firsts: list[int] = [0]

    def __len__(self) -> int:
        return self.next - self.first

    @property
    def first(self) -> int:
        """The number of the oldest line; as many have gone before it."""
        return self._firsts[0]

    def append(self, source: int, lines: Sequence[bytes], times: Sequence[int]) -> None:
        """Take lines of one source, each with its time. One longer than half of the ring is cut off there."""
        self.extend([source] * len(lines), lines, times)

    def extend(self, sources: Sequence[int], lines: Sequence[bytes], times: Sequence[int]) -> None:
        """Take lines, each with its source and its time, as `append` does."""
        at = 0
        while at < len(lines):
            chunk = self._chunks[-1]
            if len(chunk.data) >= self._chunk_size:
                chunk = self._begin()
            at = self._fill(chunk, sources, lines, times, at)
            self._shrink()

    def note(self, source: int, text: str, at: int = 0) -> None:
        """Say something about a source between its lines."""
        self.notes += 1
        self.append(-1 - source, [text.encode("utf-8", "replace").replace(b"\n", b" ")], [at])

    def clear(self) -> None:
        """Forget all lines; numbers go on."""
        self.size = 0
        self._chunks = [Chunk(self.next)]
        self._firsts = [self.next]

    @property
    def _chunk_size(self) -> int:
        return min(CHUNK, self.limit // 8)

    def _begin(self) -> Chunk:
        last = self._chunks[-1]
        last.data = bytearray(last.data)  # one that grew keeps room to grow on
        chunk = Chunk(self.next)
        self._chunks.append(chunk)
        self._firsts.append(self.next)
        return chunk

    def _fill(self, chunk: Chunk, sources: Sequence[int], lines: Sequence[bytes], times: Sequence[int], at: int) -> int:
        """Take lines from `at` on until the chunk is full; return where it stopped."""
        start, room, longest = len(chunk.data), self._chunk_size, max(1, self.limit // 2)
        stop = at
        size = start
        while stop < len(lines) and (size < room or stop == at):
            size += min(len(lines[stop]), longest) + 1
            stop += 1
        taken = [line if len(line) < longest else line[:longest] for line in lines[at:stop]]
        chunk.data += b"\n".join(taken)
        chunk.data += b"\n"
        ends = list(accumulate([len(line) + 1 for line in taken], initial=start))
        chunk.ends.extend(ends[1:])
        chunk.sources.extend(sources[at:stop])
        chunk.times.extend(times[at:stop])
        self.next += len(taken)
        self.size += len(chunk.data) - start + OVERHEAD * len(taken)
        return stop

    def _shrink(self) -> None:
        gone = 0
        while self.size > self.limit and gone < len(self._chunks) - 1:
            self.size -= self._chunks[gone].size
            gone += 1
        if gone:
            del self._chunks[:gone], self._firsts[:gone]

    # To read

    def line(self, number: int) -> LogLine:
        """Return a line that is there. Raises IndexError where it has gone or has not come."""
        if not self.first <= number < self.next:
            raise IndexError(number)
        chunk = self.chunk(number)
        return chunk.line(number - chunk.first)

    def held(self) -> list[tuple[Chunk, int]]:
        """Return its chunks, each with how many lines of it are there now; they stay readable when the ring goes on."""
        return [(chunk, len(chunk)) for chunk in self._chunks]

    def chunk(self, number: int) -> Chunk:
        """Return the chunk that the line is in."""
        return self._chunks[bisect_right(self._firsts, number) - 1]
