import weakref
from collections import deque
from collections.abc import Callable, Set
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from kty.kube.objects import Item, Key, Row
from kty.runtime.events import Applied, Deleted, Listed, Live, Page, Started
from kty.runtime.listing import RECENT, Changes, Listing
from kty.runtime.natural import natural
from kty.runtime.order import JOURNAL
from kty.runtime.store import Store


def row(name: str, value: Any = None, *, namespace: str = "shop", label: str = "", version: int = 1) -> Row:
    labels = (f"app={label}",) if label else ()
    return Row(namespace, name, f"uid-{name}", str(version), None, False, labels, (), (value,))


def by_value(row: Row) -> Any:
    return row.cells[0]


def by_version(row: Row) -> int:
    return int(row.version)


class Pile:
    """A store in small, with a journal that is soon too short."""

    def __init__(self, *rows: Row, journal: int = 1000) -> None:
        self.rows = {row.key: row for row in rows}
        self.revision = 0
        self._journal: deque[Key] = deque(maxlen=journal)

    def put(self, row: Row) -> None:
        self.rows[row.key] = row
        self._note(row.key)

    def drop(self, key: Key) -> None:
        if self.rows.pop(key, None) is not None:
            self._note(key)

    def relist(self, *rows: Row) -> None:
        """Take these rows instead, and forget what changed."""
        self.rows = {row.key: row for row in rows}
        self.revision += 1
        self._journal.clear()

    def changes(self, since: int) -> Set[Key] | None:
        count = self.revision - since
        return set(list(self._journal)[-count:]) if count <= len(self._journal) else None

    def _note(self, key: Key) -> None:
        self.revision += 1
        self._journal.append(key)


def listing(*stores: Pile, **options: Any) -> Listing:
    found = Listing(stores, **options)
    found.update()
    return found


def names(listing: Listing) -> list[str]:
    return [listing.key(index)[1] for index in range(len(listing))]


def test_names_sort_as_people_read_them() -> None:
    assert names(listing(Pile(row("web-10"), row("web-2"), row("Web-3")))) == ["web-2", "Web-3", "web-10"]


def test_rows_of_several_stores_stand_together() -> None:
    found = listing(Pile(row("b", namespace="b")), Pile(row("c", namespace="a"), row("a", namespace="a")))
    assert found.keys() == [("a", "a"), ("a", "c"), ("b", "b")]


@pytest.mark.parametrize("reverse", [False, True])
def test_rows_with_nothing_to_sort_by_stand_last_either_way(reverse: bool) -> None:
    pile = Pile(row("b", 2), row("d"), row("a", 1), row("c", ""), row("e", float("nan")))
    found = listing(pile, sort=by_value, reverse=reverse)
    assert names(found) == (["b", "a"] if reverse else ["a", "b"]) + ["c", "d", "e"]


@pytest.mark.parametrize("reverse", [False, True])
def test_rows_that_sort_alike_stand_by_their_names_either_way(reverse: bool) -> None:
    pile = Pile(row("c", 1), row("a", 1), row("b", 1), row("z", 0, namespace="a"), row("y", 1, namespace="a"))
    found = names(listing(pile, sort=by_value, reverse=reverse))
    assert found == (["y", "a", "b", "c", "z"] if reverse else ["z", "y", "a", "b", "c"])


def test_values_of_every_type_can_be_sorted_together() -> None:
    pile = Pile(row("a", (1, 2)), row("b", "x"), row("c", 3), row("d", 1.5), row("e", True), row("f", b"x"))
    assert names(listing(pile, sort=by_value)) == ["e", "d", "c", "a", "f", "b"]


def test_texts_sort_naturally() -> None:
    pile = Pile(row("a", "v10"), row("b", "v9"), row("c", "V1"))
    assert names(listing(pile, sort=by_value)) == ["c", "b", "a"]


def test_a_filter_leaves_out_rows_and_total_counts_them() -> None:
    found = listing(Pile(row("a"), row("b"), row("c")), text=lambda row: row.name)
    found.filter_by(lambda row, text: text != "b")
    assert (names(found), len(found), found.total) == (["a", "c"], 2, 3)
    assert found.index(("shop", "b")) is None
    assert found.row(("shop", "b")) == row("b")
    found.filter_by()
    assert names(found) == ["a", "b", "c"]


