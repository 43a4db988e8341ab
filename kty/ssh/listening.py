"""Listen on an address, or say why that cannot be."""

import asyncio
import socket
from contextlib import suppress

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
