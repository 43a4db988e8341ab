"""Everybody who looks at the same stores hears of a change at the same time, a few in each turn of the loop."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from kty.kube.objects import Item, Row
from kty.runtime.events import Applied, Listed, Live, Page, Started
from kty.runtime.store import Store
from kty.screens import feed as feeds
from kty.screens.feed import TOGETHER, Feed
from tests.kube.waiting import until
from tests.runtime.fake_clock import FakeClock


def item(version: int) -> Item:
    return Item(Row("n", "a", "uid", str(version), None, False, (), (), ()), b"{}")


@pytest.fixture
def store() -> Store:
    store = Store(FakeClock())
    for event in (Started(), Page([item(1)]), Listed("1"), Live()):
        store.apply(event)
    return store


@pytest.fixture
def versions() -> Iterator[int]:
    return iter(range(2, 1000))


@pytest.fixture
def change(store: Store, versions: Iterator[int]) -> Callable[[], None]:
    return lambda: store.apply(Applied(item(next(versions))))


async def test_all_hear_of_one_change_once_and_a_few_at_a_time(store: Store, change: Callable[[], None]) -> None:
    heard: list[int] = []
    turns: list[int] = []

    def hear(number: int) -> None:
        heard.append(number)
        turns.append(turn)

    turn, count = 0, 3 * TOGETHER + 1
    all_feeds = [Feed([store], lambda number=number: hear(number)) for number in range(count)]  # type: ignore[misc]
    change()
    change()
    async with asyncio.timeout(20):
        while len(heard) < count:
            await asyncio.sleep(0)
            turn += 1
    assert heard == [*range(count)]
    assert all(turns.count(each) <= TOGETHER for each in turns)
    for feed in all_feeds:
        feed.close()


async def test_who_closed_hears_nothing_though_it_was_their_turn(store: Store, change: Callable[[], None]) -> None:
    heard: list[str] = []
    other: Feed

    def hear() -> None:
        heard.append("one")
        other.close()

    one, other = Feed([store], hear), Feed([store], lambda: heard.append("other"))
    change()
    await until(lambda: bool(heard))
    change()
    await until(lambda: len(heard) == 2)
    assert heard == ["one", "one"]
    one.close()


async def test_nobody_listens_to_a_store_at_which_nobody_looks_and_who_comes_later_does(
    store: Store, change: Callable[[], None]
) -> None:
    heard: list[str] = []
    first = Feed([store], lambda: heard.append("first"))
    first.close()
    first.close()
    assert not [stores for stores, _ in feeds._pulses if store in stores]
    later = Feed([store], lambda: heard.append("later"))
    change()
    await until(lambda: bool(heard))
    assert heard == ["later"]
    later.close()


async def test_what_is_not_worth_telling_is_not_told(store: Store, change: Callable[[], None]) -> None:
    heard: list[str] = []
    asked: list[str] = []
    feed, other = Feed([store], lambda: heard.append("feed")), Feed([store], lambda: heard.append("other"))
    feed.is_worth_telling = lambda: bool(asked.append("feed"))  # type: ignore[func-returns-value]
    change()
    await until(lambda: bool(heard))
    assert (asked, heard) == (["feed"], ["other"])
    feed.close()
    other.close()
