"""Read who is behind a proxy: the header of the PROXY protocol, version 2 (HAProxy's proxy-protocol.txt).

Only those who are trusted are asked for one, and from them nothing else is taken: whoever may write this header may
say that they come from anywhere.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
BEGINNINGS = (SIGNATURE, b"PROXY ")
"""How a header of version 2, and of version 1, begins."""
PATIENCE = 5.0
"""Seconds until the header must be there: longer than a lost segment takes to be sent again."""

_FIXED = 16
_LOCAL, _PROXY = 0, 1
_ADDRESSES = {0: 0, 1: 12, 2: 36, 3: 216}
"""Bytes of both addresses and ports, by their family."""
_PROTOCOLS = (0, 1, 2)
_STREAM = 1
_CRC32C = 3
_REVERSED_CASTAGNOLI = 0x82F63B78


class BadHeader(ValueError):
    """What came is no header, or one that cannot be believed."""


@dataclass(frozen=True, slots=True)
class Header:
    """Who a connection is made for."""

    address: str = ""
    """Empty for the proxy's own: it asks whether we are there, or it does not tell."""
    port: int = 0
    server: tuple[str, int] | None = None
    """Where they connected to: an address of the proxy's, most likely; None where `address` is empty."""


def read_start(start: bytes) -> int:
    """Return how many bytes follow the first 16 of a header. Raises BadHeader."""
    if start.startswith(BEGINNINGS[1]):
        raise BadHeader("a header of version 1 of the PROXY protocol came, and only version 2 is taken")
    if not start.startswith(SIGNATURE) or len(start) < _FIXED:
        raise BadHeader("no header of the PROXY protocol came")
    version, command = start[12] >> 4, start[12] & 15
    if version != 2:
        raise BadHeader(f"a header of version {version} of the PROXY protocol came, and only version 2 is taken")
    if command not in (_LOCAL, _PROXY):
        raise BadHeader(f"the header has the unknown command {command}")
    return int.from_bytes(start[14:16], "big")


def read_header(start: bytes, rest: bytes) -> Header:
    """Return what a whole header says; `rest` is all that follows its first 16 bytes. Raises BadHeader."""
    length = read_start(start)
    if len(rest) != length:
        raise BadHeader("the header broke off")
    if start[12] & 15 == _LOCAL:
        return Header()
    family, protocol = start[13] >> 4, start[13] & 15
    if family not in _ADDRESSES or protocol not in _PROTOCOLS:
        raise BadHeader(f"the header has the unknown family {start[13]:#04x}")
    if length < _ADDRESSES[family]:
        raise BadHeader("the header is shorter than its addresses")
    _check(start, rest, _ADDRESSES[family])
    if protocol != _STREAM or family not in (1, 2):  # a socket in a file system, or one that is not told of
        return Header()
    width = 4 if family == 1 else 16
    ports = 2 * width
    return Header(
        _address(rest[:width]),
        int.from_bytes(rest[ports : ports + 2], "big"),
        (_address(rest[width:ports]), int.from_bytes(rest[ports + 2 : ports + 4], "big")),
    )


def _address(packed: bytes) -> str:
    known = ipaddress.ip_address(packed)
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    return str(known)


def _check(start: bytes, rest: bytes, at: int) -> None:
    """Raise BadHeader where what follows the addresses is no list of values, or the checksum among them is wrong."""
    while at < len(rest):
        if at + 3 > len(rest):
            raise BadHeader("the header ends within a value")
        kind, size = rest[at], int.from_bytes(rest[at + 1 : at + 3], "big")
        value = rest[at + 3 : at + 3 + size]
        if len(value) != size:
            raise BadHeader("the header ends within a value")
        if kind == _CRC32C:
            if size != 4:
                raise BadHeader("the header's checksum has the wrong length")
            whole = start + rest[: at + 3] + bytes(4) + rest[at + 7 :]
            if crc32c(whole) != int.from_bytes(value, "big"):
                raise BadHeader("the header's checksum is wrong")
        at += 3 + size


def crc32c(data: bytes) -> int:
    """Return the checksum of RFC 4960, appendix B."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (_REVERSED_CASTAGNOLI if value & 1 else 0)
    return value


_TABLE = tuple(map(_entry, range(256)))


async def receive_header(sock: socket.socket) -> Header:
    """Read a header, and no byte more, from a socket that does not block. Raises BadHeader, OSError."""
    try:
        async with asyncio.timeout(PATIENCE):
            start = await _receive(sock, _FIXED)
            return read_header(start, await _receive(sock, read_start(start)))
    except TimeoutError as error:
        raise BadHeader(f"no whole header of the PROXY protocol came within {PATIENCE:g} s") from error


async def _receive(sock: socket.socket, size: int) -> bytes:
    loop = asyncio.get_running_loop()
    received = bytearray()
    while len(received) < size:
        piece = await loop.sock_recv(sock, size - len(received))
        if not piece:
            raise BadHeader(
                "the connection ended within its header" if received else "the connection ended before a header"
            )
        received += piece
        if size == _FIXED and not any(each.startswith(received[: len(each)]) for each in BEGINNINGS):
            raise BadHeader("no header of the PROXY protocol came")
    return bytes(received)
