"""ls, stat, find: what is in the file tree."""

from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Final

from kty.demo.pods.files import Device, Directory, File, Folder, Link, Made, Mounted, Node
from kty.demo.pods.machine import Process
from kty.demo.pods.programs import options

_HALF_A_YEAR: Final = 182.5 * 86400
_STAT: Final = "  File: %n\n  Size: %s\t%F\nAccess: (%a/%A)  Uid: (    0/    root)   Gid: (    0/    root)\nModify: %y"


def size(node: Node) -> int:
    """Return what `ls -l` shows as the size."""
    match node:
        case File(data):
            return len(data)
        case Made(make):
            return len(make())
        case Link(target):
            return len(target)
        case Device():
            return 0
    return 4096


def mode(node: Node) -> str:
    kind = {Link: "l", Device: "c"}.get(type(node), "d" if isinstance(node, Directory) else "-")
    bits = "".join([letter if node.mode >> (8 - at) & 1 else "-" for at, letter in enumerate("rwxrwxrwx")])
    if node.mode & 0o1000:
        bits = bits[:-1] + ("t" if node.mode & 1 else "T")
    return kind + bits


def _human(number: int) -> str:
    value, units = float(number), ["", "K", "M", "G"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:.1f}{units[0]}" if units[0] and value < 10 else f"{value:.0f}{units[0]}"


async def ls(process: Process) -> int:
    given = options.read(process.arguments, "alAd1hRrt")
    code = 0
    singles: list[tuple[str, Node]] = []
    folders: list[str] = []
    for path in given.operands or ["."]:
        try:
            node = process.files.find(path, process.cwd, follow="l" not in given.flags or path.endswith("/"))
        except OSError as error:
            code = await process.complain(f"{path}: {error.strerror}")
            continue
        if isinstance(node, Directory) and "d" not in given.flags:
            folders.append(path)
        else:
            singles.append((path, node))
    await _print(process, singles, given.flags)
    titled = len(given.operands) > 1 or "R" in given.flags
    first = not singles
    while folders:
        path = folders.pop(0)
        if titled:
            await process.say(("" if first else "\n") + f"{path}:\n")
        first = False
        entries = _entries(process, path, given.flags)
        if "l" in given.flags:
            await process.say(
                f"total {sum(-(-size(node) // 4096) * 4 for _, node in entries if not isinstance(node, Link))}\n"
            )
        await _print(process, entries, given.flags)
        if "R" in given.flags:
            inner = [f"{path.rstrip('/')}/{name}" for name, node in entries if isinstance(node, Directory)]
            folders[:0] = [name for name in inner if not name.endswith(("/.", "/.."))]
    return code


def _entries(process: Process, path: str, flags: set[str]) -> list[tuple[str, Node]]:
    listing = process.files.directory(path, process.cwd).listing()
    names = sorted(name for name in listing if not name.startswith(".") or flags & {"a", "A"})
    entries = [(name, listing[name]) for name in names]
    if "a" in flags:
        above = process.files.find(f"{path}/..", process.cwd)
        entries[:0] = [(".", process.files.find(path, process.cwd)), ("..", above)]
    if "t" in flags:
        entries.sort(key=lambda entry: -entry[1].changed)
    return entries[::-1] if "r" in flags else entries


async def _print(process: Process, entries: list[tuple[str, Node]], flags: set[str]) -> None:
    if "l" in flags:
        for name, node in entries:
            await process.say(_line(name, node, flags, process.machine.clock.now()))
        return
    names = [name for name, _ in entries]
    columns = process.terminal.columns if process.terminal is not None and "1" not in flags else 0
    if not columns or not names:
        await process.say("".join([f"{name}\n" for name in names]))
        return
    width = max(map(len, names)) + 2
    across = max(columns // width, 1)
    down = -(-len(names) // across)
    for row in range(down):
        await process.say("".join([name.ljust(width) for name in names[row::down]]).rstrip() + "\n")


def _line(name: str, node: Node, flags: set[str], now: float) -> str:
    when = datetime.fromtimestamp(node.changed, UTC)
    recent = abs(now - node.changed) < _HALF_A_YEAR
    date = when.strftime("%b %e %H:%M" if recent else "%b %e  %Y")
    links = (
        2 + sum(isinstance(inner, Directory) for inner in node.listing().values()) if isinstance(node, Directory) else 1
    )
    shown = _human(size(node)) if "h" in flags else str(size(node))
    target = f" -> {node.target}" if isinstance(node, Link) else ""
    return f"{mode(node)} {links:4} root     root     {shown:>9} {date} {name}{target}\n"


async def stat(process: Process) -> int:
    given = options.read(process.arguments, "L", "c")
    code = 0
    for path in given.operands:
        try:
            node = process.files.find(path, process.cwd, follow="L" in given.flags)
        except OSError as error:
            code = await process.complain(f"can't stat '{path}': {error.strerror}")
            continue
        when = datetime.fromtimestamp(node.changed, UTC).strftime("%Y-%m-%d %H:%M:%S.%f000 +0000")
        kinds = {"d": "directory", "l": "symbolic link", "c": "character special file"}
        values = {
            "n": path,
            "s": str(size(node)),
            "a": f"{node.mode & 0o7777:o}",
            "A": mode(node),
            "F": kinds.get(mode(node)[0], "regular file"),
            "y": when,
            "Y": str(int(node.changed)),
        }
        shown = given.values.get("c", _STAT)
        for letter, value in values.items():
            shown = shown.replace(f"%{letter}", value)
        await process.say(f"{shown}\n")
    return code


async def find(process: Process) -> int:
    words = list(process.arguments)
    tops = []
    while words and not words[0].startswith("-"):
        tops.append(words.pop(0))
    tests = dict(zip(words[::2], words[1::2], strict=False))
    if unknown := [name for name in tests if name not in ("-name", "-type", "-maxdepth", "-path")]:
        return await process.complain(f"unrecognized: {unknown[0]}")
    kinds: dict[str, tuple[type[Node], ...]] = {
        "f": (File, Made),
        "d": (Folder, Mounted),
        "l": (Link,),
        "c": (Device,),
    }
    code = 0
    for top in tops or ["."]:
        try:
            for path, node in process.files.below(top, process.cwd):
                depth = path[len(top.rstrip("/")) :].count("/")
                if depth > (options.number(tests.get("-maxdepth", "")) or 1 << 20):
                    continue
                if "-type" in tests and not isinstance(node, kinds.get(tests["-type"], ())):
                    continue
                if fnmatch(path.rpartition("/")[2], tests.get("-name", "*")) and fnmatch(path, tests.get("-path", "*")):
                    await process.say(f"{path}\n")
        except OSError as error:
            code = await process.complain(f"{top}: {error.strerror}")
    return code
