"""What a store remembers of its objects' past, and how much room that takes."""

import json
import os
import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest

from kty.kube.objects import Item, Row
from kty.runtime.events import Applied, Deleted, Interrupted, Listed, Live, Page, Started
from kty.runtime.heartbeats import is_alike, settled
from kty.runtime.history import LARGEST, STATES, History, Past
from kty.runtime.store import Store
from tests.runtime.fake_clock import FakeClock

KEY = ("n", "web")


def body(version: int, *, uid: str = "one", beat: str = "", **spec: Any) -> bytes:
    conditions = [{"type": "Ready", "status": "True", "lastHeartbeatTime": beat}]
    metadata = {"name": "web", "uid": uid, "resourceVersion": str(version), "managedFields": [{"time": str(version)}]}
    return json.dumps({"metadata": metadata, "spec": spec, "status": {"conditions": conditions}}).encode()


def item(version: int, *, uid: str = "one", beat: str = "", **spec: Any) -> Item:
    row = Row("n", "web", uid, str(version), None, False, (), (), ())
    return Item(row, body(version, uid=uid, beat=beat, **spec))


class Watched:
    """A store of one object, and the clock that it looks at."""

    def __init__(self, *first: Item) -> None:
        self.clock = FakeClock()
        self.store = Store(self.clock)
        self.lists(*first)

    def lists(self, *items: Item) -> None:
        for event in (Started(), Page(items), Listed("9"), Live()):
            self.store.apply(event)

    def applies(self, one: Item) -> None:
        self.clock.move(10)
        self.store.apply(Applied(one))

    def deletes(self, one: Item) -> None:
        self.clock.move(10)
        self.store.apply(Deleted(one))

    @property
    def past(self) -> Past:
        return self.store.past(KEY)

    @property
    def replicas(self) -> list[tuple[Any, Any]]:
        """Of each step the replicas before and after, newest first; None where there was no object."""
        return [(_replicas(step.before), _replicas(step.after)) for step in self.past.steps]


def _replicas(state: bytes | None) -> Any:
    return None if state is None else json.loads(state)["spec"].get("replicas")


def test_nothing_is_known_before_something_changes() -> None:
    me = Watched(item(1, replicas=1))
    assert me.past == Past()
    assert me.store.watched_since == me.clock.now()


def test_each_change_is_a_step_with_the_moment_it_was_seen() -> None:
    me = Watched(item(1, replicas=1))
    began = me.clock.now()
    me.applies(item(2, replicas=2))
    me.applies(item(3, replicas=5))
    assert me.replicas == [(2, 5), (1, 2)]
    assert [step.at - began for step in me.past.steps] == [20, 10]
    assert me.store.watched_since == began
    assert me.past.let_go is None


def test_heartbeats_are_no_steps_and_push_nothing_out() -> None:
    me = Watched(item(1, replicas=1, beat="0"))
    me.applies(item(2, replicas=2, beat="0"))
    for version in range(3, 103):
        me.applies(item(version, replicas=2, beat=str(version)))
    me.applies(item(103, replicas=3, beat="102"))
    me.applies(item(104, replicas=3, beat="104"))
    assert me.replicas == [(2, 3), (1, 2)]
    assert me.past.let_go is None
    assert me.past.steps[0].at == me.clock.now() - 10


def test_what_was_read_once_reads_the_same_when_it_goes_on() -> None:
    me = Watched(item(1, replicas=1))
    me.applies(item(2, replicas=2))
    first = me.past.steps
    me.applies(item(3, replicas=2, beat="later"))
    assert [step.serial for step in me.past.steps] == [step.serial for step in first]
    me.applies(item(4, replicas=4))
    assert [step.serial for step in me.past.steps][1:] == [step.serial for step in first]
    assert me.replicas == [(2, 4), (1, 2)]


def test_only_the_last_changes_of_an_object_are_kept_and_it_says_up_to_when_they_went() -> None:
    me = Watched(item(1, replicas=1))
    began = me.clock.now()
    for version in range(2, 52):
        me.applies(item(version, replicas=version))
    assert me.replicas == [(version - 1, version) for version in range(51, 51 - STATES, -1)]
    assert me.past.let_go == began + (50 - STATES) * 10
    assert not me.past.for_room


def test_a_deleted_object_keeps_its_past_and_says_when_it_went() -> None:
    me = Watched(item(1, replicas=1))
    me.applies(item(2, replicas=2))
    me.deletes(item(3, replicas=2))
    assert me.replicas == [(2, None), (1, 2)]
    assert me.past.steps[0].at == me.clock.now()


def test_an_object_made_again_goes_on_from_there() -> None:
    me = Watched(item(1, replicas=1))
    me.deletes(item(2, replicas=1))
    me.applies(item(3, uid="two", replicas=1))
    assert me.replicas == [(None, 1), (1, None)]


def test_another_object_of_the_same_name_is_a_change_though_it_is_alike() -> None:
    me = Watched(item(1, replicas=1))
    me.store.apply(Interrupted(_error(), 1.0))
    me.lists(item(2, uid="two", replicas=1))
    assert me.replicas == [(1, 1)]


