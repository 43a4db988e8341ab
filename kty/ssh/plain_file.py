"""Open a file that decides who may come in: a plain file and nothing that waits or changes meanwhile."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kty.errors import ConfigError


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Open a file for reading; what is said of it is said of what was opened. Raises OSError, ConfigError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise ConfigError(f"{path} is no file")
        yield handle, about
    finally:
        os.close(handle)


def content(handle: int, most: int) -> bytes:
    """Return what is in it, up to so many bytes."""
    read = bytearray()
    while len(read) < most and (piece := os.read(handle, most - len(read))):
        read += piece
    return bytes(read)
