"""The engine: keys in a fixed order, timers, failures, and no more work than there is."""

import asyncio
from collections.abc import Callable, Iterable

import pytest

from kty.demo.built_in import built_in
from kty.demo.kinds import Kinds
from kty.demo.life import engine
from kty.demo.life.engine import Life
from kty.demo.life.seen import Key, Seen
from kty.demo.life.work import WorkQueue
from kty.demo.registry import Registry
from tests.demo.living import World, word
from tests.runtime.fake_clock import FakeClock, settle

A, B = ("", "a"), ("", "b")


def test_a_key_that_is_named_twice_is_taken_once() -> None:
    queue = WorkQueue()
    for key in (A, B, A):
        queue.add((0, key))
    assert [queue.take(), queue.take(), queue.take()] == [(0, A), (0, B), None]


def test_lower_numbers_have_their_turn_first() -> None:
    queue = WorkQueue()
    for number in (2, 1, 2, 0):
        queue.add((number, A))
    queue.add((1, B))
    assert [queue.take() for _ in range(5)] == [(0, A), (1, A), (1, B), (2, A), None]


def test_timers_ripen_in_their_order() -> None:
    queue = WorkQueue()
    queue.at(20.0, (0, A))
    queue.at(10.0, (0, B))
    assert queue.next_due() == 10.0
    queue.ripen(9.9)
    assert queue.take() is None
    queue.ripen(20.0)
    assert [queue.take(), queue.take()] == [(0, B), (0, A)]
    assert queue.next_due() is None


def test_a_look_makes_a_timer_void() -> None:
    queue = WorkQueue()
    queue.at(10.0, (0, A))
    queue.add((0, A))
    assert queue.take() == (0, A)
    assert queue.next_due() is None


def test_a_later_timer_takes_the_place_of_an_earlier_one() -> None:
    queue = WorkQueue()
    queue.at(10.0, (0, A))
    queue.at(30.0, (0, A))
    queue.ripen(15.0)
    assert queue.take() is None
    assert queue.next_due() == 30.0


class _Scripted:
    """A controller that does what a test says at each look."""

    kinds = ("configmaps",)

    def __init__(self, *answers: float | Exception | None) -> None:
        self.answers = list(answers)
        self.looks: list[Key] = []
        self.act: Callable[[Key], object] = lambda _: None

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        self.looks.append(key)
        self.act(key)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


def _life(monkeypatch: pytest.MonkeyPatch, controller: _Scripted) -> tuple[Registry, Life, FakeClock]:
    monkeypatch.setattr(engine, "controllers", lambda *_: [controller])
    clock = FakeClock()
    registry = Registry(Kinds(built_in()), clock=clock)
    registry.create("namespaces", {"metadata": {"name": "default"}})
    return registry, Life(registry), clock


def _config(registry: Registry, name: str = "a") -> None:
    registry.create("configmaps", {"metadata": {"name": name, "namespace": "default"}})


def test_a_failure_is_tried_again_ever_later(monkeypatch: pytest.MonkeyPatch) -> None:
    controller = _Scripted(ValueError("odd"), ValueError("odd"), None)
    registry, life, clock = _life(monkeypatch, controller)
    _config(registry)
    waits = []
    life.settle()
    while (due := life.next_due()) is not None:
        waits.append(round(due - clock.now(), 3))
        clock.move(due - clock.now())
        life.settle()
    assert waits == [0.1, 1.0]
    assert len(controller.looks) == 3


def test_what_a_controller_writes_does_not_wake_it_for_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    controller = _Scripted()
    registry, life, _ = _life(monkeypatch, controller)

    def act(key: Key) -> None:
        registry.change("configmaps", *key, lambda obj: obj.setdefault("data", {}).update(n=str(len(controller.looks))))

    controller.act = act
    _config(registry)
    life.settle()
    assert len(controller.looks) == 1


def test_two_at_odds_are_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    controller = _Scripted()
    registry, life, clock = _life(monkeypatch, controller)

    def act(key: Key) -> None:
        other = "b" if key[1] == "a" else "a"
        data = {"n": str(len(controller.looks))}
        registry.change("configmaps", "default", other, lambda obj: obj.update(data=data))

    _config(registry, "a")
    _config(registry, "b")
    life.settle()
    controller.act = act
    registry.change("configmaps", "default", "a", lambda obj: obj.update(data={"n": "0"}))
    life.settle()
    assert len(controller.looks) < 3 * engine.HASTE
    assert life.next_due() == pytest.approx(clock.now() + engine.MOMENT)


async def test_it_runs_on_changes_and_on_time() -> None:
    world = World()
    running = asyncio.create_task(world.demo.life.run())
    await settle()
    world.pod("one", "sh", "-c", "sleep 5", spec={"restartPolicy": "Never"})
    await world.clock.advance(2.0)
    assert word(world.get("pods", "one")) == "running"
    await world.clock.advance(10.0)
    assert word(world.get("pods", "one")) == "Completed"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("turns", range(8))
async def test_it_ends_at_once_whatever_it_is_at(turns: int) -> None:
    """The end may come in the very moment in which it wakes."""
    world = World()
    running = asyncio.create_task(world.demo.life.run())
    await settle()
    world.pod("one", "false")
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    await settle()
    assert running.cancelled()


async def test_while_time_stands_still_nothing_is_written() -> None:
    world = World()
    world.pod("one", "false")
    running = asyncio.create_task(world.demo.life.run())
    await settle()
    version = world.registry.store.version
    for _ in range(20):
        await settle()
    assert world.registry.store.version == version
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_the_same_seed_gives_the_same_cluster() -> None:
    def told(seed: int) -> list[bytes]:
        world = World(seed=seed, nodes=2)
        template = {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": "web:1"}]},
        }
        world.make(
            "deployments.apps",
            "web",
            spec={"replicas": 4, "selector": {"matchLabels": {"app": "web"}}, "template": template},
        )
        world.pod("crash", "false")
        world.live(60)
        return [
            held.body for kind in ("pods", "replicasets.apps", "events") for held in world.registry.store.held(kind)
        ]

    assert told(1) == told(1)
    assert told(1) != told(2)
