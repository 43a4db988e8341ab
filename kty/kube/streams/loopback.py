"""Listen on this machine, where no other machine can reach: on loopback."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from kty.errors import UsageError

HOST = "127.0.0.1"
"""Where we listen, and nowhere else: whoever reaches the listener reaches the pod with our credentials."""

Accepted: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]
"""Hears of each connection; it must not wait."""


class Listener(Protocol):
    """A port that is listened on, until it is closed."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        ...

    def close(self) -> None:
        """Take no more connections; those that were accepted go on."""
        ...


Listen: TypeAlias = Callable[[Accepted, int], Awaitable[Listener]]
"""Listens on a port; 0 takes any that is free. Raises UsageError where it cannot be had."""


class _Loopback:
    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        host, port, *_ = server.sockets[0].getsockname()
        self.address: tuple[str, int] = (host, port)

    def close(self) -> None:
        self._server.close()


async def listen_on_loopback(accepted: Accepted, port: int = 0) -> Listener:
    """Listen on a port of loopback; 0 takes any that is free. Raises UsageError where it cannot be had."""
    try:
        return _Loopback(await asyncio.start_server(accepted, HOST, port))
    except (OSError, OverflowError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number).lower() if number else str(error)
        raise UsageError(f"cannot listen on port {port} of this machine: {reason}") from error
