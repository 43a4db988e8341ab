"""Programs that look into lines: grep, cut, tr, sed."""

import re
from typing import Final

from kty.demo.pods.machine import Process
from kty.demo.pods.programs import options
from kty.demo.pods.programs.text import opened

_CLASSES: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "space": r"\s",
    "upper": "A-Z",
    "lower": "a-z",
    "punct": re.escape("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
}


def expression(text: str, *, extended: bool, ignore_case: bool = False) -> re.Pattern[bytes]:
    """Return a POSIX regular expression as one of Python's."""
    text = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1], ""), text)
    if not extended:  # \( \| \+ mean there what ( | + mean in extended ones, and the other way round
        swapped = re.compile(r"\\([(){}|+?])|([(){}|+?])|(\[[^\]]+\]|\\.)")
        text = swapped.sub(lambda found: found[1] or (f"\\{found[2]}" if found[2] else found[3]), text)
    return re.compile(text.encode("utf-8", "surrogateescape"), re.IGNORECASE if ignore_case else 0)


async def grep(process: Process) -> int:
    given = options.read(process.arguments, "invclqEFHhorRswx", "emABC")
    flags, operands = given.flags, given.operands
    if "e" not in given.values and not operands:
        await process.stderr.write(b"Usage: grep [-HhnlLoqvsriwFE] [-m N] { PATTERN | -e PATTERN } [FILE]...\n")
        return 2
    text = given.values.get("e") or operands.pop(0)
    text = re.escape(text) if "F" in flags else text
    text = rf"\b(?:{text})\b" if "w" in flags else text
    try:
        shape = expression(text, extended=bool(flags & {"E", "F", "w"}), ignore_case="i" in flags)
    except re.error:
        await process.complain("bad regex")
        return 2
    if flags & {"r", "R"}:
        operands = _below(process, operands or ["."])
    named = (len(operands) > 1 or "H" in flags or bool(flags & {"r", "R"})) and "h" not in flags
    most = options.number(given.values.get("m", ""))
    any_found = False
    async for path, reader in opened(process, operands):
        number = found = 0
        while line := await reader.line():
            number += 1
            match = shape.fullmatch(line.rstrip(b"\n")) if "x" in flags else shape.search(line.rstrip(b"\n"))
            if (match is None) != ("v" in flags):
                continue
            found += 1
            any_found = True
            if "q" in flags:
                return 0
            if "l" in flags:
                await process.say(f"{path}\n")
                break
            if "c" not in flags:
                shown = match[0] + b"\n" if match and "o" in flags else line.rstrip(b"\n") + b"\n"
                prefix = (f"{path}:" if named else "") + (f"{number}:" if "n" in flags else "")
                await process.stdout.write(prefix.encode() + shown)
            if found == most:
                break
        if "c" in flags:
            await process.say(f"{path}:{found}\n" if named else f"{found}\n")
    return 0 if any_found else 1


def _below(process: Process, paths: list[str]) -> list[str]:
    from kty.demo.pods.files import File, Made

    return [
        path for top in paths for path, node in process.files.below(top, process.cwd) if isinstance(node, File | Made)
    ]


async def cut(process: Process) -> int:
    given = options.read(process.arguments, "s", "dfcb")
    ranges = given.values.get("f") or given.values.get("c") or given.values.get("b") or ""
    wanted = [re.fullmatch(r"(\d*)(-?)(\d*)", part) for part in ranges.split(",")]
    if not ranges or not all(wanted):
        return await process.complain("expected a list of bytes, characters, or fields")
    bounds = [
        (int(found[1] or 1) - 1, int(found[3]) if found[3] else None if found[2] else int(found[1]))
        for found in wanted
        if found
    ]
    separator = given.values.get("d", "\t").encode()
    async for _, reader in opened(process, given.operands):
        while line := await reader.line():
            line = line.rstrip(b"\n")
            if "f" not in given.values:
                kept = b"".join([line[start:end] for start, end in bounds])
            elif separator not in line:
                if "s" in given.flags:
                    continue
                kept = line
            else:
                parts = line.split(separator)
                kept = separator.join([part for start, end in bounds for part in parts[start:end]])
            await process.stdout.write(kept + b"\n")
    return 0


