"""Listen on an address, or say why that cannot be; and take who comes."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

from kty.errors import ConfigError

_BACKLOG = 128


async def listening(address: str, port: int, *, option: str = "--ssh-port") -> list[socket.socket]:
    """Return sockets that listen there: an IPv4 one, an IPv6 one, or both where a name has both.

    Port 0 is any that is free. Raises ConfigError.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigError(f"the address {address} is none: {error.strerror or error}") from error
    sockets: list[socket.socket] = []
    for family, _, _, _, where in dict.fromkeys(found):
        if port == 0 and sockets:
            where = (where[0], sockets[0].getsockname()[1], *where[2:])
        try:
            sock = socket.create_server(where[:2], family=family, backlog=_BACKLOG)
        except OSError as error:
            for each in sockets:
                each.close()
            raise ConfigError(
                f"{address} port {port} cannot be listened on: {(error.strerror or str(error)).lower()}",
                hint=f"another kty may listen there; {option} names another port",
            ) from error
        with suppress(OSError):
            sock.setblocking(False)
        sockets.append(sock)
    return sockets


async def accepted(listener: socket.socket) -> tuple[socket.socket, Any]:
    """Return the next connection, and the address it comes from. Raises OSError where it cannot be taken.

    Whoever is cancelled here has taken none: the loop's own `sock_accept` may have, and lose it.
    """
    while True:
        try:
            sock, peer = listener.accept()
        except (BlockingIOError, InterruptedError):
            await _is_readable(listener)
        else:
            sock.setblocking(False)
            return sock, peer


async def _is_readable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sock, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sock)
