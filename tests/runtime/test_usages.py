"""What is used is asked for every 15 s while somebody looks, shared by all who may see it, and kept for a while."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from kty.errors import KtyError, NotKubernetes
from kty.kube.config import Config
from kty.kube.discovery import Discovery
from kty.kube.usage import POD_METRICS
from kty.runtime.cluster import Cluster
from kty.runtime.shared import Shared, unretried
from kty.runtime.usages import EVERY, KEPT, LATE, REFUSED, SAMPLES, Polled, SharedUsages, Usages, poll
from tests.runtime.fake_clock import FakeClock, settle
from tests.runtime.scripts import Answer, Script, failed

KEY = ("shop", "web")


def answer(cores: float, *, at: int = 0, names: tuple[str, ...] = ("web",), parts: tuple[str, ...] = ("app",)) -> bytes:
    """Return a PodMetricsList in which every container uses as many cores, and as many MiB."""
    usage = {"cpu": f"{round(cores * 1000)}m", "memory": f"{round(cores * 1024)}Ki"}
    items = [
        {
            "metadata": {"name": name, "namespace": "shop"},
            "timestamp": f"2026-01-01T{at // 60:02}:{at % 60:02}:00Z",
            "containers": [{"name": part, "usage": usage} for part in parts],
        }
        for name in names
    ]
    return json.dumps({"kind": "PodMetricsList", "items": items}).encode()


@asynccontextmanager
async def polled(clock: FakeClock, *answers: Answer) -> AsyncIterator[tuple[Script, Usages]]:
    script, usages = Script(clock, *answers), Usages()
    task = asyncio.create_task(poll(script, "/x", usages, clock=clock))
    try:
        await settle()
        yield script, usages
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Office:
    """A process with one client, whose answers never end."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.script = Script(clock, *[answer(0.1, at=at) for at in range(200)])
        self.tasks: list[asyncio.Task[None]] = []
        self.usages = SharedUsages(self._spawn, clock)

    def _spawn(self, work: Any, name: str) -> "asyncio.Task[None]":
        self.tasks.append(asyncio.create_task(work, name=name))
        return self.tasks[-1]

    @property
    def asked(self) -> int:
        return len(self.script.requests)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def office(clock: FakeClock) -> AsyncIterator[Office]:
    office = Office(clock)
    yield office
    for task in office.tasks:
        task.cancel()
    await asyncio.gather(*office.tasks, return_exceptions=True)


async def test_it_is_listed_every_fifteen_seconds(clock: FakeClock) -> None:
    async with polled(clock, answer(0.1), answer(0.2, at=1)) as (script, usages):
        assert usages.latest[KEY].cpu == (0.1,)
        await clock.advance(EVERY)
        assert usages.latest[KEY].cpu == (0.2,)
        assert script.times == [0, EVERY]
        assert usages.polled == Polled(answered=clock.monotonic())
        assert usages.revision == 2


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (failed(503), EVERY),
        (failed(429, retry_after=30.0), 30.0),
        (failed(429, retry_after=1.0), EVERY),
        (failed(503, retry_after=9e9), REFUSED),
        (failed(403), REFUSED),
        (failed(404), REFUSED),
        (NotKubernetes("a page that asks to sign in"), EVERY),
        (b"<html>", EVERY),
        (RuntimeError("a bug"), EVERY),
    ],
)
async def test_a_fault_is_told_and_what_was_known_stays(clock: FakeClock, fault: Answer, wait: float) -> None:
    async with polled(clock, answer(0.1), fault, answer(0.2, at=2)) as (script, usages):
        answered = clock.monotonic()
        await clock.advance(EVERY)
        status = usages.polled
        assert isinstance(status.error, KtyError)
        assert (status.answered, status.retry_at) == (answered, clock.monotonic() + wait)
        assert status.is_old(clock.monotonic())
        assert usages.latest[KEY].cpu == (0.1,)
        await clock.advance(wait)
        assert script.times == [0, EVERY, EVERY + wait]
        assert usages.polled.error is None
        assert usages.latest[KEY].cpu == (0.2,)


async def test_an_answer_that_is_late_makes_what_is_known_old(clock: FakeClock) -> None:
    async with polled(clock, answer(0.1)) as (_, usages):
        assert not usages.polled.is_old(clock.monotonic())
        await clock.advance(EVERY + LATE)
        assert not usages.polled.is_old(clock.monotonic())
        await clock.advance(1)
        assert usages.polled.is_old(clock.monotonic())
        assert usages.polled.asked == clock.monotonic() - LATE - 1


async def test_the_last_samples_of_each_part_are_kept(clock: FakeClock) -> None:
    number = SAMPLES + 30
    answers = [answer(n / 1000, at=n, parts=("app", "proxy")) for n in range(number)]
    async with polled(clock, *answers) as (_, usages):
        await clock.advance(EVERY * (number - 1))
        expected = [n / 1000 for n in range(number - SAMPLES, number)]
        assert usages.samples(KEY, "cpu", "proxy") == pytest.approx(expected)
        assert usages.samples(KEY, "cpu") == pytest.approx([2 * each for each in expected])
        assert usages.samples(KEY, "memory", "app")[-1] == round((number - 1) / 1000 * 1024) * 1024
        assert usages.samples(KEY, "cpu", "other") == usages.samples(("shop", "nobody"), "cpu") == ()


