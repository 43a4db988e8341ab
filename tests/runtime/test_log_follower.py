"""One container's log, whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from kty.errors import Forbidden, KtyError, NotFound, ServerFault, Unreachable
from kty.runtime.log_follower import LogFollower, LogSource, LogStart
from kty.runtime.log_pods import Ran
from tests.runtime.fake_clock import FakeClock, settle
from tests.runtime.log_server import SECOND, T0, Kubelet, Sink

pytestmark = pytest.mark.usefixtures("tireless")

RUNS = Ran("r1", is_running=True)
OVER = Ran("r1", is_over=True)


def runs(number: int, started: int) -> Ran:
    """Return what a pod says of a run, the first one being 1, that began so many seconds after the beginning."""
    return Ran(f"r{number}", number - 1, is_running=True, started=(T0 + started) * SECOND)


@dataclass
class Scene:
    clock: FakeClock = field(default_factory=FakeClock)
    kubelet: Kubelet = field(default_factory=Kubelet)
    sink: Sink = field(default_factory=Sink)
    source: LogSource = field(default_factory=lambda: LogSource(0, "n", "web", "u", "app"))
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    task: "asyncio.Task[None] | None" = None

    async def follow(self, ran: Ran | None = RUNS, start: LogStart = LogStart()) -> None:  # noqa: B008 - frozen
        self.source.saw(ran)
        follower = LogFollower(self.kubelet, self.source, self.sink, start, self.slots, self.clock)
        self.task = asyncio.create_task(follower.run())
        await settle()

    async def saw(self, ran: Ran | None) -> None:
        self.source.saw(ran)
        await settle()

    @property
    def phase(self) -> str:
        return self.source.status.phase


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    yield scene
    if scene.task is not None:
        scene.task.cancel()
        await asyncio.wait([scene.task])
        if not scene.task.cancelled():
            scene.task.result()


async def restarted_while_cut_off(scene: Scene) -> None:
    """Break the connection, and let the container end after its last words, and start again."""
    first = scene.kubelet.run("web")
    scene.kubelet.say(first, "one", at=1)
    await scene.follow()
    scene.kubelet.cut()
    await settle()
    scene.kubelet.say(first, "last words", at=2)
    scene.kubelet.end(first)
    scene.kubelet.say(scene.kubelet.run("web"), "again", at=3)


async def test_lines_come_with_their_times_until_the_container_ends(scene: Scene) -> None:
    run = scene.kubelet.run("web")
    scene.kubelet.say(run, "one", "two", "three", "four", at=0.25)
    await scene.follow(start=LogStart(tail=3))
    assert (scene.sink.came, scene.phase) == (["web: two", "web: three", "web: four"], "following")
    assert scene.sink.times[0] % 10**9 == 250_000_000
    scene.kubelet.say(run, "five", at=1)
    scene.kubelet.end(run)
    await scene.saw(OVER)
    assert (scene.sink.came[-1], scene.phase, scene.kubelet.open) == ("web: five", "ended", 0)


async def test_it_goes_on_where_the_connection_broke_without_doubles(scene: Scene) -> None:
    run = scene.kubelet.run("web")
    scene.kubelet.say(run, "one", "two", at=0.1)
    scene.kubelet.say(run, "same", "same", at=5.5)
    await scene.follow()
    scene.kubelet.cut()
    await settle()
    assert scene.phase == "reconnecting"
    scene.kubelet.say(run, "same", at=5.5)
    scene.kubelet.say(run, "late", at=6)
    await scene.clock.advance(2)
    assert scene.sink.came == ["web: one", "web: two", "web: same", "web: same", "web: same", "web: late"]
    assert scene.phase == "following"
    assert scene.kubelet.requests[1][1].since_time is not None


async def test_a_log_that_was_cut_meanwhile_is_said_where_lines_are_missing(scene: Scene) -> None:
    run = scene.kubelet.run("web")
    scene.kubelet.say(run, "one", at=1)
    await scene.follow()
    scene.kubelet.cut()
    run.lines.clear()  # rotated
    scene.kubelet.say(run, "three", at=9)
    await scene.clock.advance(2)
    assert scene.sink.came == ["web: one", "-- web/app: the log was cut meanwhile; lines may be missing", "web: three"]


async def test_a_restart_is_said_and_its_log_is_read_from_the_start(scene: Scene) -> None:
    first = scene.kubelet.run("web")
    scene.kubelet.say(first, "one", at=1)
    await scene.follow(start=LogStart(tail=10))
    scene.kubelet.end(first)
    await scene.saw(Ran("r1", waits_for="CrashLoopBackOff"))
    assert (scene.phase, scene.source.status.reason) == ("waiting", "CrashLoopBackOff")
    second = scene.kubelet.run("web")
    scene.kubelet.say(second, *[f"again {number}" for number in range(20)], at=1)
    await scene.saw(Ran("r2", 1, is_running=True))
    assert scene.sink.came == ["web: one", "-- web/app restarted", *[f"web: again {number}" for number in range(20)]]


async def test_what_a_run_said_last_is_read_even_if_it_was_restarted_while_the_connection_was_broken(
    scene: Scene,
) -> None:
    await restarted_while_cut_off(scene)
    await scene.saw(Ran("r2", 1, is_running=True))
    await scene.clock.advance(2)
    assert scene.sink.came == ["web: one", "web: last words", "-- web/app restarted", "web: again"]


@pytest.mark.parametrize(
    ("fault", "lines"),
    [
        (Unreachable("connection refused"), ["web: last words", "-- web/app restarted", "web: again"]),
        (
            ServerFault("failed", code=500),
            ["-- web/app restarted; what it said last before may be missing", "web: again"],
        ),
    ],
)
async def test_what_a_run_said_last_is_asked_for_again_where_nobody_answered(
    scene: Scene, fault: KtyError, lines: list[str]
) -> None:
    await restarted_while_cut_off(scene)
    scene.kubelet.refusals = [fault]
    await scene.saw(Ran("r2", 1, is_running=True))
    await scene.clock.advance(10)
    assert scene.sink.came == ["web: one", *lines]


async def test_two_restarts_meanwhile_are_a_gap(scene: Scene) -> None:
    scene.kubelet.say(scene.kubelet.run("web"), "one", at=1)
    await scene.follow()
    scene.kubelet.cut()
    await settle()
    for _ in range(2):
        run = scene.kubelet.run("web")
    scene.kubelet.say(run, "again", at=3)
    await scene.saw(Ran("r3", 2, is_running=True))
    await scene.clock.advance(2)
    assert scene.sink.came[1:] == [
        "-- web/app restarted 2 times; what it said last before may be missing",
        "web: again",
    ]


@pytest.mark.parametrize("is_cut_again", [True, False])
async def test_a_run_that_is_read_before_the_pod_tells_of_it_is_not_read_twice(
    scene: Scene, *, is_cut_again: bool
) -> None:
    first = scene.kubelet.run("web")
    scene.kubelet.say(first, "one", at=1.5)
    await scene.follow(runs(1, 0), LogStart(tail=10))
    scene.kubelet.cut()
    await settle()
    scene.kubelet.end(first)
    second = scene.kubelet.run("web")
    scene.kubelet.say(second, "two", "three", at=8.5)
    await scene.clock.advance(2)
    said = ["web: one", "-- web/app: the log was cut meanwhile; lines may be missing", "web: two", "web: three"]
    assert scene.sink.came == said
    await scene.saw(runs(2, 8))
    if is_cut_again:
        scene.kubelet.cut()
    else:
        scene.kubelet.end(second)
    await settle()
    second.is_over = False
    scene.kubelet.say(second, "four", at=9)
    await scene.clock.advance(5)
    assert scene.sink.came == [*said, "-- web/app restarted", "web: four"]
    assert scene.source.gaps == 1


async def test_a_run_that_is_read_before_the_pod_tells_of_it_where_the_one_before_said_nothing(scene: Scene) -> None:
    scene.kubelet.run("web")
    await scene.follow(runs(1, 0))
    scene.kubelet.cut()
    await settle()
    scene.kubelet.say(scene.kubelet.run("web"), "one", at=8.5)
    await scene.clock.advance(2)
    await scene.saw(runs(2, 8))
    scene.kubelet.cut()
    await scene.clock.advance(5)
    assert scene.sink.came == ["web: one", "-- web/app restarted"]


async def test_a_restart_within_the_second_of_the_last_line_is_no_gap(scene: Scene) -> None:
    first = scene.kubelet.run("web")
    scene.kubelet.say(first, "one", at=1)
    scene.kubelet.say(first, "last words", at=8.1)
    await scene.follow(runs(1, 0))
    scene.kubelet.end(first)
    scene.kubelet.say(scene.kubelet.run("web"), "again", at=8.7)
    await scene.saw(runs(2, 8))
    assert scene.sink.came == ["web: one", "web: last words", "-- web/app restarted", "web: again"]
    assert scene.source.gaps == 0


async def test_a_container_that_was_restarted_while_its_log_was_queued_is_read_once(scene: Scene) -> None:
    await scene.slots.acquire()
    scene.kubelet.say(scene.kubelet.run("web"), "one", at=1)
    await scene.follow(RUNS)
    assert scene.phase == "queued"
    second = scene.kubelet.run("web")
    scene.kubelet.say(second, "two", at=8)
    await scene.saw(Ran("r2", 1, is_running=True))
    scene.slots.release()
    await settle()
    assert (scene.sink.came, scene.phase) == (["web: two"], "following")
    scene.kubelet.end(second)
    await scene.saw(Ran("r2", 1, waits_for="CrashLoopBackOff"))
    await scene.clock.advance(5)
    assert (scene.sink.came, scene.phase, len(scene.kubelet.requests)) == (["web: two"], "waiting", 1)


@pytest.mark.parametrize("start", [LogStart(), LogStart(previous=True)])
async def test_a_pod_that_was_gone_before_its_log_had_its_turn_is_not_taken_for_another_of_its_name(
    scene: Scene, start: LogStart
) -> None:
    await scene.slots.acquire()
    await scene.follow(RUNS, start)
    await scene.saw(None)
    for text in ("of another", "of another too"):
        scene.kubelet.say(scene.kubelet.run("web"), text)
    scene.slots.release()
    await settle()
    assert (scene.sink.came, scene.kubelet.requests) == ([], [])
    assert (scene.phase, scene.source.status.reason) == ("ended", "the pod is gone")


async def test_a_container_that_has_not_started_is_waited_for_and_loses_no_line(scene: Scene) -> None:
    await scene.follow(Ran(waits_for="ContainerCreating"), LogStart(tail=1))
    assert (scene.phase, scene.source.status.reason, scene.kubelet.requests) == ("waiting", "ContainerCreating", [])
    scene.kubelet.say(scene.kubelet.run("web"), "one", "two")
    await scene.saw(RUNS)
    assert (scene.sink.came, scene.phase) == (["web: one", "web: two"], "following")


async def test_a_server_that_says_not_yet_is_asked_again(scene: Scene) -> None:
    await scene.follow()
    assert scene.phase == "waiting"
    scene.kubelet.say(scene.kubelet.run("web"), "one")
    await scene.clock.advance(2)
    assert scene.sink.came == ["web: one"]


async def test_what_may_not_be_read_is_said_and_asked_for_again(scene: Scene) -> None:
    scene.kubelet.refusals.append(Forbidden("pods web is forbidden", code=403))
    scene.kubelet.say(scene.kubelet.run("web"), "one")
    await scene.follow()
    assert (scene.phase, str(scene.source.status.error)) == ("refused", "pods web is forbidden")
    await scene.clock.advance(60)
    assert scene.sink.came == ["web: one"]


async def test_faults_of_the_server_are_borne(scene: Scene) -> None:
    scene.kubelet.refusals += [ServerFault("oops", code=500), ServerFault("oops", code=502)]
    scene.kubelet.say(scene.kubelet.run("web"), "one")
    await scene.follow()
    assert scene.phase == "reconnecting"
    await scene.clock.advance(10)
    assert scene.sink.came == ["web: one"]


async def test_a_pod_that_is_gone_ends_it(scene: Scene) -> None:
    run = scene.kubelet.run("web")
    scene.kubelet.say(run, "one")
    await scene.follow()
    scene.kubelet.end(run)
    await scene.saw(None)
    assert (scene.phase, scene.source.status.reason) == ("ended", "the pod is gone")


async def test_a_pod_that_was_gone_before_the_server_was_asked(scene: Scene) -> None:
    scene.kubelet.refusals.append(NotFound("pods web not found", code=404))
    await scene.follow()
    assert scene.phase == "reconnecting"
    await scene.saw(None)
    assert scene.phase == "ended"


async def test_a_stream_that_ends_while_the_container_runs_is_opened_again(scene: Scene) -> None:
    run = scene.kubelet.run("web")
    scene.kubelet.say(run, "one", at=1)
    scene.kubelet.end(run)
    await scene.follow()
    assert scene.sink.came == ["web: one"]
    run.is_over = False
    scene.kubelet.say(run, "two", at=2)
    await scene.clock.advance(3)
    assert scene.sink.came == ["web: one", "web: two"]
    assert scene.phase == "following"


async def test_the_previous_run_is_read_once(scene: Scene) -> None:
    first, _ = scene.kubelet.run("web"), scene.kubelet.run("web")
    scene.kubelet.say(first, "last words")
    scene.kubelet.end(first)
    await scene.follow(Ran("r2", 1, is_running=True), LogStart(previous=True))
    assert (scene.sink.came, scene.phase) == (["web: last words"], "ended")


async def test_where_there_is_no_previous_run_the_server_says_so(scene: Scene) -> None:
    scene.kubelet.run("web")
    await scene.follow(start=LogStart(previous=True))
    assert (scene.phase, scene.source.status.reason) == ("ended", "container is waiting to start")


async def test_a_slow_reader_slows_the_stream(scene: Scene) -> None:
    scene.kubelet.say(scene.kubelet.run("web"), *[str(number) for number in range(300)])
    scene.sink.free.clear()
    await scene.follow()
    assert scene.kubelet.read == 1
    scene.sink.free.set()
    async with asyncio.timeout(30):
        while len(scene.sink.came) < 300:  # noqa: ASYNC110 - a list tells nobody that it grew
            await asyncio.sleep(0)
    assert scene.sink.came == [f"web: {number}" for number in range(300)]


async def test_a_machine_that_slept_goes_on_where_it_was(scene: Scene) -> None:
    run = scene.kubelet.run("web")
    scene.kubelet.say(run, "one", at=1)
    await scene.follow()
    scene.clock.suspend(3600)
    await scene.clock.advance(6)
    assert scene.kubelet.open == 0 or len(scene.kubelet.requests) == 2
    scene.kubelet.say(run, "two", at=2)
    await scene.clock.advance(5)
    assert scene.sink.came == ["web: one", "web: two"]
