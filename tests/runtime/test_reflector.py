"""The pump between a watcher and a store never stops in silence."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from kty.errors import KtyError
from kty.runtime.events import Event, Live, Started
from kty.runtime.reflector import reflect
from kty.runtime.store import Store
from tests.runtime.fake_clock import FakeClock


class Runs:
    """Makes a generator for each run; `ends` says how each ends, the last one never."""

    def __init__(self, *ends: BaseException | None) -> None:
        self.ends = list(ends)
        self.begun = 0
        self.closed = 0

    async def __call__(self) -> AsyncGenerator[Event, None]:
        self.begun += 1
        try:
            yield Started()
            yield Live()
            if not self.ends:
                await asyncio.Event().wait()
            if end := self.ends.pop(0):
                raise end
        finally:
            self.closed += 1


def phase(store: Store) -> str:
    return store.status.phase


@asynccontextmanager
async def reflecting(
    runs: Callable[[], AsyncGenerator[Event, None]], store: Store, clock: FakeClock
) -> AsyncIterator[None]:
    task = asyncio.create_task(reflect(runs, store, clock=clock))
    try:
        await clock.advance(0)
        yield
    finally:
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero"),
        (None, "came to an end"),
        (asyncio.CancelledError(), "cancelled"),
    ],
    ids=["raises", "ends", "is cancelled by what it waits for"],
)
async def test_a_watcher_that_stops_is_shown_and_begun_anew(end: BaseException | None, reason: str) -> None:
    clock, runs = FakeClock(), Runs(end)
    store = Store(clock)
    async with reflecting(runs, store, clock):
        assert phase(store) == "stale"
        assert reason in str(store.status.error)
        assert runs.begun == 1
        await clock.advance(1.2)
        assert runs.begun == 2
        assert phase(store) == "live"
    assert runs.closed == 2


async def test_one_that_stops_again_and_again_is_begun_ever_more_rarely() -> None:
    clock, runs = FakeClock(), Runs(*[ZeroDivisionError()] * 10)
    async with reflecting(runs, Store(clock), clock):
        await clock.advance(59)
    assert runs.begun == 6  # after 1.2, 3.6, 8.4, 18 and 37.2 seconds


async def test_an_event_that_the_store_cannot_take_is_shown_too() -> None:
    clock, runs = FakeClock(), Runs()

    class Sulking(Store):
        def apply(self, event: Event) -> None:
            if isinstance(event, Live) and runs.begun == 1:
                raise ValueError("not that one")
            super().apply(event)

    store = Sulking(clock)
    async with reflecting(runs, store, clock):
        assert isinstance(store.status.error, KtyError)
        assert "not that one" in str(store.status.error)
        await clock.advance(1.2)
        assert phase(store) == "live"
