"""What a store shows after each course of events."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import Forbidden, KtyError, Unreachable
from kty.kube.codecs import TableColumn
from kty.kube.objects import Item, Key, Row
from kty.runtime.events import Applied, Deleted, Event, Interrupted, Listed, Live, Page, Started
from kty.runtime.store import JOURNAL, Store
from tests.runtime.fake_clock import FakeClock


def item(name: str, version: int | str = 1, *, uid: str = "", cells: tuple[Any, ...] = ()) -> Item:
    row = Row("n", name, uid or f"uid-{name}", str(version), None, False, (), (), cells)
    return Item(row, json.dumps({"name": name, "version": str(version)}).encode())


def listed(*items: Item, columns: tuple[TableColumn, ...] | None = None) -> list[Event]:
    return [Started(), Page(items, columns=columns), Listed("9"), Live()]


def store_with(*items: Item) -> Store:
    store = Store(FakeClock())
    apply(store, listed(*items))
    return store


def apply(store: Store, events: Sequence[Event]) -> None:
    for event in events:
        store.apply(event)


def versions(store: Store) -> dict[str, str]:
    return {name: row.version for (_, name), row in store.rows.items()}


def phase(store: Store) -> str:
    return store.status.phase


def titles(store: Store) -> list[str]:
    return [column.name for column in store.columns or ()]


def key(name: str) -> Key:
    return ("n", name)


# --- lists -----------------------------------------------------------------------------------------------------


def test_pages_of_the_first_list_show_as_they_come() -> None:
    store = Store(FakeClock())
    apply(store, [Started(), Page([item("a"), item("b")], remaining=3)])
    assert set(store.rows) == {key("a"), key("b")}
    assert (store.status.phase, store.status.count, store.status.remaining) == ("syncing", 2, 3)
    assert not store.status.is_complete


def test_a_later_list_is_swapped_in_at_its_end() -> None:
    store = store_with(item("a"), item("b"), item("c"))
    apply(store, [Started(), Page([item("a"), item("b", 2)]), Page([item("d", 3)])])
    assert versions(store) == {"a": "1", "b": "1", "c": "1"}
    store.apply(Listed("10"))
    assert versions(store) == {"a": "1", "b": "2", "d": "3"}
    assert store.body(key("c")) is None
    assert store.body(key("b")) == item("b", 2).body


def test_only_what_differs_counts_as_changed_by_a_later_list() -> None:
    store = store_with(item("a"), item("b"), item("c"))
    before = store.revision
    apply(store, listed(item("a"), item("b", 2), item("d", 3)))
    assert store.changes(before) == {key("b"), key("c"), key("d")}


def test_an_object_made_again_under_its_name_counts_as_changed() -> None:
    store = store_with(item("a", ""))
    before = store.revision
    apply(store, listed(item("a", "", uid="another")))
    assert store.changes(before) == {key("a")}


def test_an_interrupted_later_list_changes_nothing() -> None:
    store = store_with(item("a"))
    before = store.revision
    apply(store, [Started(), Page([item("b")]), Interrupted(Unreachable("reset"), 1.0)])
    assert versions(store) == {"a": "1"}
    assert store.changes(before) == set()
    store.apply(Applied(item("c", 5)))
    assert versions(store) == {"a": "1", "c": "5"}


def test_a_first_list_begun_anew_goes_on_showing_and_forgets_what_it_does_not_name() -> None:
    store = Store(FakeClock())
    apply(store, [Started(), Page([item("a"), item("b")]), Interrupted(Unreachable("reset"), 1.0)])
    assert set(store.rows) == {key("a"), key("b")}
    apply(store, [Started(), Page([item("c")])])
    assert set(store.rows) == {key("a"), key("b"), key("c")}
    apply(store, [Page([item("a")]), Listed("9")])
    assert set(store.rows) == {key("a"), key("c")}


def test_a_first_list_may_come_as_changes() -> None:
    store = Store(FakeClock())
    apply(store, [Started(), Applied(item("a", 5)), Applied(item("b", 3)), Deleted(item("b", 6))])
    assert versions(store) == {"a": "5"}
    assert phase(store) == "syncing"
    apply(store, [Listed("9"), Live()])
    assert versions(store) == {"a": "5"}
    assert phase(store) == "live"


def test_a_later_list_may_come_as_changes_and_is_swapped_in_at_its_end() -> None:
    store = store_with(item("a"), item("b"))
    apply(store, [Started(), Applied(item("a")), Applied(item("b", 3)), Applied(item("c", 4)), Deleted(item("a", 6))])
    assert versions(store) == {"a": "1", "b": "1"}
    store.apply(Listed("9"))
    assert versions(store) == {"b": "3", "c": "4"}


def test_a_page_without_a_list_is_a_bug() -> None:
    with pytest.raises(RuntimeError):
        Store(FakeClock()).apply(Page([item("a")]))
    with pytest.raises(RuntimeError):
        Store(FakeClock()).apply(Listed("1"))


# --- changes ---------------------------------------------------------------------------------------------------


def test_changes_add_replace_and_remove() -> None:
    store = store_with(item("a"), item("b"))
    apply(store, [Applied(item("c", 2)), Applied(item("a", 3)), Deleted(item("b", 4))])
    assert versions(store) == {"a": "3", "c": "2"}
    assert store.body(key("a")) == item("a", 3).body
    assert store.body(key("b")) is None


@pytest.mark.parametrize("version", [7, 6, 1])
def test_a_change_that_is_known_already_changes_nothing(version: int) -> None:
    store = store_with(item("a", 7))
    before = store.revision
    store.apply(Applied(item("a", version)))
    assert versions(store) == {"a": "7"}
    assert store.changes(before) == set()


def test_versions_compare_as_numbers() -> None:
    store = store_with(item("a", 9))
    store.apply(Applied(item("a", 10)))
    assert versions(store) == {"a": "10"}


def test_versions_that_are_no_numbers_are_taken_as_they_come() -> None:
    store = store_with(item("a", "zz"))
    apply(store, [Applied(item("a", "b")), Applied(item("b", "")), Applied(item("b", "", cells=("new",)))])
    assert versions(store) == {"a": "b", "b": ""}
    assert store.rows[key("b")].cells == ("new",)


def test_the_end_of_an_earlier_object_does_not_remove_its_successor() -> None:
    store = store_with(item("a", 9, uid="second"))
    store.apply(Deleted(item("a", 5, uid="first")))
    assert versions(store) == {"a": "9"}
    store.apply(Deleted(item("a", 12, uid="second")))
    assert not store.rows


def test_removing_what_is_not_there_changes_nothing() -> None:
    store = store_with(item("a"))
    before = store.revision
    store.apply(Deleted(item("b", 4)))
    assert store.changes(before) == set()


CHANGES = st.lists(
    st.tuples(st.booleans(), st.sampled_from("abc")).map(
        lambda change: (Applied if change[0] else Deleted, change[1]),
    ),
    max_size=30,
)


@given(CHANGES, st.integers(0, 30))
def test_hearing_the_last_changes_again_in_order_ends_in_the_same(changes: list[Any], back: int) -> None:
    """A watch may be resumed from a little before what was seen last."""
    events: list[Event] = []
    alive: dict[str, str] = {}
    for version, (kind, name) in enumerate(changes, start=1):
        if (kind is Deleted) != (name in alive) and kind is Deleted:
            continue  # nothing to delete
        uid = alive.setdefault(name, f"{name}-{version}")
        events.append(kind(item(name, version, uid=uid)))
        if kind is Deleted:
            del alive[name]
    once, again = Store(FakeClock()), Store(FakeClock())
    apply(once, events)
    apply(again, events)
    apply(again, events[max(0, len(events) - back) :])
    assert versions(again) == versions(once)


# --- what readers are told -------------------------------------------------------------------------------------


def test_changes_names_the_keys_since_a_revision() -> None:
    store = store_with(item("a"), item("b"))
    first = store.revision
    store.apply(Applied(item("a", 2)))
    second = store.revision
    apply(store, [Applied(item("a", 3)), Deleted(item("b", 4))])
    assert store.changes(store.revision) == set()
    assert store.changes(second) == {key("a"), key("b")}
    assert store.changes(first) == {key("a"), key("b")}
    assert store.changes(0) == {key("a"), key("b")}


def test_who_is_too_far_behind_starts_anew() -> None:
    store = store_with()
    before = store.revision
    apply(store, [Applied(item("a", version)) for version in range(2, 2 + JOURNAL)])
    assert store.changes(before) == {key("a")}
    store.apply(Applied(item("a", JOURNAL + 2)))
    assert store.changes(before) is None
    assert store.changes(before + 1) == {key("a")}


def test_a_revision_from_the_future_is_of_another_store() -> None:
    assert store_with(item("a")).changes(99) is None


def test_other_columns_make_every_reader_start_anew() -> None:
    wide = (TableColumn("Name"), TableColumn("Phase"))
    store = Store(FakeClock())
    apply(store, listed(item("a", cells=("a",)), columns=wide[:1]))
    assert titles(store) == ["Name"]
    before = store.revision
    apply(store, [Started(), Page([item("a", cells=("a", "Ready"))], columns=wide)])
    assert titles(store) == ["Name"]
    assert store.rows[key("a")].cells == ("a",)
    store.apply(Listed("10"))
    assert titles(store) == ["Name", "Phase"]
    assert store.rows[key("a")].cells == ("a", "Ready")
    assert store.changes(before) is None


def test_the_same_columns_again_start_nobody_anew() -> None:
    columns = (TableColumn("Name"),)
    store = Store(FakeClock())
    apply(store, listed(item("a"), columns=columns))
    before = store.revision
    apply(store, listed(item("a"), columns=(TableColumn("Name"),)))
    assert store.changes(before) == set()


def test_listeners_are_told_of_every_change_until_they_leave() -> None:
    store = store_with()
    seen: list[dict[str, str]] = []
    stop = store.on_change(lambda: seen.append(versions(store)))
    store.apply(Applied(item("a", 2)))
    stop()
    stop()
    store.apply(Applied(item("a", 3)))
    assert seen == [{"a": "2"}]


def test_listeners_are_told_when_only_the_status_changed() -> None:
    store = store_with()
    phases: list[str] = []
    store.on_change(lambda: phases.append(store.status.phase))
    apply(store, [Interrupted(Unreachable("reset"), 1.0), Live()])
    assert phases == ["stale", "live"]


# --- how true it is --------------------------------------------------------------------------------------------


def test_it_connects_until_something_comes() -> None:
    store = Store(FakeClock())
    assert phase(store) == "connecting"
    store.apply(Started())
    assert phase(store) == "connecting"


def test_an_empty_list_is_complete() -> None:
    store = Store(FakeClock())
    apply(store, listed())
    assert (store.status.phase, store.status.count, store.status.is_complete) == ("live", 0, True)


def test_stale_says_since_when_why_and_when_the_next_try_is_due() -> None:
    clock = FakeClock()
    store = Store(clock)
    apply(store, listed(item("a")))
    clock.move(100)
    broke = clock.monotonic()
    store.apply(Interrupted(Unreachable("reset"), 1.5))
    clock.move(1.5)
    again = Unreachable("connection refused")
    store.apply(Interrupted(again, 3.0))
    status = store.status
    assert (status.phase, status.since, status.error) == ("stale", broke, again)
    assert status.retry_at == clock.monotonic() + 3.0
    assert status.count == 1


def test_a_try_under_way_is_not_due() -> None:
    store = store_with(item("a"))
    apply(store, [Interrupted(Unreachable("reset"), 1.5), Started()])
    assert phase(store) == "stale"
    assert store.status.retry_at is None


@pytest.mark.parametrize(("error", "expected"), [(Forbidden("no"), "refused"), (KtyError("bug"), "stale")])
def test_what_is_forbidden_is_refused_and_all_else_is_stale(error: KtyError, expected: str) -> None:
    store = Store(FakeClock())
    store.apply(Interrupted(error, 45.0))
    assert phase(store) == expected


def test_live_forgets_the_fault() -> None:
    store = store_with(item("a"))
    apply(store, [Interrupted(Unreachable("reset"), 1.5), Live()])
    status = store.status
    assert (status.phase, status.error, status.retry_at) == ("live", None, None)


def test_the_first_list_is_syncing_again_after_a_fault() -> None:
    store = Store(FakeClock())
    apply(store, [Started(), Interrupted(Unreachable("refused"), 1.0), Started(), Page([item("a")], remaining=7)])
    status = store.status
    assert (status.phase, status.remaining, status.error) == ("syncing", 7, None)


def test_a_list_after_one_that_broke_off_says_how_many_rows_are_still_to_come() -> None:
    store = Store(FakeClock())
    apply(store, [Started(), Page([item("a"), item("b"), item("c")], remaining=4)])
    apply(store, [Interrupted(Unreachable("reset"), 1.0), Started(), Page([item("a")], remaining=6)])
    assert (store.status.phase, store.status.count, store.status.remaining) == ("syncing", 3, 4)
    apply(store, [Page([item("d"), item("e")], remaining=0)])
    assert (store.status.count, store.status.remaining) == (5, 0)