def test_a_narrower_filter_looks_only_at_what_the_last_one_let_through() -> None:
    asked: list[str] = []

    def keep(row: Row, text: str) -> bool:
        asked.append(row.name)
        return row.name > "b"

    pile = Pile(row("a"), row("b"), row("c"))
    found = listing(pile)
    found.filter_by(keep, narrower=True)  # there was none before
    assert asked == ["a", "b", "c"]
    found.filter_by(lambda row, text: row.name != "a")
    pile.put(row("d"))
    found.update()
    asked.clear()
    found.filter_by(keep, narrower=True)
    assert (asked, names(found)) == (["b", "c", "d"], ["c", "d"])
    found.filter_by(lambda row, text: row.name < "b")
    assert names(found) == ["a"]


def test_what_is_out_of_scope_is_not_there_at_all() -> None:
    pile = Pile(row("a", label="web"), row("b", label="db"))
    found = listing(pile, scope=lambda row: "app=web" in row.labels)
    assert (names(found), found.total, found.row(("shop", "b"))) == (["a"], 1, None)
    pile.put(row("b", label="web", version=2))
    pile.put(row("a", label="db", version=2))
    assert found.update() == Changes({("shop", "a"), ("shop", "b")}, reordered=True)
    assert (names(found), found.total) == (["b"], 1)


def test_a_key_that_is_not_there_has_no_place_and_no_row() -> None:
    found = listing(Pile(row("a")))
    assert found.index(("shop", "x")) is None
    assert found.row(("shop", "x")) is None


def test_an_update_with_nothing_new_changes_nothing() -> None:
    pile = Pile(row("a"))
    found = Listing([pile])
    assert found.update() == Changes({("shop", "a")}, reordered=True)
    assert found.update() == Changes()
    pile.put(row("a"))
    assert found.update() == Changes()


def test_what_stores_do_is_not_seen_before_an_update() -> None:
    pile = Pile(row("a"), row("b"))
    found = listing(pile)
    pile.drop(("shop", "a"))
    pile.put(row("b", 7, version=2))
    assert names(found) == ["a", "b"]
    assert found.row(("shop", "b")) == row("b")
    found.update()
    assert names(found) == ["b"]
    assert found.row(("shop", "b")) == row("b", 7, version=2)


def test_a_change_that_moves_nothing_is_told_apart() -> None:
    pile = Pile(row("a", 1), row("b", 2))
    found = listing(pile, sort=by_value)
    pile.put(row("a", 1, version=2))
    assert found.update() == Changes({("shop", "a")}, reordered=False)
    pile.put(row("a", 3, version=3))
    assert found.update() == Changes({("shop", "a")}, reordered=True)


def test_a_change_of_a_row_that_is_filtered_out_is_no_change_of_the_list() -> None:
    pile = Pile(row("a", 1), row("b", 2))
    found = listing(pile, sort=by_value, keep=lambda row, text: row.name != "a")
    pile.put(row("a", 3, version=2))
    assert found.update() == Changes()
    found.filter_by()
    assert names(found) == ["b", "a"]


def test_a_row_that_comes_to_match_or_ceases_to_moves_the_lines() -> None:
    pile = Pile(row("a"), row("b"))
    found = listing(pile, keep=lambda row, text: row.version == "1")
    pile.put(row("a", version=2))
    assert found.update() == Changes({("shop", "a")}, reordered=True)
    assert names(found) == ["b"]
    pile.put(row("a", version=1))
    assert found.update() == Changes({("shop", "a")}, reordered=True)
    assert names(found) == ["a", "b"]


def test_texts_are_worked_out_once_for_each_version_of_a_row() -> None:
    asked: list[str] = []

    def text(row: Row) -> str:
        asked.append(f"{row.name}{row.version}")
        return row.name

    pile = Pile(row("a"), row("b"))
    found = listing(pile, text=text)
    found.filter_by(lambda row, text: "a" in text)
    found.sort_by(by_version, reverse=True)
    assert asked == ["a1", "b1"]
    pile.put(row("a", version=2))
    found.update()
    pile.relist(row("a", version=2), row("b"))
    found.update()
    assert asked == ["a1", "b1", "a2"]


