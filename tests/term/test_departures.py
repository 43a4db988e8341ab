import asyncio
import gc
import weakref

import pytest

from kty.term import departures as departing
from kty.term.departures import CROWD, SHARE, Departures
from kty.term.memory import MemoryTerminal
from tests.kube.waiting import until
from tests.sitting import sitting_at
from tests.term.apps import Echo


@pytest.fixture
def people() -> list[Echo]:
    return [Echo(MemoryTerminal()) for _ in range(2 * SHARE + 2)]


def test_a_few_who_ended_are_worth_no_pause_for_many(people: list[Echo]) -> None:
    departures = Departures()
    for each in people:
        departures.add(each)
    assert not departures.sweep()
    people[0].has_ended = True
    assert not departures.sweep()
    people[1].has_ended = True
    assert departures.sweep()


def test_what_cannot_be_freed_is_not_tried_again(people: list[Echo]) -> None:
    departures = Departures()
    departures.add(people[0])
    people[0].has_ended = True
    assert departures.sweep()
    assert not departures.sweep()
    departures.add(people[1])
    people[1].has_ended = True
    assert departures.sweep()


async def test_an_app_that_ended_is_told_apart_and_freed() -> None:
    departures = Departures()
    gone: list[weakref.ref[Echo]] = []
    for _ in range(6):
        async with sitting_at(Echo) as me:
            departures.add(me.app)
            assert not me.app.has_ended
        assert me.app.has_ended
        gone.append(weakref.ref(me.app))
        del me
    assert departures.sweep()
    assert sum(each() is not None for each in gone) < len(gone)


class Ring:
    def __init__(self) -> None:
        self.itself = self


async def test_what_is_young_is_collected_while_many_are_here_though_nothing_else_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(departing, "OFTEN", 0.001)
    people = [Echo(MemoryTerminal()) for _ in range(CROWD)]
    departures = Departures()
    gc.disable()
    try:
        collecting = asyncio.ensure_future(departures.collect_on())
        for each in people[1:]:
            departures.add(each)
        gone = weakref.ref(Ring())
        await asyncio.sleep(0.05)  # nothing happens, however long one waits
        assert gone() is not None
        departures.add(people[0])
        await until(lambda: gone() is None)
        collecting.cancel()
        await asyncio.wait({collecting})
    finally:
        gc.enable()
