"""Several streams over one WebSocket: the subprotocols `channel.k8s.io`, of which each message names its channel."""

import base64
import binascii
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

from aiohttp import WSMsgType, web

LARGEST: Final = 32 << 20
"""Bytes of a message that are taken, as golang.org/x/net/websocket has it."""
PIECE: Final = 1 << 16
"""Bytes that are sent in one message."""
CLOSE: Final = 255
"""The channel on which v5 says that another one is closed."""
_LINGER: Final = 2.0
"""Seconds that the other side has to say goodbye, too."""


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes for a channel; None where the client has closed it."""

    channel: int
    data: bytes | None


def is_upgrade(request: web.Request) -> bool:
    """Say whether the client wants a WebSocket."""
    connection = {word.strip().lower() for word in request.headers.get("Connection", "").split(",")}
    return "upgrade" in connection and request.headers.get("Upgrade", "").lower() == "websocket"


def chosen(request: web.Request, served: Iterable[str], *, preferred: str = "") -> str | None:
    """Return the subprotocol to speak, empty where the client names none; None where none of its own is served."""
    header = request.headers.get("Sec-WebSocket-Protocol", "")
    wanted = [word.strip() for word in header.split(",") if word.strip()]
    if not wanted:
        return ""
    if preferred in wanted:
        return preferred
    return next((name for name in wanted if name in served), None)


class Channels:
    """One connection. Sending waits while the client reads too slowly."""

    def __init__(self, request: web.Request, protocol: str) -> None:
        self.protocol = protocol
        self._request = request
        self._is_text = "base64" in protocol
        self._closes = protocol.startswith("v5.")
        self._socket = web.WebSocketResponse(
            protocols=(protocol,) if protocol else (),
            max_msg_size=LARGEST,
            compress=False,
            timeout=_LINGER,
            heartbeat=None,
        )

    async def open(self) -> web.WebSocketResponse:
        await self._socket.prepare(self._request)
        return self._socket

    async def send(self, channel: int, data: bytes) -> None:
        """Send bytes on a channel. Raises BrokenPipeError once the client is gone."""
        try:
            if self._is_text:
                await self._socket.send_str(f"{channel}{base64.b64encode(data).decode()}")
                return
            for at in range(0, len(data) or 1, PIECE):
                await self._socket.send_bytes(bytes((channel,)) + data[at : at + PIECE])
        except (ConnectionError, RuntimeError) as error:  # aiohttp raises either, by who closed it
            raise BrokenPipeError from error

    async def messages(self) -> AsyncIterator[Message]:
        """Yield what comes until the client is gone; nothing is read while the last message is not dealt with."""
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                data = message.data
            elif message.type is WSMsgType.TEXT:
                data = message.data.encode()
            else:
                return
            if not data:
                continue
            if self._closes and data[0] == CLOSE:
                if len(data) != 2:
                    return
                yield Message(data[1], None)
                continue
            channel, content = data[0], data[1:]
            if self._is_text:
                channel -= ord("0")
                try:
                    content = base64.b64decode(content)
                except binascii.Error:
                    continue
            yield Message(channel, content)

    async def close(self) -> None:
        await self._socket.close()


class ChannelSink:
    """A Sink that is one channel; it takes everything and sends nothing where the client did not ask for it."""

    def __init__(self, channels: Channels, number: int, *, wanted: bool = True) -> None:
        self._channels = channels
        self._number = number
        self._wanted = wanted

    async def write(self, data: bytes) -> None:
        if self._wanted and data:
            await self._channels.send(self._number, data)


def refused_upgrade() -> web.Response:
    """Answer as golang.org/x/net/websocket does to subprotocols that it does not speak."""
    response = web.Response(status=403)
    response.force_close()
    return response
