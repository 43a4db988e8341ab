"""Requests to one API server as one identity: bytes in, bytes out, and one tree of errors."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from kty import __version__
from kty.errors import KtyError, Unreachable
from kty.kube.credentials import Credential, credentials
from kty.kube.errors import from_answer
from kty.kube.lines import LineSplitter
from kty.kube.tagged import Tagged
from kty.kube.target import Config
from kty.kube.transport import Transport

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientWebSocketResponse

    from kty.kube.streams.websocket import WebSocket

log = logging.getLogger(__name__)

MAX_ERROR = 1 << 16
"""Bytes that are read of an answer that is an error."""
_CLOSED = "this connection was closed"


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] | None = None
    body: bytes | None = None
    total: float | None = None
    """Seconds until the answer must be complete."""
    idle: float | None = None
    """Seconds that may pass without a byte."""
    tag: str = ""
    """The ETag of what is known already."""


class Client:
    """Talks to one API server. One session, opened by the first request; made and closed in one event loop.

    Every method raises the errors of `kty.errors`: CredentialError and ConfigError before anything is sent,
    Unreachable and Untrusted on the way, NotKubernetes and the StatusErrors for what came back. Nothing is sent
    twice, with two exceptions: after a 401, when the credentials could be renewed; and what may be repeated
    (GET, PUT, DELETE), when a connection that was kept open turned out to be dead.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._credentials = credentials(config)
        self._transport = Transport(config)
        self._answers: set[ClientResponse] = set()
        self._websockets: set[WebSocket] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,
    ) -> bytes:
        """Return the whole answer, which must be complete within `timeout` seconds. The path is quoted already."""
        async with self._answer(_Request(method, path, query, headers, body, total=timeout)) as answer:
            with self._translated():
                return await answer.read()

    async def revalidate(
        self, path: str, *, tag: str = "", headers: Mapping[str, str] | None = None, timeout: float = 30.0
    ) -> Tagged | None:
        """Return what is there, with its ETag; None where it is still what this ETag was given for."""
        async with self._answer(_Request("GET", path, headers=headers, total=timeout, tag=tag)) as answer:
            if answer.status == 304:
                return None
            with self._translated():
                return Tagged(await answer.read(), answer.headers.get("ETag", ""))

    @asynccontextmanager
    async def watch(
        self,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        idle: float,
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a streaming answer and yield its lines, of any length; empty ones are dropped.

        The iteration ends when the server ends the answer. It raises Unreachable when not one byte came for `idle`
        seconds, or when the answer breaks off in the middle.
        """
        # The API server compresses no watch; a proxy that did would hold events back to fill its blocks.
        headers = {"Accept-Encoding": "identity", **(headers or {})}
        async with (
            self._answer(_Request("GET", path, query, headers, idle=idle)) as answer,
            aclosing(self._lines(answer, idle)) as lines,
        ):
            yield lines

    @asynccontextmanager
    async def stream(
        self, path: str, *, query: Sequence[tuple[str, str]] = (), idle: float | None = None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Open a streaming answer and yield its bytes as they come; the server waits while nobody reads.

        The iteration ends when the answer is complete. It raises Unreachable when it breaks off in the middle, or
        when not one byte came for `idle` seconds.
        """
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}  # a proxy that compressed would hold bytes back
        async with (
            self._answer(_Request("GET", path, query, headers, idle=idle)) as answer,
            aclosing(self._chunks(answer, idle)) as chunks,
        ):
            yield chunks

    @asynccontextmanager
    async def websocket(
        self, path: str, *, query: Sequence[tuple[str, str]] = (), protocols: Sequence[str]
    ) -> AsyncIterator["WebSocket"]:
        """Open a websocket that speaks one of these subprotocols, the best first; it is closed in the end.

        Goes the way of every request: credentials, TLS, proxy, impersonation; a refusal raises what `request` raises.
        """
        from kty.kube.streams.websocket import WebSocket

        request = _Request("GET", path, query, {"Accept": "*/*"})  # kubelets answer 406 to whoever wants JSON
        opened = WebSocket(await self._handshake(request, protocols), self._translated)
        self._websockets.add(opened)
        try:
            yield opened
        finally:
            self._websockets.discard(opened)
            await opened.close()

    async def close(self) -> None:
        """Close every connection: what is still waiting raises Unreachable."""
        self._is_closed = True
        for websocket in tuple(self._websockets):
            await websocket.close(Unreachable(_CLOSED))
        for answer in tuple(self._answers):  # closing the session alone would leave its readers waiting for ever
            answer.close()
        await self._credentials.close()
        await self._transport.close()

    async def _lines(self, answer: "ClientResponse", idle: float) -> AsyncGenerator[bytes, None]:
        splitter = LineSplitter()
        async with aclosing(self._chunks(answer, idle)) as chunks:
            async for chunk in chunks:
                for line in splitter.feed(chunk):
                    yield line
        if splitter.is_within_line:
            raise Unreachable("the answer broke off within a line")

    async def _chunks(self, answer: "ClientResponse", idle: float | None) -> AsyncGenerator[bytes, None]:
        while True:
            with self._translated():
                try:
                    async with asyncio.timeout(idle):  # aiohttp's own timer dies with a chunk that it cannot parse
                        chunk = await answer.content.readany()
                except TimeoutError as error:
                    raise Unreachable(f"nothing came for {idle:g} s") from error
            if not chunk:
                return
            yield chunk

    async def _handshake(self, request: _Request, protocols: Sequence[str]) -> "ClientWebSocketResponse":
        """Open a websocket, at the second try with renewed credentials where the first ended with a 401."""
        from kty.kube.handshake import HandshakeRefused

        if self._is_closed:
            raise Unreachable(_CLOSED)
        credential = await self._credentials.current()
        try:
            return await self._open(request, protocols, credential)
        except HandshakeRefused as refused:
            renewed = await self._credentials.renewed(credential) if refused.status == 401 else credential
            if renewed == credential:
                raise from_answer(refused.status, refused.headers, _without(credential, refused.body)) from None
        try:
            return await self._open(request, protocols, renewed)
        except HandshakeRefused as refused:
            raise from_answer(refused.status, refused.headers, _without(renewed, refused.body)) from None

    async def _open(
        self, request: _Request, protocols: Sequence[str], credential: Credential
    ) -> "ClientWebSocketResponse":
        url = self.config.server + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        log.debug("websocket %s", request.path)
        with self._translated():
            return await self._transport.websocket(
                url, protocols=protocols, headers=self._headers(request, credential), key_pair=credential.certificate
            )

    @asynccontextmanager
    async def _answer(self, request: _Request) -> AsyncIterator["ClientResponse"]:
        """Send the request, once more after a 401 with renewed credentials, and yield an answer that is no error."""
        if self._is_closed:
            raise Unreachable(_CLOSED)
        credential = await self._credentials.current()
        answer = await self._send(request, credential)
        try:
            if answer.status == 401:
                renewed = await self._credentials.renewed(credential)
                if renewed != credential:
                    answer.close()
                    credential, answer = renewed, await self._send(request, renewed)
            self._answers.add(answer)
            is_known = answer.status == 304 and request.tag
            if not is_known and (answer.status >= 300 or answer.content_type == "text/html"):
                body = _without(credential, await _beginning(answer, request))
                raise from_answer(answer.status, answer.headers, body)
            yield answer
        finally:
            self._answers.discard(answer)
            answer.close()

    async def _send(self, request: _Request, credential: Credential) -> "ClientResponse":
        url = self.config.server + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        started = time.monotonic()
        outcome = "failed"
        try:
            with self._translated():
                answer = await self._transport.request(
                    request.method,
                    url,
                    headers=self._headers(request, credential),
                    body=request.body,
                    total=request.total,
                    idle=request.idle,
                    key_pair=credential.certificate,
                )
            outcome = str(answer.status)
            return answer
        finally:
            milliseconds = (time.monotonic() - started) * 1000
            log.debug("%s %s: %s in %.0f ms", request.method, request.path, outcome, milliseconds)

    def _headers(self, request: _Request, credential: Credential) -> list[tuple[str, str]]:
        headers = {
            "accept": "application/json",
            "accept-encoding": "gzip" if self.config.compress else "identity",
            "user-agent": f"kty/{__version__}",
        }
        if request.body is not None:
            headers["content-type"] = "application/json"
        if request.tag:
            headers["if-none-match"] = request.tag
        headers |= {name.lower(): value for name, value in (request.headers or {}).items()}
        if credential.authorization:
            headers["authorization"] = credential.authorization
        return [*headers.items(), *self.config.impersonate.headers()]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Let the errors of aiohttp, ssl and sockets pass as ours."""
        try:
            yield
        except KtyError:
            raise
        except Exception as error:
            from kty.kube.unreachable import failure

            known = Unreachable(_CLOSED) if self._is_closed else failure(error, self.config.server)
            if known is None:
                raise
            raise known from error


def _without(credential: Credential, body: bytes) -> bytes:
    """Return what a server says without the credential: some repeat what they were sent, and errors are logged."""
    secret = credential.authorization.partition(" ")[2].encode()
    return body.replace(secret, b"(credential)") if secret else body


async def _beginning(answer: "ClientResponse", request: _Request) -> bytes:
    """Return how the body of an error begins; what came of it, where it breaks off."""
    from aiohttp import ClientError

    body = bytearray()
    with suppress(ClientError, OSError):
        async with asyncio.timeout(request.idle or request.total):
            while chunk := await answer.content.read(MAX_ERROR - len(body)):
                body += chunk
    return bytes(body)
