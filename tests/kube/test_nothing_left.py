"""However a stream ends, by cancellation or by closing its client: nothing is left of it, and nobody waits for ever.

The server has a thread and a loop of its own, so that whatever runs in the test's loop is the client's.
"""

import asyncio
import os
import ssl
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest
from aiohttp import web

from kty.errors import CredentialError, KtyError, Unreachable
from kty.kube.api import Api
from kty.kube.client import Client
from kty.kube.kinds import Pod
from kty.kube.streams.channels import V4, V5
from kty.kube.streams.copying import Copied, copy_from, copy_to
from kty.kube.streams.exec import STDOUT, attach, execute, run
from kty.kube.streams.listening import forward
from kty.kube.streams.logs import LogOptions, logs
from kty.kube.streams.portforward import connect
from kty.kube.target import AuthInfo, Config, ExecConfig
from tests.kube.asking import OK
from tests.kube.certificates import Authority, Issued
from tests.kube.serving import serve
from tests.kube.test_streams_copying import archive, member
from tests.kube.trusting import shows, trusts
from tests.kube.waiting import until

GUARD = 20.0
FILE = archive(member("src", b"x" * 1_000_000))[:500_000]
"""An archive that stops within its file."""


@dataclass
class Here:
    """What a stream may use."""

    client: Client
    folder: Path
    asked: threading.Event
    """Set when the server has got a request."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """To be set in the middle of it."""


Stream: TypeAlias = Callable[[Here], Awaitable[object]]


async def _asked(here: Here) -> None:
    await until(here.asked.is_set)
    here.begun.set()


async def request(here: Here) -> None:
    noticing = asyncio.create_task(_asked(here))
    try:
        await here.client.request("GET", "/silent")
    finally:
        await noticing


async def half_an_answer(here: Here) -> None:
    noticing = asyncio.create_task(_asked(here))
    try:
        await here.client.request("GET", "/lines")
    finally:
        await noticing


async def watch(here: Here) -> None:
    async for _ in Api.of(here.client, Pod, "default").watch():
        here.begun.set()


async def follow(here: Here) -> None:
    async with logs(here.client, "default", "one", LogOptions(follow=True)) as lines:
        async for _ in lines:
            here.begun.set()


async def output(here: Here) -> None:
    async with execute(here.client, "default", "one", ["cat"]) as process:
        async for _ in process.stdout:
            here.begun.set()


async def input_that_nobody_reads(here: Here) -> None:
    async with execute(here.client, "default", "deaf", ["cat"], stdin=True) as process:
        for _ in range(1000):
            writing = asyncio.ensure_future(process.stdin.write(bytes(1 << 20)))
            try:
                done, _pending = await asyncio.wait([writing], timeout=0.5)
                if not done:
                    here.begun.set()
                await writing
            finally:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)


async def command(here: Here) -> None:
    noticing = asyncio.create_task(_asked(here))
    try:
        await run(here.client, "default", "one", ["cat"], stdin=b"x" * 100_000)
    finally:
        await noticing


async def joined(here: Here) -> None:
    async with attach(here.client, "default", "one", stdin=True, tty=True) as process:
        async for _ in process.stdout:
            here.begun.set()


async def connection(here: Here) -> None:
    async with connect(here.client, "default", "one", 80) as opened:
        async for _ in opened:
            here.begun.set()


async def listener(here: Here) -> None:
    told: list[KtyError] = []
    async with forward(here.client, "default", "one", {80: 0}, tell=lambda _, error: told.append(error)) as opened:
        reader, writer = await asyncio.open_connection(*opened.addresses[80])
        try:
            await reader.readexactly(5)
            here.begun.set()
            with suppress(ConnectionResetError):
                await reader.read()
        finally:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()
    raise told[0]


async def copy_here(here: Here) -> None:
    def progress(copied: Copied) -> None:
        if copied.bytes:
            here.begun.set()

    await copy_from(here.client, "default", "copied", "/in/src", here.folder / "copy", progress=progress)


async def copy_there(here: Here) -> None:
    source = here.folder.parent / "source"
    with source.open("wb") as file:
        file.truncate(1 << 30)
    await copy_to(here.client, "default", "deaf", source, "/copy", progress=lambda copied: here.begun.set())


STREAMS: dict[str, Stream] = {
    each.__name__: each
    for each in (
        request,
        half_an_answer,
        watch,
        follow,
        output,
        input_that_nobody_reads,
        command,
        joined,
        connection,
        listener,
        copy_here,
        copy_there,
    )
}


async def _lines(http: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(http)
    await answer.write(b'{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"one"}}}\n')
    await asyncio.Event().wait()
    return answer


async def _socket(http: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse(protocols=(V5, V4), timeout=0.1, max_msg_size=0)
    await socket.prepare(http)
    if http.path.endswith("/portforward"):
        for message in (b"\x00\x50\x00", b"\x01\x50\x00", b"\x00hello"):
            await socket.send_bytes(message)
    elif "/deaf/" in http.path:
        await asyncio.Event().wait()
    elif "/copied/" in http.path:
        for at in range(0, len(FILE), 10_000):
            await socket.send_bytes(bytes((STDOUT,)) + FILE[at : at + 10_000])
    else:
        await socket.send_bytes(bytes((STDOUT,)) + b"hello")
    async for _ in socket:
        pass
    return socket


@contextmanager
def serving(asked: threading.Event, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve in a thread, and yield the server's URL."""
    started: list[str] = []
    ready, stopping = threading.Event(), threading.Event()

    async def answer(http: web.Request) -> web.StreamResponse:
        asked.set()
        if http.headers.get("Upgrade"):
            return await _socket(http)
        if http.path == "/silent":
            await asyncio.Event().wait()
        if http.path == "/short":
            return web.Response(body=OK, content_type="application/json")
        return await _lines(http)

    async def forever() -> None:
        async with serve(answer, tls) as url:
            started.append(url)
            ready.set()
            while not stopping.is_set():  # noqa: ASYNC110 - what another thread sets
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=asyncio.run, args=(forever(),))
    thread.start()
    try:
        assert ready.wait(GUARD)
        yield started[0]
    finally:
        stopping.set()
        thread.join(GUARD)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder; temporary files are made in it, too."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@asynccontextmanager
