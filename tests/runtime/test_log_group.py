"""The logs of many pods: they join, they leave, and not too many are read at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from kty.runtime.log_follower import LogSource, LogStart
from kty.runtime.log_group import GRACE, LogGroup
from kty.runtime.log_merge import MOST, WINDOW, LogMerge
from kty.runtime.log_pods import read_pod
from kty.runtime.store import Store
from tests.runtime.fake_clock import FakeClock, settle
from tests.runtime.log_server import Kubelet, Sink, applied, deleted, listed, pod

pytestmark = pytest.mark.usefixtures("tireless")


@dataclass
class Scene:
    clock: FakeClock = field(default_factory=FakeClock)
    kubelet: Kubelet = field(default_factory=Kubelet)
    sink: Sink = field(default_factory=Sink)
    group: LogGroup | None = None

    def __post_init__(self) -> None:
        self.store = Store(self.clock)

    async def follow(self, **more: Any) -> LogGroup:
        more = {"start": LogStart(), "wanted": lambda row: "app=web" in row.labels, **more}
        self.group = LogGroup([self.store], more.pop("wanted"), self.kubelet, self.sink, clock=self.clock, **more)
        self.group.start()
        await settle()
        return self.group

    def phases(self) -> dict[str, str]:
        assert self.group is not None
        return {f"{each.pod}/{each.container}": each.status.phase for each in self.group.sources}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    yield scene
    if scene.group is not None:
        await scene.group.close()
    assert scene.kubelet.open == 0


def web(name: str, version: int = 5, *containers: str, **more: Any) -> dict[str, Any]:
    return pod(name, version, *containers, labels={"app": "web"}, **more)


async def test_all_containers_of_all_wanted_pods_are_read(scene: Scene) -> None:
    listed(scene.store, web("a", 1, "app", "proxy"), web("b"), pod("c", 1))
    for name, container in (("a", "app"), ("a", "proxy"), ("b", "app"), ("c", "app")):
        scene.kubelet.say(scene.kubelet.run(name, container), f"{container} of {name}")
    await scene.follow()
    assert sorted(scene.sink.came) == ["a: app of a", "a: proxy of a", "b: app of b"]


async def test_one_container_of_each(scene: Scene) -> None:
    listed(scene.store, web("a", 1, "app", "proxy"))
    scene.kubelet.say(scene.kubelet.run("a", "proxy"), "hello")
    await scene.follow(containers=("proxy",))
    assert scene.phases() == {"a/proxy": "following"}


async def test_pods_that_are_born_later_join_and_those_that_end_leave(scene: Scene) -> None:
    listed(scene.store, web("a"))
    first = scene.kubelet.run("a")
    scene.kubelet.say(first, "one")
    await scene.follow(start=LogStart(tail=0))
    applied(scene.store, web("b", 6, state="waiting"))
    await settle()
    assert scene.phases() == {"a/app": "following", "b/app": "waiting"}
    scene.kubelet.say(scene.kubelet.run("b"), "hello", "you")
    applied(scene.store, web("b", 7))
    await settle()
    assert scene.sink.came == ["-- b/app joined", "b: hello", "b: you"]
    scene.kubelet.say(first, "bye")
    scene.kubelet.end(first)
    deleted(scene.store, web("a", 8))
    await settle()
    assert scene.sink.came[3:] == ["a: bye", "-- a/app left"]
    assert scene.phases()["a/app"] == "ended"


async def test_a_pod_that_ended_before_it_was_deleted_leaves_when_it_is(scene: Scene) -> None:
    listed(scene.store, web("a"))
    run = scene.kubelet.run("a")
    scene.kubelet.say(run, "bye")
    scene.kubelet.end(run)
    await scene.follow()
    applied(scene.store, web("a", 6, state="ended", policy="Never"))
    await settle()
    assert (scene.sink.came, scene.phases()) == (["a: bye"], {"a/app": "ended"})
    deleted(scene.store, web("a", 7))
    await settle()
    assert scene.sink.came == ["a: bye", "-- a/app left"]


async def test_the_log_of_a_pod_that_is_gone_does_not_go_on_for_ever(scene: Scene) -> None:
    listed(scene.store, web("a"))
    scene.kubelet.run("a")
    await scene.follow()
    deleted(scene.store, web("a", 8))
    await settle()
    assert scene.kubelet.open == 1
    await scene.clock.advance(GRACE)
    assert (scene.kubelet.open, scene.phases()) == (0, {"a/app": "ended"})


async def test_a_pod_made_again_under_the_same_name_is_another_source(scene: Scene) -> None:
    listed(scene.store, web("a"))
    first = scene.kubelet.run("a")
    scene.kubelet.end(first)
    group = await scene.follow()
    deleted(scene.store, web("a", 8))
    scene.kubelet.say(scene.kubelet.run("a"), "new")
    applied(scene.store, web("a", 9, uid="other"))
    await settle()
    assert [(each.uid, each.status.phase) for each in group.sources] == [("uid-a", "ended"), ("other", "following")]
    assert scene.sink.came[-1] == "a: new"


async def test_only_so_many_are_open_at_once_and_the_others_have_their_turn(scene: Scene) -> None:
    listed(scene.store, *[web(f"p{number}") for number in range(5)])
    runs = [scene.kubelet.run(f"p{number}") for number in range(5)]
    for number, run in enumerate(runs):
        scene.kubelet.say(run, str(number))
    await scene.follow(most=2)
    assert sorted(scene.phases().values()) == ["following", "following", "queued", "queued", "queued"]
    for number, run in enumerate(runs):
        scene.kubelet.end(run)
        applied(scene.store, web(f"p{number}", 9, state="ended", policy="Never"))
        await settle()
    assert len(scene.sink.came) == 5
    assert scene.kubelet.most_open == 2
    assert set(scene.phases().values()) == {"ended"}


async def test_a_fault_of_our_own_ends_one_log_and_says_so(scene: Scene) -> None:
    listed(scene.store, web("a"), web("b"))
    scene.kubelet.refusals.append(RuntimeError("oops"))
    scene.kubelet.say(scene.kubelet.run("b"), "one")
    group = await scene.follow()
    assert scene.phases() == {"a/app": "ended", "b/app": "following"}
    assert "kty failed (RuntimeError: oops)" in group.sources[0].status.reason


@pytest.mark.parametrize("body", [b"", b"{}", b'{"spec":{"containers":7}}', b"\xff", b"[]"])
def test_what_is_no_pod_has_no_containers(body: bytes) -> None:
    assert read_pod(body).containers == {}


def test_init_and_ephemeral_containers_and_when_they_are_over() -> None:
    body = b"""{"metadata":{"uid":"u"},"spec":{"nodeName":"n","restartPolicy":"Always",
        "initContainers":[{"name":"init"},{"name":"side","restartPolicy":"Always"}],
        "containers":[{"name":"app"}],"ephemeralContainers":[{"name":"debug"}]},
        "status":{"initContainerStatuses":[
            {"name":"init","state":{"terminated":{"containerID":"i1","exitCode":0}}},
            {"name":"side","state":{"terminated":{"containerID":"s1","exitCode":1}}}],
        "containerStatuses":[{"name":"app","containerID":"a2","restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff"}},
            "lastState":{"terminated":{"containerID":"a1","exitCode":2}}}],
        "ephemeralContainerStatuses":[{"name":"debug","state":{"terminated":{"containerID":"d1","exitCode":3}}}]}}"""
    found = read_pod(body).containers
    assert list(found) == ["init", "side", "app", "debug"]
    assert [(ran.run, ran.is_over, ran.waits_for) for ran in found.values()] == [
        ("i1", True, "restart"), ("s1", False, "restart"), ("a1", False, "CrashLoopBackOff"), ("d1", True, "restart"),
    ]  # fmt: skip


def test_when_the_run_began_that_is_on_or_was_last() -> None:
    body = b"""{"spec":{"containers":[{"name":"on"},{"name":"over"},{"name":"waits"},{"name":"lost"},{"name":"odd"}]},
        "status":{"containerStatuses":[
        {"name":"on","containerID":"o2","state":{"running":{"startedAt":"2025-11-25T22:13:42Z"}},
            "lastState":{"terminated":{"containerID":"o1","startedAt":"2025-11-25T22:13:40Z"}}},
        {"name":"over","state":{"terminated":{"containerID":"v1","startedAt":"2025-11-25T22:13:43Z"}}},
        {"name":"waits","state":{"waiting":{"reason":"CrashLoopBackOff"}},
            "lastState":{"terminated":{"containerID":"w1","startedAt":"2025-11-25T22:13:44Z"}}},
        {"name":"lost","state":{"terminated":{"containerID":"l1","startedAt":null}}},
        {"name":"odd","state":{"running":{"startedAt":"soon"}}}]}}"""
    began = 1_764_108_822 * 10**9
    assert [ran.started for ran in read_pod(body).containers.values()] == [
        began, began + 10**9, began + 2 * 10**9, 0, 0,
    ]  # fmt: skip


class Merged:
    """What a merge hands on."""

    def __init__(self, clock: FakeClock) -> None:
        self.came: list[tuple[int, bytes]] = []
        self.is_alone = True
        self.merge = LogMerge(self.put, self.note, lambda: None, alone=lambda: self.is_alone, clock=clock)

    def put(self, numbers: Sequence[int], lines: Sequence[bytes], times: Sequence[int]) -> None:
        self.came += zip(numbers, lines, strict=True)

    def note(self, number: int, text: str, at: int) -> None:
        self.came.append((number, text.encode()))


def source(number: int) -> LogSource:
    return LogSource(number, "n", f"p{number}", "u", "app")


async def test_lines_of_several_sources_stand_by_their_times() -> None:
    clock = FakeClock()
    merged = Merged(clock)
    await merged.merge.take(source(0), [1, 9], [b"alone", b"so at once"])
    assert len(merged.came) == 2
    merged.is_alone = False
    await merged.merge.take(source(1), [5, 4, 7], [b"b", b"c", b"e"])
    await merged.merge.take(source(0), [6], [b"d"])
    assert len(merged.came) == 2
    await clock.advance(WINDOW)
    assert merged.came[2:] == [(1, b"b"), (1, b"c"), (0, b"d"), (1, b"e")]
    await merged.merge.take(source(0), [8], [b"f"])
    merged.merge.note(source(1), "said")
    assert merged.came[6:] == [(0, b"f"), (1, b"said")]
    await merged.merge.take(source(0), [8], [b"g"])
    merged.merge.close()
    assert merged.came[-1] == (0, b"g")


async def test_what_waits_is_bounded() -> None:
    merged = Merged(FakeClock())
    merged.is_alone = False
    for number in (0, 1, 1):
        await merged.merge.take(source(number), [1] * 2, [b"x" * (MOST // 4)] * 2)
    assert len(merged.came) == 4
    await asyncio.sleep(0)
    merged.merge.close()


async def test_pods_that_are_wanted_because_of_other_objects_join_when_those_come(scene: Scene) -> None:
    jobs = Store(scene.clock)
    listed(jobs)
    listed(scene.store, web("a"), pod("c", 1))
    scene.kubelet.run("a")
    await scene.follow(wanted=lambda row: ("", "job") in jobs.rows or len(jobs.rows) > 0, beside=[jobs])
    assert scene.phases() == {}
    applied(jobs, pod("job", 2))
    await settle()
    assert set(scene.phases()) == {"a/app", "c/app"}


async def test_those_that_come_first_are_read_first(scene: Scene) -> None:
    listed(scene.store, *[web(name) for name in "abcd"])
    for name in "abcd":
        scene.kubelet.run(name)
    await scene.follow(most=2, first=lambda row: -ord(row.name))
    assert scene.phases() == {"d/app": "following", "c/app": "following", "b/app": "queued", "a/app": "queued"}
