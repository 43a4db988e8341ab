"""The streams of this process, where the loop may never wait for them. As processes: tests/commands/test_local.py."""

import asyncio
import os
import select
from collections.abc import Iterator

import pytest

from kty.term.stdio import _until_ready, _write

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


async def test_a_full_pipe_stops_nothing_else_and_is_left_as_it_was(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    data = bytes(range(256)) * 4096
    task = asyncio.create_task(_write(writing, data))
    came = bytearray()
    while len(came) < len(data):
        await asyncio.sleep(0)
        await _until_ready(reading, select.POLLIN)
        came += os.read(reading, 65_536)
    await task
    assert came == data
    assert os.get_blocking(writing)


async def test_whoever_waits_can_be_stopped(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    waiting = (
        asyncio.create_task(_until_ready(reading, select.POLLIN)),
        asyncio.create_task(_write(writing, bytes(1 << 20))),
    )
    await asyncio.wait(waiting, timeout=0.05)
    assert waiting[0].done()
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert not asyncio.get_running_loop().remove_writer(writing)
    assert not asyncio.get_running_loop().remove_reader(reading)


async def test_nobody_at_the_other_end_is_told() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        await _write(writing, b"x")
    os.close(writing)
