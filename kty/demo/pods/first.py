"""The first process of a container: its command, run since the container's start."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from kty.demo.pods.log_lines import Line
from kty.demo.pods.machine import Machine, Process, Program, Running, first_program, to_its_end
from kty.demo.pods.past import PastClock
from kty.demo.pods.streams import Null, Pipe, Reader, Sink
from kty.demo.pods.styles import Stream
from kty.demo.pods.terminal import Terminal

REMEMBERED: Final = 5000
"""Lines that are kept of what a container says that can be talked to: they cannot be worked out again."""


_QUIET: Final = 100
"""Turns of the loop without a sleep after which a command waits for input."""


class Shown:
    """A Sink that hands on to whoever is attached, and remembers lines."""

    def __init__(self, machine: Machine, stream: Stream, remember: Callable[[Line], None] | None) -> None:
        self._machine = machine
        self._stream = stream
        self._remember = remember
        self._partial = bytearray()
        self.watchers: list[Sink] = []

    async def write(self, data: bytes) -> None:
        if self._remember is not None:
            self._partial += data
            while (at := self._partial.find(b"\n")) >= 0:
                self._remember(Line(self._machine.clock.now(), self._stream, bytes(self._partial[: at + 1])))
                del self._partial[: at + 1]
        for watcher in tuple(self.watchers):
            try:
                await watcher.write(data)
            except (BrokenPipeError, ConnectionError):
                self.watchers.remove(watcher)


class FirstProcess:
    """Process 1 of a container. What it did before somebody looked is done at once; from then on it goes on live."""

    def __init__(
        self,
        machine: Machine,
        argv: list[str],
        *,
        stdin: bool,
        tty: bool,
        exited: Callable[[int], None],
        own: Program | None = None,
    ) -> None:
        """`exited` hears the code when it ends because of what somebody typed."""
        self.machine = machine
        self._exited = exited
        self._own = own
        self.can_be_talked_to = stdin
        remember = self._remember if stdin or tty else None
        self.stdout = Shown(machine, "stdout", remember)
        self.stderr = Shown(machine, "stderr", remember)
        self.stdin: Pipe | None = Pipe() if stdin and not tty else None
        self.terminal = Terminal(self.stdout) if tty else None
        self.code: int | None = None
        """What it exited with; None while it runs."""
        self._lines: deque[Line] = deque(maxlen=REMEMBERED)
        self._dropped = 0
        self._said = asyncio.Event()
        self.running: Running = machine.enter(argv)
        self.task = asyncio.ensure_future(self._run(argv))
        self.running.task = self.task

    async def _run(self, argv: list[str]) -> int:
        source = self.terminal or self.stdin or Null()
        process = Process(
            self.machine,
            argv,
            dict(self.machine.env),
            self.machine.cwd,
            Reader(source),
            self.terminal or self.stdout,
            self.terminal or self.stderr,
            self.terminal,
            self.running.number,
            self._own,
        )
        try:
            self.code = await to_its_end(process, first_program(self.machine, argv, process.env))
        finally:
            self._said.set()
        if self.can_be_talked_to:
            self._exited(self.code)
        return self.code

    async def caught_up(self) -> None:
        """Return once everything is done that it did before now."""
        clock = self.machine.clock
        if not isinstance(clock, PastClock):
            return
        quiet = 0
        while clock.is_behind and not self.task.done() and quiet < _QUIET:
            before = clock.sleeps
            await asyncio.sleep(0)
            quiet = quiet + 1 if clock.sleeps == before else 0
        clock.arrive()

    def _remember(self, line: Line) -> None:
        if len(self._lines) == REMEMBERED:
            self._dropped += 1
        self._lines.append(line)
        self._said.set()

    async def read(self, *, since: int = 0, until: float) -> AsyncGenerator[Line, None]:
        """Satisfies `Lines`, from what is remembered."""
        at = since
        while True:
            at = max(at, self._dropped)
            while at - self._dropped < len(self._lines):
                line = self._lines[at - self._dropped]
                if line.at > until:
                    return
                at += 1
                yield line._replace(place=at)
                at = max(at, self._dropped)
            if self.code is not None or self.machine.clock.now() >= until:
                return
            self._said.clear()
            await self._said.wait()

    async def tail(self, most: int, until: float) -> int:
        return max(self._dropped + len(self._lines) - most, 0)

    def kill(self) -> None:
        self.task.cancel()
        self.code = 128 + 9 if self.code is None else self.code
        self._said.set()
