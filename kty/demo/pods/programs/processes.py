"""Programs about what runs: ps, top, kill, free, uptime."""

import asyncio
from typing import Final

from kty.demo.pods.machine import Process, Running
from kty.demo.pods.programs import options

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


def used(process: Process) -> int:
    """Return the KiB in use on the node: it swings slowly, so that there is something to look at."""
    phase = int(process.machine.clock.now() / 20) % 40
    return 2_600_000 + abs(phase - 20) * 9_000


def load(process: Process) -> tuple[float, float, float]:
    """Return the load of the last 1, 5 and 15 minutes."""
    minute = process.machine.clock.now() / 60
    return tuple(round(0.2 + (minute / span * 7919 % 1) * 0.9, 2) for span in (1, 5, 15))  # type: ignore[return-value] # three


def _frame(process: Process, lines: int) -> list[str]:
    busy = used(process)
    one, five, fifteen = load(process)
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
    try:
        given = options.read(process.arguments, "bmH", "nd")
    except options.Usage as usage:
        return await options.refused(process, usage)
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
                nap = asyncio.ensure_future(process.machine.clock.sleep(pause))
                resized = asyncio.ensure_future(terminal.resized())
                try:
                    await asyncio.wait({keys, nap, resized}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    nap.cancel()
                    resized.cancel()
            await process.say("\r\n")
    finally:
        keys.cancel()
    return 0


async def _quit(process: Process) -> None:
    while (data := await process.stdin.read()) and not set(data) & {ord("q"), 3, 4}:
        pass


async def kill(process: Process) -> int:
    arguments = list(process.arguments)
    if arguments[:1] == ["-l"]:
        await process.say(" ".join(_SIGNALS) + "\n")
        return 0
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


async def free(process: Process) -> int:
    busy = used(process)
    divisor = {"-m": 1024, "-h": 1024, "-g": 1 << 20}.get(process.arguments[0] if process.arguments else "", 1)
    cells = [
        number // divisor for number in (_MEMORY, busy, _MEMORY - busy - 1_387_384, 1084, 1_387_384, _MEMORY - busy)
    ]
    titles = ["total", "used", "free", "shared", "buff/cache", "available"]
    await process.say("      " + "".join([title.rjust(12 if at else 14) for at, title in enumerate(titles)]) + "\n")
    await process.say("Mem:  " + "".join([str(cell).rjust(12 if at else 14) for at, cell in enumerate(cells)]) + "\n")
    await process.say("Swap: " + "0".rjust(14) + "0".rjust(12) * 2 + "\n")
    return 0


async def uptime(process: Process) -> int:
    now = process.machine.clock.now()
    first = process.machine.processes.get(1)
    minutes = int((now - first.started) // 60) if first else 0
    hours = f"{minutes // 60:2}:{minutes % 60:02}" if minutes >= 60 else f"{minutes} min"
    day = int(now) % 86400
    clock = f"{day // 3600:02}:{day % 3600 // 60:02}:{day % 60:02}"
    loads = ", ".join([f"{number:.2f}" for number in load(process)])
    await process.say(f" {clock} up {hours},  0 users,  load average: {loads}\n")
    return 0


async def df(process: Process) -> int:
    await process.say("Filesystem           1K-blocks      Used Available Use% Mounted on\n")
    await process.say("overlay               41152736   9481216  29548976  24% /\n")
    return 0
