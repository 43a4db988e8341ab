"""Programs about the terminal: stty, tty, clear, reset."""

from kty.demo.pods.machine import Process


async def stty(process: Process) -> int:
    terminal = process.terminal
    if terminal is None:
        await process.complain("standard input: Inappropriate ioctl for device")
        return 1
    match process.arguments:
        case ["size"]:
            await process.say(f"{terminal.rows} {terminal.columns}\n")
        case []:
            await process.say(f"speed 38400 baud; rows {terminal.rows}; columns {terminal.columns};\n")
        case ["-echo"] | ["echo"]:
            terminal.echoes = process.arguments[0] == "echo"
        case ["rows", number] if number.isdecimal():
            terminal.resize(terminal.columns, int(number))
        case ["cols" | "columns", number] if number.isdecimal():
            terminal.resize(int(number), terminal.rows)
        case ["sane"]:
            terminal.echoes = True
        case [other, *_]:
            return await process.complain(f"invalid argument '{other}'")
    return 0


async def tty(process: Process) -> int:
    if "-s" not in process.arguments:
        await process.say("not a tty\n" if process.terminal is None else f"{process.terminal.path}\n")
    return 1 if process.terminal is None else 0


async def clear(process: Process) -> int:
    await process.say("\x1b[H\x1b[J")
    return 0


async def reset(process: Process) -> int:
    if process.terminal is not None:
        process.terminal.echoes = True
        await process.say("\x1bc\x1b(B\x1b[m\x1b[J\x1b[?25h")
    return 0
