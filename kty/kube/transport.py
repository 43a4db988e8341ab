"""Carry HTTP to one API server: the only module that knows kubernetes_asyncio.

Its Configuration and ApiClient are used without the 700 generated models and 60 APIs that importing the package
loads. They hold the session; requests go through the session itself, as bytes, because ApiClient sends JSON objects,
one header of a name, and blocks on what it decodes.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from kty.errors import ConfigError
from kty.kube.proxy import is_proxy, is_socks, proxy_for
from kty.kube.target import Config, KeyPair
from kty.kube.tls import SslContexts, as_file

if TYPE_CHECKING:
    import aiohttp

_PACKAGE = "kubernetes_asyncio"
_EMPTY = (_PACKAGE, f"{_PACKAGE}.client", f"{_PACKAGE}.client.models")
_importing = threading.Lock()

CONNECT = 10.0
"""Seconds until a connection must stand, proxy and TLS included."""
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


class Transport:
    """One session for one cluster and identity, opened by the first request."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._proxy = ""
        self._socks = False
        self._contexts = SslContexts(config)
        self._api: Any = None
        self._websockets: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        self._is_closed = False

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]],
        body: bytes | None,
        total: float | None,
        idle: float | None,
        key_pair: KeyPair | None,
    ) -> "aiohttp.ClientResponse":
        """Send a request and return once the answer's headers are there. The answer must be closed or read to its end.

        It must be complete within `total` seconds, and no more than `idle` seconds may pass without a byte.
        Redirects are not followed: they would carry the credentials elsewhere. Raises ConfigError for TLS files
        and proxies that make no sense, and what aiohttp and aiohttp_socks raise.
        """
        session = await self._session(key_pair)
        from aiohttp import ClientTimeout
        from yarl import URL

        is_tls = self._config.server.startswith("https:")
        answer: aiohttp.ClientResponse = await session.request(
            method,
            URL(url, encoded=True),
            headers=headers,
            data=body,
            timeout=ClientTimeout(total=total, connect=CONNECT, sock_connect=CONNECT, sock_read=idle),
            allow_redirects=False,
            proxy=self._proxy if self._proxy and not self._socks else None,
            ssl=self._contexts.current(key_pair) if is_tls else True,
            server_hostname=self._config.tls.server_name or None,
        )
        return answer

    async def websocket(
        self, url: str, *, protocols: Sequence[str], headers: Sequence[tuple[str, str]], key_pair: KeyPair | None
    ) -> "aiohttp.ClientWebSocketResponse":
        """Open a websocket, which must be closed. Raises HandshakeRefused, and what `request` raises."""
        session = await self._session(key_pair)
        from aiohttp import ClientWSTimeout
        from multidict import CIMultiDict
        from yarl import URL

        from kty.kube.handshake import session_for_websockets

        if self._websockets is None:
            self._websockets = session_for_websockets(session, CONNECT)
        return await self._websockets.ws_connect(
            URL(url, encoded=True),
            protocols=protocols,
            headers=CIMultiDict(headers),
            proxy=self._proxy if self._proxy and not self._socks else None,
            ssl=self._contexts.current(key_pair) if self._config.server.startswith("https:") else True,
            server_hostname=self._config.tls.server_name or None,
            autoping=False,
            compress=0,
            max_msg_size=MAX_MESSAGE,
            timeout=ClientWSTimeout(ws_close=0.0),
        )

    async def close(self) -> None:
        """Close every connection for good; whoever reads from one gets an error."""
        self._is_closed = True
        async with self._opening:
            if self._websockets is not None:
                await self._websockets.close()
            if self._api is not None:
                await self._api.close()

    async def _session(self, key_pair: KeyPair | None) -> Any:
        if self._api is None:
            async with self._opening:
                if self._is_closed:
                    raise RuntimeError("this transport is closed")
                if self._api is None:
                    await self._open(key_pair)
        return self._api.rest_client.pool_manager

    async def _open(self, key_pair: KeyPair | None) -> None:
        configuration, ca = await asyncio.to_thread(self._prepare, key_pair)
        with as_file(ca) if ca else nullcontext() as configuration.ssl_ca_cert:
            self._api = library().ApiClient(configuration)
        # Its session obeys ~/.netrc, which aiohttp refuses to combine with an Authorization header, and proxy
        # variables by other rules than kubectl's. So ours takes its place.
        unused, self._api.rest_client.pool_manager = self._api.rest_client.pool_manager, self._new_session()
        await unused.close()

    def _prepare(self, key_pair: KeyPair | None) -> tuple[Any, bytes]:
        """Do what takes long, in a thread: import, read certificates. Return the Configuration and the CA in PEM."""
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
        if not config.server.startswith("https:"):
            return configuration, b""
        if self._socks:
            self._contexts = SslContexts(config, server_name=config.tls.server_name)
        self._contexts.current(key_pair)
        return configuration, config.tls.ca.read() if config.tls.ca else b""

    def _new_session(self) -> "aiohttp.ClientSession":
        import aiohttp

        connector: aiohttp.TCPConnector
        if self._socks:
            from aiohttp_socks import ProxyConnector

            # Go lets the proxy look names up for socks5 and socks5h alike.
            url = urlsplit(self._proxy)._replace(scheme="socks5").geturl()
            connector = ProxyConnector.from_url(url, rdns=True, limit=0, keepalive_timeout=KEEP_ALIVE)
        else:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE)
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), read_bufsize=READ_BUFFER, trust_env=False
        )
