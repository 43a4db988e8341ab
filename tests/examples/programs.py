"""Run the programs in `examples/` as people do: in processes of their own, with a kubeconfig and nothing else."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster.place import GUARD
from tests.term.desk import ROOT, Desk, desk

EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Done:
    """What came of a program that ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Running:
    """A program that goes on."""

    process: asyncio.subprocess.Process
    seen: list[str] = field(default_factory=list)

    async def sees(self, text: str) -> str:
        """Return the next line that holds this."""
        out = self.process.stdout
        assert out is not None
        async with asyncio.timeout(GUARD):
            while line := (await out.readline()).decode():
                self.seen.append(line)
                if text in line:
                    return line.rstrip("\n")
        raise AssertionError(f"{text!r} did not come: {self.seen}, {await self._complaints()}")

    async def hears(self, text: str, *, end: bool = False) -> None:
        """Let somebody type this, and Ctrl-D after it."""
        stdin = self.process.stdin
        assert stdin is not None
        stdin.write(text.encode())
        await stdin.drain()
        if end:
            stdin.close()

    async def ends(self) -> Done:
        out = self.process.stdout
        assert out is not None
        async with asyncio.timeout(GUARD):
            rest = (await out.read()).decode()
            return Done(await self.process.wait(), "".join(self.seen) + rest, await self._complaints())

    async def is_interrupted(self) -> None:
        """Press Ctrl-C: it ends, and says nothing about it."""
        self.process.send_signal(signal.SIGINT)
        done = await self.ends()
        assert (done.status, done.err) == (0, "")

    async def _complaints(self) -> str:
        assert self.process.stderr is not None
        async with asyncio.timeout(GUARD):
            return (await self.process.stderr.read()).decode()


def _let_be_interrupted() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may ignore it


@dataclass(frozen=True)
class Programs:
    """Starts programs for one person: with this kubeconfig, and a home with nothing in it."""

    kubeconfig: str
    home: Path

    @property
    def env(self) -> dict[str, str]:
        home = {"HOME": str(self.home), "TERM": "xterm", "PYTHONUNBUFFERED": "1"}
        return {"PATH": os.environ["PATH"], "KUBECONFIG": self.kubeconfig, **home}

    @asynccontextmanager
    async def start(self, program: str, *args: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Running]:
        """Start a program; it is killed in the end where it still runs."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *_command(program, *args),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env={**self.env, **(env or {})},
            cwd=ROOT,
            preexec_fn=_let_be_interrupted,
        )
        try:
            yield Running(process)
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def run(self, program: str, *args: str, typed: str = "", env: Mapping[str, str] | None = None) -> Done:
        """Run a program to its end."""
        async with self.start(program, *args, env=env) as running:
            await running.hears(typed, end=True)
            return await running.ends()

    async def says(self, program: str, *args: str, typed: str = "", env: Mapping[str, str] | None = None) -> list[str]:
        """Run a program that ends well, and return the lines that it printed."""
        done = await self.run(program, *args, typed=typed, env=env)
        assert (done.status, done.err) == (0, ""), done
        return done.lines

    def sits(self, program: str, *args: str, size: tuple[int, int] = (80, 24)) -> AbstractAsyncContextManager[Desk]:
        """Run a program on a terminal."""
        return desk(_command(program, *args), self.env, size=size)


def _command(program: str, *args: str) -> list[str]:
    return [sys.executable, str(EXAMPLES / f"{program}.py"), *args]
