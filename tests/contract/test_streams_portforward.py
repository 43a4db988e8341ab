"""kty.kube.streams.portforward and listening: connections to what listens in a pod."""

import asyncio
import hashlib
from contextlib import suppress

import pytest

from kty.errors import Forbidden, Invalid, KtyError, Unreachable, UsageError
from kty.kube.client import Client
from kty.kube.streams.exec import run
from kty.kube.streams.listening import Forward, forward
from kty.kube.streams.portforward import connect
from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import container, start

SERVES = "mkdir -p /www; echo content > /www/index.html; exec httpd -f -p 8080 -h /www"
GET = b"GET / HTTP/1.0\r\n\r\n"
COUNT, PIECE = 256, 1 << 18
"""Writes and bytes of each: 64 MiB."""


async def serving(cluster: Cluster, place: Place, script: str = SERVES) -> None:
    """Start a pod with a web server, and wait until it answers."""
    await start(place, "one", container(script))
    async with asyncio.timeout(GUARD):
        while True:
            done = await run(cluster.client(), place.namespace, "one", ["wget", "-q", "-O-", "http://localhost:8080/"])
            if done.exit.is_success:
                return
            await asyncio.sleep(0.1)


async def page(opened: Forward, port: int) -> bytes:
    """Return what is fetched through a listener; nothing where the connection is reset."""
    reader, writer = await asyncio.open_connection(*opened.addresses[port])
    try:
        writer.write(GET)
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def test_a_page_is_fetched_in_process(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with connect(cluster.client(), place.namespace, "one", 8080) as connection:
        await connection.write(GET)
        answer = b"".join([chunk async for chunk in connection])
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\ncontent\n")


async def test_a_refused_connection_is_told_and_harms_no_other(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    told: list[tuple[int, KtyError]] = []

    def tell(port: int, error: KtyError) -> None:
        told.append((port, error))

    async with (
        connect(cluster.client(), place.namespace, "one", 9999) as connection,
        forward(cluster.client(), place.namespace, "one", {8080: 0, 9999: 0}, tell=tell) as opened,
    ):
        with pytest.raises(Unreachable, match="port 9999: connection refused"):
            await connection.read()
        assert await page(opened, 9999) == b""
        assert (await page(opened, 8080)).endswith(b"content\n")
    assert [(port, str(error)) for port, error in told] == [(9999, "port 9999: connection refused")]


async def test_fifty_connections_at_once(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with forward(cluster.client(), place.namespace, "one", {8080: 0}) as opened:
        assert opened.addresses[8080][0] == "127.0.0.1"
        pages = await asyncio.gather(*[page(opened, 8080) for _ in range(50)])
    assert [one[-8:] for one in pages] == [b"content\n"] * 50


async def test_64_mib_go_through_one_connection_and_come_back(cluster: Cluster, place: Place) -> None:
    if cluster.is_demo:
        pytest.skip("the demo's containers have no nc, and httpd echoes nothing")
    await start(place, "one", container("exec nc -ll -p 8080 -e cat"))
    async with asyncio.timeout(GUARD):
        while True:  # it may not listen yet
            with suppress(Unreachable):
                async with connect(cluster.client(), place.namespace, "one", 8080) as connection:
                    await connection.write(b"hello")
                    assert await connection.read() == b"hello"
                    break
            await asyncio.sleep(0.1)
    told: list[KtyError] = []
    async with forward(
        cluster.client(), place.namespace, "one", {8080: 0}, tell=lambda _, error: told.append(error)
    ) as opened:
        reader, writer = await asyncio.open_connection(*opened.addresses[8080])
        sent, received = hashlib.sha256(), hashlib.sha256()

        async def send() -> None:
            for number in range(COUNT):
                data = number.to_bytes(4, "big") + bytes(range(256)) * (PIECE // 256 - 1) + bytes(252)
                sent.update(data)
                writer.write(data)
                await writer.drain()

        sending = asyncio.create_task(send())
        left = COUNT * PIECE
        while left and (chunk := await reader.read(1 << 16)):
            received.update(chunk)
            left -= len(chunk)
        await sending
        writer.close()
        await writer.wait_closed()
    assert (left, told) == (0, [])
    assert sent.digest() == received.digest()


async def test_a_refusal_is_the_servers_own(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    await place.pod("waits")
    for pod, port, kind, user in (
        ("one", 0, Invalid, "admin"),
        ("waits", 80, Invalid, "admin"),
        ("one", 80, Forbidden, "viewer"),
    ):
        with pytest.raises(kind):
            async with connect(cluster.client(user), place.namespace, pod, port):
                pass


async def test_a_pod_that_goes_ends_its_connections_and_not_the_listener(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    told: list[str] = []
    async with forward(
        cluster.client(), place.namespace, "one", {8080: 0}, tell=lambda _, error: told.append(str(error))
    ) as opened:
        reader, writer = await asyncio.open_connection(*opened.addresses[8080])
        writer.write(b"GET / HTTP/1.0\r\n")
        async with asyncio.timeout(GUARD):
            await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 1})
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()
            while not any("not found" in error for error in told):
                assert await page(opened, 8080) == b""
                await asyncio.sleep(0.1)


async def test_a_local_port_that_is_taken(cluster: Cluster, place: Place) -> None:
    client = cluster.client()
    async with forward(client, place.namespace, "one", {80: 0}) as opened:
        taken = opened.addresses[80][1]
        with pytest.raises(UsageError, match=f"cannot listen on port {taken} of this machine: address already in use"):
            async with forward(client, place.namespace, "one", {81: 0, 80: taken}):
                pass


async def test_leaving_ends_what_is_open(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    client = Client(cluster.config())
    before = asyncio.all_tasks()
    async with forward(client, place.namespace, "one", {8080: 0}) as opened:
        reader, writer = await asyncio.open_connection(*opened.addresses[8080])
        writer.write(b"GET / HTTP/1.0\r\n")
        async with asyncio.timeout(GUARD):
            while not opened.connections:  # noqa: ASYNC110 - a listener tells nobody
                await asyncio.sleep(0.01)
    assert opened.connections == 0
    assert [task for task in asyncio.all_tasks() - before if "kty/kube" in str(task.get_coro())] == []
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*opened.addresses[8080])
    await client.close()
