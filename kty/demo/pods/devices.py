"""Reading from and writing to a path: files, and the devices that a container has."""

import errno
import random

from kty.demo.pods.files import Device, File, FileTree, fault
from kty.demo.pods.machine import Process
from kty.demo.pods.streams import CHUNK, Given, Null, Reader, Sink, Source


class Endless:
    """/dev/zero and /dev/urandom."""

    def __init__(self, name: str) -> None:
        self._zeros = bytes(CHUNK)
        self._random = random.Random() if name != "zero" else None  # noqa: S311 - plays a device, keeps no secret

    async def read(self) -> bytes:
        return self._random.randbytes(CHUNK) if self._random else self._zeros


class Full:
    """/dev/full"""

    async def write(self, data: bytes) -> None:
        raise fault(errno.ENOSPC, "write error")


class FileReader:
    """Reads a file as it is at that time, from its beginning."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._at = 0

    async def read(self) -> bytes:
        data = bytes(memoryview(self._file.data)[self._at : self._at + CHUNK])
        self._at += len(data)
        return data


class FileWriter:
    """Writes at the end of a file."""

    def __init__(self, files: FileTree, file: File) -> None:
        self._files = files
        self._file = file

    async def write(self, data: bytes) -> None:
        self._files.extend(self._file, data)


def read_from(process: Process, path: str) -> Reader:
    """Open a path for reading; `-` is the standard input. Raises OSError."""
    if path in ("-", "/dev/stdin"):
        return process.stdin
    node = process.files.find(path, process.cwd)
    source: Source
    if isinstance(node, Device):
        if node.name == "tty" and process.terminal is not None:
            return process.stdin
        source = Endless(node.name) if node.name in ("zero", "urandom", "random", "full") else Null()
    elif isinstance(node, File):
        source = FileReader(node)
    else:
        source = Given(process.files.content(path, process.cwd))
    return Reader(source)


def write_to(process: Process, path: str, *, append: bool = False) -> Sink:
    """Open a path for writing. Raises OSError."""
    if path in ("/dev/stdout", "/dev/stderr"):
        return process.stdout if path == "/dev/stdout" else process.stderr
    node = process.files.opened(path, process.cwd, append=append)
    if isinstance(node, File):
        return FileWriter(process.files, node)
    if node.name == "tty" and process.terminal is not None:
        return process.stdout
    return Full() if node.name == "full" else Null()
