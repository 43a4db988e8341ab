"""Programs that read bytes or lines and write some of them."""

import asyncio
import base64
import hashlib
import re
from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from kty.demo.pods.devices import FileReader, read_from, write_to
from kty.demo.pods.files import File
from kty.demo.pods.machine import Process
from kty.demo.pods.programs import options
from kty.demo.pods.streams import CHUNK, Reader

POLL: Final = 0.5
"""Seconds between two looks at a file that `tail -f` follows."""


async def opened(process: Process, paths: list[str]) -> AsyncIterator[tuple[str, Reader]]:
    """Yield what can be read of the files named, the standard input where none is; complain of the others."""
    for path in paths or ["-"]:
        try:
            reader = read_from(process, path)
        except OSError as error:
            quoted = f"can't open '{path}'" if process.name in ("cat", "head", "tail") else path
            quoted = "read error" if isinstance(error, IsADirectoryError) else quoted
            await process.complain(f"{quoted}: {error.strerror}")
            continue
        yield path, reader


def _all_there(process: Process, paths: list[str]) -> int:
    """Return the exit code that files which cannot be read lead to."""
    for path in paths:
        try:
            read_from(process, path)
        except OSError:
            return 1
    return 0


async def cat(process: Process) -> int:
    given = options.read(process.arguments, "u")
    code = _all_there(process, given.operands)
    async for _, reader in opened(process, given.operands):
        while data := await reader.read():
            await process.stdout.write(data)
    return code


def _legacy(arguments: list[str]) -> list[str]:
    """Let `-5` be `-n 5`."""
    return [f"-n{argument[1:]}" if re.fullmatch(r"-\d+", argument) else argument for argument in arguments]


async def head(process: Process) -> int:
    given = options.read(_legacy(process.arguments), "q", "nc")
    unit = "c" if "c" in given.values else "n"
    count = options.number(given.values.get(unit, "10"))
    if count is None:
        return await process.complain(f"invalid number '{given.values[unit]}'")
    async for _, reader in opened(process, given.operands):
        left = count
        while left > 0:
            if unit == "n":
                data, left = await reader.line(), left - 1
            else:
                data = await reader.read()
                reader.give_back(data[left:])
                data, left = data[:left], left - len(data)
            if not data:
                break
            await process.stdout.write(data)
    return _all_there(process, given.operands)


async def tail(process: Process) -> int:
    given = options.read(_legacy(process.arguments), "fFqv", "nc")
    unit = "c" if "c" in given.values else "n"
    asked = given.values.get(unit, "10")
    count = options.number(asked.lstrip("+-"))
    if count is None:
        return await process.complain(f"invalid number '{asked}'")
    async for path, reader in opened(process, given.operands):
        if asked.startswith("+"):
            await _from(process, reader, unit, count)
        elif unit == "c":
            await process.stdout.write((await reader.all())[-count:] if count else b"")
        else:
            lines: deque[bytes] = deque(maxlen=count)
            while line := await reader.line():
                lines.append(line)
            for line in lines:
                await process.stdout.write(line)
        if given.flags & {"f", "F"}:
            await _follow(process, path)
    return _all_there(process, given.operands)


async def _from(process: Process, reader: Reader, unit: str, count: int) -> None:
    for _ in range(max(count - 1, 0)):
        if not await (reader.line() if unit == "n" else reader.some(1)):
            return
    while data := await reader.read():
        await process.stdout.write(data)


async def _follow(process: Process, path: str) -> None:
    """Write what is added to a file, for ever."""
    node = None if path == "-" else process.files.find(path, process.cwd)
    reader = FileReader(node) if isinstance(node, File) else None
    while reader is not None and await reader.read():
        pass
    while True:
        while reader is not None and (data := await reader.read()):
            await process.stdout.write(data)
        await process.machine.clock.sleep(POLL if reader is not None else 3600.0)


async def wc(process: Process) -> int:
    given = options.read(process.arguments, "lwcmL")
    shown = [letter for letter in "lwc" if letter in ({"m": "c"}.get(f, f) for f in given.flags or {"l", "w", "c"})]
    totals = dict.fromkeys("lwc", 0)
    files = 0
    async for path, reader in opened(process, given.operands):
        counts = dict.fromkeys("lwc", 0)
        within = False
        while data := await reader.read():
            counts["l"] += data.count(b"\n")
            counts["c"] += len(data)
            if "w" in shown:
                counts["w"] += len(data.split()) - (within and not data[:1].isspace())
                within = not data[-1:].isspace()
        for letter in "lwc":
            totals[letter] += counts[letter]
        files += 1
        await process.say(_counted(counts, shown, path if given.operands else ""))
    if files > 1:
        await process.say(_counted(totals, shown, "total"))
    return _all_there(process, given.operands)


