"""The lines of a log, and where they come from for a program of which only the style is known."""

import asyncio
import bisect
import random
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from kty.demo.pods.apps import App
from kty.demo.pods.runs import Run
from kty.demo.pods.styles import Context, Said, Stream, style
from kty.runtime.clock import Clock

BUCKET: Final = 20.0
"""Seconds of a log that are made at a time."""
KEPT: Final = 6000.0
"""Times a style's pace after which a log is rotated: there are one to two such spans of it."""


class Line(NamedTuple):
    """A line with its newline, or what there is of it."""

    at: float
    """Seconds since the epoch."""
    stream: Stream
    data: bytes
    place: int = 0
    """Where the next line is to be read from."""


class Lines(Protocol):
    """What a container has said and will say, always the same for the same run."""

    def read(self, *, since: int = 0, until: float) -> AsyncGenerator[Line, None]:
        """Yield the lines from a place up to a time; those of the future once their time has come."""
        ...

    async def tail(self, most: int, until: float) -> int:
        """Return the place after which there are no more than so many lines up to that time."""
        ...


@dataclass(frozen=True)
class Generated:
    """The log of a program of which only the style is known. Any part of it can be made without the rest."""

    app: App
    run: Run
    context: Context
    seed: str
    """The cluster's seed, the pod and the container."""
    clock: Clock

    async def read(self, *, since: int = 0, until: float) -> AsyncGenerator[Line, None]:
        first = self._first(min(until, self.clock.now()))
        bucket, skip = divmod(since, _LINES)  # the number of a bucket and that of a line in it, in one
        if bucket < first:
            bucket, skip = first, 0
        while self.run.finished is None or bucket <= self._bucket(self.run.finished):
            for number, line in enumerate(self._made(bucket)[skip:], skip + 1):
                if line.at > until:
                    return
                if (ahead := line.at - self.clock.now()) > 0:
                    await self.clock.sleep(ahead)
                yield line._replace(place=bucket * _LINES + number)
            bucket, skip = bucket + 1, 0
            if self.run.started + bucket * BUCKET > until:
                return
            await asyncio.sleep(0)

    async def tail(self, most: int, until: float) -> int:
        first, bucket = self._first(until), self._bucket(until)
        while bucket >= first:
            there = bisect.bisect_right(self._made(bucket), until, key=lambda line: line.at)
            if there >= most:
                return bucket * _LINES + there - most
            most -= there
            bucket -= 1
        return 0

    def _bucket(self, at: float) -> int:
        return max(int((at - self.run.started) // BUCKET), 0)

    def _first(self, until: float) -> int:
        """Return the bucket with which the log begins after it was rotated."""
        span = max(int(KEPT * style(self.app.style).pace // BUCKET), 1)
        return max((self._bucket(until) // span - 1) * span, 0)

    def _made(self, bucket: int) -> list[Line]:
        """Make the lines of a bucket, in the order of their times."""
        own, run = style(self.app.style), self.run
        chance = random.Random(f"{self.seed}/{run.id}/{run.started}/{bucket}")  # noqa: S311 - the same each time
        start = run.started + bucket * BUCKET
        end = start + BUCKET if run.finished is None else min(start + BUCKET, run.finished)
        lines: list[Line] = []
        if bucket == 0:
            lines += _lines(own.start(chance, start + 0.05, self.context), start + 0.05)
        at = start + (2.0 if bucket == 0 else 0.0)
        while (at := at + chance.expovariate(1 / own.pace)) < end and len(lines) < _LINES - 200:
            lines += _lines(own.event(chance, at, self.context), at)
        if run.finished is not None and run.code and not run.was_killed and self._bucket(run.finished) == bucket:
            lines = [line for line in lines if line.at <= run.finished]
            lines += _lines(own.crash(chance, run.finished, self.context), run.finished - 0.001)
        return lines


_LINES: Final = 4096
"""More lines than a bucket has."""


def _lines(said: list[Said], at: float) -> Iterator[Line]:
    for number, (text, stream) in enumerate(said):
        yield Line(at + number * 1e-6, stream, text.encode() + b"\n")
