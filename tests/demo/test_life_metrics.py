"""metrics.k8s.io, which the real test cluster does not have: as metrics-server answers."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest

from kty.demo.demo import Demo
from kty.demo.life.requests import amount
from kty.demo.shop import open_shop
from tests.contract.asking import TABLE
from tests.runtime.fake_clock import FakeClock

METRICS = "/apis/metrics.k8s.io/v1beta1"
Get: TypeAlias = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def get(clock: FakeClock) -> AsyncIterator[Get]:
    demo = Demo(clock=clock, tokens={"admin": "t"})
    open_shop(demo.registry, demo.life)
    async with demo.serving() as url, aiohttp.ClientSession() as session:

        async def get(path: str, accept: str = "application/json") -> tuple[int, Any]:
            headers = {"Authorization": "Bearer t", "Accept": accept}
            async with session.get(f"{url}{METRICS}{path}", headers=headers) as answer:
                return answer.status, json.loads(await answer.read())

        yield get


async def test_what_pods_use(get: Get) -> None:
    status, found = await get("/namespaces/shop/pods?labelSelector=app.kubernetes.io/name=redis")
    assert (status, found["kind"], found["apiVersion"]) == (200, "PodMetricsList", "metrics.k8s.io/v1beta1")
    (redis,) = found["items"]
    assert redis["window"] == "15s"
    assert redis["metadata"]["name"] == "redis-0"
    assert [each["name"] for each in redis["containers"]] == ["redis", "exporter"]
    usage = redis["containers"][0]["usage"]
    assert usage["cpu"].endswith("n")
    assert usage["memory"].endswith("Ki")
    assert 0 < amount(usage["cpu"]) < 0.1
    assert 2**24 < amount(usage["memory"]) < 2**28


async def test_pods_that_do_not_run_use_nothing(get: Get) -> None:
    _, found = await get("/pods")
    names = [each["metadata"]["name"].partition("-")[0] for each in found["items"]]
    assert not {"reports", "migrate", "db", "stock"} & set(names)
    assert len(names) > 30


async def test_one_pod_and_none(get: Get) -> None:
    status, found = await get("/namespaces/shop/pods/redis-0")
    assert (status, found["kind"]) == (200, "PodMetrics")
    status, found = await get("/namespaces/shop/pods/nobody")
    assert (status, found["reason"]) == (404, "NotFound")


async def test_what_nodes_use(get: Get) -> None:
    _, found = await get("/nodes")
    nodes = {each["metadata"]["name"]: each["usage"] for each in found["items"]}
    assert set(nodes) == {"control-plane", "worker-1", "worker-2", "worker-3"}
    assert amount(nodes["worker-3"]["memory"]) > 0.85 * 16 * 2**30  # the one under pressure
    assert amount(nodes["worker-1"]["memory"]) < 0.6 * 16 * 2**30
    status, node = await get("/nodes/worker-1")
    assert (status, node["kind"], node["usage"]) == (200, "NodeMetrics", nodes["worker-1"])


async def test_as_a_table(get: Get) -> None:
    _, table = await get("/namespaces/shop/pods", TABLE)
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "cpu", "memory", "Window"]
    assert all(row["cells"][1].endswith("m") and row["cells"][2].endswith("Mi") for row in table["rows"])


async def test_usage_moves_with_time_and_only_then(get: Get, clock: FakeClock) -> None:
    _, first = await get("/namespaces/shop/pods/redis-0")
    _, again = await get("/namespaces/shop/pods/redis-0")
    clock.suspend(60)
    _, later = await get("/namespaces/shop/pods/redis-0")
    assert first["containers"] == again["containers"] != later["containers"]
    assert first["timestamp"] < later["timestamp"]
