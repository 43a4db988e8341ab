"""A small API server for one collection, on loopback, that misbehaves when it is told to."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from aiohttp import web

from kty.runtime.clock import Clock
from tests.runtime.scripts import bookmark, line, status, thing

PATH = "/api/v1/things"


class Fault(Enum):
    """What goes wrong with an answer; those with a `*` can befall a watch that is open already."""

    TOO_MANY_REQUESTS = auto()
    """429, as text"""
    BAD_GATEWAY = auto()
    """502, as HTML"""
    SIGN_IN = auto()
    """200, and a page that asks to sign in"""
    EMPTY = auto()
    """200, and nothing else"""
    GONE = auto()
    """HTTP 410"""
    UNAUTHORIZED = auto()
    """HTTP 401"""
    INVALID = auto()
    """422: the answer to sendInitialEvents where the server cannot do that"""
    TRUNCATED = auto()
    """* breaks off in the middle"""
    SILENCE = auto()
    """* nothing comes any more"""
    RUBBISH = auto()
    """* a line that is no event"""
    ERROR_410 = auto()
    """* an ERROR event"""
    ERROR_500 = auto()
    """*"""
    ERROR_401 = auto()
    """*"""


@dataclass(frozen=True)
class Asked:
    """One request, and when it came on the clock's `monotonic`."""

    at: float
    query: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        asked = dict(self.query)
        return "watch" if "watch" in asked else "page" if "continue" in asked else "list"

    @property
    def same_as(self) -> tuple[tuple[str, str], ...]:
        """What two requests have in common that are the same."""
        return tuple(pair for pair in self.query if pair[0] != "timeoutSeconds")