def _counted(counts: dict[str, int], shown: list[str], name: str) -> str:
    numbers = [str(counts[letter]) for letter in shown]
    text = numbers[0] if len(numbers) == 1 else " ".join([number.rjust(9) for number in numbers])
    return f"{text} {name}\n" if name else f"{text}\n"


async def tee(process: Process) -> int:
    given = options.read(process.arguments, "ai")
    sinks = [write_to(process, path, append="a" in given.flags) for path in given.operands]
    while data := await process.stdin.read():
        for sink in (process.stdout, *sinks):
            await sink.write(data)
    return 0


async def sort(process: Process) -> int:
    given = options.read(process.arguments, "rnu", "kt")
    lines: list[bytes] = []
    async for _, reader in opened(process, given.operands):
        lines += (await reader.all()).splitlines()
    field = options.number(given.values.get("k", "0").split(",")[0]) or 0

    def key(line: bytes) -> tuple[float, bytes]:
        separator = given.values.get("t", "").encode() or None
        parts = line.split(separator)
        part = parts[field - 1] if 0 < field <= len(parts) else line if not field else b""
        found = re.match(rb"\s*(-?\d+(?:\.\d+)?)", part) if "n" in given.flags else None
        return (float(found[1]) if found else 0.0), part

    lines.sort(key=key, reverse="r" in given.flags)
    if "u" in given.flags:
        lines = list(dict.fromkeys(lines))
    await process.stdout.write(b"".join([line + b"\n" for line in lines]))
    return _all_there(process, given.operands)


async def uniq(process: Process) -> int:
    given = options.read(process.arguments, "c")
    async for _, reader in opened(process, given.operands[:1]):
        last, count = await reader.line(), 1
        while last:
            line = await reader.line()
            if line == last:
                count += 1
                continue
            await process.stdout.write((f"{count:7} ".encode() if "c" in given.flags else b"") + last)
            last, count = line, 1
    return 0


async def base64_(process: Process) -> int:
    given = options.read(process.arguments, "d", "w")
    async for _, reader in opened(process, given.operands[:1]):
        data = await reader.all()
        if "d" in given.flags:
            try:
                await process.stdout.write(base64.b64decode(data))
            except ValueError:
                return await process.complain("truncated input")
            continue
        text = base64.b64encode(data)
        width = options.number(given.values.get("w", "76")) or len(text) or 1
        for at in range(0, len(text), width):
            await process.stdout.write(text[at : at + width] + b"\n")
    return _all_there(process, given.operands[:1])


async def digest(process: Process) -> int:
    """md5sum, sha1sum, sha256sum, sha512sum"""
    code = _all_there(process, process.arguments)
    async for path, reader in opened(process, process.arguments):
        sum_ = hashlib.new(process.name.removesuffix("sum"), usedforsecurity=False)
        while data := await reader.read():
            sum_.update(data)
        await process.say(f"{sum_.hexdigest()}  {path}\n")
    return code


async def dd(process: Process) -> int:
    """Copy blocks: if=, of=, bs=, count=."""
    given = dict(argument.split("=", 1) for argument in process.arguments if "=" in argument)
    size, count = options.number(given.get("bs", "512")), options.number(given.get("count", ""))
    if not size:
        return await process.complain(f"invalid number '{given['bs']}'")
    reader = read_from(process, given.get("if", "-"))
    sink = write_to(process, given["of"]) if "of" in given else process.stdout
    copied = 0
    while count is None or copied < count * size:
        left = CHUNK if count is None else min(CHUNK, count * size - copied)
        data = await reader.some(left)
        await sink.write(data)
        copied += len(data)
        if len(data) < left:
            break
        await asyncio.sleep(0)
    whole, part = divmod(copied, size)
    await process.stderr.write(f"{whole}+{int(part > 0)} records in\n{whole}+{int(part > 0)} records out\n".encode())
    return 0
