"""echo, printf, yes, seq: programs that print what they are told to."""

import re
from typing import Final

from kty.demo.pods.machine import Process

_ESCAPE: Final = re.compile(r"\\(?:0([0-7]{1,3})|([1-7][0-7]{0,2})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_NAMED: Final = {"a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_FORMAT: Final = re.compile(r"%([-+ #0]*)(\d+|\*)?(?:\.(\d+))?([sdiuxXocbfeEgG%])")


def _unescaped(text: str) -> tuple[str, bool]:
    r"""Return the text with its backslash sequences replaced, and whether `\c` said to stop."""
    stopped = re.search(r"(?<!\\)(?:\\\\)*\\c", text)
    if stopped:
        text = text[: stopped.end() - 2]

    def replaced(found: re.Match[str]) -> str:
        octal, bare, hexadecimal, char = found.groups()
        if octal or bare:
            return _byte(int(octal or bare, 8) & 255)
        if hexadecimal:
            return _byte(int(hexadecimal, 16))
        return "\0" if char == "0" else _NAMED.get(char, "\\" + char)

    return _ESCAPE.sub(replaced, text), stopped is not None


def _byte(number: int) -> str:
    return bytes([number]).decode("utf-8", "surrogateescape")


async def echo(process: Process) -> int:
    arguments = list(process.arguments)
    letters = ""
    while arguments and re.fullmatch(r"-[neE]+", arguments[0]):
        letters += arguments.pop(0)[1:]
    text, stopped = " ".join(arguments), False
    if "e" in letters:
        text, stopped = _unescaped(text)
    await process.say(text if "n" in letters or stopped else text + "\n")
    return 0


async def printf(process: Process) -> int:
    if not process.arguments:
        await process.stderr.write(b"printf: usage: printf FORMAT [ARG]...\n")
        return 2
    shape, rest = process.arguments[0], process.arguments[1:]
    code = 0
    while True:
        before = len(rest)
        text, wrong = _formatted(shape, rest)
        code = code or int(bool(wrong))
        await process.say(text)
        for word in wrong:
            await process.stderr.write(f"sh: {word}: invalid number\n".encode())
        if not rest or len(rest) == before:
            return code


def _formatted(shape: str, rest: list[str]) -> tuple[str, list[str]]:
    """Return one round of the format, and the arguments that were no numbers; `rest` loses what was used."""
    wrong: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        flags, width, precision, kind = found.groups()
        if kind == "%":
            return "%"
        width = (rest.pop(0) if rest else "0") if width == "*" else width or ""
        argument = rest.pop(0) if rest else ""
        if kind in "sb":
            argument = _unescaped(argument)[0] if kind == "b" else argument
            argument = argument[: int(precision)] if precision else argument
            return argument.ljust(int(width or 0)) if "-" in flags else argument.rjust(int(width or 0))
        if kind == "c":
            return argument[:1]
        dot = f".{precision}" if precision else ""
        try:
            value = _number(argument) if kind in "diuxXo" else float(argument or 0)
        except ValueError:
            wrong.append(argument)
            value = 0
        return f"%{flags}{width}{dot}{'d' if kind in 'iu' else kind}" % value

    pieces = []
    at = 0
    for found in _FORMAT.finditer(shape):
        pieces += [_unescaped(shape[at : found.start()])[0], replaced(found)]
        at = found.end()
    pieces.append(_unescaped(shape[at:])[0])
    return "".join(pieces), wrong


def _number(text: str) -> int:
    if text[:1] in ("'", '"') and len(text) > 1:
        return ord(text[1])
    return int(text or "0", 0 if text[:2] in ("0x", "0X") else 10)


async def yes(process: Process) -> int:
    line = (" ".join(process.arguments) or "y") + "\n"
    block = line.encode() * max(4096 // len(line), 1)
    while True:
        await process.machine.turn()
        await process.stdout.write(block)


async def seq(process: Process) -> int:
    try:
        numbers = [int(argument) for argument in process.arguments]
    except ValueError:
        return await process.complain("invalid number")
    if not 1 <= len(numbers) <= 3:
        return await process.complain("needs one to three numbers")
    first, step = (numbers[0] if len(numbers) > 1 else 1), (numbers[1] if len(numbers) > 2 else 1)
    lines = [f"{value}\n" for value in range(first, numbers[-1] + (1 if step > 0 else -1), step or 1)]
    for at in range(0, len(lines), 1000):
        await process.say("".join(lines[at : at + 1000]))
    return 0
