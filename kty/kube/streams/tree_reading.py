"""From files of this machine to the headers of a tar archive."""

import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, directory or link of a tree."""

    path: Path
    head: tarfile.TarInfo
    """Its content follows where `head.isreg()`: exactly `head.size` bytes."""

    def header(self) -> bytes:
        """Return the header as bytes, in GNU's format: BusyBox knows it, long names included."""
        return self.head.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Left:
    """What is not copied, and why."""

    path: str
    why: str


def entries(top: Path, name: str, *, follow_links: bool = False) -> Iterator[Entry | Left]:
    """Yield a tree from its top down, by the names that it shall have in the archive.

    Blocks. Owners are not kept: they mean nobody elsewhere. Raises OSError where the top itself cannot be read.
    """
    known: dict[tuple[int, int], str] = {}
    os.stat(top, follow_symlinks=follow_links)  # noqa: PTH116 - one call for both ways
    waiting: list[tuple[Path, str, tuple[tuple[int, int], ...]]] = [(top, name, ())]
    while waiting:
        path, name, above = waiting.pop()
        try:
            found = os.stat(path, follow_symlinks=follow_links)  # noqa: PTH116 - as above
            inode = (found.st_dev, found.st_ino)
            if inode in above:
                yield Left(str(path), "a link that leads back to where it is")
                continue
            entry = _entry(path, name, found, known)
            if isinstance(entry, Entry) and entry.head.isdir():
                below = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 - names, and not paths
                waiting += [(path / one, f"{name}/{one}", (*above, inode)) for one in below]
            yield entry
        except OSError as error:
            yield Left(str(path), (error.strerror or str(error)).lower())


def _entry(path: Path, name: str, found: os.stat_result, known: dict[tuple[int, int], str]) -> Entry | Left:
    head = tarfile.TarInfo(name)
    head.mode = stat.S_IMODE(found.st_mode)
    head.mtime = int(found.st_mtime)
    if stat.S_ISREG(found.st_mode):
        inode = (found.st_dev, found.st_ino)
        if found.st_nlink > 1 and inode in known:
            head.type, head.linkname = tarfile.LNKTYPE, known[inode]
        else:
            known[inode] = name
            head.size = found.st_size
    elif stat.S_ISDIR(found.st_mode):
        head.type = tarfile.DIRTYPE
        head.name = f"{name}/"
    elif stat.S_ISLNK(found.st_mode):
        head.type, head.linkname = tarfile.SYMTYPE, os.readlink(path)  # noqa: PTH115 - the text as it stands
    else:
        return Left(str(path), "neither a file, a directory nor a link")
    return Entry(path, head)
