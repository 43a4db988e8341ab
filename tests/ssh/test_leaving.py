"""Who leaves takes along tasks, sockets, and what their app held of the cluster."""

import asyncio
import sys
from pathlib import Path

import pytest

from kty.app import KtyApp
from tests.rigged.server import RiggedDemo, serving
from tests.ssh.house import House, until
from tests.ssh.walker import ANNA, kty_house, walking


def held() -> tuple[int, int]:
    """Return how many tasks there are, and how many files and sockets are open."""
    return len(asyncio.all_tasks()), len([*Path("/proc/self/fd").iterdir()])


async def comes_and_goes(it: House, times: int) -> None:
    for _ in range(times):
        async with it.visited(ANNA) as me:
            await me.sees("live")
            me.press("ctrl+c")
            assert await me.leaves() == 0
        await until(lambda: not it.server._connections)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open in /proc")
async def test_after_many_it_is_as_after_a_few(tmp_path: Path) -> None:
    async with serving(RiggedDemo(furnished=True)) as server, kty_house(server, tmp_path) as it:
        await comes_and_goes(it, 3)
        before = held()
        await comes_and_goes(it, 6)
        await until(lambda: held()[0] <= before[0] and held()[1] <= before[1], lambda: f"{before}, not {held()}")


async def test_who_is_cut_off_leaves_the_clusters_stores_to_nobody(tmp_path: Path) -> None:
    async with serving(RiggedDemo(furnished=True)) as server, kty_house(server, tmp_path) as it:
        async with walking(it) as me:
            app = me.app
            assert isinstance(app, KtyApp)
            shared = app.session._shared
            assert any(cache.users for cache in shared._caches.values())
        await until(lambda: not app.is_running)
        assert app.crash is None
        await until(lambda: not any(cache.users for cache in shared._caches.values()))
