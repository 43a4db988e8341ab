"""Open websockets on a session's connections, and keep what a server says when it opens none.

aiohttp alone would drop the Status of a refusal, and follow redirects, credentials in hand.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import aiohttp

from kty.kube.response import AbruptResponse

PATIENCE = 30.0
"""Seconds until a server must have answered a handshake."""
MAX_REFUSAL = 1 << 16
"""Bytes that are read of a refusal."""
_SWITCHING = 101


class HandshakeRefused(Exception):
    """The server answered with something else than a websocket."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


def session_for_websockets(session: aiohttp.ClientSession, connect: float) -> aiohttp.ClientSession:
    """Return a session on the same connector, whose `ws_connect` raises HandshakeRefused. Close it before the other.

    A connection must stand within `connect` seconds.
    """
    redirects = aiohttp.TraceConfig()
    redirects.on_request_redirect.append(_redirected)
    return aiohttp.ClientSession(
        connector=session.connector,
        connector_owner=False,
        response_class=AbruptResponse,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect, sock_read=PATIENCE),
        raise_for_status=_refuse,
        trace_configs=[redirects],
        trust_env=False,
    )


async def _redirected(_: aiohttp.ClientSession, __: SimpleNamespace, redirect: Any) -> None:
    await _refuse(redirect.response)


async def _refuse(answer: aiohttp.ClientResponse) -> None:
    """Raise HandshakeRefused for every answer but the one that opens a websocket."""
    if answer.status == _SWITCHING:
        return
    body = bytearray()
    try:
        with suppress(aiohttp.ClientError, OSError):
            async with asyncio.timeout(PATIENCE):
                while chunk := await answer.content.read(MAX_REFUSAL - len(body)):
                    body += chunk
    finally:
        answer.close()
    raise HandshakeRefused(answer.status, answer.headers, bytes(body))
