"""Do what a script says."""

import asyncio

from kty.demo.pods.machine import Machine, NotExecutable, Running, program, run
from kty.demo.pods.shell import expansion
from kty.demo.pods.shell.builtins import BUILTINS
from kty.demo.pods.shell.flow import Exit, Leave, Return
from kty.demo.pods.shell.parser import parse
from kty.demo.pods.shell.redirection import redirected
from kty.demo.pods.shell.state import DEPTH, State
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


class Shell(State):
    """Runs commands, and is a Scope for what is expanded in them."""

    async def output_of(self, script: str) -> str:
        kept = Kept()
        sub = self.copy()
        sub.process.stdout = kept
        self.status = await sub.contained(parse(script))
        return bytes(kept.data).replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")

    async def contained(self, command: Command) -> int:
        """Run a command in this shell to its end, whatever ends it, and return its exit code."""
        try:
            await self.attempt(command)
        except Exit as leaving:
            self.status = leaving.code
        except BrokenPipeError:
            self.status = 128 + 13
        if (last := self.traps.pop("EXIT", "")) and not self.is_subshell:
            code = self.status
            await self.contained(parse(last))
            self.status = code
        return self.status

    async def attempt(self, command: Command) -> None:
        """Run a command; mistakes are said, and what leaves nothing is over. Raises Exit, and BrokenPipeError."""
        try:
            await self.run(command)
        except Return as returning:
            self.status = returning.code
        except Leave:
            pass
        except SyntaxFault as mistake:
            await self.complain(str(mistake))
            self.status = 2
            raise Exit(2, is_mistake=True) from mistake

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
        self.conditions += 1
        try:
            return await self.run(command) == 0
        finally:
            self.conditions -= 1

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
        running.task.add_done_callback(lambda task: _over(self.machine, running, task))
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
        if self.status and "e" in self.options and not self.conditions:
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
            if fault.code != 127 or self.process.own is None:
                await self.complain(f"{argv[0]}: {fault}")
                return fault.code
            start = self.process.own
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


def _over(machine: Machine, running: Running, task: "asyncio.Future[int]") -> None:
    """Take note that a command in the background has ended; nobody else may ask how."""
    machine.leave(running)
    if not task.cancelled():
        task.exception()
