"""Programs about what runs: ps, top, kill."""

import asyncio
from typing import Final

from kty.demo.pods.machine import Process, Running
from kty.demo.pods.programs import options
from kty.demo.racing import racing

FRAME: Final = 5.0
"""Seconds between two frames of `top`."""
_MEMORY: Final = 8_000_000
"""KiB of the node."""
_SIGNALS: Final = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "TERM": 15, "USR1": 10, "USR2": 12, "0": 0}


def _shown(running: Running) -> str:
    return " ".join(running.argv)


async def ps(process: Process) -> int:
    table = sorted(process.machine.processes.items())
    width = process.terminal.columns if process.terminal is not None else 132
    lines = ["PID   USER     COMMAND"]
    lines += [f"{number:5} {'root':8} {_shown(running)}"[:width] for number, running in table]
    await process.say("\n".join(lines) + "\n")
    return 0


def _frame(process: Process, lines: int) -> list[str]:
    """Return a header and a row for each process; what is busy swings slowly, so that there is something to look at."""
    now = process.machine.clock.now()
    busy = 2_600_000 + abs(int(now / 20) % 40 - 20) * 9_000
    one, five, fifteen = (round(0.2 + (now / 60 / span * 7919 % 1) * 0.9, 2) for span in (1, 5, 15))
    user = int(one * 20) % 60
    table = sorted(process.machine.processes.items())
    rows = [
        f"Mem: {busy}K used, {_MEMORY - busy}K free, 1084K shrd, 35852K buff, 1351532K cached",
        f"CPU:  {user:2}% usr   3% sys   0% nic  {97 - user:2}% idle   0% io   0% irq   0% sirq",
        f"Load average: {one:.2f} {five:.2f} {fifteen:.2f} 1/{200 + len(table)} {process.number}",
        "  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND",
    ]
    for number, running in table[: max(lines - len(rows), 1)]:
        state = "R" if number == process.number else "S"
        cpu = user // 2 if number == 1 else 0
        rows.append(f"{number:5} {running.parent:5} root     {state}     4396   0% {cpu:3}% {_shown(running)}")
    return rows


async def top(process: Process) -> int:
    given = options.read(process.arguments, "bmH", "nd")
    frames = options.number(given.values.get("n", "0"))
    pause = options.number(given.values.get("d", str(int(FRAME))))
    if frames is None or not pause:
        return await process.complain("invalid number")
    if "b" in given.flags or process.terminal is None:
        shown = 0
        while True:
            await process.say("\n".join(_frame(process, 1000)) + "\n")
            shown += 1
            if shown == frames:
                return 0
            await process.machine.clock.sleep(pause)
            await process.say("\n")
    return await _live(process, frames, pause)


async def _live(process: Process, frames: int, pause: int) -> int:
    """Paint a frame every so often, until q or Ctrl-C."""
    terminal = process.terminal
    if terminal is None:
        return 1
    keys = asyncio.ensure_future(_quit(process))
    shown = 0
    try:
        with terminal.raw():
            while not keys.done():
                rows = [row[: terminal.columns] for row in _frame(process, terminal.rows - 1)]
                rows[3] = f"\x1b[7m{rows[3]}\x1b[m"
                await process.say("\x1b[H\x1b[J" + "\r\n".join(rows) + "\r")
                shown += 1
                if shown == frames:
                    break
                async with racing(asyncio.shield(keys), process.machine.clock.sleep(pause), terminal.resized()):
                    pass
            await process.say("\r\n")
    finally:
        keys.cancel()
    return 0


async def _quit(process: Process) -> None:
    while (data := await process.stdin.read()) and not set(data) & {ord("q"), 3, 4}:
        pass


async def kill(process: Process) -> int:
    arguments = list(process.arguments)
    signal = 15
    if arguments and arguments[0].startswith("-") and len(arguments) > 1:
        name = arguments.pop(0)[1:]
        name = arguments.pop(0) if name == "s" and len(arguments) > 1 else name
        found = int(name) if name.isdecimal() else _SIGNALS.get(name.removeprefix("SIG"))
        if found is None:
            await process.stderr.write(f"sh: {name}: bad signal spec\n".encode())
            return 1
        signal = found
    code = 0
    for argument in arguments:
        running = process.machine.processes.get(int(argument)) if argument.isdecimal() else None
        if running is None:
            await process.stderr.write(f"sh: can't kill pid {argument}: No such process\n".encode())
            code = 1
        elif signal:
            process.machine.kill(running, signal)
    await asyncio.sleep(0)
    return code