class FaultServer:
    """Holds objects, lists and watches them. `fail` names the faults of the next requests of a kind."""

    def __init__(self, clock: Clock) -> None:
        self.url = ""
        self.objects: dict[str, dict[str, Any]] = {}
        self.token = ""
        """What clients must show, where it is set."""
        self.requests: list[Asked] = []
        self._clock = clock
        self._version = 100
        self._history: list[tuple[int, bytes]] = []
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self._streams: set[asyncio.Queue[bytes | Fault | None]] = set()
        self._runner: web.AppRunner

    async def start(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application()
        app.router.add_get(PATH, self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        port = int(self.url.rpartition(":")[2] or 0)
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Break every connection, and listen no more."""
        for stream in self._streams:
            stream.put_nowait(Fault.TRUNCATED)
        await self._runner.cleanup()

    @property
    def open_watches(self) -> int:
        return len(self._streams)

    def put(self, name: str, **more: Any) -> None:
        """Add an object, or change it."""
        self._version += 1
        known = self.objects.get(name)
        uid = known["metadata"]["uid"] if known else f"{name}-{self._version}"
        self.objects[name] = thing(name, self._version, uid=uid, **more)
        self._tell(line("MODIFIED" if known else "ADDED", self.objects[name]))

    def delete(self, name: str) -> None:
        gone = self.objects.pop(name)
        self._version += 1
        gone["metadata"]["resourceVersion"] = str(self._version)
        self._tell(line("DELETED", gone))

    def _tell(self, event: bytes) -> None:
        self._history.append((self._version, event))
        for stream in self._streams:
            stream.put_nowait(event)

    def bookmark(self) -> None:
        """Send every watch a bookmark."""
        for stream in self._streams:
            stream.put_nowait(bookmark(self._version))

    def fail(self, kind: str, *faults: Fault) -> None:
        """Answer the next requests of a kind (list, page, watch) with these faults."""
        self._faults[kind].extend(faults)

    def break_watches(self, fault: Fault) -> None:
        """Let this befall every watch that is open."""
        for stream in self._streams:
            stream.put_nowait(fault)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(self._clock.monotonic(), tuple(request.query.items()))
        self.requests.append(asked)
        faults = self._faults[asked.kind]
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response(status(401, "Unauthorized"), status=401)
        if faults and (refusal := _refusal(faults[0])):
            faults.popleft()
            return refusal
        fault = faults.popleft() if faults else None
        if asked.kind == "watch":
            return await self._watch(request, fault)
        body = self._list(request)
        if fault is not None:
            return await _broken(request, body, fault)
        return web.Response(body=body, content_type="application/json")

    def _list(self, request: web.Request) -> bytes:
        token = request.query.get("continue", "")
        limit = int(request.query.get("limit", 0))
        if token:
            version, left = token.partition(".")[0], self._lists.pop(token)
        else:
            version, left = str(self._version), list(self.objects.values())
        metadata: dict[str, Any] = {"resourceVersion": version}
        if limit and len(left) > limit:
            metadata["continue"] = f"{version}.{len(left) - limit}"
            metadata["remainingItemCount"] = len(left) - limit
            self._lists[metadata["continue"]] = left[limit:]
            left = left[:limit]
        return json.dumps({"kind": "ThingList", "apiVersion": "v1", "metadata": metadata, "items": left}).encode()

    async def _watch(self, request: web.Request, fault: Fault | None) -> web.StreamResponse:
        stream: asyncio.Queue[bytes | Fault | None] = asyncio.Queue()
        if version := request.query.get("resourceVersion"):
            missed = [event for at, event in self._history if at > int(version)]
        else:
            missed = [line("ADDED", known) for known in self.objects.values()]
            missed.append(bookmark(self._version, ends_list="true"))
        for event in missed:
            stream.put_nowait(event)
        if fault is not None:
            stream = asyncio.Queue()
            stream.put_nowait(fault)
        self._streams.add(stream)
        try:
            return await _send(request, stream)
        finally:
            self._streams.discard(stream)

    def end_watches(self) -> None:
        """End every watch as the server does when its time is over."""
        for stream in self._streams:
            stream.put_nowait(None)


def _refusal(fault: Fault) -> web.Response | None:
    match fault:
        case Fault.TOO_MANY_REQUESTS:
            return web.Response(status=429, text="Too many requests, please try again later.\n")
        case Fault.BAD_GATEWAY:
            page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
            return web.Response(status=502, text=page, content_type="text/html")
        case Fault.SIGN_IN:
            return web.Response(text="<!doctype html><title>Sign in</title>", content_type="text/html")
        case Fault.EMPTY:
            return web.Response(content_type="application/json")
        case Fault.GONE:
            return web.json_response(status(410, "too old resource version"), status=410)
        case Fault.UNAUTHORIZED:
            return web.json_response(status(401, "Unauthorized"), status=401)
        case Fault.INVALID:
            return web.json_response(status(422, "sendInitialEvents is forbidden"), status=422)
    return None


async def _broken(request: web.Request, body: bytes, fault: Fault) -> web.StreamResponse:
    assert fault is Fault.TRUNCATED, f"a list cannot fail with {fault}"
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    _hang_up(request)
    return response


async def _send(request: web.Request, stream: "asyncio.Queue[bytes | Fault | None]") -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    while (event := await stream.get()) is not None:
        match event:
            case bytes():
                await response.write(event + b"\n")
            case Fault.TRUNCATED:
                await response.write(b'{"type":"ADDED","obj')
                _hang_up(request)
                break
            case Fault.SILENCE:
                await asyncio.Event().wait()
            case Fault.RUBBISH:
                await response.write(b"upstream connect error\n")
            case Fault.ERROR_410 | Fault.ERROR_500 | Fault.ERROR_401:
                code = int(event.name[-3:])
                await response.write(line("ERROR", status(code, f"event {code}")) + b"\n")
                break
            case _:
                raise AssertionError(f"a watch cannot fail with {event}")
    return response


def _hang_up(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.close()


@asynccontextmanager
async def serving(clock: Clock) -> AsyncIterator[FaultServer]:
    """Serve until the block is left."""
    server = FaultServer(clock)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
