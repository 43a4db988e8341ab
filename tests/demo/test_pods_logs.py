"""What containers log: the same each time, made as it is read, and going on as time passes."""

import asyncio
import random
import re
from contextlib import aclosing
from itertools import pairwise

import pytest

from kty.demo.demo import Demo
from kty.demo.pods.apps import app_of
from kty.demo.pods.styles import Context, style
from tests.demo.pods import demo_at, log_of, read, run_pod, text
from tests.runtime.fake_clock import FakeClock

DAY = 86400.0
IMAGES = [
    "nginx:1",
    "postgres:18",
    "redis:8",
    "shop/orders:1",
    "shop/email-worker:1",
    "coredns:1",
    "prometheus:3",
    "shop/api:1",
]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def demo(clock: FakeClock) -> Demo:
    return demo_at(clock)


@pytest.mark.parametrize("image", IMAGES)
async def test_a_log_is_the_same_each_time(clock: FakeClock, image: str) -> None:
    now = clock.now()
    one, another = demo_at(clock), demo_at(clock)
    first = await text(log_of(one, run_pod(one, image=image, since=3600)), now)
    second = await text(log_of(another, run_pod(another, image=image, since=3600)), now)
    assert first == second
    assert len(first.splitlines()) > 20
    other = demo_at(clock, seed=7)
    assert await text(log_of(other, run_pod(other, image=image, since=3600)), now) != first


async def test_kinds_of_programs_log_each_in_their_way() -> None:
    styles = {id(app_of({"name": "main", "image": image}).style) for image in IMAGES}
    assert len(styles) == len(IMAGES)
    assert app_of({"image": "registry.k8s.io/kube-proxy:v1"}).style is app_of({"image": "etcd:3"}).style
    assert app_of({"image": "registry.k8s.io/ingress-nginx/controller:v1"}).style is app_of({"image": "nginx"}).style


@pytest.mark.parametrize("image", IMAGES)
def test_every_line_of_a_style_can_be_said(image: str) -> None:
    own, context = style(app_of({"name": "main", "image": image}).style), Context("main", "one", "out of tea")
    for texts in (own._start, own._crash, *own._events):
        lines = own._said(texts, random.Random(1), 0.0, context)
        assert not [line for line in lines if re.search(r"\$\w*[a-z]|2>", line.text)]
    assert any("out of tea" in line.text for line in own.crash(random.Random(1), 0.0, context))


