"""Connect to ports of a pod: pods/portforward over websockets, one for each connection.

The subprotocol (`v4.channel.k8s.io`, k8s.io/kubelet, pkg/cri/streaming/portforward/websocket.go) has a channel for
the bytes and one for what goes wrong; both begin with the port in two bytes. It can open no port twice and end no
single direction.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kty.errors import Unreachable
from kty.kube.client import Client
from kty.kube.streams.channels import V4, Channels
from kty.kube.streams.pods import path_of
from kty.text import printable

DATA, ERROR = 0, 1
CHUNK = 1 << 16
_MARK = 2
"""Bytes at the beginning of each channel that repeat the port."""
_LAST_WORD = 1.0
"""Seconds in which we look for the reason of a write that failed."""
_PARTING = 5.0
"""Seconds that the other side has to take the last bytes that we sent."""


class Connection:
    """One connection to a port of a pod. The pod waits while nobody reads, and writing waits while the pod does."""

    def __init__(self, channels: Channels, port: int) -> None:
        self.port = port
        self._channels = channels
        self._marks = dict.fromkeys((DATA, ERROR), _MARK)
        self._refusal: Unreachable | None = None

    async def read(self, most: int = CHUNK) -> bytes:
        """Return up to `most` bytes as soon as there are some; none once the pod has ended the connection.

        Raises Unreachable where the pod refused the connection, or where it broke off.
        """
        try:
            if data := await self._read(DATA, most):
                return data
        except Unreachable:
            await self._ask_why()  # a refusal says more than the connection that broke off after it
            raise
        await self._ask_why()
        return b""

    async def write(self, data: bytes) -> None:
        """Send bytes; return once they are on their way.

        Raises Unreachable where the connection is over: with the pod's refusal, where there was one.
        """
        try:
            await self._channels.write(DATA, data)
        except Unreachable:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORD):  # it may stand behind bytes that nobody reads
                    await self._ask_why()
            raise

    async def part(self) -> None:
        """Wait until the other side has taken what was sent, for some seconds at most. Nothing is read any more."""
        await self._channels.socket.part(within=_PARTING)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self.read():
            yield chunk

    async def _ask_why(self) -> None:
        if self._refusal is None and (said := await self._read(ERROR, CHUNK)):
            self._refusal = refusal(self.port, said)
        if self._refusal is not None:
            raise self._refusal

    async def _read(self, channel: int, most: int) -> bytes:
        while mark := self._marks[channel]:
            skipped = await self._channels.read(channel, mark)
            if not skipped:
                return b""
            self._marks[channel] -= len(skipped)
        return await self._channels.read(channel, most)


def refusal(port: int, said: bytes) -> Unreachable:
    """Return the error that a message on the error channel means."""
    text = printable(said.decode("utf-8", "replace")).strip()
    if "connection refused" in text:
        return Unreachable(f"port {port}: connection refused", hint="does anything in the pod listen there?")
    return Unreachable(f"port {port}: {text[:500]}")


@asynccontextmanager
async def connect(client: Client, namespace: str, pod: str, port: int) -> AsyncIterator[Connection]:
    """Open a connection to a port of a pod, inside its own network; leaving the context ends it.

    Raises what `Client.websocket` raises. Whether anything listens is known by the first read.
    """
    query = [("ports", str(port))]
    async with client.websocket(path_of(namespace, pod, "portforward"), query=query, protocols=(V4,)) as socket:
        yield Connection(Channels(socket, (DATA, ERROR)), port)