async def test_a_sample_that_was_there_before_is_no_new_one(clock: FakeClock) -> None:
    async with polled(clock, answer(0.1), answer(0.1), answer(0.3, at=1)) as (_, usages):
        await clock.advance(2 * EVERY)
        assert usages.samples(KEY, "cpu") == pytest.approx([0.1, 0.3])


async def test_where_samples_are_missing_there_is_a_gap(clock: FakeClock) -> None:
    async with polled(clock, answer(0.1), failed(503), failed(503), answer(0.3, at=3)) as (_, usages):
        await clock.advance(3 * EVERY)
        first, gap, last = usages.samples(KEY, "cpu")
        assert (first, last) == pytest.approx((0.1, 0.3))
        assert math.isnan(gap)


async def test_a_pod_of_other_containers_begins_anew_and_one_that_is_gone_is_forgotten(clock: FakeClock) -> None:
    gone = [answer(0.1, at=at, names=("other",)) for at in range(2, 12)]
    async with polled(clock, answer(0.1), answer(0.2, at=1, parts=("a", "b")), *gone) as (_, usages):
        await clock.advance(EVERY)
        assert usages.samples(KEY, "cpu") == pytest.approx([0.4])
        await clock.advance(10 * EVERY)
        assert KEY not in usages.latest
        assert usages.samples(KEY, "cpu") == ()


async def test_a_machine_that_slept_asks_when_it_wakes(clock: FakeClock) -> None:
    async with polled(clock, answer(0.1), answer(0.2, at=1)) as (script, _):
        clock.suspend(3600)
        await clock.advance(5)
        assert len(script.requests) == 2


async def test_who_stopped_listening_is_told_no_more(clock: FakeClock) -> None:
    heard: list[float | None] = []
    usages = Usages()
    stop = usages.on_change(lambda: heard.append(usages.polled.answered))
    await usages.take(answer(0.1), 7.0)
    stop()
    await usages.take(answer(0.1), 8.0)
    assert heard == [7.0]


async def test_all_who_may_see_the_same_share_one_poll(office: Office, clock: FakeClock) -> None:
    first, second = (office.usages.lease(office.script, "anna", "/x") for _ in range(2))
    other = office.usages.lease(office.script, "bert", "/x")
    await settle()
    assert first.usages is second.usages is not other.usages
    assert office.asked == 2
    other.release()
    first.release()
    first.release()
    await clock.advance(EVERY)
    assert office.asked == 3


async def test_nothing_is_asked_while_nobody_looks_and_samples_are_kept_for_a_while(
    office: Office, clock: FakeClock
) -> None:
    lease = office.usages.lease(office.script, "anna", "/x")
    await clock.advance(EVERY)
    lease.release()
    await clock.advance(KEPT - 1)
    assert office.asked == 2
    again = office.usages.lease(office.script, "anna", "/x")
    assert again.usages is lease.usages
    await settle()
    assert office.asked == 3
    samples = again.usages.samples(KEY, "cpu")
    assert len(samples) == 4
    assert math.isnan(samples[2])
    again.release()
    await clock.advance(KEPT)
    assert office.usages.lease(office.script, "anna", "/x").usages is not lease.usages


async def test_whoever_comes_back_soon_asks_no_more_often(office: Office, clock: FakeClock) -> None:
    for _ in range(5):
        lease = office.usages.lease(office.script, "anna", "/x")
        await clock.advance(1)
        lease.release()
        await clock.advance(1)
    assert office.asked == 1
    office.usages.lease(office.script, "anna", "/x")
    await clock.advance(EVERY - 10)
    assert office.asked == 2


async def test_who_asks_anew_is_answered_at_once_unless_they_left(office: Office) -> None:
    lease = office.usages.lease(office.script, "anna", "/x")
    await settle()
    lease.renew()
    await settle()
    assert office.asked == 2
    lease.release()
    lease.renew()
    await settle()
    assert office.asked == 2


async def test_a_cluster_has_metrics_where_discovery_names_them_even_when_nobody_serves_them(clock: FakeClock) -> None:
    shared = Shared(clock=clock, connect=unretried)
    cluster = Cluster(Config(context="a", cluster="c", user="anna", server="http://cluster.invalid"), shared)
    try:
        assert cluster.usages(POD_METRICS, "shop") is None
        cluster.discovery = Discovery()
        assert cluster.usages(POD_METRICS, "shop") is None
        for known in (Discovery((POD_METRICS,)), Discovery(faults={POD_METRICS.api_version: "it does not answer"})):
            cluster.discovery = known
            lease = cluster.usages(POD_METRICS, "shop")
            assert lease is not None
            lease.release()
    finally:
        await shared.close()
