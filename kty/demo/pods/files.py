"""A file tree in memory, as a container sees it; faults are OSErrors, as the kernel's are."""

import errno
import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

SPACE: Final = 1 << 29
"""Bytes that all files of a tree may hold."""
_LINKS: Final = 40
"""Symbolic links that are followed before it is taken for a loop."""


@dataclass(eq=False, slots=True)
class File:
    """A regular file."""

    data: bytearray = field(default_factory=bytearray)
    mode: int = 0o644
    changed: float = 0.0


@dataclass(eq=False, slots=True)
class Made:
    """A file whose content is made whenever it is read, such as those of /proc and of mounted objects."""

    make: Callable[[], bytes]
    mode: int = 0o444
    changed: float = 0.0


@dataclass(eq=False, slots=True)
class Device:
    """A character device, by the name it has in /dev."""

    name: str
    mode: int = 0o666
    changed: float = 0.0


@dataclass(eq=False, slots=True)
class Link:
    """A symbolic link."""

    target: str
    changed: float = 0.0
    mode: int = 0o777


@dataclass(eq=False, slots=True)
class Folder:
    """A directory."""

    entries: dict[str, "Node"] = field(default_factory=dict)
    mode: int = 0o755
    changed: float = 0.0

    def listing(self) -> dict[str, "Node"]:
        return self.entries


@dataclass(eq=False, slots=True)
class Mounted:
    """A directory whose entries are made whenever it is looked at; nothing can be written there."""

    make: Callable[[], dict[str, "Node"]]
    mode: int = 0o555
    changed: float = 0.0

    def listing(self) -> dict[str, "Node"]:
        return self.make()


Directory: TypeAlias = Folder | Mounted
Node: TypeAlias = File | Made | Device | Link | Folder | Mounted


def fault(number: int, path: str) -> OSError:
    """Return the OSError (of the right class) that the kernel would give."""
    return OSError(number, os.strerror(number), path)


