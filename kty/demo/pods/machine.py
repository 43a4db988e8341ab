"""A container as the programs in it see it, and one program that runs there."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from kty.demo.pods.files import Device, Directory, FileTree, Folder
from kty.demo.pods.network import Network
from kty.demo.pods.past import PastClock, Stopped
from kty.demo.pods.streams import Reader, Sink
from kty.runtime.clock import Clock

if TYPE_CHECKING:
    from kty.demo.pods.terminal import Terminal

log = logging.getLogger(__name__)

TURNS: Final = 32
"""Programs that run one after the other before a script has to let everybody else go on."""
PAUSE: Final = 0.004
"""Seconds that it waits then: a loop without end must not slow the cluster down."""
STEP: Final = 0.002
"""Seconds that a command takes where time is only counted."""


@dataclass(eq=False)
class Running:
    """One entry of the process table."""

    number: int
    argv: list[str]
    started: float
    task: "asyncio.Future[int] | None" = None
    """What to cancel when it is killed; None for what only pretends to run."""
    parent: int = 0
    signal: int = 0
    """What killed it."""
    root: Folder | None = None
    """The file tree that it sees."""


@dataclass(eq=False)
class Machine:
    """What all programs of one container share."""

    hostname: str
    files: FileTree
    clock: Clock
    env: dict[str, str]
    """What a program that is started from outside gets."""
    programs: "dict[str, Program]"
    """By their names in /bin."""
    cwd: str = "/"
    processes: dict[int, Running] = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    kernel: str = "6.12.0"
    stop: Callable[[], object] | None = None
    """What asking the first process to end does; None where it does not listen, as a shell does not."""
    history: list[str] = field(default_factory=list)
    """What was typed at its prompts."""
    _turns: int = 0
    _last: int = 0

    async def turn(self) -> None:
        """Let others run now and then; every command of a script takes one."""
        self._turns += 1
        if isinstance(self.clock, PastClock) and self.clock.is_behind:
            await self.clock.sleep(STEP)
        elif self._turns % TURNS == 0:
            await asyncio.sleep(PAUSE)

    def enter(self, argv: list[str], parent: int = 0) -> Running:
        """Put a program into the process table."""
        self._last = max(self._last, *self.processes, 0) + 1
        running = Running(self._last, argv, self.clock.now(), parent=parent, root=self.files.root)
        self.processes[running.number] = running
        return running

    def leave(self, running: Running) -> None:
        self.processes.pop(running.number, None)

    def kill(self, running: Running, signal: int) -> None:
        """Let a program end by a signal. The first process of a container heeds none that it does not wait for."""
        if running.number == 1:
            if self.stop is not None and signal in (2, 3, 15):
                self.stop()
        elif running.task is not None:
            running.signal = signal
            running.task.cancel()


@dataclass(eq=False)
class Process:
    """One program with its arguments, its environment and its streams."""

    machine: Machine
    argv: list[str]
    env: dict[str, str]
    cwd: str
    stdin: Reader
    stdout: Sink
    stderr: Sink
    terminal: "Terminal | None" = None
    number: int = 1
    own: "Program | None" = None
    """What the image brings along, for names that nobody knows: only in what the container itself starts."""
    arguments: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.arguments = self.argv[1:]

    @property
    def name(self) -> str:
        return self.argv[0].rpartition("/")[2] if self.argv else ""

    @property
    def files(self) -> FileTree:
        return self.machine.files

    async def say(self, text: str) -> None:
        """Write to the standard output."""
        await self.stdout.write(text.encode("utf-8", "surrogateescape"))

    async def complain(self, text: str) -> int:
        """Write a line to the standard error, after the program's name; return 1, as a program does then."""
        await self.stderr.write(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))
        return 1

    def child(self, argv: list[str]) -> "Process":
        """Return a process that shares this one's streams."""
        return replace(self, argv=argv, env=dict(self.env))


Program: TypeAlias = Callable[[Process], Awaitable[int]]
"""Runs to its end and returns its exit code. BrokenPipeError kills it as SIGPIPE does; others are its complaint."""


class Usage(Exception):
    """A command line with an option that the program does not have, or one that lacks its value."""


class NotExecutable(Exception):
    """Exit code 126 or 127, and why."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


def program(machine: Machine, name: str, env: dict[str, str], cwd: str = "/") -> Program:
    """Find a program as execvp(3) does. Raises NotExecutable."""
    if "/" not in name:
        on_path = any(folder in ("/bin", "/usr/bin", "/usr/local/bin") for folder in env.get("PATH", "/bin").split(":"))
        if name in machine.programs and on_path:
            return machine.programs[name]
        raise NotExecutable(127, "not found")
    try:
        node = machine.files.find(name, cwd)
        path = machine.files.real(name, cwd)
    except OSError as error:
        raise NotExecutable(127, "not found") from error
    if isinstance(node, Directory | Device) or not node.mode & 0o111:
        raise NotExecutable(126, "Permission denied")
    base = path.rpartition("/")[2] if path != "/bin/busybox" else name.rpartition("/")[2]
    if base in machine.programs and path.startswith("/bin/"):
        return machine.programs[base]
    return _script


async def _script(process: Process) -> int:
    """Run a file that begins with `#!`, or one that a shell may read."""
    content = process.files.content(process.argv[0], process.cwd)
    first = content.partition(b"\n")[0].decode("utf-8", "replace")
    interpreter = first[2:].split() if first.startswith("#!") else ["/bin/sh"]
    if b"\0" in content[:256]:
        await process.stderr.write(f"{process.argv[0]}: Exec format error\n".encode())
        return 126
    argv = [*interpreter, process.argv[0], *process.arguments]
    return await program(process.machine, interpreter[0], process.env, process.cwd)(process.child(argv))


async def run(process: Process, start: Program) -> int:
    """Run a program to its end, in the process table; its faults become exit codes."""
    running = process.machine.enter(process.argv, parent=process.number)
    process.number = running.number
    running.task = asyncio.ensure_future(to_its_end(process, start))
    try:
        return await running.task
    except asyncio.CancelledError:
        if running.signal:
            return 128 + running.signal
        raise
    finally:
        process.machine.leave(running)


async def _never(process: Process) -> int:
    await process.complain("not found")
    return 127


def first_program(machine: Machine, argv: list[str], env: dict[str, str]) -> Program:
    """Return what a container starts with; where that cannot be found, what says so."""
    try:
        return program(machine, argv[0], env, machine.cwd)
    except NotExecutable:
        return _never


async def to_its_end(process: Process, start: Program) -> int:
    """Return a program's exit code, whatever ends it."""
    try:
        return await start(process)
    except BrokenPipeError:
        return 128 + 13
    except Usage as mistake:
        return await process.complain(str(mistake))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        await process.complain(f"{where}{error.strerror}")
        return 1
    except Stopped:
        raise  # the time is up: that is nobody's fault
    except Exception:
        log.exception("%s failed", process.argv)
        return 128 + 11  # as a program that crashes
