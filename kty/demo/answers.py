"""Bytes on their way out: JSON, compressed where that is wanted and worth it."""

import asyncio
import gzip
from collections.abc import Iterable
from typing import Final

from aiohttp import web

from kty.demo.negotiation import JSON
from kty.demo.statuses import ApiError
from kty.demo.store import encode

_WORTH_IT: Final = 128 * 1024
"""Bytes from which the API server compresses."""
_HEADERS: Final = {"Cache-Control": "no-cache, private"}


async def answer(
    request: web.Request, body: bytes, *, status: int = 200, warnings: Iterable[str] = (), media: str = JSON
) -> web.Response:
    """Answer with a whole body."""
    response = web.Response(status=status, headers=_HEADERS)
    response.headers["Content-Type"] = media
    for warning in warnings:
        text = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.add("Warning", f'299 - "{text}"')
    if len(body) >= _WORTH_IT and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = await asyncio.to_thread(gzip.compress, body, 1)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    response.body = body
    return response


def refusal(error: ApiError) -> web.Response:
    """Answer with a Status."""
    response = web.Response(status=error.code, headers=_HEADERS, body=encode(error.status()) + b"\n")
    response.headers["Content-Type"] = JSON
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def text(body: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=body)
