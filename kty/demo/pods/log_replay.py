"""The lines of a log that come from a command which we can run: it is run again, in no time, and does nothing else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kty.demo.pods.building import command_of, machine_of, own_of
from kty.demo.pods.containers import containers_of
from kty.demo.pods.log_lines import Line
from kty.demo.pods.machine import Process, first_program, to_its_end
from kty.demo.pods.network import Network
from kty.demo.pods.past import PastClock, Stopped
from kty.demo.pods.runs import Run
from kty.demo.pods.streams import Null, Reader
from kty.demo.pods.styles import Stream
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.demo import Demo

_WAITING: Final = 200
"""Lines that wait to be read before the command has to."""
_LONGER: Final = 3600.0
"""Seconds that a command may seem to run on after its container ended by itself: how long it took, others say."""


class _Recorder:
    """A Sink that makes lines of what is written."""

    def __init__(self, clock: PastClock, stream: Stream, lines: "asyncio.Queue[Line | None]", latest: float) -> None:
        self._clock = clock
        self._stream = stream
        self._lines = lines
        self._latest = latest
        self._partial = bytearray()

    async def write(self, data: bytes) -> None:
        self._partial += data
        *whole, rest = bytes(self._partial).split(b"\n")
        self._partial = bytearray(rest)
        for line in whole:
            await self._put(line + b"\n")

    async def flush(self) -> None:
        if self._partial:
            await self._put(bytes(self._partial))

    async def _put(self, data: bytes) -> None:
        await self._lines.put(Line(min(self._clock.now(), self._latest), self._stream, data))


@dataclass(frozen=True)
class Replayed:
    """What a command has printed since its start, and goes on to print."""

    demo: "Demo"
    pod: Object
    spec: Object
    run: Run

    async def read(self, *, since: int = 0, until: float) -> AsyncGenerator[Line, None]:
        lines: asyncio.Queue[Line | None] = asyncio.Queue(_WAITING)
        task = asyncio.ensure_future(self._play(lines, until))
        place = 0
        try:
            while (line := await lines.get()) is not None:
                place += 1
                if place > since:
                    yield line._replace(place=place)
        finally:
            task.cancel()

    async def tail(self, most: int, until: float) -> int:
        count = 0
        async with aclosing(self.read(until=until)) as lines:
            async for _ in lines:
                count += 1
        return max(count - most, 0)

    async def _play(self, lines: "asyncio.Queue[Line | None]", until: float) -> None:
        finished = self.run.finished
        if finished is not None:
            until = finished if self.run.was_killed else finished + _LONGER
        clock = PastClock(self.demo.clock, self.run.started, until=until, exact=True, waits=finished is None)
        machine = machine_of(
            self.demo,
            self.pod,
            self.spec,
            clock=clock,
            network=Network((self.pod.get("status") or {}).get("podIP") or ""),
            volumes=containers_of(self.demo).scratch(self.pod),
        )
        argv = command_of(self.spec, machine.env)
        latest = float("inf") if finished is None else finished
        stdout, stderr = (_Recorder(clock, stream, lines, latest) for stream in ("stdout", "stderr"))
        machine.enter(argv)
        process = Process(
            machine,
            argv,
            dict(machine.env),
            machine.cwd,
            Reader(Null()),
            stdout,
            stderr,
            number=1,
            own=own_of(self.pod, self.spec),
        )
        try:
            await to_its_end(process, first_program(machine, argv, process.env))
            await stdout.flush()
            await stderr.flush()
        except Stopped:
            pass
        finally:
            for running in tuple(machine.processes.values()):
                if running.task is not None:
                    running.task.cancel()
            await lines.put(None)
