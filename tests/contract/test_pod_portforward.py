"""port-forward: connections to what listens in a pod."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import container, path, run, start, status_of
from tests.contract.streams import V4, V5, Refusal, Session, opened

SERVES = (
    "mkdir -p /www; echo content > /www/index.html; head -c 3000000 /dev/zero > /www/large; "
    "exec httpd -f -p 8080 -h /www"
)
GET = b"GET / HTTP/1.0\r\n\r\n"


@asynccontextmanager
async def forward(cluster: Cluster, place: Place, *ports: int, user: str = "admin") -> AsyncIterator[Session]:
    query = [("ports", str(port)) for port in ports]
    async with opened(cluster.config(user), path(place, "one", "portforward"), query, (V4,)) as session:
        yield session


async def serving(cluster: Cluster, place: Place) -> None:
    """Start a pod with a web server, and wait until it answers."""
    await start(place, "one", container(SERVES))
    async with asyncio.timeout(GUARD):
        while True:
            async with run(cluster, place, "one", ["wget", "-q", "-O-", "http://localhost:8080/"]) as session:
                await session.end()
            if session.code == 0:
                return
            await asyncio.sleep(0.1)


async def test_a_page_is_fetched(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with forward(cluster, place, 8080) as session:
        assert session.protocol == V4
        await session.send(GET)
        await session.end()
    assert session.first == (0, (8080).to_bytes(2, "little"))
    assert session.on(1) == (8080).to_bytes(2, "little"), "the port, and no error"
    head, _, body = session.on(0)[2:].partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Content-Length: 8" in head
    assert body == b"content\n"


async def test_much_comes_whole(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with forward(cluster, place, 8080) as session:
        await session.send(b"GET /large HTTP/1.0\r\n\r\n")
        await session.end()
    assert session.on(0)[2:].partition(b"\r\n\r\n")[2] == bytes(3_000_000)


async def test_a_port_where_nothing_listens(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with forward(cluster, place, 9999) as session:
        await session.end()
    port = (9999).to_bytes(2, "little")
    assert session.on(0) == port
    assert session.on(1).startswith(port + b"error forwarding port 9999 to pod ")
    assert b"dial tcp4 127.0.0.1:9999: connect: connection refused" in session.on(1)


async def test_several_ports_at_once(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with forward(cluster, place, 8080, 9999, 8080) as session:
        await session.send(b"GET /nothing HTTP/1.0\r\n\r\n", 0)
        await session.send(GET, 4)
        await session.end()
    assert session.on(0)[2:].startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"connection refused" in session.on(3)
    assert session.on(4).endswith(b"content\n")
    assert session.on(5) == (8080).to_bytes(2, "little")


async def test_the_server_waits_for_the_request(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with forward(cluster, place, 8080) as session:
        for part in (b"GET / HT", b"TP/1.0\r\n", b"\r\n"):
            assert len(session.on(0)) <= 2
            await session.send(part)
        await session.end()
    assert session.on(0).endswith(b"content\n")


async def test_which_protocols_are_spoken(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    for protocol in (V5, "portforward.k8s.io"):
        with pytest.raises(Refusal) as refused:
            async with opened(cluster.config(), path(place, "one", "portforward"), [("ports", "80")], (protocol,)):
                pass
        assert (refused.value.code, refused.value.body) == (403, b"")
    async with opened(cluster.config(), path(place, "one", "portforward"), [("ports", "80")], ()) as session:
        await session.end()
    assert session.protocol is None


async def test_ports_must_make_sense(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    await place.pod("waits")
    cases = [
        ("one", [], 'query parameter "port" is required'),
        ("one", [("ports", "0")], 'port "0" must be > 0'),
        ("one", [("ports", "x")], 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'),
        ("one", [("ports", "")], 'cannot convert to []int32: strconv.ParseUint: parsing "": invalid syntax'),
        (
            "one",
            [("ports", "70000")],
            'cannot convert to []int32: strconv.ParseUint: parsing "70000": value out of range',
        ),
        ("waits", [("ports", "80")], "pod waits does not have a host assigned"),
    ]
    for pod, query, message in cases:
        with pytest.raises(Refusal) as refused:
            async with opened(cluster.config(), path(place, pod, "portforward"), query, (V4,)):
                pass
        assert (refused.value.code, refused.value.message) == (400, message)
    error = await status_of(cluster.client().request("GET", path(place, "one", "portforward"), query=[("ports", "80")]))
    assert str(error) == "Upgrade request required"


async def test_a_pod_that_goes_ends_the_connection(cluster: Cluster, place: Place) -> None:
    await serving(cluster, place)
    async with forward(cluster, place, 8080) as session:
        await session.until((8080).to_bytes(2, "little"), 1)
        await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 1})
        await session.end()
    assert session.is_over


async def test_who_may_forward(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with forward(cluster, place, 80, user="editor") as session:
        await session.end()
    with pytest.raises(Refusal) as refused:
        async with forward(cluster, place, 80, user="viewer"):
            pass
    assert refused.value.code == 403