def test_other_texts_can_be_looked_through() -> None:
    found = listing(Pile(row("a", "x"), row("b", "y")), text=lambda row: row.name)
    found.read_by(lambda row: str(row.cells[0]), lambda row, text: text == "y")
    assert names(found) == ["b"]


def test_a_listing_follows_a_store_through_lists_and_watches() -> None:
    store = Store()
    found = Listing([store], sort=by_version, reverse=True)

    def item(name: str, version: int) -> Item:
        return Item(row(name, version=version), b"{}")

    store.apply(Started())
    store.apply(Page([item("a", 1), item("b", 2)], remaining=1))
    found.update()
    assert names(found) == ["b", "a"]
    store.apply(Page([item("c", 3)]))
    store.apply(Listed("3"))
    store.apply(Live())
    store.apply(Applied(item("a", 4)))
    store.apply(Deleted(item("b", 5)))
    assert found.update() == Changes({("shop", "a"), ("shop", "b"), ("shop", "c")}, reordered=True)
    assert names(found) == ["a", "c"]
    store.apply(Started())
    store.apply(Page([item("d", 6), item("a", 4)]))
    assert found.update() == Changes()
    store.apply(Listed("6"))
    assert found.update() == Changes({("shop", "c"), ("shop", "d")}, reordered=True)
    assert names(found) == ["d", "a"]


# Who looks at the same shares the order


def test_the_same_order_is_kept_once() -> None:
    pile = Pile(row("b", 1), row("a", 2))
    one, other = listing(pile, sort=by_value), listing(pile, sort=by_value)
    assert one._order is other._order
    one.sort_by(by_value, reverse=True)
    assert one._order is not other._order
    assert (names(one), names(other)) == (["a", "b"], ["b", "a"])
    other.sort_by(by_value, reverse=True)
    assert one._order is other._order


def test_orders_of_different_stores_are_never_the_same() -> None:
    one, other = listing(Pile(row("a"))), listing(Pile(row("a")))
    assert one._order is not other._order


def test_an_order_goes_with_the_last_who_looks_at_it() -> None:
    pile = Pile(row("a"))
    one, other = listing(pile), listing(pile)
    gone = weakref.ref(one._order)
    del one
    assert gone() is not None
    del other
    assert gone() is None


def test_who_sorts_to_and_fro_finds_the_order_as_it_is_by_now() -> None:
    asked: list[str] = []

    def by_heart(row: Row) -> Any:
        asked.append(row.name)
        return row.cells[0]

    pile = Pile(row("a", 1), row("b", 2), row("c", 3))
    mine = listing(pile)
    mine.sort_by(by_heart)
    mine.sort_by(by_version)
    pile.put(row("a", 4, version=2))
    pile.drop(("shop", "b"))
    mine.update()
    asked.clear()
    mine.sort_by(by_heart)
    assert (names(mine), asked) == (["c", "a"], ["a"])


def test_only_the_last_orders_are_kept() -> None:
    pile = Pile(row("a"))
    mine = listing(pile)
    mine.sort_by(by_value)
    gone = weakref.ref(mine._order)
    for _ in range(RECENT):
        assert gone() is not None
        mine.sort_by(lambda row: row.name)  # another one each time
    assert gone() is None
    mine.sort_by(by_value, state=1)
    gone = weakref.ref(mine._order)
    mine.sort_by(by_value, state=2)
    assert gone() is None, "what it looked at beside the rows will not be so again"


def test_each_hears_of_every_change_whoever_took_it_in() -> None:
    pile = Pile(row("a", 1), row("b", 2), row("c", 3))
    whole, part = listing(pile), listing(pile, keep=lambda row, text: row.name != "b")
    late = listing(pile, keep=lambda row, text: row.cells[0] > 1)
    assert late.update() == Changes()
    pile.put(row("a", 4, version=2))
    pile.put(row("b", 0, version=2))
    assert whole.update() == Changes({("shop", "a"), ("shop", "b")})
    assert names(late) == ["a", "c"], "a list is never out of step with the order that it shares"
    pile.drop(("shop", "c"))
    assert part.update() == Changes({("shop", "a"), ("shop", "c")}, reordered=True)
    assert late.update() == Changes({("shop", "a"), ("shop", "b"), ("shop", "c")}, reordered=True)
    assert whole.update() == Changes({("shop", "c")}, reordered=True)
    assert (names(whole), names(part), names(late)) == (["a", "b"], ["a"], ["a"])