class FileTree:
    """Every path is absolute or relative to `cwd`, which is absolute. `now` gives what new files are dated with."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.root = Folder(changed=now())
        self._now = now
        self._used = 0

    def find(self, path: str, cwd: str = "/", *, follow: bool = True) -> Node:
        """Return what is there; a symbolic link itself only without `follow`."""
        return self._walk(path, cwd, follow=follow, links=0)[1]

    def real(self, path: str, cwd: str = "/") -> str:
        """Return the path without links, dots and doubled slashes; there must be something."""
        return self._walk(path, cwd, follow=True, links=0)[0]

    def is_there(self, path: str, cwd: str = "/") -> bool:
        try:
            self.find(path, cwd)
        except OSError:
            return False
        return True

    def directory(self, path: str, cwd: str = "/") -> Directory:
        node = self.find(path, cwd)
        if not isinstance(node, Directory):
            raise fault(errno.ENOTDIR, path)
        return node

    def content(self, path: str, cwd: str = "/") -> bytes:
        """Return all that is in a file; nothing for a device."""
        match self.find(path, cwd):
            case File(data):
                return bytes(data)
            case Made(make):
                return make()
            case Device():
                return b""
            case _:
                raise fault(errno.EISDIR, path)

    def opened(self, path: str, cwd: str = "/", *, append: bool = False, mode: int = 0o644) -> File | Device:
        """Return the file to write to, made where it is missing and emptied unless appending."""
        try:
            node = self.find(path, cwd)
        except FileNotFoundError:
            node = File(mode=mode, changed=self._now())
            self.put(path, node, cwd)
        if isinstance(node, Device):
            return node
        if not isinstance(node, File):
            raise fault(errno.EISDIR if isinstance(node, Directory) else errno.EROFS, path)
        if not append:
            self._used -= len(node.data)
            node.data = bytearray()
            node.changed = self._now()
        return node

    def extend(self, file: File, data: bytes) -> None:
        """Write at a file's end. Raises the fault of a full disk."""
        if self._used + len(data) > SPACE:
            raise fault(errno.ENOSPC, "")
        file.data += data
        file.changed = self._now()
        self._used += len(data)

    def write(self, path: str, data: bytes, cwd: str = "/", *, mode: int = 0o644, parents: bool = False) -> None:
        """Put a whole file there."""
        if parents:
            self.make_directory(posixpath.dirname(posixpath.join(cwd, path)), parents=True)
        file = self.opened(path, cwd, mode=mode)
        if isinstance(file, File):
            self.extend(file, data)

    def make_directory(self, path: str, cwd: str = "/", *, parents: bool = False, mode: int = 0o755) -> None:
        path = posixpath.normpath(posixpath.join(cwd, path))
        if parents:
            if self.is_there(path):
                self.directory(path)
                return
            self.make_directory(posixpath.dirname(path), parents=True)
        self.put(path, Folder(mode=mode, changed=self._now()), new=True)

    def put(self, path: str, node: Node, cwd: str = "/", *, new: bool = False) -> None:
        """Enter a node in its directory, in place of what has that name, unless it must be `new`."""
        folder, name = self._place(path, cwd)
        if not name or (new and name in folder.entries):
            raise fault(errno.EEXIST, path)
        folder.entries[name] = node
        folder.changed = self._now()

    def remove(self, path: str, cwd: str = "/") -> None:
        """Take a file, or a directory that is empty, out of the tree."""
        node = self.find(path, cwd, follow=False)
        if isinstance(node, Directory) and node.listing():
            raise fault(errno.ENOTEMPTY, path)
        folder, name = self._place(path, cwd)
        if not name or isinstance(node, Mounted):
            raise fault(errno.EBUSY, path)
        del folder.entries[name]
        folder.changed = self._now()
        if isinstance(node, File):
            self._used -= len(node.data)

    def move(self, old: str, new: str, cwd: str = "/") -> None:
        node = self.find(old, cwd, follow=False)
        source, name = self._place(old, cwd)
        if posixpath.normpath(posixpath.join(cwd, new)).startswith(posixpath.normpath(posixpath.join(cwd, old)) + "/"):
            raise fault(errno.EINVAL, old)
        self.put(new, node, cwd)
        if source is not self._place(new, cwd)[0] or name != self._place(new, cwd)[1]:
            del source.entries[name]

    def below(self, path: str, cwd: str = "/") -> Iterator[tuple[str, Node]]:
        """Yield a path and all that is under it, parents before what they hold, sorted; links are not followed."""
        node = self.find(path, cwd, follow=False)
        yield path, node
        if isinstance(node, Directory):
            for name in sorted(node.listing()):
                yield from self.below(f"{path.rstrip('/')}/{name}", cwd)

    def _place(self, path: str, cwd: str) -> tuple[Folder, str]:
        """Return the directory that an entry is or shall be in, and its name there; no name for the root."""
        whole = posixpath.normpath(posixpath.join(cwd, path))
        parent, name = posixpath.split(whole)
        try:
            node = self.find(parent)
        except OSError as error:
            raise fault(error.errno or errno.ENOENT, path) from error
        if isinstance(node, Mounted):
            raise fault(errno.EROFS, path)
        if not isinstance(node, Folder):
            raise fault(errno.ENOTDIR, path)
        return node, name

    def _walk(self, path: str, cwd: str, *, follow: bool, links: int) -> tuple[str, Node]:
        if not path:
            raise fault(errno.ENOENT, path)
        parts = [part for part in posixpath.join(cwd, path).split("/") if part not in ("", ".")]
        trail: list[tuple[str, Node]] = [("", self.root)]
        for number, part in enumerate(parts):
            if part == "..":
                trail[1:] = trail[1:-1]
                continue
            where = trail[-1][1]
            if not isinstance(where, Directory):
                raise fault(errno.ENOTDIR, path)
            node = where.listing().get(part)
            if node is None:
                raise fault(errno.ENOENT, path)
            if isinstance(node, Link) and (follow or number < len(parts) - 1):
                if links >= _LINKS:
                    raise fault(errno.ELOOP, path)
                at = "/" + "/".join([name for name, _ in trail[1:]])
                rest = "/".join([node.target, *parts[number + 1 :]])
                return self._walk(rest, at, follow=follow, links=links + 1)
            trail.append((part, node))
        if path.endswith("/") and not isinstance(trail[-1][1], Directory):
            raise fault(errno.ENOTDIR, path)
        return "/" + "/".join([name for name, _ in trail[1:]]), trail[-1][1]
