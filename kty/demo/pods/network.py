"""What listens in a pod, and how one gets a connection to it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from kty.demo.pods.streams import Pipe, Reader, Sink

Server: TypeAlias = Callable[[Reader, Sink], Awaitable[None]]
"""Answers one connection; it is over when this returns."""


class Connection:
    """The client's side of a connection: write the request, read the answer."""

    def __init__(self, serve: Server) -> None:
        self._to, self._from = Pipe(), Pipe()
        self._task = asyncio.ensure_future(self._serve(serve))

    async def write(self, data: bytes) -> None:
        """Send. Raises BrokenPipeError once the server has hung up."""
        await self._to.write(data)

    async def read(self) -> bytes:
        """Receive; nothing once the server has hung up."""
        return await self._from.read()

    def end(self) -> None:
        """Say that nothing more will be sent."""
        self._to.end()

    def close(self) -> None:
        self._to.end()
        self._from.drop()
        self._task.cancel()

    async def _serve(self, serve: Server) -> None:
        try:
            await serve(Reader(self._to), self._from)
        except BrokenPipeError:
            pass  # the client has hung up
        finally:
            self._to.drop()
            self._from.end()


@dataclass(eq=False, frozen=True, slots=True)
class Listener:
    """What answers at a port, and the container that it is in."""

    server: Server
    owner: object


@dataclass(eq=False)
class Network:
    """The network namespace that the containers of one pod share."""

    address: str = ""
    """The pod's IP."""
    ports: dict[int, Listener] = field(default_factory=dict)
    find: Callable[[str, int], Server] | None = None
    """How the rest of the cluster is reached: a name or an address and a port."""

    def leave(self, owner: object) -> None:
        """Let nothing listen any longer that is in this container."""
        self.ports = {port: listener for port, listener in self.ports.items() if listener.owner is not owner}

    def server(self, host: str, port: int) -> Server:
        """Return what answers there. Raises ConnectionRefusedError, or LookupError for a name that nobody has."""
        if host in ("localhost", "127.0.0.1", "0.0.0.0", "::1", self.address):  # noqa: S104 - what a client asks for
            if port in self.ports:
                return self.ports[port].server
            raise ConnectionRefusedError
        if self.find is None:
            raise LookupError(host)
        return self.find(host, port)
