"""Break the real cluster on purpose, and mend it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from kty.kube.client import Client
from tests.cluster.place import eventually

PARTS = ("etcd", "apiserver", "manager", "scheduler")
"""In the order in which they start; those that did not survive the others are started again too."""


async def cluster(verb: str, part: str) -> None:
    """Stop or start a part of the cluster; it has ended, or is on its way, when this returns."""
    script = os.environ["KTY_TEST_CLUSTER"]
    process = await asyncio.create_subprocess_exec(
        script, verb, part, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def mend(client: Client) -> None:
    """Start whatever does not run, and wait until the cluster serves again."""
    for part in PARTS:
        await cluster("start", part)
    await eventually(lambda: client.request("GET", "/readyz", timeout=5.0))


class Wire:
    """A way to the API server, by TCP, that can be cut."""

    def __init__(self) -> None:
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Break every connection; new ones are let through."""
        for writer in self._writers:
            writer.transport.abort()

    @classmethod
    @asynccontextmanager
    async def to(cls, server: str) -> "AsyncIterator[Wire]":
        """Lead to this server from a port of one's own."""
        wire, url = cls(), urlsplit(server)

        async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection(url.hostname, url.port)
            pair = {writer, far_writer}
            wire._writers |= pair
            try:
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
            finally:
                wire._writers -= pair
                for each in pair:
                    each.close()

        async with await asyncio.start_server(through, "127.0.0.1", 0) as listening:
            wire.port = listening.sockets[0].getsockname()[1]
            yield wire
            wire.cut()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
