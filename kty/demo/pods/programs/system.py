"""Programs that tell about the container, its user and its time, or do nothing at all."""

import math
import re
from datetime import UTC, datetime
from typing import Final

from kty.demo.pods.machine import NotExecutable, Process, Program, program, run
from kty.demo.pods.programs import options
from kty.demo.racing import racing

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([smhd]?)")


async def true(process: Process) -> int:
    return 0


async def false(process: Process) -> int:
    return 1


async def pwd(process: Process) -> int:
    await process.say(f"{process.cwd}\n")
    return 0


async def sleep(process: Process) -> int:
    if not process.arguments:
        await process.complain("missing operand")
        return 1
    seconds = 0.0
    for argument in process.arguments:
        found = _DURATION.fullmatch(argument)
        if found is None and argument not in ("inf", "infinity"):
            return await process.complain(f"invalid number '{argument}'")
        seconds += float(found[1]) * _UNITS[found[2]] if found else math.inf
    while seconds > 0:  # a clock need not be able to count the years of `sleep infinity`
        await process.machine.clock.sleep(min(seconds, 86400.0))
        seconds -= 86400.0
    return 0


async def env(process: Process) -> int:
    given = options.read(process.arguments, "i0", "u", stop=True)
    variables = {} if "i" in given.flags else dict(process.env)
    variables.pop(given.values.get("u", ""), None)
    operands = given.operands
    while operands and "=" in operands[0]:
        name, _, value = operands.pop(0).partition("=")
        variables[name] = value
    if not operands:
        end = "\0" if "0" in given.flags else "\n"
        await process.say("".join([f"{name}={value}{end}" for name, value in variables.items()]))
        return 0
    child = process.child(operands)
    child.env = variables
    return await _started(process, child, dict(process.env) | variables)


async def _started(process: Process, child: Process, env: dict[str, str]) -> int:
    try:
        start = program(process.machine, child.argv[0], env, process.cwd)
    except NotExecutable as fault:
        why = "No such file or directory" if fault.code == 127 else "Permission denied"
        await process.complain(f"can't execute '{child.argv[0]}': {why}")
        return fault.code
    return await run(child, start)


async def timeout(process: Process) -> int:
    given = options.read(process.arguments, "", "sk", stop=True)
    found = _DURATION.fullmatch(given.operands[0]) if len(given.operands) > 1 else None
    if found is None:
        return await process.complain("needs seconds and a command")
    child = process.child(given.operands[1:])
    alarm = process.machine.clock.sleep(float(found[1]) * _UNITS[found[2]])
    async with racing(_started(process, child, process.env), alarm) as (task, _):
        return int(task.result()) if task.done() else 143


def says(text: str) -> Program:
    """Return a program that says the same to everybody."""

    async def said(process: Process) -> int:
        await process.say(text)
        return 0

    return said


async def hostname(process: Process) -> int:
    asked = process.arguments[0] if process.arguments else ""
    await process.say(f"{process.machine.network.address if asked == '-i' else process.machine.hostname}\n")
    return 0


async def uname(process: Process) -> int:
    machine = process.machine
    parts = {
        "s": "Linux",
        "n": machine.hostname,
        "r": machine.kernel,
        "v": "#1 SMP kty demo",
        "m": "x86_64",
        "o": "GNU/Linux",
    }
    given = options.read(process.arguments, "asnrvmpio")
    letters = "snrvmo" if "a" in given.flags else [letter for letter in parts if letter in (given.flags or {"s"})]
    await process.say(" ".join([parts[letter] for letter in letters]) + "\n")
    return 0


async def date(process: Process) -> int:
    now = datetime.fromtimestamp(process.machine.clock.now(), UTC)
    shape = "%a %b %e %H:%M:%S UTC %Y"
    for argument in process.arguments:
        if argument.startswith("+"):
            shape = argument[1:]
        elif argument in ("-I", "-Is", "-Iseconds"):
            shape = "%Y-%m-%d" if argument == "-I" else "%Y-%m-%dT%H:%M:%S+00:00"
        elif argument not in ("-u", "--utc"):
            return await process.complain(f"invalid date '{argument}'")
    shape = shape.replace("%N", f"{now.microsecond * 1000:09}").replace("%s", str(int(now.timestamp())))
    await process.say(now.strftime(shape) + "\n")
    return 0
