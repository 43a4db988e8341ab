"""Clients for tests, and servers that remember what they were asked."""

import json
import socket
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from kty.errors import KtyError
from kty.kube.client import Client
from kty.kube.target import Config
from tests.kube.serving import Handler, serve

OK = b'{"kind": "PodList", "items": []}'


@asynccontextmanager
async def opened(server: str, **more: Any) -> AsyncIterator[Client]:
    """Yield a client for a server; what is more goes into its config."""
    client = Client(Config("dev", "here", "me", server, **more), layers=())
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def against(handler: Handler, **more: Any) -> AsyncIterator[Client]:
    """Yield a client for a server that answers with this handler."""
    async with serve(handler) as server, opened(server, **more) as client:
        yield client


async def ask(server: str, **more: Any) -> dict[str, Any]:
    """Ask a server once and return the JSON that it answers."""
    async with opened(server, **more) as client:
        answer: dict[str, Any] = json.loads(await client.request("GET", "/version"))
        return answer


async def refusal(work: Awaitable[object]) -> KtyError:
    """Return the error that this is refused with. It fits on one line and holds no `s3cret`."""
    with pytest.raises(KtyError) as caught:
        await work
    assert "\n" not in caught.value.sentence()
    assert "s3cret" not in caught.value.sentence()
    return caught.value


def status(code: int, message: str) -> web.Response:
    return web.json_response({"kind": "Status", "message": message, "code": code}, status=code)


async def ok(request: web.Request) -> web.StreamResponse:
    return web.Response(body=OK, content_type="application/json")


class Remember:
    """Answers with what it is given, then with `OK`, and keeps every request."""

    def __init__(self, *answers: web.Response | None) -> None:
        self.answers = list(answers)
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        answer = self.answers.pop(0) if self.answers else None
        return answer or await ok(request)


def unused_port() -> int:
    """Return a port of loopback where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
