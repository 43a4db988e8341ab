"""Copy files to and from containers: by tar, which the container must have."""

import asyncio
import errno
import os
import posixpath
import tarfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any, TypeVar

from kty.errors import BrokenArchive, ClusterError, ServerFault, Unreachable, UsageError
from kty.kube.client import Client
from kty.kube.streams.exec import Output, Process, execute
from kty.kube.streams.outcome import Exit
from kty.kube.streams.tar_reading import BLOCK, TarReader
from kty.kube.streams.tree_reading import Entry, Left, entries
from kty.kube.streams.tree_writing import Parts, TreeWriter
from kty.text import printable

C = TypeVar("C", FileIO, TreeWriter)

CHUNK = 1 << 18
_IN_THE_WAY = {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY}
_END = bytes(2 * BLOCK)
_NO_SUCH_PROGRAM = "executable file not found"
"""What container runtimes say of a command that the image does not have."""
_NOT_FOUND = 127
"""What a shell exits with then (POSIX, Shell Command Language §2.8.2)."""
_UNPACK = 'tar xf - -C "$0"; echo $?; cat >/dev/null; exit 0'
"""Tell how tar ended, and take what it left: containerd (seen: 1.6) may report no end where input was left unread."""


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


class _NoShell(Exception):
    """The container has none, but may have tar."""


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
        writer = await _acquired(partial(TreeWriter, target))
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

    async def send(process: Process, end_of: Callable[[Process], Coroutine[Any, Any, Exit]]) -> Copied:
        process.stdin.must_end()
        copied = Copied()
        sending = asyncio.ensure_future(_pack(process, source, name or ".", follow_links, copied, progress))
        await _received(process, sending, asyncio.ensure_future(end_of(process)))
        return copied

    opened = partial(execute, client, namespace, pod, container=container, stdin=True)
    try:
        async with opened(["sh", "-c", _UNPACK, directory]) as process:
            return await send(process, _told_end)
    except _NoShell:
        async with opened(["tar", "xf", "-", "-C", directory], stdout=False) as process:
            return await send(process, _end_of)


async def _received(process: Process, sending: asyncio.Task[None], ending: asyncio.Task[Exit]) -> None:
    """Return once tar has taken what is sent. Raises as `copy_to` does."""
    said = bytearray()
    errors = asyncio.ensure_future(_collect(process.stderr, said))
    try:
        await asyncio.wait({sending, ending}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            with suppress(Unreachable):  # how tar ended says more
                sending.result()
        ended = await ending
        if ended.is_success:
            await sending
        else:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            with suppress(Unreachable):  # the same runtimes may cut the connection instead; tar has said how it ended
                await process.stdin.end()
                await errors
            _judge(ended, said)
    finally:
        for task in (errors, ending, sending):
            task.cancel()
        await asyncio.gather(errors, ending, sending, return_exceptions=True)


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
            copied.files += entry.head.islnk()
        progress(copied)
    await process.stdin.write(_END)
    with suppress(Unreachable):  # tar may have ended at the archive's own end
        await process.stdin.end()


async def _send(process: Process, entry: Entry, copied: Copied, progress: Progress) -> None:
    try:
        file = await _acquired(partial(FileIO, entry.path))
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


async def _acquired(open_it: Callable[[], C]) -> C:
    """Open something in a thread; where this is given up meanwhile, wait until it is open, and close it."""
    opening = asyncio.ensure_future(asyncio.to_thread(open_it))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait({opening})
        if not opening.cancelled() and opening.exception() is None:
            opening.result().close()
        raise


async def _end_of(process: Process) -> Exit:
    try:
        return await process.wait()
    except ServerFault as fault:
        if _NO_SUCH_PROGRAM in str(fault):
            raise _no_tar() from fault
        raise


async def _told_end(process: Process) -> Exit:
    """Return how tar ended as `_UNPACK` tells it, which is before the script itself ends. Raises _NoShell."""
    told = await anext(process.stdout.lines(), b"")
    if told.isdigit():
        code = int(told)
        if code == _NOT_FOUND:
            raise _no_tar()
        return Exit(code, f"it exited with code {code}")
    try:
        return await process.wait()
    except ServerFault as fault:
        if _NO_SUCH_PROGRAM in str(fault):
            raise _NoShell from fault
        raise


def _no_tar() -> ClusterError:
    return ClusterError("there is no tar in the container", hint="copying needs one")


async def _collect(output: Output, into: bytearray) -> None:
    async for chunk in output:
        into += chunk


def _judge(ended: Exit, errors: bytes | bytearray) -> None:
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
