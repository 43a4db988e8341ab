"""Programs tested without a server: what the mock answers, and what it remembers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kty.errors import Forbidden, NotKubernetes, Unreachable
from kty.kube import Added, Api, Client, Modified, Pod
from kty.kube.exchange import Answer, Request
from kty.kube.mock import CONFIG, MockTransport, Peer, mock_client
from kty.kube.reply import Reply
from kty.kube.streams.channels import V5
from kty.kube.streams.exec import run
from kty.kube.streams.logs import logs
from kty.kube.target import AuthInfo, Impersonation
from tests.kube.asking import refusal

POD = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "web", "resourceVersion": "7"}}


async def test_what_is_listed_read_and_refused() -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/api/v1/pods":
            return Reply.json({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [POD]})
        if request.path == "/api/v1/namespaces/web/pods/a":
            return Reply.json(POD)
        return Reply.refusal(403, "pods is forbidden")

    async with mock_client(answer) as client:
        assert [pod.metadata.name for pod in await Api.of(client, Pod).list()] == ["a"]
        assert (await Api.of(client, Pod, "web").get("a")).metadata.resource_version == "7"
        error = await refusal(Api.of(client, Pod, "web").get("b"))
    assert isinstance(error, Forbidden)
    assert (error.reason, str(error)) == ("Forbidden", "pods is forbidden")


async def test_an_answer_may_take_its_time_and_come_in_pieces() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one\ntw"
        yield b"o\n"

    async def answer(request: Request) -> Answer:
        await asyncio.sleep(0)
        return Reply(pieces())

    async with mock_client(answer) as client, logs(client, "web", "a") as lines:
        assert [line async for line in lines] == [b"one", b"two"]


async def test_a_watch_is_a_list_of_events() -> None:
    changed = {**POD, "metadata": {**POD["metadata"], "resourceVersion": "8"}}  # type: ignore[dict-item]
    async with mock_client(lambda request: Reply.events([("ADDED", POD), ("MODIFIED", changed)])) as client:
        changes = [change async for change in Api.of(client, Pod).watch(version="6")]
    assert [type(change) for change in changes] == [Added, Modified]


async def test_it_remembers_what_it_was_asked_with_all_that_the_client_adds() -> None:
    transport = MockTransport(lambda request: Reply.json(POD))
    config = replace(
        CONFIG,
        server="http://proxy/c-1",
        auth=AuthInfo(token="s3cret"),
        impersonate=Impersonation("jane", "", ("dev",)),
    )
    async with Client(config, transport=transport) as client:
        await Api.of(client, Pod, "web").get("a")
    assert transport.is_closed
    (request,) = transport.requests
    assert (request.method, request.path) == ("GET", "/c-1/api/v1/namespaces/web/pods/a")
    assert request.header("Authorization") == "Bearer s3cret"
    assert (request.header("impersonate-user"), request.header("Impersonate-Group")) == ("jane", "dev")
    assert "s3cret" not in repr(request)


async def test_a_program_is_run_in_a_pod_that_is_a_function() -> None:
    async def talk(peer: Peer) -> None:
        assert peer.protocol == V5
        assert await peer.receive() == b"\0hello"
        assert await peer.receive() == b"\xff\0"
        await peer.send(b"\1HELLO")
        await peer.send(b'\3{"kind": "Status", "status": "Success"}')

    transport = MockTransport(lambda request: transport.websocket(request, talk))
    async with Client(CONFIG, transport=transport) as client:
        finished = await run(client, "web", "a", ["tr", "a-z", "A-Z"], stdin=b"hello")
    assert (finished.exit.code, finished.stdout) == (0, b"HELLO")


async def test_no_websocket_is_told_as_by_a_server() -> None:
    async with mock_client(lambda request: Reply(b"hello")) as client:
        with pytest.raises(NotKubernetes, match="the server answered 200: hello"):
            async with client.websocket("/x", protocols=(V5,)):
                pass


async def test_closing_the_client_ends_what_waits_for_a_mock_that_never_answers() -> None:
    async def never(request: Request) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one\n"
        await asyncio.Event().wait()

    async def talk(peer: Peer) -> None:
        await asyncio.Event().wait()

    def answer(request: Request) -> Answer:
        if request.protocols:
            return transport.websocket(request, talk)
        return Reply(pieces())

    async def follow(client: Client, started: asyncio.Event) -> None:
        async with logs(client, "web", "a") as lines:
            async for _ in lines:
                started.set()

    async def receive(client: Client, started: asyncio.Event) -> None:
        async with client.websocket("/x", protocols=(V5,)) as socket:
            started.set()
            await socket.receive()

    before = asyncio.all_tasks()
    silent = Client(CONFIG, transport=MockTransport(never))
    waiting = asyncio.create_task(silent.request("GET", "/"))
    await asyncio.sleep(0)
    await silent.close()
    assert str(await refusal(waiting)) == "this connection was closed"
    for work in (follow, receive):
        transport = MockTransport(answer)
        client = Client(CONFIG, transport=transport)
        started = asyncio.Event()
        task = asyncio.create_task(work(client, started))
        await started.wait()
        await client.close()
        with pytest.raises(Unreachable, match="this connection was closed"):
            await task
    assert asyncio.all_tasks() == before
