"""What a watch makes of lists that are read again, and of a server that is away."""

from collections.abc import AsyncIterator

import pytest

from kty.commands.speaking import Speaker
from kty.commands.watching import _news
from kty.errors import Unreachable
from kty.kube.objects import Item, Row
from kty.runtime.events import Applied, Deleted, Event, Interrupted, Listed, Live, Page, Started
from tests.commands.person import Person


def item(name: str, version: str) -> Item:
    return Item(Row("n", name, f"uid-{name}", version, None, False, (), (), ()), b"{}")


async def told(*events: Event, person: Person | None = None) -> list[list[str]]:
    """Return what is printed of these events: names and versions, in one list what comes at once."""

    async def coming() -> AsyncIterator[Event]:
        for event in events:
            yield event

    news = _news(coming(), Speaker(person or Person()))
    return [[f"{each.row.name}{each.row.version}" for each in items] async for items in news]


A1, A2, B1, C1 = item("a", "1"), item("a", "2"), item("b", "1"), item("c", "1")
AWAY = Interrupted(Unreachable("connection refused"), 1.0)


async def test_a_list_comes_at_once_and_changes_one_by_one() -> None:
    assert await told(Started(), Page([A1]), Page([B1]), Listed("1"), Live(), Applied(A2), Deleted(B1)) == [
        ["a1", "b1"],
        ["a2"],
        ["b1"],
    ]


async def test_of_a_list_that_is_read_again_only_what_differs() -> None:
    me = Person()
    again = (Started(), Page([A2, C1]), Listed("2"))
    assert await told(Page([A1, B1]), Listed("1"), AWAY, *again, *again, person=me) == [
        ["a1", "b1"],
        ["b1", "a2", "c1"],
    ]
    assert me.err == b"kty: connection refused; trying again\n"


async def test_a_list_that_breaks_off_is_forgotten() -> None:
    assert await told(Page([A1]), Listed("1"), AWAY, Page([B1]), AWAY, Page([A1]), Listed("2")) == [["a1"]]


async def test_a_watch_that_cannot_begin_ends() -> None:
    with pytest.raises(Unreachable):
        await told(Page([A1]), AWAY)
