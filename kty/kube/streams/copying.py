"""Copy files to and from containers: by tar, which the container must have."""

import asyncio
import errno
import os
import posixpath
import tarfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from kty.errors import BrokenArchive, ClusterError, ServerFault, Unreachable, UsageError
from kty.kube.client import Client
from kty.kube.streams.exec import Process, execute
from kty.kube.streams.outcome import Exit
from kty.kube.streams.tar_reading import BLOCK, TarReader
from kty.kube.streams.tree_reading import Entry, Left, entries
from kty.kube.streams.tree_writing import Parts, TreeWriter
from kty.text import printable

CHUNK = 1 << 18
_IN_THE_WAY = {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY}
_END = bytes(2 * BLOCK)


@dataclass(slots=True)
class Copied:
    """How far a copy has come; whoever asked for progress gets this same value each time."""

    path: str = ""
    """What was copied last, or is being copied."""
    files: int = 0
    bytes: int = 0
    left: list[Left] = field(default_factory=list)
    """What was not copied, and why: devices, links that lead elsewhere, names that lead out of the target."""


Progress = Callable[[Copied], object]


def _silent(_: Copied) -> None:
    return


async def copy_from(
    client: Client,
    namespace: str,
    pod: str,
    source: str,
    target: Path,
    *,
    container: str = "",
    follow_links: bool = False,
    progress: Progress = _silent,
) -> Copied:
    """Copy a file or a directory of a container to `target`, which is the copy's own name and not where to put it.

    Modes (but setuid and its like), times and links are kept. Nothing is ever written outside the target, whatever
    the container sends. Raises UsageError where the target cannot be written, ClusterError where tar failed, and what
    `execute` and `Process.wait` raise. What was copied before is left there.
    """
    directory, name = _split(source)
    options = "chf" if follow_links else "cf"
    command = ["tar", options, "-", "-C", directory, f"./{name}"]
    copied = Copied()
    try:
        writer = await asyncio.to_thread(TreeWriter, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        async with execute(client, namespace, pod, command, container=container) as process:
            errors = asyncio.ensure_future(process.stderr.rest())
            try:
                cut = await _unpack(process, writer, _parts(name), copied, progress)
                _judge(await _end_of(process), await errors)
            finally:
                errors.cancel()
                await asyncio.gather(errors, return_exceptions=True)
        if cut is not None:
            raise cut
        await asyncio.to_thread(writer.finish)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        writer.close()
    return copied


async def copy_to(
    client: Client,
    namespace: str,
    pod: str,
    source: Path,
    target: str,
    *,
    container: str = "",
    follow_links: bool = False,
    progress: Progress = _silent,
) -> Copied:
    """Copy a file or a directory to `target` in a container, which is the copy's own name and not where to put it.

    The directory above it must exist there. Modes, times and links are kept, owners are not. Raises UsageError where
    the source cannot be read, ClusterError where tar failed, and what `execute` and `Process.wait` raise.
    """
    directory, name = _split(target)
    command = ["tar", "xf", "-", "-C", directory]
    copied = Copied()
    async with execute(client, namespace, pod, command, container=container, stdin=True, stdout=False) as process:
        process.stdin.must_end()
        errors = asyncio.ensure_future(process.stderr.rest())
        ending = asyncio.ensure_future(_end_of(process))
        sending = asyncio.ensure_future(_pack(process, source, name or ".", follow_links, copied, progress))
        try:
            await asyncio.wait({sending, ending}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                with suppress(Unreachable):  # how tar ended says more
                    sending.result()
            _judge(await ending, await errors)
            if not sending.done():
                raise ClusterError("tar in the container ended before it had everything")
            sending.result()
        finally:
            for task in (errors, ending, sending):
                task.cancel()
            await asyncio.gather(errors, ending, sending, return_exceptions=True)
    return copied


async def _unpack(
    process: Process, writer: TreeWriter, root: Parts, copied: Copied, progress: Progress
) -> BrokenArchive | None:
    """Write what comes; return why it ended too early, where it did: why tar failed says more."""
    archive = TarReader(process.stdout.read)
    try:
        while (head := await archive.next()) is not None:
            copied.path = head.name
            try:
                await _take(archive, head, writer, root, copied, progress)
            except ValueError as error:
                copied.left.append(Left(head.name, str(error)))
            except OSError as error:
                if error.errno not in _IN_THE_WAY or not _below(root, head.name):
                    raise
                copied.left.append(Left(head.name, "something else stands in its way"))
            progress(copied)
    except BrokenArchive as error:
        return error
    async for _ in process.stdout:  # tar fills its last record
        pass
    return None


async def _take(
    archive: TarReader, head: tarfile.TarInfo, writer: TreeWriter, root: Parts, copied: Copied, progress: Progress
) -> None:
    """Write one member. Raises ValueError for what is not to be written."""
    parts = _below(root, head.name)
    if head.isdir():
        await asyncio.to_thread(writer.directory, parts, head.mode, head.mtime)
    elif head.issym():
        await asyncio.to_thread(writer.link, parts, head.linkname)
    elif head.islnk():
        await asyncio.to_thread(writer.hard_link, parts, _below(root, head.linkname))
        copied.files += 1
    elif head.isreg():
        with writer.file(parts, head.mode, head.mtime) as file:
            async for chunk in archive.content():
                await asyncio.to_thread(file.write, chunk)
                copied.bytes += len(chunk)
                progress(copied)
        copied.files += 1
    else:
        raise ValueError("neither a file, a directory nor a link")


async def _pack(
    process: Process, source: Path, name: str, follow_links: bool, copied: Copied, progress: Progress
) -> None:
    found = entries(source, name, follow_links=follow_links)
    while True:
        try:
            entry = await asyncio.to_thread(next, found, None)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(f"{printable(str(source))} cannot be read: {reason}") from error
        if entry is None:
            break
        copied.path = str(entry.path)
        if isinstance(entry, Left):
            copied.left.append(entry)
        elif entry.head.isreg():
            await _send(process, entry, copied, progress)
        else:
            await process.stdin.write(entry.header())
        progress(copied)
    await process.stdin.write(_END)
    await process.stdin.end()


async def _send(process: Process, entry: Entry, copied: Copied, progress: Progress) -> None:
    try:
        file = await asyncio.to_thread(FileIO, entry.path, "rb")
    except OSError as error:
        copied.left.append(Left(str(entry.path), (error.strerror or str(error)).lower()))
        return
    head, left = entry.header(), entry.head.size
    with file:
        while left:
            chunk = await asyncio.to_thread(file.read, min(left, CHUNK)) or b""
            if not chunk:  # it became shorter meanwhile, and the header is sent: zeros keep the archive whole
                copied.left.append(Left(str(entry.path), "became shorter while it was read"))
                chunk = bytes(min(left, CHUNK))
            left -= len(chunk)
            await process.stdin.write(head + chunk)
            head = b""
            copied.bytes += len(chunk)
            progress(copied)
    await process.stdin.write(head + bytes(-entry.head.size % BLOCK))
    copied.files += 1


async def _end_of(process: Process) -> Exit:
    try:
        return await process.wait()
    except ServerFault as fault:
        if "executable file not found" in str(fault):
            raise ClusterError("there is no tar in the container", hint="copying needs one") from fault
        raise


def _judge(ended: Exit, errors: bytes) -> None:
    """Raise ClusterError where tar failed."""
    if not ended.is_success:
        said = printable(errors.decode("utf-8", "replace").strip().replace("\n", "; "))[:500]
        raise ClusterError(f"tar in the container failed: {said or ended.message}")


def _split(path: str) -> tuple[str, str]:
    """Return the directory that a path of a container is in, and its name there; no name for `/`."""
    whole = posixpath.normpath(path)
    directory, name = posixpath.split(whole)
    if name in ("", ".", ".."):
        return whole, ""
    return directory or ".", name


def _parts(name: str) -> Parts:
    return (name,) if name else ()


def _below(root: Parts, name: str) -> Parts:
    """Return where a member of the archive stands below the target. Raises ValueError where it does not."""
    steps = tuple(step for step in name.split("/") if step not in ("", "."))
    if ".." in steps or name.startswith("/") or steps[: len(root)] != root or "\0" in name:
        raise ValueError("a name that leads out of the target")
    return steps[len(root) :]


def _unwritable(target: Path, error: OSError) -> UsageError:
    where = printable(str(target if error.filename is None else os.fspath(error.filename)))
    return UsageError(f"{printable(str(target))} cannot be written: {(error.strerror or str(error)).lower()} ({where})")