def test_who_was_away_for_long_looks_at_everything_anew() -> None:
    pile = Pile(row("a"))
    whole, part, watching = listing(pile), listing(pile, keep=lambda row, text: row.name != "a"), listing(pile)
    for version in range(JOURNAL + 1):
        pile.put(row("b", version=version + 1))
        watching.update()
    assert whole.update() == part.update() == Changes(reordered=True, anew=True)
    assert (names(whole), names(part)) == (["a", "b"], ["b"])
    assert whole.update() == Changes()


def test_another_state_sorts_anew_once_for_all() -> None:
    used = {"a": 1, "b": 2}
    asked: list[str] = []

    def by_use(row: Row) -> int:
        asked.append(row.name)
        return used[row.name]

    pile = Pile(row("a"), row("b"))
    one, other = listing(pile, sort=by_use), listing(pile, sort=by_use)
    assert asked == ["a", "b"]
    used["a"] = 3
    for each in (one, other):
        each.sort_by(by_use, state=1)
    assert names(one) == names(other) == ["b", "a"]
    assert asked == ["a", "b", "a", "b"]


def test_what_a_filter_lets_through_is_worked_out_once_for_all_who_filter_so() -> None:
    asked: list[str] = []

    def keep(row: Row, text: str) -> bool:
        asked.append(row.name)
        return row.name != "b"

    pile = Pile(*[row(name) for name in "abcdefghijkl"])
    one, other = listing(pile), listing(pile)
    one.filter_by(keep, by="not b")
    assert asked == [*"abcdefghijkl"]
    one.filter_by()
    asked.clear()
    pile.put(row("m"))
    one.update()
    other.filter_by(keep, by="not b")
    assert (asked, names(other)) == (["m"], [*"acdefghijklm"])
    assert other.update().keys == {("shop", "m")}
    pile.drop(("shop", "c"))
    assert other.update().keys == {("shop", "c")}
    one.filter_by(keep, by="not b")
    assert (asked, names(one)) == (["m"], [*"adefghijklm"])


# A listing and a naive model of it live through the same random life.

SORTS: dict[str, Callable[[Row], Any]] = {
    "nothing": lambda row: None,
    "name": lambda row: row.name,
    "value": by_value,
    "version": by_version,
}
FILTERS: dict[str, Callable[[Row, str], bool] | None] = {
    "nothing": None,
    "half": lambda row, text: int(row.version) % 2 == 0,
    "texts": lambda row, text: "1" in text,
    "everything": lambda row, text: False,
}
SCOPE = ("app=web",)
VALUES = st.none() | st.integers(-2, 2) | st.floats() | st.sampled_from(["", "x", "X", "a1", "a10", "a2"])
NAMES = st.integers(0, 150).map(lambda number: f"web-{number}")
NAMESPACES = st.sampled_from([0, 1, 2])


