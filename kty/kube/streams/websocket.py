"""One websocket to the API server: binary messages in and out, and how it ended."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import aiohttp

from kty.errors import Unreachable
from kty.text import printable

PING = 30.0
"""Seconds between pings: more often than load balancers forget a connection."""
GOODBYE = (1000).to_bytes(2, "big")
"""What a message says that closes a websocket in the normal way."""
_PARTING = {1000, 1001, 1005}
"""Close codes (RFC 6455 §7.4.1) that report no failure."""


class HttpWebSocket:
    """A websocket of aiohttp's, that is a `WebSocket`. One task may receive; any may send.

    Sending waits while the server takes nothing more, and nothing is read from the network while nobody receives.
    A server that is gone without a word is noticed by the pings it leaves unanswered, where they can tell: a server
    that waits for a slow container answers none either, so they count only while nothing that we sent is on its way.
    """

    def __init__(
        self,
        opened: aiohttp.ClientWebSocketResponse,
        translated: Callable[[], AbstractContextManager[None]],
        *,
        ping: float = PING,
    ) -> None:
        """`translated` lets the errors of the network pass as those of `kty.errors`."""
        self.protocol = opened.protocol or ""
        """The subprotocol that the server chose; empty where it chose none."""
        self._socket = opened
        self._translated = translated
        self._fault: Unreachable | None = None
        self._is_receiving = False
        self._sent = self._proved = 0
        """Messages that we sent, and how many of them the server had read when it answered a ping."""
        self._came = 0
        self._pinging = asyncio.create_task(self._ping(ping))

    async def send(self, data: bytes) -> None:
        """Send a binary message. Raises Unreachable where the connection is over."""
        if self._fault is not None:
            raise self._fault
        self._sent += 1
        try:
            with self._translated():
                await self._socket.send_bytes(data)
        except Unreachable as error:
            raise self._fault or _broke_off(str(error)) from error

    async def receive(self) -> bytes | None:
        """Return the next message, or None once the server has said goodbye. Raises Unreachable where it broke off."""
        self._is_receiving = True
        try:
            while True:
                with self._translated():
                    message = await self._socket.receive()
                self._came += 1
                if message.type is aiohttp.WSMsgType.BINARY:
                    return bytes(message.data)
                elif message.type is aiohttp.WSMsgType.TEXT:
                    return str(message.data).encode()
                elif message.type is aiohttp.WSMsgType.PING:
                    with self._translated():
                        await self._socket.pong(message.data)
                elif message.type is aiohttp.WSMsgType.PONG:
                    self._proved = int.from_bytes(message.data[:8], "big")
                elif message.type is aiohttp.WSMsgType.CLOSE and message.data in {None, 0, *_PARTING}:
                    return None
                else:
                    raise self._broken(message)
        finally:
            self._is_receiving = False

    def hold_back(self, most: int) -> None:
        """Let the system keep no more than about so many bytes that came and were not received."""
        connection = self._socket.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, most)

    async def part(self, *, within: float) -> None:
        """Say goodbye, and read and drop what comes until the server has taken all that was sent and says it, too."""
        with suppress(Unreachable, TimeoutError):
            async with asyncio.timeout(within):
                with self._translated():
                    await self._socket.send_frame(GOODBYE, aiohttp.WSMsgType.CLOSE)
                while await self.receive() is not None:
                    pass

    async def close(self, why: Unreachable | None = None) -> None:
        """End it at once: who is waiting raises `why`. What was sent and is not on its way yet is lost."""
        self._fault = self._fault or why
        self._pinging.cancel()
        connection = self._socket.get_extra_info("socket")
        if connection is not None:
            with suppress(OSError):  # else what is buffered for a server that does not read would keep it open
                connection.shutdown(socket.SHUT_RDWR)
        with suppress(OSError, aiohttp.ClientError):
            await self._socket.close()
        await asyncio.gather(self._pinging, return_exceptions=True)

    def _broken(self, message: aiohttp.WSMessage) -> Unreachable:
        if self._fault is not None:
            return self._fault
        if message.type is aiohttp.WSMsgType.CLOSE:
            said = printable(str(message.extra or ""))
            return Unreachable(f"the server ended the stream with code {message.data}" + (f": {said}" if said else ""))
        return _broke_off(printable(str(message.data)) if message.type is aiohttp.WSMsgType.ERROR else "")

    async def _ping(self, seconds: float) -> None:
        came, was_receiving = -1, False
        with suppress(OSError, aiohttp.ClientError, RuntimeError):  # who receives hears of it
            while True:
                await asyncio.sleep(seconds)
                is_silent = was_receiving and self._is_receiving and came == self._came
                if is_silent and self._proved == self._sent:
                    self._fault = Unreachable(f"the server was silent for {seconds:g} s")
                    await self._socket.close()
                    return
                came, was_receiving = self._came, self._is_receiving
                await self._socket.ping(self._sent.to_bytes(8, "big"))


def _broke_off(why: str) -> Unreachable:
    said = f"the stream broke off ({why})" if why else "the stream broke off"
    return Unreachable(said, hint="are the pod and its node still there?")
