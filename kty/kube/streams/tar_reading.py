"""Read a tar archive as it comes: ustar, GNU's long names and pax, no more than a piece of it in memory."""

import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable

from kty.errors import BrokenArchive

BLOCK = 512
MAX_EXTRA = 1 << 20
"""Bytes that a long name or a pax header may have."""
_FARTHEST = 1 << 40
"""Seconds from 1970 that a file's time may be away; the system refuses what is much farther."""
_LONG = {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE}


class TarReader:
    """The members of an archive, one after the other."""

    def __init__(self, read: Callable[[int], Awaitable[bytes]]) -> None:
        """`read` returns up to so many bytes as soon as there are some, and none at the end."""
        self._read = read
        self._left = self._padding = 0

    async def next(self) -> tarfile.TarInfo | None:
        """Return the next member; None at the end. What was not read of the one before is skipped.

        Raises BrokenArchive, and what `read` raises.
        """
        async for _ in self.content():
            pass
        names: dict[str, str] = {}
        while True:
            await self._exactly(self._padding)
            self._padding = 0
            block = await self._exactly(BLOCK)
            if not block.strip(b"\0"):
                return None
            try:
                head = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            except tarfile.TarError as error:
                raise BrokenArchive(
                    f"what came is no tar archive: {error}", hint="is the container's tar one?"
                ) from error
            if head.type not in _LONG:
                return self._member(head, names)
            if head.size > MAX_EXTRA:
                raise BrokenArchive("a name in the archive is too long")
            extra = await self._exactly(head.size)
            self._padding = -head.size % BLOCK
            names |= _extra(head.type, extra)

    async def content(self) -> AsyncIterator[bytes]:
        """Yield what is left of the present member's content."""
        while self._left:
            chunk = await self._read(min(self._left, 1 << 18))
            if not chunk:
                raise BrokenArchive("the archive broke off", hint="copy it again")
            self._left -= len(chunk)
            yield chunk

    def _member(self, head: tarfile.TarInfo, names: dict[str, str]) -> tarfile.TarInfo:
        if head.type == tarfile.GNUTYPE_SPARSE:
            raise BrokenArchive("the archive has files with holes, which are not understood")
        head.name = names.get("path", head.name)
        head.linkname = names.get("linkpath", head.linkname)
        try:
            head.size = int(names.get("size", head.size))
            head.mtime = _time(names.get("mtime", head.mtime))
        except ValueError as error:
            raise BrokenArchive("the archive has a number that is none") from error
        if head.size < 0:
            raise BrokenArchive("the archive has a file of negative size")
        self._left = head.size if head.isreg() else 0
        self._padding = -self._left % BLOCK
        return head

    async def _exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            chunk = await self._read(size - len(found))
            if not chunk:
                raise BrokenArchive("the archive broke off", hint="copy it again")
            found += chunk
        return bytes(found)


def _time(told: str | float) -> float:
    """Return a time that a file can have: 0 for one that is not finite, or too far away."""
    time = float(told)
    return time if abs(time) <= _FARTHEST else 0


def _extra(kind: bytes, content: bytes) -> dict[str, str]:
    """Return what a member's extra header says, by the names of pax."""
    if kind in (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
        text = content.partition(b"\0")[0].decode("utf-8", "surrogateescape")
        return {"path" if kind == tarfile.GNUTYPE_LONGNAME else "linkpath": text}
    found: dict[str, str] = {}
    while kind == tarfile.XHDTYPE and content:
        digits = content.partition(b" ")[0]
        length = int(digits) if digits.isdigit() and len(digits) < 8 else 0
        if not len(digits) < length <= len(content):
            raise BrokenArchive("the archive has a pax header that makes no sense")
        key, _, value = content[len(digits) + 1 : length].rstrip(b"\n").partition(b"=")
        found[key.decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
        content = content[length:]
    return found
