"""Programs about the terminal: stty, tty."""

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
        case [other, *_]:
            return await process.complain(f"invalid argument '{other}'")
    return 0


async def tty(process: Process) -> int:
    if "-s" not in process.arguments:
        await process.say("not a tty\n" if process.terminal is None else f"{process.terminal.path}\n")
    return 1 if process.terminal is None else 0