def kind(value: Any) -> int:
    if value is None or value == "" or value != value:
        return 2
    return 1 if isinstance(value, str) else 0


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.piles = [Pile(journal=200), Pile(journal=5), Pile(journal=200)]
        self.version = 0
        self.sort, self.reverse, self.filter = "nothing", False, "nothing"
        self.listing = Listing(
            self.piles, text=lambda row: str(row.cells), scope=lambda row: not row.labels or row.labels == SCOPE
        )
        self.listing.update()
        self.beside = Listing(
            self.piles, text=self.listing._order.ordered.text, scope=self.listing._order.ordered.scope
        )
        self.listed: dict[Key, Row] = {}
        self.order: list[Key] = []

    def make(self, pile: int, name: str, value: Any, label: str = "") -> Row:
        self.version += 1
        return row(name, value, namespace=f"ns-{pile}", label=label, version=self.version)

    @initialize(values=st.lists(VALUES, min_size=100, max_size=100))
    def begin(self, values: list[Any]) -> None:
        for number, value in enumerate(values):
            self.piles[number % 3].put(self.make(number % 3, f"web-{number}", value))

    @rule(pile=NAMESPACES, name=NAMES, value=VALUES, label=st.sampled_from(["", "web", "db"]))
    def put(self, pile: int, name: str, value: Any, label: str) -> None:
        self.piles[pile].put(self.make(pile, name, value, label))

    @rule(pile=NAMESPACES, names=st.lists(NAMES, max_size=40), value=VALUES)
    def put_many(self, pile: int, names: list[str], value: Any) -> None:
        for name in names:
            self.piles[pile].put(self.make(pile, name, value))

    @rule(pile=NAMESPACES, number=st.integers(0, 1000))
    def drop(self, pile: int, number: int) -> None:
        keys = list(self.piles[pile].rows)
        if keys:
            self.piles[pile].drop(keys[number % len(keys)])

    @rule(pile=NAMESPACES, step=st.integers(1, 3), value=VALUES)
    def relist(self, pile: int, step: int, value: Any) -> None:
        """Some rows are gone, some are others, some are the same."""
        kept = list(self.piles[pile].rows.values())[::step]
        new = [replace(row, cells=(value,)) if number % 4 == 0 else row for number, row in enumerate(kept)]
        self.piles[pile].relist(*new, self.make(pile, "new", value))

    @rule(sort=st.sampled_from(sorted(SORTS)), reverse=st.booleans())
    def sort_by(self, sort: str, reverse: bool) -> None:
        self.sort, self.reverse = sort, reverse
        self.listing.sort_by(SORTS[sort], reverse=reverse)
        self.look_at_everything()

    @rule(name=st.sampled_from(sorted(FILTERS)), is_known=st.booleans())
    def filter_by(self, name: str, is_known: bool) -> None:
        self.filter = name
        self.listing.filter_by(FILTERS[name], by=name if is_known else None)
        self.look_at_everything()

    def look_at_everything(self) -> None:
        self.order = self.listing.keys()
        self.listed = {key: self.known(key) for key in self.order}

    @rule(name=st.sampled_from(sorted(FILTERS)), sort=st.sampled_from(sorted(SORTS)), reverse=st.booleans())
    def somebody_else_looks_at_something_else(self, name: str, sort: str, reverse: bool) -> None:
        self.beside.filter_by(FILTERS[name], by=name)
        self.beside.sort_by(SORTS[sort], reverse=reverse)

    @rule()
    def update(self) -> None:
        changes = self.listing.update()
        order = self.listing.keys()
        listed = {key: self.known(key) for key in order}
        differs = {key for key in listed.keys() | self.listed.keys() if listed.get(key) != self.listed.get(key)}
        assert changes.keys >= differs  # what somebody else took in may have been seen before it is told
        assert changes.reordered or order == self.order
        assert order == [row.key for row in self.expected()]
        assert self.listing.total == len(self.in_scope())
        self.order, self.listed = order, listed
        self.beside.update()

    @invariant()
    def every_key_knows_its_place(self) -> None:
        for index in range(len(self.listing)):
            key = self.listing.key(index)
            assert self.listing.index(key) == index
            assert self.listing.listed(index) is self.listing.row(key)
        for index, key in enumerate(self.beside.keys()):
            assert self.beside.index(key) == index

    def known(self, key: Key) -> Row:
        found = self.listing.row(key)
        assert found is not None
        return found

    def in_scope(self) -> list[Row]:
        return [row for pile in self.piles for row in pile.rows.values() if row.labels in ((), SCOPE)]

    def expected(self) -> list[Row]:
        keep = FILTERS[self.filter]
        rows = [row for row in self.in_scope() if keep is None or keep(row, str(row.cells))]
        return sorted(rows, key=cmp_to_key(self.compare))

    def compare(self, one: Row, other: Row) -> int:
        first, second = SORTS[self.sort](one), SORTS[self.sort](other)
        if kind(first) != kind(second):
            return kind(first) - kind(second)
        if kind(first) == 1:
            first, second = natural(first), natural(second)
        if kind(first) != 2 and first != second:
            return -1 if (first < second) is not self.reverse else 1
        tie = [(natural(row.namespace), natural(row.name)) for row in (one, other)]
        return -1 if tie[0] < tie[1] else 1


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40)
