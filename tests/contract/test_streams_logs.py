"""kty.kube.streams.logs: what containers printed, line by line."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from kty.errors import Invalid, NotFound
from kty.kube.streams.logs import LogOptions, logs
from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import LogsWiped, again_when_wiped, container, log_until, start, until

COUNTS = "echo line 1; echo; echo line 3; sleep 3600"


async def lines_of(cluster: Cluster, place: Place, options: LogOptions) -> list[bytes]:
    async with logs(cluster.client(), place.namespace, "one", options) as lines:
        came = [line async for line in lines]
    if came and came[0].startswith((b"failed", b"unable")):
        raise LogsWiped
    return came


@again_when_wiped
async def test_lines_come_as_they_are(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(COUNTS))
    await log_until(cluster, place, "one", b"line 3\n")
    assert await lines_of(cluster, place, LogOptions()) == [b"line 1", b"", b"line 3"]
    assert await lines_of(cluster, place, LogOptions(container="main", tail_lines=1)) == [b"line 3"]
    assert await lines_of(cluster, place, LogOptions(tail_lines=0)) == []
    assert await lines_of(cluster, place, LogOptions(limit_bytes=3)) == [b"lin"]
    assert await lines_of(cluster, place, LogOptions(since_seconds=3600)) == [b"line 1", b"", b"line 3"]
    assert await lines_of(cluster, place, LogOptions(since_time=datetime(2100, 1, 1, tzinfo=UTC))) == []
    stamped = await lines_of(cluster, place, LogOptions(timestamps=True, tail_lines=1))
    time, _, text = stamped[0].partition(b" ")
    assert (time[-1:], text) == (b"Z", b"line 3")


@again_when_wiped
async def test_following_ends_when_the_container_does(cluster: Cluster, place: Place) -> None:
    script = "trap 'exit 0' TERM; echo begin; sleep 1; echo end"
    await start(place, "one", container(script), wait=False, restartPolicy="Never")
    await until(place, "one", _has_run)
    async with asyncio.timeout(GUARD):
        assert await lines_of(cluster, place, LogOptions(follow=True)) == [b"begin", b"end"]


def _has_run(pod: Any) -> bool:
    states = [one["state"] for one in pod["status"].get("containerStatuses") or ()]
    return bool(states) and not any("waiting" in state for state in states)


@again_when_wiped
async def test_following_ends_with_the_pod(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(COUNTS))
    await log_until(cluster, place, "one", b"line 3\n")
    options = LogOptions(follow=True)
    async with asyncio.timeout(GUARD), logs(cluster.client(), place.namespace, "one", options) as lines:
        assert [await anext(lines) for _ in range(3)] == [b"line 1", b"", b"line 3"]
        await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 1})
        assert await lines.batch() == []


async def test_a_refusal_is_the_servers_own(cluster: Cluster, place: Place) -> None:
    await start(place, "two", container(name="a"), container(name="b"))
    with pytest.raises(Invalid, match="a container name must be specified for pod two"):
        async with logs(cluster.client(), place.namespace, "two"):
            pass
    with pytest.raises(NotFound):
        async with logs(cluster.client(), place.namespace, "none"):
            pass
