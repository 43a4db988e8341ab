"""An API server that is a function, for the tests of programs that use this package: no network, no cluster.

async def answer(request: Request) -> Reply:
    return Reply.json({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []})

async with mock_client(answer) as client:
    assert not await Api.of(client, Pod).list()
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from kty.errors import Unreachable
from kty.kube.client import Client
from kty.kube.exchange import Answer, Layer, Request
from kty.kube.reply import Reply
from kty.kube.target import Config

CONFIG = Config(context="mock", cluster="mock", user="mock", server="http://mock")

Respond: TypeAlias = Callable[[Request], Answer | Awaitable[Answer]]
"""What answers a request; what it raises is raised where the request was made (a KtyError, to be like the real one)."""
Talk: TypeAlias = Callable[["Peer"], Awaitable[None]]
"""What an API server does on a websocket that it opened; it is closed once this returns."""


class MockTransport:
    """A `Transport` that remembers what it was asked."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._talks: set[asyncio.Task[None]] = set()
        self.requests: list[Request] = []
        """In their order, with all that the layers added."""
        self.is_closed = False

    async def send(self, request: Request) -> Answer:
        self.requests.append(request)
        answer = self._respond(request)
        return answer if not isinstance(answer, Awaitable) else await answer

    async def close(self) -> None:
        self.is_closed = True
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def websocket(self, request: Request, talk: Talk) -> Reply:
        """Return the answer that opens a websocket; it speaks the first subprotocol that was asked for."""
        there, back = _Pipe(), _Pipe()
        protocol = request.protocols[0] if request.protocols else ""
        talking = asyncio.create_task(_talk(talk, Peer(protocol, incoming=there, outgoing=back)))
        self._talks.add(talking)
        talking.add_done_callback(self._talks.discard)
        return Reply(status=101, websocket=Peer(protocol, incoming=back, outgoing=there))


class Peer:
    """One end of a websocket in memory, which is a `WebSocket`; the other one's message waits until it is received."""

    def __init__(self, protocol: str, *, incoming: "_Pipe", outgoing: "_Pipe") -> None:
        self.protocol = protocol
        self._incoming = incoming
        self._outgoing = outgoing

    async def send(self, data: bytes) -> None:
        """Send a message. Raises Unreachable where either end is closed."""
        await self._outgoing.put(data)

    async def receive(self) -> bytes | None:
        """Return the next message, or None once the other end is closed. Raises why this end is, where it is."""
        return await self._incoming.get()

    def hold_back(self, most: int) -> None:
        """Nothing waits on the way."""

    async def part(self, *, within: float) -> None:
        """Say goodbye, and drop what comes until the other end is closed, too."""
        await self._outgoing.end()
        with suppress(TimeoutError, Unreachable):
            async with asyncio.timeout(within):
                while await self.receive() is not None:
                    pass

    async def close(self, why: Unreachable | None = None) -> None:
        """Close this end: whoever receives from it raises `why`, or is told that nothing comes any more."""
        await self._incoming.end(why)
        await self._outgoing.end()


class _Pipe:
    """Messages in one direction, one at a time."""

    def __init__(self) -> None:
        self._message: bytes | None = None
        self._is_over = False
        self._why: Unreachable | None = None
        self._changed = asyncio.Condition()

    async def put(self, message: bytes) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._message is None or self._is_over)
            if self._is_over:
                raise self._why or Unreachable("the websocket is closed")
            self._message = message
            self._changed.notify_all()

    async def get(self) -> bytes | None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._message is not None or self._is_over)
            if self._why is not None:
                raise self._why
            message, self._message = self._message, None
            self._changed.notify_all()
            return message

    async def end(self, why: Unreachable | None = None) -> None:
        async with self._changed:
            self._is_over = True
            self._why = self._why or why
            self._changed.notify_all()


async def _talk(talk: Talk, peer: Peer) -> None:
    try:
        await talk(peer)
    finally:
        await peer.close()


@asynccontextmanager
async def mock_client(respond: Respond, *, layers: Sequence[Layer] = ()) -> AsyncIterator[Client]:
    """Yield a client whose requests this function answers, and close it."""
    async with Client(CONFIG, layers=layers, transport=MockTransport(respond)) as client:
        yield client
