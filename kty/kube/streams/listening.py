"""Let programs on this machine reach ports of a pod: listeners on loopback, each connection one to the pod."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TypeAlias

from kty.errors import KtyError
from kty.kube.client import Client
from kty.kube.streams.loopback import Listener, listen_on_loopback
from kty.kube.streams.portforward import CHUNK, Connection, connect

PATIENCE = 30.0
"""Seconds without a byte after which a connection is ended whose local side has said that it will send no more.

It may only have closed its sending half, or be gone altogether: TCP tells these apart no earlier than at a write.
"""
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: end the connection by a reset, so that the program on the other side sees that it failed."""

Counts: TypeAlias = Callable[[int, int], object]
"""Hears of bytes as they are carried: to the pod, and from it."""


def uncounted(sent: int, received: int) -> None:
    """Hear nothing."""


class Forward:
    """Ports of a pod that listen on loopback. What fails ends its own connection and no other."""

    def __init__(self, client: Client, namespace: str, pod: str, tell: Callable[[int, KtyError], object]) -> None:
        self._client = client
        self._namespace = namespace
        self._pod = pod
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[Listener] = []
        self.addresses: dict[int, tuple[str, int]] = {}
        """Where each port of the pod is reached: an address of loopback and a port."""

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._tasks)

    async def listen(self, port: int, local: int = 0) -> None:
        """Listen for one more port of the pod; 0 takes any local port that is free.

        Raises UsageError where the local port cannot be had.
        """

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve(port, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        listener = await listen_on_loopback(accepted, local)
        self._listeners.append(listener)
        self.addresses[port] = listener.address

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        for listener in self._listeners:
            listener.close()
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.sleep(0)  # let those leave the set that have ended

    async def _serve(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await carry(connect(self._client, self._namespace, self._pod, port), reader, writer)
        except KtyError as error:
            self._tell(port, error)


async def carry(
    opening: AbstractAsyncContextManager[Connection],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *,
    count: Counts = uncounted,
) -> None:
    """Join a local connection to one to a pod until either is over; in any case the local one is ended.

    Raises KtyError where the pod's failed, or could not be opened: then the local one is reset.
    """
    try:
        async with opening as connection:
            await _join(connection, reader, writer, count)
        writer.close()
        await writer.wait_closed()
    except KtyError:
        with suppress(OSError):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise
    except OSError:
        pass  # the local side is gone
    finally:
        writer.transport.abort()


async def _join(
    connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Counts
) -> None:
    """Carry bytes both ways until the pod ends the connection, or the local side is done."""
    now = asyncio.get_running_loop().time
    sending = asyncio.create_task(_send(connection, reader, count))
    is_over = False
    try:
        async with asyncio.timeout(None) as deadline:

            def sent(task: asyncio.Task[None]) -> None:
                if task.cancelled() or is_over or deadline.expired():
                    return
                deadline.reschedule(now() + (0 if isinstance(task.exception(), OSError) else PATIENCE))

            sending.add_done_callback(sent)
            try:
                async for chunk in connection:
                    if sending.done():
                        deadline.reschedule(now() + PATIENCE)
                    writer.write(chunk)
                    count(0, len(chunk))
                    await writer.drain()
            finally:
                is_over = True
    except TimeoutError:
        return
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _send(connection: Connection, reader: asyncio.StreamReader, count: Counts) -> None:
    while chunk := await reader.read(CHUNK):
        await connection.write(chunk)
        count(len(chunk), 0)


@asynccontextmanager
async def forward(
    client: Client,
    namespace: str,
    pod: str,
    ports: Mapping[int, int],
    *,
    tell: Callable[[int, KtyError], object] = lambda port, error: None,
) -> AsyncIterator[Forward]:
    """Listen on loopback for ports of a pod: `{8080: 18080}`, or `{8080: 0}` for any local port that is free.

    A connection that fails is reset and told to `tell`, with the pod's port; the others, and the listeners, go on.
    Leaving the context ends all of them. Raises UsageError where a local port cannot be had.
    """
    opened = Forward(client, namespace, pod, tell)
    try:
        for port, local in ports.items():
            await opened.listen(port, local)
        yield opened
    finally:
        await opened.close()
