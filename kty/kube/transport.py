"""Carry HTTP to one API server: the only module that knows kubernetes_asyncio.

Its Configuration and ApiClient are used without the 700 generated models and 60 APIs that importing the package
loads. They hold the session; requests go through the session itself, as bytes, because ApiClient sends JSON objects,
one header of a name, and blocks on what it decodes.
"""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from kty.errors import ConfigError, KtyError, Unreachable
from kty.kube.exchange import Answer, Request, WebSocket
from kty.kube.late_trust import late_trust
from kty.kube.proxy import is_proxy, is_socks, proxy_for
from kty.kube.reply import Reply
from kty.kube.target import Config, KeyPair
from kty.kube.tls import SslContexts

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

_PACKAGE = "kubernetes_asyncio"
_EMPTY = (_PACKAGE, f"{_PACKAGE}.client", f"{_PACKAGE}.client.models")
_importing = threading.Lock()

CONNECT = 10.0
"""Seconds until a connection must stand, proxy and TLS included."""
SOCKS = 1080
"""The port of a SOCKS proxy, where none is named (RFC 1928)."""
KEEP_ALIVE = 60.0
"""Seconds that an unused connection stays open."""
READ_BUFFER = 1 << 18
"""Bytes that are buffered of an answer before the server has to wait for us."""

MAX_MESSAGE = 1 << 24
"""Bytes that a server may send in one message of a websocket; it sends 32 KiB."""


class Library(NamedTuple):
    """What is used of kubernetes_asyncio."""

    ApiClient: Any
    Configuration: Any


def library() -> Library:
    """Import kubernetes_asyncio's ApiClient and Configuration, and leave `sys.modules` without a trace of it.

    Whoever imports the package afterwards gets it whole. Where it is imported already, its own classes are returned.
    May be called from any thread.
    """
    with _importing:
        return _library()


@cache
def _library() -> Library:
    with late_trust():
        import aiohttp  # noqa: F401 - nearly all of the time goes here, so it comes before the window below

    if _PACKAGE in sys.modules:
        return _classes()
    with _empty_packages():
        return _classes()


def _classes() -> Library:
    from kubernetes_asyncio.client.api_client import ApiClient
    from kubernetes_asyncio.client.configuration import Configuration

    return Library(ApiClient, Configuration)


