"""Programs that change the file tree."""

import errno
import posixpath
from collections.abc import Callable

from kty.demo.pods.devices import read_from, write_to
from kty.demo.pods.files import Device, Directory, File, Folder, Link, Mounted, fault
from kty.demo.pods.machine import Process
from kty.demo.pods.programs import options


async def _each(process: Process, paths: list[str], act: Callable[[str], None], words: str) -> int:
    """Do it to each path; complain, with `words` before the fault, of those where it cannot be done."""
    code = 0
    for path in paths:
        try:
            act(path)
        except OSError as error:
            code = await process.complain(f"{words.format(path)}: {error.strerror}")
    if not paths:
        return await process.complain("missing operand")
    return code


async def mkdir(process: Process) -> int:
    given = options.read(process.arguments, "p", "m")

    def make(path: str) -> None:
        process.files.make_directory(path, process.cwd, parents="p" in given.flags)

    return await _each(process, given.operands, make, "can't create directory '{}'")


async def rmdir(process: Process) -> int:
    def remove(path: str) -> None:
        process.files.directory(path, process.cwd)
        process.files.remove(path, process.cwd)

    return await _each(process, process.arguments, remove, "'{}'")


async def rm(process: Process) -> int:
    given = options.read(process.arguments, "rRfi")
    recursive, force = bool(given.flags & {"r", "R"}), "f" in given.flags
    if not given.operands:
        return 0 if force else await process.complain("missing operand")
    code = 0
    for path in given.operands:
        try:
            node = process.files.find(path, process.cwd, follow=False)
            if isinstance(node, Directory) and not recursive:
                code = await process.complain(f"'{path}' is a directory")
                continue
            for inner, _ in reversed(list(process.files.below(path, process.cwd))):
                process.files.remove(inner, process.cwd)
        except FileNotFoundError as error:
            code = code if force else await process.complain(f"can't remove '{path}': {error.strerror}")
        except OSError as error:
            code = await process.complain(f"can't remove '{error.filename}': {error.strerror}")
    return code


async def touch(process: Process) -> int:
    given = options.read(process.arguments, "cam", "dt")

    def date(path: str) -> None:
        if "c" in given.flags and not process.files.is_there(path, process.cwd):
            return
        file = process.files.opened(path, process.cwd, append=True)
        file.changed = process.machine.clock.now()

    return await _each(process, given.operands, date, "{}")


def _targets(process: Process, operands: list[str]) -> list[tuple[str, str]]:
    """Return what goes where: into a directory under its own name, or to a new name."""
    *sources, last = operands
    target = posixpath.join(process.cwd, last)
    into = process.files.is_there(target) and isinstance(process.files.find(target), Directory)
    if len(sources) > 1 and not into:
        raise fault(errno.ENOTDIR, last)
    return [
        (source, posixpath.join(last, posixpath.basename(source.rstrip("/"))) if into else last) for source in sources
    ]


async def mv(process: Process) -> int:
    given = options.read(process.arguments, "fin")
    if len(given.operands) < 2:
        return await process.complain("missing operand")
    targets = dict(_targets(process, given.operands))

    def move(source: str) -> None:
        process.files.move(source, targets[source], process.cwd)

    return await _each(process, list(targets), move, "can't rename '{}'")


async def cp(process: Process) -> int:
    given = options.read(process.arguments, "rRapfiL")
    if len(given.operands) < 2:
        return await process.complain("missing operand")
    recursive = bool(given.flags & {"r", "R", "a"})
    code = 0
    for source, target in _targets(process, given.operands):
        try:
            node = process.files.find(source, process.cwd)
        except OSError as error:
            code = await process.complain(f"can't stat '{source}': {error.strerror}")
            continue
        if isinstance(node, Directory) and not recursive:
            code = await process.complain(f"omitting directory '{source}'")
            continue
        for path, inner in list(process.files.below(source, process.cwd)):
            await _copy(process, path, target + path[len(source) :], is_link=isinstance(inner, Link) and path != source)
    return code


async def _copy(process: Process, source: str, target: str, *, is_link: bool) -> None:
    files, cwd = process.files, process.cwd
    node = files.find(source, cwd, follow=not is_link)
    match node:
        case Folder() | Mounted():
            if not files.is_there(target, cwd):
                files.make_directory(target, cwd)
        case Link(aim):
            files.put(target, Link(aim, process.machine.clock.now()), cwd)
        case _:
            reader, sink = read_from(process, source), write_to(process, target)
            while data := await reader.read():
                await sink.write(data)
            copy = files.find(target, cwd)
            if isinstance(copy, File) and not isinstance(node, Device):
                copy.mode = node.mode


async def ln(process: Process) -> int:
    given = options.read(process.arguments, "sfn")
    if len(given.operands) != 2:
        return await process.complain("needs a target and a name")
    aim, name = given.operands
    files, now = process.files, process.machine.clock.now()
    node = Link(aim, now) if "s" in given.flags else files.find(aim, process.cwd)
    try:
        files.put(name, node, process.cwd, new="f" not in given.flags)
    except OSError as error:
        return await process.complain(f"{name}: {error.strerror}")
    return 0


async def chmod(process: Process) -> int:
    given = options.read([argument for argument in process.arguments if argument != "+x"], "R")
    paths = given.operands
    executable = "+x" in process.arguments
    if not executable and (not paths or not paths[0].isdecimal()):
        return await process.complain(f"invalid mode '{paths[0]}'" if paths else "missing operand")
    bits = 0 if executable else int(paths.pop(0), 8)

    def change(path: str) -> None:
        node = process.files.find(path, process.cwd)
        node.mode = node.mode | 0o111 if executable else bits

    return await _each(process, paths, change, "{}")


async def nothing(process: Process) -> int:
    """chown, sync: there is one user, and nothing to write back."""
    return 0
