"""The streams of pods as a client sees them: exec, attach and port-forward over WebSockets, and logs as lines."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from kty.kube.target import Config
from kty.kube.tls import SslContexts
from tests.cluster.place import GUARD

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255


@dataclass(frozen=True)
class Refusal(Exception):
    """The server did not open the stream."""

    code: int
    body: bytes

    @property
    def message(self) -> str:
        """Return the message of a Status, or the plain text."""
        try:
            return str(json.loads(self.body)["message"])
        except ValueError:
            return self.body.decode()


@dataclass
class Session:
    """One WebSocket; what came is kept by channel."""

    socket: aiohttp.ClientWebSocketResponse
    came: dict[int, bytearray] = field(default_factory=dict)
    first: tuple[int, bytes] | None = None
    """The first message: its channel and its bytes."""
    is_over: bool = False

    @property
    def protocol(self) -> str | None:
        return self.socket.protocol

    def on(self, channel: int) -> bytes:
        return bytes(self.came.get(channel, b""))

    @property
    def status(self) -> Any:
        """What came on the error channel."""
        return json.loads(self.on(ERROR))

    @property
    def code(self) -> int:
        """The exit code that the status tells."""
        if self.status["status"] == "Success":
            return 0
        causes = self.status["details"]["causes"]
        return next(int(cause["message"]) for cause in causes if cause.get("reason") == "ExitCode")

    async def send(self, data: bytes, channel: int = STDIN) -> None:
        await self.socket.send_bytes(bytes([channel]) + data)

    async def half_close(self) -> None:
        """Say that nothing more will be typed (v5 only)."""
        await self.socket.send_bytes(bytes([CLOSE, STDIN]))

    async def resize(self, columns: int, rows: int) -> None:
        await self.send(json.dumps({"Width": columns, "Height": rows}).encode(), RESIZE)

    async def receive(self) -> bool:
        """Take one message; return False once the server has ended the session."""
        message = await self.socket.receive()
        if message.type not in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT):
            self.is_over = True
            return False
        data = message.data if isinstance(message.data, bytes) else message.data.encode()
        if self.first is None:
            self.first = (data[0], data[1:])
        self.came.setdefault(data[0], bytearray()).extend(data[1:])
        return True

    async def until(self, text: bytes, channel: int = STDOUT) -> bytes:
        """Return all that came on a channel, once it holds this."""
        async with asyncio.timeout(GUARD):
            while text not in self.on(channel):
                assert await self.receive(), f"it ended before {text!r} came: {self.came}"
        return self.on(channel)

    async def end(self) -> "Session":
        """Return when the server has ended the session."""
        async with asyncio.timeout(GUARD):
            while await self.receive():
                pass
        return self


@asynccontextmanager
async def opened(
    config: Config, path: str, query: Sequence[tuple[str, str]], protocols: Sequence[str] = (V5,)
) -> AsyncIterator[Session]:
    """Open a WebSocket as the config's user. Raises Refusal."""
    tls = SslContexts(config).current(None) if config.server.startswith("https") else True
    url = f"{config.server}{path}?{urlencode(query)}"
    async with aiohttp.ClientSession(headers=_headers(config)) as http:
        try:
            socket = await http.ws_connect(url, protocols=protocols, ssl=tls, max_msg_size=0, compress=0)
        except aiohttp.WSServerHandshakeError as error:
            raise await _refusal(http, url, tls, protocols, error.status) from error
        async with socket:
            yield Session(socket)


async def _refusal(http: aiohttp.ClientSession, url: str, tls: Any, protocols: Sequence[str], code: int) -> Refusal:
    """Ask once more: aiohttp does not tell what was in the body of a handshake that failed."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": ", ".join(protocols),
    }
    async with http.get(url, headers=headers, ssl=tls) as answer:
        return Refusal(code, await answer.read())


def _headers(config: Config) -> dict[str, str]:
    return {"Authorization": f"Bearer {config.auth.token}", "User-Agent": "kty/tests"}


def streams_of(
    *, stdin: bool = False, stdout: bool = True, stderr: bool = True, tty: bool = False
) -> list[tuple[str, str]]:
    """Return the query that asks for these streams."""
    asked = {"stdin": stdin, "stdout": stdout, "stderr": stderr and not tty, "tty": tty}
    return [(name, "true") for name, wanted in asked.items() if wanted]
