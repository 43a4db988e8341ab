"""Write files whose names somebody else chose: below one target, and never anywhere else.

Every directory is opened from the one above it and no link is followed on the way, so neither `..`, nor an absolute
name, nor a link that came before (or was there already) leads out. A file is written beside its place and moved there
when it is whole.
"""

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeAlias

Parts: TypeAlias = tuple[str, ...]
"""The names of the directories below the target, and the file's own; empty for the target itself."""
_PERMISSIONS = 0o777
"""What is kept of a mode: nobody becomes somebody else by running what came from a pod."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class TreeWriter:
    """Blocks; every method raises OSError where something cannot be written, or stands in the way."""

    def __init__(self, target: Path) -> None:
        """The directory above the target must exist."""
        target = Path(os.path.abspath(target))  # noqa: PTH100 - `resolve` would follow a link that stands there
        self._name = target.name
        self._above = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._directories: dict[Parts, tuple[int, float]] = {}

    def directory(self, parts: Parts, mode: int, changed: float) -> None:
        """Make a directory, or take the one that is there; mode and time are set by `finish`."""
        with self._opened(parts):
            self._directories[parts] = (mode, changed)

    @contextmanager
    def file(self, parts: Parts, mode: int, changed: float) -> Iterator[IO[bytes]]:
        """Open a new file, and put it in its place in the end; where that is not reached nothing is left of it."""
        with self._parent(parts) as (parent, name):
            draft = f".{secrets.token_hex(8)}.kty"
            try:
                with os.fdopen(os.open(draft, _NEW_FILE, 0o600, dir_fd=parent), "wb", buffering=0) as file:
                    yield file
                    os.fchmod(file.fileno(), mode & _PERMISSIONS)
                    os.utime(file.fileno(), (changed, changed))
                os.replace(draft, name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=parent)
                raise

    def link(self, parts: Parts, to: str) -> None:
        """Make a symbolic link. Raises ValueError where it would lead out of the target."""
        if not _stays(parts, to):
            raise ValueError("a link that leads elsewhere")
        with self._parent(parts) as (parent, name):
            self._clear(parent, name)
            os.symlink(to, name, dir_fd=parent)

    def hard_link(self, parts: Parts, to: Parts) -> None:
        """Give a file of the tree a second name. Raises ValueError where that is no plain file."""
        with self._parent(to) as (there, original), self._parent(parts) as (parent, name):
            if not stat.S_ISREG(os.stat(original, dir_fd=there, follow_symlinks=False).st_mode):
                raise ValueError("a hard link to what is no file")
            if parts != to:
                self._clear(parent, name)
                os.link(original, name, src_dir_fd=there, dst_dir_fd=parent, follow_symlinks=False)

    def finish(self) -> None:
        """Set the modes and times of directories, the deepest first: before, they had to be writable."""
        for parts in sorted(self._directories, key=len, reverse=True):
            mode, changed = self._directories[parts]
            with self._opened(parts) as directory:
                os.fchmod(directory, mode & _PERMISSIONS)
                os.utime(directory, (changed, changed))

    def close(self) -> None:
        os.close(self._above)

    @contextmanager
    def _opened(self, parts: Parts) -> Iterator[int]:
        """Open a directory of the tree, made where it is missing."""
        current = os.dup(self._above)
        try:
            for name in (self._name, *parts):
                with suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=current)
                below = os.open(name, _DIRECTORY, dir_fd=current)
                os.close(current)
                current = below
            yield current
        finally:
            os.close(current)

    @contextmanager
    def _parent(self, parts: Parts) -> Iterator[tuple[int, str]]:
        """Open the directory that something is in, and say its name there."""
        if not parts:
            yield self._above, self._name
            return
        with self._opened(parts[:-1]) as directory:
            yield directory, parts[-1]

    def _clear(self, parent: int, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=parent)


def _stays(parts: Parts, to: str) -> bool:
    """Say whether a link leads to the target's inside: up first, by real directories, and then down only.

    `..` after a name could lead through another link and so farther up than it looks.
    """
    if not parts or not to or to.startswith("/"):
        return False
    depth = len(parts) - 1
    steps: Sequence[str] = [step for step in to.split("/") if step not in ("", ".")]
    ups = next((number for number, step in enumerate(steps) if step != ".."), len(steps))
    return ups <= depth and ".." not in steps[ups:]
