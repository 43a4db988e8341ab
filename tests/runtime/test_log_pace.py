"""Whoever reads logs leaves room for keys, together with all others who read."""

import asyncio
from time import thread_time

from kty.runtime.log_pace import LogPace
from kty.runtime.paging import SLICE


async def test_one_works_at_a_time() -> None:
    pace, said = LogPace(), []

    async def work(name: str) -> None:
        async with pace.working():
            said.append(f"{name} begins")
            await asyncio.sleep(0)
            said.append(f"{name} ends")

    await asyncio.gather(work("a"), work("b"))
    assert said == ["a begins", "a ends", "b begins", "b ends"]


async def test_they_rest_once_they_have_worked_for_a_while_together() -> None:
    pace, turns = LogPace(), 0

    def count() -> None:
        nonlocal turns
        turns += 1
        asyncio.get_running_loop().call_soon(count)

    async def work(seconds: float) -> int:
        before = turns
        async with pace.working():
            until = thread_time() + seconds
            while thread_time() < until:
                pass
        return turns - before

    count()
    assert await work(SLICE * 0.7) == 0
    assert await work(SLICE * 0.7) > 2
    assert await work(SLICE * 0.1) == 0