async def nothing_left(folder: Path, server: str) -> AsyncIterator[None]:
    """Fail where tasks, descriptors (of sockets, files, pipes), processes or files are left that were not there.

    The server's own sockets do not count: it may notice later, or never, that somebody is gone.
    """
    me, port = psutil.Process(), int(server.rpartition(":")[2])
    tasks, held, children = asyncio.all_tasks(), _descriptors(me, port), {child.pid for child in me.children()}
    yield
    await until(lambda: _descriptors(me, port) <= held)
    assert asyncio.all_tasks() == tasks
    assert {child.pid for child in me.children()} == children
    assert os.listdir(folder) == []  # noqa: PTH208 - names


def _descriptors(me: psutil.Process, port: int) -> int:
    return me.num_fds() - len([each for each in me.net_connections("tcp") if each.laddr and each.laddr.port == port])


async def _ends(stream: Stream, here: Here, how: str) -> None:
    """Let a stream begin, end it in the middle, and see how it took that."""
    streaming = asyncio.ensure_future(stream(here))
    beginning = asyncio.ensure_future(here.begun.wait())
    async with asyncio.timeout(GUARD):
        await asyncio.wait({streaming, beginning}, return_when=asyncio.FIRST_COMPLETED)
        assert beginning.done(), await streaming
        assert not streaming.done()
        if how == "closed":
            await here.client.close()
        else:
            streaming.cancel()
        await asyncio.wait({streaming})
    if how == "closed":
        with pytest.raises((Unreachable, CredentialError), match=r"closed|stopped"):
            streaming.result()
    else:
        assert streaming.cancelled()
        await here.client.close()


@pytest.mark.parametrize("how", ["cancelled", "closed"])
@pytest.mark.parametrize("name", STREAMS)
async def test_nothing_is_left_of_a_stream(name: str, how: str, folder: Path) -> None:
    asked = threading.Event()
    with serving(asked) as server:
        async with nothing_left(folder, server):
            here = Here(Client(Config("dev", "here", "me", server)), folder, asked)
            await _ends(STREAMS[name], here, how)


@pytest.mark.parametrize("how", ["cancelled", "closed"])
@pytest.mark.parametrize("name", ["request", "watch", "output", "listener"])
async def test_nothing_is_left_of_tls_and_of_a_certificate(
    name: str, how: str, folder: Path, authority: Authority, api: Issued, person: Issued
) -> None:
    asked = threading.Event()
    with serving(asked, api.serving(authority)) as server:
        async with nothing_left(folder, server):
            config = Config("dev", "here", "me", server, tls=trusts(authority), auth=shows(person))
            assert config.auth.certificate.data
            await _ends(STREAMS[name], Here(Client(config), folder, asked), how)


@pytest.mark.parametrize("how", ["cancelled", "closed"])
async def test_nothing_is_left_of_a_plugin_that_runs(how: str, folder: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    plugin = ExecConfig("sh", ("-c", f"echo > {started}; exec sleep 600"))

    async def asking(here: Here) -> None:
        waiting = asyncio.ensure_future(here.client.request("GET", "/short"))
        try:
            await until(started.exists)
            here.begun.set()
            await waiting
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    asked = threading.Event()
    with serving(asked) as server:
        async with nothing_left(folder, server):
            config = replace(Config("dev", "here", "me", server), auth=AuthInfo(exec=plugin))
            await _ends(asking, Here(Client(config), folder, asked), how)
    assert not asked.is_set()