def test_what_changed_while_nobody_could_watch_is_one_step() -> None:
    me = Watched(item(1, replicas=1))
    me.store.apply(Interrupted(_error(), 1.0))
    me.clock.move(60)
    me.lists(item(7, replicas=7))
    assert me.replicas == [(1, 7)]
    assert me.past.steps[0].at == me.clock.now()
    me.lists(item(7, replicas=7))
    assert len(me.past.steps) == 1
    me.lists()
    assert me.replicas == [(7, None), (1, 7)]


def _error() -> Any:
    from kty.errors import Unreachable

    return Unreachable("reset")


# --- heartbeats ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"metadata": {"resourceVersion": "1"}}, {"metadata": {"resourceVersion": "2"}}, True),
        ({"metadata": {"managedFields": [1]}}, {"metadata": {}}, True),
        ({"metadata": {"labels": {"a": "1"}}}, {"metadata": {"labels": {"a": "2"}}}, False),
        ({"apiVersion": "v1", "kind": "Pod", "spec": {}}, {"spec": {}}, True),
        ({"metadata": {"uid": "1"}}, {"metadata": {"uid": "2"}}, False),
        (
            {"spec": {"holderIdentity": "a", "renewTime": "1", "leaseDurationSeconds": 15}},
            {"spec": {"holderIdentity": "a", "renewTime": "2", "leaseDurationSeconds": 15}},
            True,
        ),
        (
            {"spec": {"holderIdentity": "a", "renewTime": "1", "leaseDurationSeconds": 15}},
            {"spec": {"holderIdentity": "b", "renewTime": "2", "leaseDurationSeconds": 15}},
            False,
        ),
        ({"spec": {"renewTime": "1"}}, {"spec": {"renewTime": "2"}}, False),
        (
            {"metadata": {"annotations": {"control-plane.alpha.kubernetes.io/leader": "1"}}},
            {"metadata": {"annotations": {"control-plane.alpha.kubernetes.io/leader": "2"}}},
            True,
        ),
        ({"status": {"conditions": [{"lastProbeTime": 1}]}}, {"status": {"conditions": [{"lastProbeTime": 2}]}}, True),
        ({"status": {"conditions": [{"status": "1"}]}}, {"status": {"conditions": [{"status": "2"}]}}, False),
        ({"status": {"conditions": 7}}, {"status": {"conditions": 8}}, False),
        ({"metadata": 7, "status": []}, {"metadata": 7, "status": []}, True),
    ],
)
def test_a_heartbeat_is_what_changes_nothing(one: Mapping[str, Any], other: Mapping[str, Any], alike: bool) -> None:
    assert is_alike(json.dumps(one).encode(), json.dumps(other).encode()) is alike


def test_what_is_no_json_differs() -> None:
    assert not is_alike(b"{", b"[")
    assert not is_alike(b"[1]", b"[2]")


def test_settling_leaves_the_object_as_it_was() -> None:
    obj = json.loads(body(1, beat="now", replicas=1))
    before = json.loads(body(1, beat="now", replicas=1))
    assert settled(obj) != before
    assert obj == before


# --- room ------------------------------------------------------------------------------------------------------


def test_the_oldest_of_all_goes_first_when_there_is_no_more_room() -> None:
    history = History(lambda packed: packed, largest=3 * 1_100)
    for number, name in enumerate("abcdef", start=1):
        history.keep(("n", name), body(number).ljust(390), float(number))
    assert ("n", "c") not in history
    kept = history.past(("n", "f"), body(9, replicas=1))
    assert (len(kept.steps), kept.let_go, kept.for_room) == (1, 3.0, True)
    assert history.past(("n", "c"), body(9, replicas=1)) == Past((), 3.0, for_room=True)
    assert history.size <= 3_300


@pytest.mark.parametrize("each", [1, 3, 40], ids=lambda each: f"{each} states an object")
def test_it_takes_no_more_memory_than_it_says(each: int) -> None:
    largest = 1024 * 1024
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        history = History(lambda packed: packed, largest=largest)
        for number in range(6_000 // each):
            for _ in range(each):
                history.keep((f"namespace-{number}", f"name-{number}"), os.urandom(300), 1.5 + number)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert history.size <= largest
    assert taken <= largest


def test_ten_thousand_objects_that_do_not_change_have_no_history() -> None:
    store = Store(FakeClock())
    rows = [Row("n", f"pod-{at}", f"u{at}", "1", None, False, (), (), ()) for at in range(10_000)]
    items = [Item(row, b"{}") for row in rows]
    for event in (Started(), Page(items), Listed("1"), Live()):
        store.apply(event)
    assert store._history.size == 0
    assert LARGEST == 16 * 1024 * 1024


def test_what_shows_in_the_rows_need_not_be_looked_at() -> None:
    opened: list[bytes] = []
    history = History(lambda packed: opened.append(packed) or packed)  # type: ignore[func-returns-value]
    for number in range(100):
        history.keep(KEY, body(number, replicas=number), float(number), is_change=True)
    assert opened == []
    assert len(history.past(KEY, body(100, replicas=100)).steps) == STATES