@contextmanager
def _empty_packages() -> Iterator[None]:
    """Stand in for the packages whose `__init__` would load everything; their other modules are found as ever."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"{_PACKAGE} is not installed", name=_PACKAGE)
    above = Path(spec.submodule_search_locations[0]).parent
    for name in _EMPTY:
        package = ModuleType(name)
        package.__path__ = [str(above.joinpath(*name.split(".")))]
        sys.modules[name] = package
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
            del sys.modules[name]


class HttpTransport:
    """One session for one cluster and identity, opened by the first request."""

    def __init__(self, config: Config) -> None:
        self._config = config
        parts = urlsplit(config.server)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._is_tls = parts.scheme == "https"
        self._proxy = ""
        self._socks = False
        self._contexts = SslContexts(config)
        self._api: Any = None
        self._websockets: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self._is_closed = False

    async def send(self, request: Request) -> Answer:
        """Send a request, as `kty.kube.exchange.Transport` promises it.

        Raises ConfigError for TLS files and proxies that make no sense, and the ClusterErrors for what happens on
        the way.
        """
        with self._translated():
            session = await self._session(request.key_pair)
            if request.protocols:
                return await self._websocket(session, request)
            return HttpAnswer(await self._request(session, request), request.idle, self._translated)

    async def _request(self, session: "aiohttp.ClientSession", request: Request) -> "aiohttp.ClientResponse":
        from aiohttp import ClientTimeout

        return await session.request(
            request.method,
            self._url(request),
            headers=request.headers,
            data=request.body,
            timeout=ClientTimeout(total=request.total, connect=CONNECT, sock_connect=CONNECT, sock_read=request.idle),
            allow_redirects=False,
            **self._way(request.key_pair),
        )

    async def _websocket(self, session: "aiohttp.ClientSession", request: Request) -> Answer:
        from aiohttp import ClientWSTimeout
        from multidict import CIMultiDict

        from kty.kube.handshake import HandshakeRefused, session_for_websockets
        from kty.kube.streams.websocket import HttpWebSocket

        if self._websockets is None:
            self._websockets = session_for_websockets(session, CONNECT)
        try:
            opened = await self._websockets.ws_connect(
                self._url(request),
                protocols=request.protocols,
                headers=CIMultiDict(request.headers),
                autoping=False,
                compress=0,
                max_msg_size=MAX_MESSAGE,
                timeout=ClientWSTimeout(ws_close=0.0),
                **self._way(request.key_pair),
            )
        except HandshakeRefused as refused:
            return Reply(refused.body, status=refused.status, headers=refused.headers)
        return Reply(status=101, websocket=HttpWebSocket(opened, self._translated))

    def _url(self, request: Request) -> "URL":
        from yarl import URL

        query = f"?{urlencode(request.query)}" if request.query else ""
        return URL(self._origin + request.path + query, encoded=True)

    def _way(self, key_pair: KeyPair | None) -> dict[str, Any]:
        """Return what aiohttp is told about the way: the proxy, and how TLS proves who is at the other end."""
        return {
            "proxy": self._proxy if self._proxy and not self._socks else None,
            "ssl": self._contexts.current(key_pair) if self._is_tls else True,
            "server_hostname": self._config.tls.server_name or None,
        }

    async def close(self) -> None:
        """Close every connection for good; whoever reads from one gets an error."""
        self._is_closed = True
        async with self._opening:
            if self._websockets is not None:
                await self._websockets.close()
            if self._api is not None:
                await self._api.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Let the errors of aiohttp, ssl and sockets pass as ours."""
        try:
            yield
        except KtyError:
            raise
        except Exception as error:
            from kty.kube.unreachable import failure

            known = failure(error, self._config.server, proxied=bool(self._proxy))
            if known is None:
                raise
            raise known from error

    async def _session(self, key_pair: KeyPair | None) -> Any:
        if self._api is None:
            async with self._opening:
                if self._is_closed:
                    raise Unreachable("this connection was closed")
                if self._api is None:
                    await self._open(key_pair)
        return self._api.rest_client.pool_manager

    async def _open(self, key_pair: KeyPair | None) -> None:
        configuration = await asyncio.to_thread(self._prepare, key_pair)
        with late_trust():  # the context of a session that is never used need not read anything
            api = library().ApiClient(configuration)
        # Its session obeys ~/.netrc, which aiohttp refuses to combine with an Authorization header, and proxy
        # variables by other rules than kubectl's. So ours takes its place, and nothing goes out before.
        unused = api.rest_client.pool_manager
        try:
            api.rest_client.pool_manager = self._new_session()
            self._api = api
        finally:
            await unused.close()

    def _prepare(self, key_pair: KeyPair | None) -> Any:
        """Do what takes long, in a thread: import, read certificates. Return the Configuration."""
        config = self._config
        self._proxy = proxy_for(config.server, config.proxy, os.environ)
        if self._proxy and not is_proxy(self._proxy):
            raise ConfigError("the proxy in your environment is none", hint="HTTPS_PROXY looks like http://host:port")
        self._socks = is_socks(self._proxy)
        configuration = library().Configuration(host=config.server)
        configuration.verify_ssl = config.tls.verify
        configuration.disable_strict_ssl_verification = True
        configuration.tls_server_name = config.tls.server_name or None
        configuration.proxy = self._proxy or None
        configuration.connection_pool_maxsize = 0
        if self._is_tls:
            if self._socks:
                self._contexts = SslContexts(config, server_name=config.tls.server_name)
            self._contexts.current(key_pair)
        return configuration

    def _new_session(self) -> "aiohttp.ClientSession":
        import aiohttp

        from kty.kube.response import AbruptResponse

        connector: aiohttp.TCPConnector
        if self._socks:
            from aiohttp_socks import ProxyConnector

            # Go lets the proxy look names up for socks5 and socks5h alike, and takes the usual port if there is none.
            url = urlsplit(self._proxy)._replace(scheme="socks5")
            if url.port is None:
                url = url._replace(netloc=f"{url.netloc.removesuffix(':')}:{SOCKS}")
            connector = ProxyConnector.from_url(url.geturl(), rdns=True, limit=0, keepalive_timeout=KEEP_ALIVE)
        else:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE)
        return aiohttp.ClientSession(
            connector=connector,
            response_class=AbruptResponse,
            cookie_jar=aiohttp.DummyCookieJar(),
            read_bufsize=READ_BUFFER,
            trust_env=False,
        )


class HttpAnswer:
    """An answer of aiohttp's, that is an `Answer`."""

    websocket: WebSocket | None = None

    def __init__(
        self,
        response: "aiohttp.ClientResponse",
        idle: float | None,
        translated: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._response = response
        self._idle = idle
        self._translated = translated

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        while True:
            with self._translated():
                try:
                    chunk = await self._response.content.readany()
                except TimeoutError as error:
                    if self._idle is None:
                        raise
                    raise Unreachable(f"nothing came for {self._idle:g} s") from error
            if not chunk:
                return
            yield chunk

    def close(self) -> None:
        self._response.close()
