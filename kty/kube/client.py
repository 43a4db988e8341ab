"""Requests to one API server as one identity: bytes in, bytes out, and one tree of errors."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit

from kty import __version__
from kty.errors import ClusterError, ConfigError, Unauthorized, Unreachable
from kty.kube.credentials import credentials
from kty.kube.errors import from_answer
from kty.kube.exchange import Answer, Layer, Request, Send, Transport, WebSocket, is_error
from kty.kube.layers import Retry, authenticated, beginning, beneath, impersonating, traced
from kty.kube.lines import LineSplitter
from kty.kube.tagged import Tagged
from kty.kube.target import Config
from kty.kube.transport import HttpTransport
from kty.kube.validity import not_after
from kty.text import printable

_CLOSED = "this connection was closed"


class Client:
    """Talks to one API server. One session, opened by the first request; made and closed in one event loop.

    Every method raises the errors of `kty.errors`: CredentialError and ConfigError before anything is sent,
    Unreachable and Untrusted on the way, NotKubernetes and the StatusErrors for what came back. Beneath all layers
    nothing is sent twice, with two exceptions: after a 401, when the credentials could be renewed; and what may be
    repeated (GET, PUT, DELETE), when a connection that was kept open turned out to be dead.
    """

    def __init__(
        self, config: Config, *, layers: Sequence[Layer] = (Retry(),), transport: Transport | None = None
    ) -> None:
        """`layers` are put around every request, the first one outermost; `kty.kube.layers` has some.

        `transport` takes the place of HTTP to the config's server; the client closes it.
        """
        self.config = config
        self._credentials = credentials(config)
        self._transport = transport or HttpTransport(config)
        own = authenticated(self._credentials), beneath(urlsplit(config.server).path)
        self._send = _composed([*layers, *own, impersonating(config.impersonate), traced()], self._transport.send)
        self._waiting: set[asyncio.Timeout] = set()
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
        async with self._answer(self._request(method, path, query, headers, body, total=timeout)) as answer:
            return await self._whole(answer)

    async def revalidate(
        self, path: str, *, tag: str = "", headers: Mapping[str, str] | None = None, timeout: float = 30.0
    ) -> Tagged | None:
        """Return what is there, with its ETag; None where it is still what this ETag was given for."""
        headers = {**(headers or {}), **({"If-None-Match": tag} if tag else {})}
        async with self._answer(self._request("GET", path, headers=headers, total=timeout), known=bool(tag)) as answer:
            if answer.status == 304:
                return None
            return Tagged(await self._whole(answer), answer.headers.get("ETag", ""))

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
            self._answer(self._request("GET", path, query, headers, idle=idle)) as answer,
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
            self._answer(self._request("GET", path, query, headers, idle=idle)) as answer,
            aclosing(self._chunks(answer, idle)) as chunks,
        ):
            yield chunks

    @asynccontextmanager
    async def websocket(
        self, path: str, *, query: Sequence[tuple[str, str]] = (), protocols: Sequence[str]
    ) -> AsyncIterator[WebSocket]:
        """Open a websocket that speaks one of these subprotocols, the best first; it is closed in the end.

        Goes the way of every request: credentials, TLS, proxy, impersonation; a refusal raises what `request` raises.
        """
        request = self._request("GET", path, query, {"Accept": "*/*"})  # kubelets answer 406 to whoever wants JSON
        async with self._answer(replace(request, protocols=tuple(protocols))) as answer:
            opened = answer.websocket
            if opened is None:
                raise from_answer(answer.status, answer.headers, await beginning(answer, request.total))
            self._websockets.add(opened)
            try:
                yield opened
            finally:
                self._websockets.discard(opened)
                await opened.close()

    @property
    def is_closed(self) -> bool:
        """Whether it was closed: whatever is asked from then on raises Unreachable."""
        return self._is_closed

    async def close(self) -> None:
        """Close every connection: what is still waiting raises Unreachable."""
        self._is_closed = True
        for scope in self._waiting:
            scope.reschedule(asyncio.get_running_loop().time())
        for websocket in tuple(self._websockets):
            await websocket.close(Unreachable(_CLOSED))
        await self._credentials.close()
        await self._transport.close()

    async def _lines(self, answer: Answer, idle: float) -> AsyncGenerator[bytes, None]:
        splitter = LineSplitter()
        async with aclosing(self._chunks(answer, idle)) as chunks:
            async for chunk in chunks:
                for line in splitter.feed(chunk):
                    yield line
        if splitter.is_within_line:
            raise Unreachable("the answer broke off within a line")

    async def _whole(self, answer: Answer) -> bytes:
        async with aclosing(self._chunks(answer)) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def _chunks(self, answer: Answer, idle: float | None = None) -> AsyncGenerator[bytes, None]:
        async with aclosing(answer.chunks()) as chunks:
            while True:
                async with self._patience(idle):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                yield chunk

    @asynccontextmanager
    async def _answer(self, request: Request, *, known: bool = False) -> AsyncIterator[Answer]:
        """Send the request and yield an answer that is no error; `known` lets a 304 pass."""
        async with self._patience():
            answer = await self._send(request)
        try:
            if is_error(answer, request) and not (known and answer.status == 304):
                async with self._patience():
                    body = await beginning(answer, request.idle or request.total)
                raise self._refusal(answer, body)
            yield answer
        finally:
            answer.close()

    def _refusal(self, answer: Answer, body: bytes) -> ClusterError:
        error = from_answer(answer.status, answer.headers, body)
        if isinstance(error, Unauthorized) and (shown := self.config.auth.certificate):
            with suppress(ConfigError):  # the file may be gone by now
                ended = not_after(shown.read())
                if ended is not None and ended < datetime.now(UTC):
                    whose = f"the client certificate of user '{printable(self.config.user)}'"
                    error.hint = f"{whose} expired on {ended:%Y-%m-%d}, renew it"
        return error

    @asynccontextmanager
    async def _patience(self, idle: float | None = None) -> AsyncIterator[None]:
        """Raise Unreachable where this takes longer than `idle` seconds, or the client is closed meanwhile."""
        if self._is_closed:
            raise Unreachable(_CLOSED)
        scope = asyncio.timeout(idle)
        self._waiting.add(scope)
        try:
            async with scope:
                yield
        except Exception as error:
            if self._is_closed:
                raise Unreachable(_CLOSED) from error
            if scope.expired() and isinstance(error, TimeoutError):
                raise Unreachable(f"nothing came for {idle:g} s") from error
            raise
        finally:
            self._waiting.discard(scope)

    def _request(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        total: float | None = None,
        idle: float | None = None,
    ) -> Request:
        wanted = {
            "accept": "application/json",
            "accept-encoding": "gzip" if self.config.compress else "identity",
            "user-agent": f"kty/{__version__}",
        }
        if body is not None:
            wanted["content-type"] = "application/json"
        wanted |= {name.lower(): value for name, value in (headers or {}).items()}
        return Request(method, path, tuple(query), tuple(wanted.items()), body, total, idle)


def _composed(layers: Sequence[Layer], send: Send) -> Send:
    for layer in reversed(layers):
        send = layer(send)
    return send