async def test_the_end_of_a_log_is_made_without_its_beginning(demo: Demo, clock: FakeClock) -> None:
    lines, now = log_of(demo, run_pod(demo, since=3600)), clock.now()
    whole = await read(lines, now)
    for most in (0, 1, 7, len(whole), len(whole) + 5):
        assert await read(lines, now, await lines.tail(most, now)) == whole[len(whole) - min(most, len(whole)) :]
    middle = whole[len(whole) // 2]
    assert await read(lines, now, middle.place) == whole[len(whole) // 2 + 1 :]


async def test_times_only_grow_and_none_is_of_the_future(demo: Demo, clock: FakeClock) -> None:
    for image in IMAGES:
        found = await read(
            log_of(demo, run_pod(demo, image.replace("/", "-").replace(":", "-"), image=image, since=900)), clock.now()
        )
        times = [line.at for line in found]
        assert times == sorted(times)
        assert clock.now() - 901 < times[0]
        assert times[-1] <= clock.now()


async def test_an_old_log_is_cut_as_by_rotation(demo: Demo, clock: FakeClock) -> None:
    found = await read(log_of(demo, run_pod(demo, since=90 * DAY)), clock.now())
    assert 3_000 < len(found) < 20_000
    assert found[0].at > clock.now() - 2 * DAY


async def test_some_lines_are_very_long_and_some_have_colours(demo: Demo, clock: FakeClock) -> None:
    api = await text(log_of(demo, run_pod(demo, "api", since=6 * 3600)), clock.now())
    assert max(map(len, api.splitlines())) > 10_000
    worker = await text(log_of(demo, run_pod(demo, "worker", image="shop/worker:1", since=3600)), clock.now())
    assert b"\x1b[31;1mERROR" in worker
    assert b"Traceback (most recent call last):\n" in worker


async def test_new_lines_come_as_time_passes(demo: Demo, clock: FakeClock) -> None:
    lines, start = log_of(demo, run_pod(demo)), clock.now()
    came = []

    async def follow() -> None:
        async with aclosing(lines.read(since=await lines.tail(0, start), until=float("inf"))) as coming:
            async for line in coming:
                came.append((line, clock.now()))  # noqa: PERF401 - as it comes

    following = asyncio.create_task(follow())
    await clock.advance(60)
    following.cancel()
    assert len(came) > 10
    assert all(start < line.at <= seen <= line.at + 0.01 for line, seen in came)
    assert [line.data for line, _ in came] == [line.data for line in await read(lines, clock.now()) if line.at > start]


async def test_a_crash_is_explained_at_the_end(demo: Demo, clock: FakeClock) -> None:
    words = {"demo.kty/last-words": "no such table: carts"}
    pod = run_pod(demo, ended={"exitCode": 2}, annotations=words)
    found = (await text(log_of(demo, pod), clock.now())).splitlines()
    assert any(b"no such table: carts" in line for line in found[-12:])
    assert any(line.startswith(b"panic: ") for line in found)
    killed = run_pod(demo, "killed", ended={"exitCode": 137}, annotations=words)
    assert b"no such table" not in await text(log_of(demo, killed), clock.now())


async def test_a_command_is_worked_out_anew_each_time(demo: Demo, clock: FakeClock) -> None:
    script = "n=0; while sleep 10; do n=$((n+1)); echo round $n; done"
    pod = run_pod(demo, image="busybox", command=["sh", "-c", script], since=3600)
    lines = log_of(demo, pod)
    found = await read(lines, clock.now())
    assert [line.data for line in found] == [b"round %d\n" % number for number in range(1, len(found) + 1)]
    assert 350 < len(found) <= 360
    assert [round(later.at - earlier.at) for earlier, later in pairwise(found)] == [10] * (len(found) - 1)
    assert await read(lines, clock.now()) == found
    assert await read(lines, clock.now(), await lines.tail(2, clock.now())) == found[-2:]


async def test_a_command_goes_on_as_time_passes(demo: Demo, clock: FakeClock) -> None:
    pod = run_pod(demo, image="busybox", command=["sh", "-c", "while sleep 10; do echo round; done"], since=5)
    lines = log_of(demo, pod)
    came: list[bytes] = []

    async def follow() -> None:
        async with aclosing(lines.read(until=float("inf"))) as coming:
            async for line in coming:
                came.append(line.data)  # noqa: PERF401 - as it comes

    following = asyncio.create_task(follow())
    await clock.advance(4)
    assert came == []
    for _ in range(3):
        await clock.advance(10)
    assert came == [b"round\n"] * 3
    following.cancel()


@pytest.mark.parametrize("since", [5, 2 * 3600])
async def test_the_log_of_a_command_that_only_waits_has_an_end(demo: Demo, clock: FakeClock, since: float) -> None:
    script = "echo begin; mkdir /www; exec httpd -f -p 8080 -h /www"
    pod = run_pod(demo, image="busybox", command=["sh", "-c", script], since=since)
    async with asyncio.timeout(10):
        assert await text(log_of(demo, pod), clock.now()) == b"begin\n"


async def test_a_command_that_ended_by_itself_has_said_everything(demo: Demo, clock: FakeClock) -> None:
    """However long its container lived: that is others' to say, and may be quicker than real time."""
    script = ["sh", "-c", "echo begin; sleep 300; echo end; exit 1"]
    over = run_pod(demo, "over", image="busybox", command=script, since=2, ended={"exitCode": 1})
    assert await text(log_of(demo, over), clock.now()) == b"begin\nend\n"
    killed = run_pod(demo, "killed", image="busybox", command=script, since=2, ended={"exitCode": 137})
    assert await text(log_of(demo, killed), clock.now()) == b"begin\n"


async def test_programs_of_the_image_work_for_a_while(demo: Demo, clock: FakeClock) -> None:
    script = ["sh", "-c", "sync-stock --all; psql -f /m.sql; exit 3"]
    pod = run_pod(demo, image="shop/tools:1", command=script, ended={"exitCode": 3})
    found = (await text(log_of(demo, pod), clock.now())).splitlines()
    assert found[0] == b"sync-stock: started"
    assert found[-1].startswith(b"psql:/m.sql:")