def _characters(text: str) -> bytes:
    text = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\r", "\r").replace("\\0", "\0")
    for name, shape in (("upper", "A-Z"), ("lower", "a-z"), ("digit", "0-9"), ("space", " \t\n\r\v\f")):
        text = text.replace(f"[:{name}:]", shape)
    spread = re.sub(
        r"(.)-(.)", lambda found: "".join(map(chr, range(ord(found[1]), ord(found[2]) + 1))), text, flags=re.DOTALL
    )
    return spread.encode("utf-8", "surrogateescape")


async def tr(process: Process) -> int:
    given = options.read(process.arguments, "dsc", stop=True)
    sets = [_characters(operand) for operand in given.operands]
    if not sets:
        return await process.complain("needs a set of characters")
    first = bytes(set(range(256)) - set(sets[0])) if "c" in given.flags else sets[0]
    second = sets[1] if len(sets) > 1 else b""
    second = (second + second[-1:] * len(first))[: len(first)] if second else first
    table = bytes.maketrans(first, second)
    squeezed = re.compile(b"([" + re.escape(second) + b"])\\1+") if "s" in given.flags else None
    while data := await process.stdin.read():
        data = data.translate(None, first) if "d" in given.flags else data.translate(table)
        await process.stdout.write(squeezed.sub(rb"\1", data) if squeezed else data)
    return 0


async def sed(process: Process) -> int:
    """Only what people type: `s/…/…/g`, `/…/d`, `/…/p`, `5p`, `2,4p`, `$d`, several with `;`."""
    given = options.read(process.arguments, "nEr", "e")
    script = given.values.get("e") or (given.operands.pop(0) if given.operands else "")
    steps = [_Step.read(part.strip(), extended=bool(given.flags & {"E", "r"})) for part in script.split(";") if part]
    if not steps or None in steps:
        return await process.complain(f"unsupported command {script}")
    async for _, reader in opened(process, given.operands):
        number, line = 0, await reader.line()
        while line:
            following = await reader.line()
            number += 1
            kept = line.rstrip(b"\n")
            deleted = False
            for step in steps:
                if step is None or deleted or not step.selects(number, kept, last=not following):
                    continue
                match step.command:
                    case "d":
                        deleted = True
                    case "p":
                        await process.stdout.write(kept + b"\n")
                    case "s" if step.shape is not None:
                        kept = step.shape.sub(step.text, kept, count=step.count)
            if not deleted and "n" not in given.flags:
                await process.stdout.write(kept + b"\n")
            line = following
    return 0


class _Step:
    """One command of sed, with what it applies to."""

    def __init__(self, address: str, command: str, *, extended: bool) -> None:
        self.command = command[0]
        self.shape: re.Pattern[bytes] | None = None
        self.text, self.count = b"", 1
        self._first, _, self._last = address.partition(",")
        self._pattern = expression(address[1:-1], extended=extended) if address.startswith("/") else None
        if self.command == "s":
            _, text, replacement, flags = command.split(command[1])
            self.shape = expression(text, extended=extended, ignore_case="i" in flags.lower())
            self.text = re.sub(r"(?<!\\)&", r"\\g<0>", replacement).encode()
            self.count = 0 if "g" in flags else 1

    @classmethod
    def read(cls, text: str, *, extended: bool) -> "_Step | None":
        found = re.fullmatch(
            r"(/(?:[^/\\]|\\.)*/|\d+(?:,(?:\d+|\$))?|\$)?\s*([dp]|s(.)(?:(?!\3).)*\3(?:(?!\3).)*\3[gi]*)", text
        )
        return cls(found[1] or "", found[2], extended=extended) if found else None

    def selects(self, number: int, line: bytes, *, last: bool) -> bool:
        if self._pattern is not None:
            return self._pattern.search(line) is not None
        if self._first == "$":
            return last
        if not self._first:
            return True
        if self._last:
            return number >= int(self._first) and (self._last == "$" or number <= int(self._last))
        return number == int(self._first)
