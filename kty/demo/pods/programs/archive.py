"""tar, to and from streams: how files are copied to and from a pod."""

import posixpath
import tarfile
from typing import Final

from kty.demo.pods.devices import read_from, write_to
from kty.demo.pods.files import Device, Directory, File, Link, Made, Node
from kty.demo.pods.machine import Process
from kty.demo.pods.programs import options
from kty.demo.pods.streams import CHUNK, Reader, Sink

BLOCK: Final = 512


async def tar(process: Process) -> int:
    arguments = list(process.arguments)
    if arguments and not arguments[0].startswith("-"):
        arguments[0] = f"-{arguments[0]}"
    arguments = [{"--extract": "-x", "--create": "-c", "--list": "-t"}.get(word, word) for word in arguments]
    excess = [word for word in arguments if word.startswith("--") and word != "--"]
    given = options.read([word for word in arguments if word not in excess], "cxtvzmpoOhkP", "fCX")
    if "z" in given.flags:
        return await process.complain("gzip is not here: leave out z")
    cwd = posixpath.normpath(posixpath.join(process.cwd, given.values.get("C", ".")))
    process.files.directory(cwd)
    path = given.values.get("f", "-")
    if "c" in given.flags:
        sink = process.stdout if path == "-" else write_to(process, path)
        return await _create(process, sink, given.operands, cwd, verbose="v" in given.flags)
    reader = process.stdin if path == "-" else read_from(process, path)
    if "x" in given.flags or "t" in given.flags:
        return await _read(process, reader, cwd, given)
    return await process.complain("needs one of c, x, t")


async def _create(process: Process, sink: Sink, paths: list[str], cwd: str, *, verbose: bool) -> int:
    if not paths:
        return await process.complain("empty archive")
    code = 0
    for top in paths:
        try:
            nodes = list(process.files.below(top, cwd))
        except OSError as error:
            await process.complain(f"{top}: {error.strerror}")
            code = 1
            continue
        for path, node in nodes:
            if isinstance(node, Device):
                continue
            content = process.files.content(path, cwd) if isinstance(node, File | Made) else b""
            head = _head(path, node, len(content)).tobuf(tarfile.GNU_FORMAT)
            for at in range(0, len(content), CHUNK):
                await sink.write(head + content[at : at + CHUNK])
                head = b""
            await sink.write(head + bytes(-len(content) % BLOCK))
            if verbose:
                await process.stderr.write(f"{path}\n".encode())
    await sink.write(bytes(2 * BLOCK))
    if code:
        await process.complain("error exit delayed from previous errors")
    return code


def _head(path: str, node: Node, size: int) -> tarfile.TarInfo:
    head = tarfile.TarInfo(path.lstrip("/") or ".")
    head.size, head.mode, head.mtime = size, node.mode & 0o7777, int(node.changed)
    head.uname = head.gname = "root"
    if isinstance(node, Link):
        head.type, head.linkname = tarfile.SYMTYPE, node.target
    elif isinstance(node, Directory):
        head.type, head.size = tarfile.DIRTYPE, 0
    return head


async def _read(process: Process, reader: Reader, cwd: str, given: options.Options) -> int:
    """Read an archive member by member: no more than a chunk of it is in memory at a time."""
    extracting, wanted = "x" in given.flags, [operand.rstrip("/") for operand in given.operands]
    any_read = False
    try:
        while (head := await _next_head(reader)) is not None:
            any_read = True
            name = head.name.rstrip("/")
            chosen = not wanted or any(name == one or name.startswith(f"{one}/") for one in wanted)
            if chosen and (not extracting or "v" in given.flags):
                await process.say(f"{name}/\n" if head.isdir() else f"{name}\n")
            await _member(process, reader, head, cwd, given.flags if chosen and extracting else None)
    except EOFError:
        return await process.complain("short read")
    except tarfile.TarError:
        return await process.complain("invalid tar magic")
    while await reader.read():
        pass  # whoever sends may pad the last record
    return 0 if any_read else await process.complain("short read")


async def _next_head(reader: Reader) -> tarfile.TarInfo | None:
    """Return the next member, with the long name that may stand before it; None at the end."""
    long_name = long_link = ""
    while True:
        block = await reader.some(BLOCK)
        if not block.strip(b"\0"):
            return None
        if len(block) < BLOCK:
            raise EOFError
        head = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if head.type in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE):
            body = (await reader.some(-(-head.size // BLOCK) * BLOCK))[: head.size]
            if head.type == tarfile.GNUTYPE_LONGNAME:
                long_name = body.rstrip(b"\0").decode("utf-8", "surrogateescape")
            elif head.type == tarfile.GNUTYPE_LONGLINK:
                long_link = body.rstrip(b"\0").decode("utf-8", "surrogateescape")
            elif head.type == tarfile.XHDTYPE:
                attributes = _attributes(body)
                long_name, long_link = attributes.get("path", long_name), attributes.get("linkpath", long_link)
            continue
        head.name, head.linkname = long_name or head.name, long_link or head.linkname
        return head


def _attributes(body: bytes) -> dict[str, str]:
    """Return the records of a pax header: `LENGTH KEY=VALUE` lines."""
    found: dict[str, str] = {}
    while body:
        length = int(body.partition(b" ")[0] or b"0")
        if not length:
            break
        key, _, value = body[:length].partition(b" ")[2].rstrip(b"\n").partition(b"=")
        found[key.decode()] = value.decode("utf-8", "surrogateescape")
        body = body[length:]
    return found


async def _member(process: Process, reader: Reader, head: tarfile.TarInfo, cwd: str, flags: set[str] | None) -> None:
    """Take a member's content, and put it into the tree unless `flags` is None. Raises EOFError where that is cut."""
    files, now = process.files, process.machine.clock.now()
    path = posixpath.normpath(posixpath.join(cwd, head.name.lstrip("/")))
    sink: Sink | None = None
    if flags is not None and path.startswith(cwd.rstrip("/") + "/"):
        if head.isdir():
            files.make_directory(path, parents=True)
        elif head.issym():
            files.put(path, Link(head.linkname, now))
        elif head.islnk() and "O" not in flags:
            files.make_directory(posixpath.dirname(path), parents=True)
            files.put(path, files.find(head.linkname.lstrip("/"), cwd, follow=False))
        elif head.isreg() and "O" in flags:
            sink = process.stdout
        elif head.isreg():
            files.make_directory(posixpath.dirname(path), parents=True)
            sink = write_to(process, path)
    left = head.size if head.isreg() else 0
    padding = -left % BLOCK
    while left:
        data = await reader.some(min(left, CHUNK))
        if not data:
            raise EOFError
        left -= len(data)
        if sink is not None:
            await sink.write(data)
    await reader.some(padding)
    if sink is not None and "O" not in (flags or ()):
        node = files.find(path)
        node.mode = head.mode & 0o7777
        if "m" not in (flags or ()):
            node.changed = float(head.mtime)
