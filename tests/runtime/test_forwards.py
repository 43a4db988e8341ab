"""Ports of this machine that lead into pods of a demo: which pod takes a connection, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from kty.errors import UsageError
from kty.kube.streams.loopback import Listen, listen_on_loopback
from kty.kube.target import Config
from kty.runtime import forward as runtime_forward
from kty.runtime.cluster import Cluster
from kty.runtime.forward import Forward
from kty.runtime.forward_target import ForwardPort, ForwardTarget
from kty.runtime.forwards import Forwards
from kty.runtime.shared import Shared
from kty.runtime.traffic import Traffic
from tests.cluster.place import DEPLOYMENTS, PODS
from tests.forwarding import GET, fetched
from tests.kube.waiting import until
from tests.rigged.server import RiggedDemo, serving
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock

WEB = ForwardTarget(DEPLOYMENTS, "shop", "web", labels="app=web")
ONE = ForwardTarget(PODS, "shop", "one")
HTTP = ForwardPort(8080, 8080)


@pytest.fixture
async def server() -> AsyncIterator[RiggedDemo]:
    async with serving(RiggedDemo()) as server:
        server.put("namespaces", {"metadata": {"name": "shop"}})
        yield server


@pytest.fixture
async def cluster(server: RiggedDemo) -> AsyncIterator[Cluster]:
    shared = Shared()
    yield Cluster(Config("dev", "here", "me", server.url), shared)
    await shared.close()


@pytest.fixture
async def forwards() -> AsyncIterator[Forwards]:
    forwards = Forwards()
    yield forwards
    await forwards.close()


def put(server: RiggedDemo, name: str, minutes: float = 10, *, port: int = 8080, **more: Any) -> None:
    """Put a pod that serves pages there; fewer `minutes` make it newer."""
    pod = Shop(1_764_108_822.0).pod(name, minutes, **more)
    pod["spec"]["containers"][0]["ports"] = [{"containerPort": port, "name": "http", "protocol": "TCP"}]
    pod["metadata"]["uid"] = f"uid-{name}-{minutes}"
    server.put("pods", pod)


async def start(forwards: Forwards, cluster: Cluster, target: ForwardTarget = WEB, port: ForwardPort = HTTP) -> Forward:
    (forward,) = await forwards.start(cluster, target, [port], listen_on_loopback)
    return forward


async def test_a_page_comes_from_the_newest_pod_that_is_ready(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards
) -> None:
    put(server, "old", 10)
    put(server, "new", 5)
    put(server, "newest", 1, waiting="CrashLoopBackOff")
    put(server, "other", 1, app="cart")
    forward = await start(forwards, cluster)
    page = await fetched(forward.address)
    assert "200 OK" in page
    assert "<h1>new</h1>" in page
    await until(lambda: forward.open == 0)
    assert (forward.pod, forward.standing, forward.why) == ("new", "ready", "")
    assert (forward.total, forward.failures) == (1, 0)
    assert (forward.traffic.sent, forward.traffic.received) == (len(GET), len(page.encode()))
    put(server, "newer", 3)
    await fetched(forward.address)
    assert forward.pod == "new", "it stays with the pod that it has"


async def test_when_its_pod_goes_it_moves_to_another(server: RiggedDemo, cluster: Cluster, forwards: Forwards) -> None:
    put(server, "a", 5)
    put(server, "b", 10)
    forward = await start(forwards, cluster)
    assert "200 OK" in await fetched(forward.address)
    assert forward.pod == "a"
    put(server, "a", 5, waiting="CrashLoopBackOff")
    await until(lambda: forward.pod == "b")
    assert "200 OK" in await fetched(forward.address)
    put(server, "a", 5)
    server.delete("pods", "b", "shop")
    await until(lambda: forward.pod == "a")
    assert "200 OK" in await fetched(forward.address)


async def test_a_connection_waits_until_a_pod_is_ready(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards
) -> None:
    put(server, "a", waiting="ContainerCreating")
    forward = await start(forwards, cluster)
    asking = asyncio.create_task(fetched(forward.address))
    await until(lambda: forward.open == 1 and forward.why == "none of 1 pods of deployment/web is ready")
    assert forward.standing == "waiting"
    put(server, "a")
    assert "200 OK" in await asking


async def test_a_pod_is_waited_for_by_its_name(server: RiggedDemo, cluster: Cluster, forwards: Forwards) -> None:
    put(server, "one")
    put(server, "two")
    forward = await start(forwards, cluster, ONE)
    assert "200 OK" in await fetched(forward.address)
    server.delete("pods", "one", "shop")
    await until(lambda: forward.standing == "waiting")
    assert (forward.pod, forward.why) == ("", "there is no pod/one now")
    asking = asyncio.create_task(fetched(forward.address))
    await until(lambda: forward.open == 1)
    put(server, "one", 1)
    assert "200 OK" in await asking
    put(server, "one", 1, phase="Pending")
    await until(lambda: forward.why == "pod/one is Pending")


async def test_who_waits_too_long_is_told(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_forward, "PATIENCE", 0.05)
    forward = await start(forwards, cluster)
    await until(lambda: forward.why == "deployment/web has no pods")
    assert await fetched(forward.address) == ""
    await until(lambda: forward.failures == 1 and not forward.open)
    assert str(forward.error) == "deployment/web has no pods"


async def test_each_pod_says_which_number_a_named_port_has(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards
) -> None:
    put(server, "a", port=8080)
    forward = await start(forwards, cluster, WEB, ForwardPort(80, "http"))
    assert "200 OK" in await fetched(forward.address)
    server.delete("pods", "a", "shop")
    put(server, "b", port=9090)
    assert "200 OK" in await fetched(forward.address)
    (metrics,) = await forwards.start(cluster, WEB, [ForwardPort(81, "metrics")], listen_on_loopback)
    assert await fetched(metrics.address) == ""
    await until(lambda: str(metrics.error) == "pod b has no port called metrics")


async def test_a_refused_connection_is_counted_and_the_forward_goes_on(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards
) -> None:
    put(server, "a")
    bad, good = await forwards.start(cluster, WEB, [ForwardPort(9999, 9999), HTTP], listen_on_loopback)
    assert await fetched(bad.address) == ""
    assert "200 OK" in await fetched(good.address)
    await until(lambda: bad.failures == 1)
    assert (str(bad.error), good.failures) == ("port 9999: connection refused", 0)


async def test_a_pod_that_the_server_has_no_more_is_left_before_the_watch_says_so(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(server, "a", 5)
    put(server, "b", 10)
    forward = await start(forwards, cluster)
    await until(lambda: forward.pod == "a")
    monkeypatch.setattr(forward._choice, "_look", lambda: None)
    forward._choice._stop()
    server.delete("pods", "a", "shop")
    assert "200 OK" in await fetched(forward.address)
    assert forward.pod == "b"


async def test_who_may_not_see_pods_can_forward_to_one_by_its_name(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards
) -> None:
    server.forbid("pods", "shop")
    put(server, "one")
    forward = await start(forwards, cluster, ONE)
    assert "200 OK" in await fetched(forward.address)
    web = await start(forwards, cluster)
    await until(lambda: web.standing == "refused")
    assert await fetched(web.address) == ""
    await until(lambda: "cannot list" in str(web.error))


async def test_while_the_server_is_away_connections_fail_and_come_again(
    server: RiggedDemo, cluster: Cluster, forwards: Forwards
) -> None:
    put(server, "a")
    forward = await start(forwards, cluster)
    assert "200 OK" in await fetched(forward.address)
    await server.down()
    await until(lambda: forward.standing == "stale")
    assert await fetched(forward.address) == ""
    await until(lambda: forward.failures == 1)
    assert forward.why
    await server.up()
    assert "200 OK" in await fetched(forward.address)


async def test_the_same_number_is_taken_here_where_it_is_free(cluster: Cluster, forwards: Forwards) -> None:
    free = await listen_on_loopback(lambda reader, writer: None, 0)
    number = free.address[1]
    other = await start(forwards, cluster, ONE, ForwardPort(number, 80))
    assert other.address[1] not in (0, number), "taken: any other"
    with pytest.raises(UsageError, match=f"cannot listen on port {number} of this machine: address already in use"):
        await start(forwards, cluster, ONE, ForwardPort(80, 80, local=number))
    with pytest.raises(UsageError, match=f"port {other.address[1]} of this machine leads to pod/one already"):
        await start(forwards, cluster, ONE, ForwardPort(80, 80, local=other.address[1]))
    free.close()
    same = await start(forwards, cluster, ONE, ForwardPort(number, 80))
    assert same.address == ("127.0.0.1", number)
    assert [*forwards] == [other, same]


async def test_of_several_ports_all_are_forwarded_or_none(cluster: Cluster, forwards: Forwards) -> None:
    addresses: list[tuple[str, int]] = []

    async def listen(accepted: Any, port: int) -> Any:
        if port == 81:
            raise UsageError("not this one")
        listener = await listen_on_loopback(accepted, 0)
        addresses.append(listener.address)
        return listener

    listening: Listen = listen
    with pytest.raises(UsageError, match="not this one"):
        await forwards.start(cluster, ONE, [ForwardPort(80, 80, 80), ForwardPort(81, 81, 81)], listening)
    assert len(forwards) == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*addresses[0])


async def test_what_is_stopped_leaves_nothing_behind(server: RiggedDemo, cluster: Cluster, forwards: Forwards) -> None:
    put(server, "a")
    told: list[int] = []
    stop = forwards.on_change(lambda: told.append(len(forwards)))
    forward = await start(forwards, cluster)
    assert told[-1] == 1
    reader, writer = await asyncio.open_connection(*forward.address)
    writer.write(b"GET / HT")
    await until(lambda: forward.open == 1)
    await forwards.stop(forward)
    assert (told[-1], forward.open, [*forwards]) == (0, 0, [])
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*forward.address)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("forward ")]
    stop()


async def test_forwards_of_two_sessions_know_nothing_of_each_other(cluster: Cluster, forwards: Forwards) -> None:
    other = Forwards()
    told: list[None] = []
    other.on_change(lambda: told.append(None))
    await start(forwards, cluster)
    assert (len(forwards), len(other), told) == (1, 0, [])


def test_a_rate_is_of_the_last_seconds() -> None:
    clock = FakeClock()
    traffic = Traffic(clock)
    assert traffic.rate == (0, 0)
    for _ in range(20):
        traffic.count(100, 1000)
        clock.move(0.5)
    sent, received = traffic.rate
    assert sent == pytest.approx(200, rel=0.2)
    assert received == pytest.approx(2000, rel=0.2)
    clock.move(10)
    assert (traffic.rate, traffic.sent, traffic.received) == ((0, 0), 2000, 20000)
