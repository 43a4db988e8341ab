"""What a shell remembers: variables, functions, arguments, options."""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Self

from kty.demo.pods.files import FileTree
from kty.demo.pods.machine import Machine, Process
from kty.demo.pods.shell.syntax import Command, SyntaxFault

DEPTH: Final = 60
"""Functions and subshells within each other before it is taken for a mistake: each takes some of Python's stack."""


@dataclass(eq=False)
class State:
    """Of one shell; most of what a Scope for expansions must be."""

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
    conditions: int = 0
    """How many conditions are being tested: `set -e` does not count there."""

    @classmethod
    def of(cls, process: Process) -> Self:
        """Return a new shell that has the environment of its process."""
        shell = cls(process, variables=dict(process.env), exported=set(process.env))
        shell.variables.setdefault("IFS", " \t\n")
        shell.variables.setdefault("PS1", r"\w # ")
        shell.assign("PWD", process.cwd)
        shell.exported.add("PWD")
        return shell

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

    def copy(self) -> Self:
        """Return a subshell: what it changes is its own."""
        if self.depth >= DEPTH:
            raise SyntaxFault("too many levels of nesting")
        process = self.process.child(self.process.argv)
        return type(self)(
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

    async def complain(self, text: str) -> None:
        await self.process.stderr.write(f"{self.name}: {text}\n".encode("utf-8", "surrogateescape"))
