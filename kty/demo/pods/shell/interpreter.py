"""Do what a script says."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from kty.demo.pods.files import FileTree
from kty.demo.pods.machine import Machine, NotExecutable, Process, program, run
from kty.demo.pods.shell import expansion
from kty.demo.pods.shell.builtins import BUILTINS
from kty.demo.pods.shell.flow import Exit, Leave, Return
from kty.demo.pods.shell.parser import parse
from kty.demo.pods.shell.redirection import redirected
from kty.demo.pods.shell.syntax import (
    AndOr,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
    SyntaxFault,
    While,
)
from kty.demo.pods.streams import Kept, Null, Pipe, Reader

DEPTH: Final = 200
"""Functions and substitutions within each other before it is taken for a mistake."""


@dataclass(eq=False)
class Shell:
    """The state of one shell: a Scope for expansions, and what runs commands."""

    process: Process
    name: str = "sh"
    """`$0`"""
    arguments: list[str] = field(default_factory=list)
    """`$1` and so on."""
    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    functions: dict[str, Command] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    """Letters of `set`: e, u, x."""
    status: int = 0
    jobs: "list[asyncio.Task[int]]" = field(default_factory=list)
    last_job: int = 0
    traps: dict[str, str] = field(default_factory=dict)
    frames: list[dict[str, str | None]] = field(default_factory=list)
    """For each function that runs, what its local variables hide."""
    depth: int = 0
    is_subshell: bool = False
    _condition: int = 0

    @classmethod
    def of(cls, process: Process) -> "Shell":
        """Return a new shell that has the environment of its process."""
        shell = cls(process, variables=dict(process.env), exported=set(process.env))
        shell.variables.setdefault("IFS", " \t\n")
        shell.variables.setdefault("PS1", r"\w # ")
        shell.assign("PWD", process.cwd)
        shell.exported.add("PWD")
        return shell

    # What expansions ask for.

    @property
    def machine(self) -> Machine:
        return self.process.machine

    @property
    def files(self) -> FileTree:
        return self.machine.files

    @property
    def cwd(self) -> str:
        return self.process.cwd

    def value(self, name: str) -> str | None:
        match name:
            case "?":
                return str(self.status)
            case "$":
                return str(self.process.number)
            case "#":
                return str(len(self.arguments))
            case "!":
                return str(self.last_job) if self.last_job else None
            case "-":
                return "".join(sorted(self.options))
            case "0":
                return self.name
        if name.isdecimal():
            return self.arguments[int(name) - 1] if int(name) <= len(self.arguments) else None
        value = self.variables.get(name)
        if value is None and "u" in self.options:
            raise SyntaxFault(f"{name}: parameter not set")
        return value

    def assign(self, name: str, value: str) -> None:
        self.variables[name] = value

    async def output_of(self, script: str) -> str:
        kept = Kept()
        sub = self.copy()
        sub.process.stdout = kept
        self.status = await sub.contained(parse(script))
        return bytes(kept.data).replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")

    # What runs commands.

    def copy(self) -> "Shell":
        """Return a subshell: what it changes is its own."""
        if self.depth >= DEPTH:
            raise SyntaxFault("too many levels of nesting")
        process = self.process.child(self.process.argv)
        return Shell(
            process,
            self.name,
            list(self.arguments),
            dict(self.variables),
            set(self.exported),
            dict(self.functions),
            set(self.options),
            self.status,
            depth=self.depth + 1,
            is_subshell=True,
        )

    async def contained(self, command: Command) -> int:
        """Run a command in this shell to its end, whatever ends it, and return its exit code."""
        try:
            await self.run(command)
        except Exit as leaving:
            self.status = leaving.code
        except Return as returning:
            self.status = returning.code
        except Leave:
            pass
        except BrokenPipeError:
            self.status = 128 + 13
        except SyntaxFault as mistake:
            await self.complain(str(mistake))
            self.status = 2
        if (last := self.traps.pop("EXIT", "")) and not self.is_subshell:
            code = self.status
            await self.contained(parse(last))
            self.status = code
        return self.status

    async def complain(self, text: str) -> None:
        await self.process.stderr.write(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))

    async def run(self, command: Command) -> int:
        """Run a command and return its exit code. Raises Exit and the like where the script says so."""
        match command:
            case Sequence(items):
                for item, background in items:
                    if background:
                        self._start(item)
                    else:
                        await self.run(item)
            case Simple():
                await self._simple(command)
            case AndOr(first, rest):
                await self._and_or(first, rest)
            case Pipeline(commands, negated):
                await self._pipeline(commands, negated=negated)
            case If(branches, otherwise):
                await self._if(branches, otherwise)
            case While():
                await self._while(command)
            case For():
                await self._for(command)
            case Case():
                await self._case(command)
            case Function(name, body):
                self.functions[name] = body
                self.status = 0
            case Group(body, subshell, redirects):
                await self._group(body, redirects, subshell=subshell)
        return self.status

    async def _holds(self, command: Command) -> bool:
        """Run a condition: what fails in it does not end the script, whatever `set -e` says."""
        self._condition += 1
        try:
            return await self.run(command) == 0
        finally:
            self._condition -= 1

    async def _and_or(self, first: Command, rest: tuple[tuple[str, Command], ...]) -> None:
        await self._holds(first)
        for number, (operator, command) in enumerate(rest):
            if (self.status == 0) == (operator == "&&"):
                if number == len(rest) - 1:
                    await self.run(command)
                else:
                    await self._holds(command)

    async def _if(self, branches: tuple[tuple[Sequence, Sequence], ...], otherwise: Sequence | None) -> None:
        for condition, body in branches:
            if await self._holds(condition):
                await self.run(body)
                return
        self.status = 0
        if otherwise is not None:
            await self.run(otherwise)

    async def _while(self, loop: While) -> None:
        status = 0
        while await self._holds(loop.condition) != loop.until:
            await self.machine.turn()
            try:
                status = await self.run(loop.body)
            except Leave as leaving:
                if leaving.ends_here():
                    break
        self.status = status

    async def _for(self, loop: For) -> None:
        words = self.arguments if loop.words is None else await expansion.fields(loop.words, self)
        self.status = 0
        for word in list(words):
            await self.machine.turn()
            self.assign(loop.name, word)
            try:
                await self.run(loop.body)
            except Leave as leaving:
                if leaving.ends_here():
                    break

    async def _case(self, choice: Case) -> None:
        word = await expansion.text(choice.word, self)
        self.status = 0
        for patterns, body in choice.choices:
            for pattern in patterns:
                if (await expansion.pattern(pattern, self)).fullmatch(word):
                    await self.run(body)
                    return

    async def _group(self, body: Command, redirects: tuple[Redirect, ...], *, subshell: bool) -> None:
        shell = self.copy() if subshell else self
        async with redirected(shell, redirects) as fault:
            if fault:
                await self._failed(fault)
            elif subshell:
                self.status = await shell.contained(body)
            else:
                await self.run(body)

    async def _failed(self, fault: str) -> None:
        await self.complain(fault)
        self.status = 1

    async def _pipeline(self, commands: tuple[Command, ...], *, negated: bool) -> None:
        if len(commands) == 1:
            await self._holds(commands[0])
        else:
            self.status = await self._piped(commands)
        if negated:
            self.status = int(self.status == 0)

    async def _piped(self, commands: tuple[Command, ...]) -> int:
        tasks: list[asyncio.Task[int]] = []
        source: Pipe | None = None
        try:
            for command in commands:
                shell = self.copy()
                if source is not None:
                    shell.process.stdin = Reader(source)
                target = Pipe() if len(tasks) < len(commands) - 1 else None
                if target is not None:
                    shell.process.stdout = target
                tasks.append(asyncio.create_task(_stage(shell, command, source, target)))
                source = target
            codes = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return codes[-1]

    def _start(self, command: Command) -> None:
        """Run a command in the background, with nothing to read."""
        shell = self.copy()
        shell.process.stdin = Reader(Null())
        running = self.machine.enter([self.name], parent=self.process.number)
        running.task = asyncio.create_task(shell.contained(command))
        running.task.add_done_callback(lambda _: self.machine.leave(running))
        self.jobs.append(running.task)
        self.last_job = running.number
        self.status = 0

    async def _simple(self, command: Simple) -> None:
        await self.machine.turn()
        argv = await expansion.fields(command.words, self)
        if not argv:
            self.status = 0
        assigned = [(name, await expansion.text(word, self)) for name, word in command.assignments]
        if "x" in self.options and argv:
            await self.process.stderr.write(f"+ {' '.join(argv)}\n".encode())
        async with redirected(self, command.redirects) as fault:
            if fault:
                await self._failed(fault)
            elif not argv:
                for name, value in assigned:
                    self.assign(name, value)
            else:
                await self._named(argv, assigned)
        if self.status and "e" in self.options and not self._condition:
            raise Exit(self.status)

    async def _named(self, argv: list[str], assigned: list[tuple[str, str]]) -> None:
        name = argv[0]
        if name in self.functions:
            await self._call(self.functions[name], argv)
        elif builtin := BUILTINS.get(name):
            for variable, value in assigned:
                self.assign(variable, value)
            self.status = await builtin(self, argv)
        else:
            self.status = await self.execute(argv, dict(assigned))

    async def _call(self, body: Command, argv: list[str]) -> None:
        if self.depth >= DEPTH:
            raise SyntaxFault("too many levels of nesting")
        saved, self.arguments = self.arguments, argv[1:]
        self.depth += 1
        self.frames.append({})
        try:
            await self.run(body)
        except Return as returning:
            self.status = returning.code
        finally:
            self.arguments = saved
            self.depth -= 1
            for name, value in self.frames.pop().items():
                if value is None:
                    self.variables.pop(name, None)
                else:
                    self.variables[name] = value

    async def execute(self, argv: list[str], more: dict[str, str] | None = None) -> int:
        """Run a program with the variables that are exported, and `more`."""
        env = {name: self.variables[name] for name in sorted(self.exported) if name in self.variables} | (more or {})
        child = self.process.child(argv)
        child.env = env
        try:
            start = program(self.machine, argv[0], env | {"PATH": self.variables.get("PATH", "/bin")}, self.cwd)
        except NotExecutable as fault:
            await self.complain(f"{argv[0]}: {fault}")
            return fault.code
        return await run(child, start)


async def _stage(shell: Shell, command: Command, source: Pipe | None, target: Pipe | None) -> int:
    """Run one command of a pipeline; when it is done, its neighbours learn of it."""
    try:
        return await shell.contained(command)
    finally:
        if source is not None:
            source.drop()
        if target is not None:
            target.end()
