"""The commands that change the shell itself, or are its own for another reason."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from kty.demo.pods.machine import NotExecutable, Program, program
from kty.demo.pods.programs.checking import test
from kty.demo.pods.programs.printing import echo, printf
from kty.demo.pods.programs.processes import kill
from kty.demo.pods.programs.system import false, pwd, true
from kty.demo.pods.shell.flow import Exit, Leave, Return
from kty.demo.pods.shell.parser import parse
from kty.demo.pods.shell.words import NAME

if TYPE_CHECKING:
    from kty.demo.pods.shell.interpreter import Shell

Builtin: TypeAlias = "Callable[[Shell, list[str]], Awaitable[int]]"


async def _complain(shell: "Shell", argv: list[str], text: str, code: int = 1) -> int:
    await shell.complain(f"{argv[0]}: line 0: {text}")
    return code


def _as_builtin(start: Program) -> Builtin:
    """Run a program within the shell: what breaks its output ends the shell too."""

    async def builtin(shell: "Shell", argv: list[str]) -> int:
        process = shell.process.child(argv)
        try:
            return await start(process)
        except BrokenPipeError:
            raise
        except OSError as error:
            await shell.complain(f"{error.filename}: {error.strerror}")
            return 1

    return builtin


async def _nothing(shell: "Shell", argv: list[str]) -> int:
    return 0


async def _cd(shell: "Shell", argv: list[str]) -> int:
    target = argv[1] if len(argv) > 1 else shell.value("HOME") or "/root"
    old = shell.process.cwd
    target = (shell.value("OLDPWD") or old) if target == "-" else target
    try:
        shell.files.directory(target, old)
        shell.process.cwd = shell.files.real(target, old)
    except OSError as error:
        return await _complain(shell, argv, f"can't cd to {target}: {error.strerror}", 2)
    shell.assign("OLDPWD", old)
    shell.assign("PWD", shell.process.cwd)
    if len(argv) > 1 and argv[1] == "-":
        await shell.process.say(f"{shell.process.cwd}\n")
    return 0


async def _export(shell: "Shell", argv: list[str]) -> int:
    if len(argv) == 1 or argv[1] == "-p":
        for name in sorted(shell.exported):
            await shell.process.say(f"export {name}='{shell.variables.get(name, '')}'\n")
        return 0
    for argument in argv[1:]:
        name, assigned, value = argument.partition("=")
        if not NAME.fullmatch(name):
            raise Exit(await _complain(shell, argv, f"{name}: bad variable name", 2), is_mistake=True)
        if argv[0] == "export":
            shell.exported.add(name)
        if assigned:
            shell.assign(name, value)
    return 0


async def _local(shell: "Shell", argv: list[str]) -> int:
    if not shell.frames:
        return await _complain(shell, argv, "not in a function")
    for argument in argv[1:]:
        name, _, value = argument.partition("=")
        shell.frames[-1].setdefault(name, shell.variables.get(name))
        shell.assign(name, value)
    return 0


async def _unset(shell: "Shell", argv: list[str]) -> int:
    for name in argv[1:]:
        shell.variables.pop(name, None)
        shell.functions.pop(name, None)
        shell.exported.discard(name)
    return 0


async def _set(shell: "Shell", argv: list[str]) -> int:
    rest = argv[1:]
    if not rest:
        for name, value in sorted(shell.variables.items()):
            await shell.process.say(f"{name}='{value}'\n")
    while rest and rest[0][:1] in ("-", "+") and len(rest[0]) > 1 and rest[0] != "--":
        letters = set(rest[0][1:])
        shell.options = shell.options | letters if rest.pop(0)[0] == "-" else shell.options - letters
    if rest:
        shell.arguments = rest[1:] if rest[0] == "--" else rest
    return 0


async def _shift(shell: "Shell", argv: list[str]) -> int:
    count = _number(argv, 1)
    if count > len(shell.arguments):
        return 1
    del shell.arguments[:count]
    return 0


def _number(argv: list[str], otherwise: int) -> int:
    return int(argv[1]) if len(argv) > 1 and argv[1].isdecimal() else otherwise


async def _exit(shell: "Shell", argv: list[str]) -> int:
    raise Exit(_number(argv, shell.status) & 255)


async def _return(shell: "Shell", argv: list[str]) -> int:
    raise Return(_number(argv, shell.status) & 255)


async def _break(shell: "Shell", argv: list[str]) -> int:
    raise Leave(max(_number(argv, 1), 1), again=argv[0] == "continue")


async def _eval(shell: "Shell", argv: list[str]) -> int:
    return await shell.run(parse(" ".join(argv[1:])))


async def _source(shell: "Shell", argv: list[str]) -> int:
    if len(argv) < 2:
        return 2
    try:
        content = shell.files.content(argv[1], shell.cwd)
    except OSError:
        await shell.complain(f"{argv[0]}: line 0: can't open '{argv[1]}': No such file or directory")
        raise Exit(2, is_mistake=True) from None
    return await shell.run(parse(content.decode("utf-8", "surrogateescape")))


async def _exec(shell: "Shell", argv: list[str]) -> int:
    if len(argv) == 1:
        return 0
    try:
        program(shell.machine, argv[1], dict(shell.variables), shell.cwd)
    except NotExecutable as fault:
        await shell.complain(f"exec: line 0: {argv[1]}: {fault}")
        raise Exit(fault.code, is_mistake=True) from fault
    raise Exit(await shell.execute(argv[1:]))


async def _read(shell: "Shell", argv: list[str]) -> int:
    names = [argument for argument in argv[1:] if not argument.startswith("-")] or ["REPLY"]
    raw = "-r" in argv
    line = await shell.process.stdin.line()
    ended = line.endswith(b"\n")
    while not raw and line.endswith(b"\\\n"):
        line = line[:-2] + await shell.process.stdin.line()
    text = line.removesuffix(b"\n").decode("utf-8", "surrogateescape")
    separators = shell.value("IFS")
    blanks = " \t\n" if separators is None else separators
    text = text if raw else text.replace("\\", "")
    parts = _split(text, blanks, len(names))
    for name, value in zip(names, parts + [""] * len(names), strict=False):
        shell.assign(name, value)
    return 0 if ended else 1


def _split(text: str, separators: str, count: int) -> list[str]:
    parts: list[str] = []
    rest = text.strip("".join([char for char in separators if char in " \t\n"]))
    while len(parts) < count - 1 and rest:
        at = next((at for at, char in enumerate(rest) if char in separators), len(rest))
        parts.append(rest[:at])
        rest = rest[at + 1 :].lstrip(" \t") if at < len(rest) else ""
    return [*parts, rest]


async def _wait(shell: "Shell", argv: list[str]) -> int:
    jobs, shell.jobs = shell.jobs, []
    codes = await asyncio.gather(*jobs, return_exceptions=True)
    last = codes[-1] if codes and len(argv) > 1 else 0
    return last if isinstance(last, int) else 143


async def _type(shell: "Shell", argv: list[str]) -> int:
    code = 0
    for name in argv[1:]:
        if name in shell.functions:
            await shell.process.say(f"{name} is a function\n")
        elif name in BUILTINS:
            await shell.process.say(f"{name} is a shell builtin\n")
        elif name in shell.machine.programs:
            await shell.process.say(f"{name} is /bin/{name}\n")
        else:
            await shell.process.say(f"{name}: not found\n")
            code = 127
    return code


async def _command(shell: "Shell", argv: list[str]) -> int:
    rest = argv[1:]
    if rest and rest[0] in ("-v", "-V"):
        for name in rest[1:]:
            if name in shell.functions or name in BUILTINS:
                await shell.process.say(f"{name}\n")
            elif name in shell.machine.programs:
                await shell.process.say(f"/bin/{name}\n")
            else:
                return 127
        return 0
    if not rest:
        return 0
    builtin = BUILTINS.get(rest[0])
    return await (builtin(shell, rest) if builtin else shell.execute(rest))


async def _trap(shell: "Shell", argv: list[str]) -> int:
    if len(argv) > 2:
        for name in argv[2:]:
            shell.traps["EXIT" if name == "0" else name.removeprefix("SIG")] = "" if argv[1] == "-" else argv[1]
    return 0


async def _help(shell: "Shell", argv: list[str]) -> int:
    names = sorted({*BUILTINS, *shell.machine.programs})
    await shell.process.say("This is the shell of kty's demo. It knows:\n")
    width = 76
    line = ""
    for name in names:
        if len(line) + len(name) + 1 > width:
            await shell.process.say(f"  {line}\n")
            line = ""
        line += f"{name} "
    await shell.process.say(f"  {line}\n")
    return 0


BUILTINS: Final[dict[str, Builtin]] = {
    ":": _nothing,
    ".": _source,
    "[": _as_builtin(test),
    "break": _break,
    "cd": _cd,
    "command": _command,
    "continue": _break,
    "echo": _as_builtin(echo),
    "eval": _eval,
    "exec": _exec,
    "exit": _exit,
    "export": _export,
    "false": _as_builtin(false),
    "help": _help,
    "kill": _as_builtin(kill),
    "local": _local,
    "printf": _as_builtin(printf),
    "pwd": _as_builtin(pwd),
    "read": _read,
    "readonly": _export,
    "return": _return,
    "set": _set,
    "shift": _shift,
    "source": _source,
    "test": _as_builtin(test),
    "trap": _trap,
    "true": _as_builtin(true),
    "type": _type,
    "ulimit": _nothing,
    "umask": _nothing,
    "unset": _unset,
    "wait": _wait,
}
