"""What watches do over time, and when they are slow."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from kty.demo import watching
from kty.demo.demo import Demo
from kty.demo.negotiation import Form
from kty.demo.registry import Registry
from kty.demo.tables import encoder
from kty.demo.watching import BOOKMARKS_EVERY
from tests.runtime.fake_clock import FakeClock, settle


def lines(demo: Demo, **query: str) -> AsyncIterator[bytes]:
    kind = demo.kinds["configmaps"]
    return watching.watch(demo, kind, "", query, encoder(kind, Form.PLAIN, "", 0.0)).lines()


class Following:
    """Collects the events of a watch."""

    def __init__(self, demo: Demo, **query: str) -> None:
        self.events: list[tuple[str, str]] = []
        self.task = asyncio.create_task(self._follow(lines(demo, **query)))

    async def _follow(self, chunks: AsyncIterator[bytes]) -> None:
        async for chunk in chunks:
            for line in chunk.splitlines():
                event = json.loads(line)
                meta = event["object"]["metadata"]
                self.events.append((event["type"], meta.get("name") or meta.get("resourceVersion")))


def put(registry: Registry, name: str, **data: str) -> Any:
    return registry.create("configmaps", {"metadata": {"namespace": "default", "name": name}, "data": data})


async def test_a_quiet_watch_says_every_minute_how_far_it_came() -> None:
    clock = FakeClock()
    demo = Demo(clock=clock)
    version = demo.registry.store.version
    watch = Following(demo, resourceVersion=str(version), allowWatchBookmarks="true", timeoutSeconds="150")
    await clock.advance(BOOKMARKS_EVERY - 1)
    assert watch.events == []
    demo.registry.create("namespaces", {"metadata": {"name": "another-kind"}})
    await clock.advance(1)
    assert watch.events == [("BOOKMARK", str(demo.registry.store.version))]
    await clock.advance(BOOKMARKS_EVERY)
    assert len(watch.events) == 2
    await clock.advance(28)  # two seconds before its end
    assert len(watch.events) == 3
    assert not watch.task.done()
    await clock.advance(2)
    assert watch.task.done()
    assert len(watch.events) == 3


async def test_a_watch_without_bookmarks_is_silent_until_it_ends() -> None:
    clock = FakeClock()
    demo = Demo(clock=clock)
    watch = Following(demo, resourceVersion=str(demo.registry.store.version), timeoutSeconds="150")
    await clock.advance(149)
    assert (watch.events, watch.task.done()) == ([], False)
    await clock.advance(1)
    assert (watch.events, watch.task.done()) == ([], True)


async def test_a_watch_lasts_half_an_hour_where_nobody_says_how_long() -> None:
    clock = FakeClock()
    demo = Demo(clock=clock)
    watch = Following(demo, resourceVersion=str(demo.registry.store.version))
    await clock.advance(1_800)
    assert not watch.task.done()
    await clock.advance(1_801)
    assert watch.task.done()


async def test_a_watch_that_the_journal_left_behind_ends() -> None:
    demo = Demo()
    watch = lines(demo, resourceVersion=str(demo.registry.store.version))
    put(demo.registry, "first")
    assert b'"first"' in await anext(watch)
    for number in range(5):  # nobody reads
        put(demo.registry, f"more-{number}")
    demo.registry.store.journal.compact(demo.registry.store.version - 1)
    assert [chunk async for chunk in watch] == []


async def test_whoever_does_not_read_costs_no_memory() -> None:
    """The server waits with what it would send; nothing piles up for the one who is slow."""
    demo = Demo()
    text = "x" * 50_000
    async with demo.serving() as url, aiohttp.ClientSession(read_bufsize=1024) as session:
        headers = {"Authorization": f"Bearer {demo.tokens['admin']}"}
        path = f"{url}/api/v1/configmaps?watch=1&resourceVersion={demo.registry.store.version}"
        async with session.get(path, headers=headers) as response:
            sent = 0
            for number in range(400):
                put(demo.registry, f"big-{number}", text=text)
                sent += len(text)
                await asyncio.sleep(0)
            await asyncio.sleep(0.2)
            waiting = sum(
                protocol.transport.get_write_buffer_size()
                for protocol in _connections(demo)
                if protocol.transport is not None
            )
            assert waiting < 2_000_000 < sent
            response.close()


def _connections(demo: Demo) -> list[Any]:
    assert demo._runner is not None
    assert demo._runner.server is not None
    return list(demo._runner.server.connections)


async def test_a_watcher_who_leaves_is_forgotten() -> None:
    demo = Demo()
    async with demo.serving() as url, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {demo.tokens['admin']}"}
        async with session.get(f"{url}/api/v1/configmaps?watch=1", headers=headers) as response:
            assert response.status == 200
            assert demo.pulses.count("configmaps") == 1
        async with asyncio.timeout(30):
            while demo.pulses.count("configmaps"):  # noqa: ASYNC110 - the server notices when it notices
                await asyncio.sleep(0.01)


async def test_ending_the_demo_ends_its_watches() -> None:
    demo = Demo()
    async with aiohttp.ClientSession() as session:
        async with demo.serving() as url:
            headers = {"Authorization": f"Bearer {demo.tokens['admin']}"}
            response = await session.get(f"{url}/api/v1/configmaps?watch=1", headers=headers)
            await settle()
        assert demo.pulses.count("configmaps") == 0
        response.close()
