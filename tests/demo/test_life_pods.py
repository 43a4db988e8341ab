"""The kubelet on a clock of our own: how long things take, and what commands in pod specs do."""

from itertools import pairwise

import pytest

from kty.demo.life.containers import backoff
from kty.demo.life.script import FOREVER, Run, play
from kty.kube.objects import epoch
from tests.demo.living import World, main, word


def test_back_off_doubles_up_to_five_minutes() -> None:
    assert [backoff(number) for number in range(1, 9)] == [0, 10, 20, 40, 80, 160, 300, 300]


def test_a_crash_loop_starts_ever_later() -> None:
    world = World()
    world.pod("crash", "sh", "-c", "sleep 4; exit 1")
    starts: list[float] = []
    for _ in range(1200):
        world.live(1)
        pod = world.get("pods", "crash")
        running = main(pod)["state"].get("running") if pod["status"].get("containerStatuses") else None
        if running and (started := epoch(running["startedAt"])) not in starts:
            starts.append(started or 0.0)
    gaps = [round(later - earlier) for earlier, later in pairwise(starts)]
    assert gaps[0] == 5
    assert [gap - 4 for gap in gaps[1:7]] == pytest.approx([10, 20, 40, 80, 160, 300], abs=1)
    assert main(world.get("pods", "crash"))["restartCount"] == len(gaps)
    assert ("BackOff", len(gaps)) in world.events("crash") or ("BackOff", len(gaps) - 1) in world.events("crash")


def test_the_words_of_a_crash_loop() -> None:
    world = World()
    world.pod("crash", "false")
    seen: list[str] = []
    for _ in range(300):
        world.live(0.1)
        if not seen or seen[-1] != word(world.get("pods", "crash")):
            seen.append(word(world.get("pods", "crash")))
    assert seen[:3] == ["ContainerCreating", "Error", "CrashLoopBackOff"]


def test_a_long_run_makes_up_for_failures() -> None:
    world = World()
    world.pod("slow", "sh", "-c", "sleep 660; exit 1")
    world.live(3 * 662 + 5)
    assert main(world.get("pods", "slow"))["restartCount"] == 3


def test_pulling_takes_time_the_first_time_on_a_node() -> None:
    world = World()
    world.pod("one", image="web:1")
    world.live(0.2)
    assert word(world.get("pods", "one")) == "ContainerCreating"
    world.live(10)
    assert {reason for reason, _ in world.events("one")} == {"Scheduled", "Pulling", "Pulled", "Created", "Started"}
    world.pod("two", image="web:1")
    world.live(1)
    assert word(world.get("pods", "two")) == "running"
    assert "Pulling" not in {reason for reason, _ in world.events("two")}


@pytest.mark.parametrize(
    ("image", "word_first", "message"),
    [
        ("registry.invalid/shop/web:1", "ErrImagePull", "no such host"),
        ("shop/web:does-not-exist", "ErrImagePull", "docker.io/shop/web:does-not-exist: not found"),
        ("UPPER/Case", "InvalidImageName", "couldn't parse image name"),
    ],
)
def test_images_that_cannot_be_pulled(image: str, word_first: str, message: str) -> None:
    world = World()
    world.pod("one", image=image)
    world.live(1.5)
    pod = world.get("pods", "one")
    assert word(pod) == word_first
    assert message in main(pod)["state"]["waiting"]["message"]


def test_a_failed_pull_is_tried_ever_later() -> None:
    world = World()
    world.pod("one", image="registry.invalid/web:1")
    world.live(620)
    assert ("Pulling", 7) in world.events("one")
    assert word(world.get("pods", "one")) == "ImagePullBackOff"


def test_grace_is_used_up_by_who_does_not_listen() -> None:
    world = World()
    world.pod("deaf", "sleep", "3600", spec={"terminationGracePeriodSeconds": 20})
    world.pod("polite", image="web:1", spec={"terminationGracePeriodSeconds": 20})
    world.live(10)
    for name in ("deaf", "polite"):
        world.registry.delete("pods", "default", name)
    world.live(5)
    assert world.names("pods") == ["deaf"]
    world.live(16)
    assert world.names("pods") == []


def test_annotations_script_what_commands_do_not_say() -> None:
    world = World()
    notes = {
        "demo.kty/exits": "137 OOMKilled after 30s",
        "demo.kty/last-words": "out of memory",
    }
    world.pod(
        "one", image="web:1", metadata={"annotations": notes},
        container={"terminationMessagePolicy": "FallbackToLogsOnError"},
    )  # fmt: skip
    world.live(20)
    assert main(world.get("pods", "one"))["ready"]
    world.live(15)
    last = (
        main(world.get("pods", "one"))["lastState"].get("terminated")
        or main(world.get("pods", "one"))["state"]["terminated"]
    )
    assert (last["exitCode"], last["reason"], last["message"]) == (137, "OOMKilled", "out of memory")


def test_a_pod_that_is_known_by_its_status_alone_goes_on() -> None:
    """As those that were stocked: nobody saw them start."""
    world = World()
    world.pod("one", "sh", "-c", "sleep 100; exit 1")
    world.live(5)
    other = World()
    pod = world.get("pods", "one")
    del pod["metadata"]["resourceVersion"]
    other.registry.create("pods", pod)
    other.live(50)
    assert (word(other.get("pods", "one")), main(other.get("pods", "one"))["restartCount"]) == ("running", 0)
    other.live(60)
    assert main(other.get("pods", "one"))["restartCount"] == 1


def test_an_ephemeral_container_comes_up_running() -> None:
    world = World()
    world.pod("one", image="web:1")
    world.live(10)

    def debug(pod: dict[str, object]) -> None:
        spec = pod["spec"]
        assert isinstance(spec, dict)
        spec["ephemeralContainers"] = [{"name": "debug", "image": "busybox:local", "stdin": True, "tty": True}]

    world.change("pods", "one", debug)
    world.live(3)
    (debugger,) = world.get("pods", "one")["status"]["ephemeralContainerStatuses"]
    assert "running" in debugger["state"]
    assert world.get("pods", "one")["status"]["phase"] == "Running"


@pytest.mark.parametrize(
    ("script", "run"),
    [
        ("exit 3", Run(0, 3)),
        ("sleep 5", Run(5)),
        ("sleep 1m; exit 2", Run(60, 2)),
        ("true && exit 4", Run(0, 4)),
        ("false || exit 5", Run(0, 5)),
        ("false && exit 4", Run(0, 1)),
        ("echo hello; sleep 2\nexit 7", Run(2, 7)),
        ("while true; do echo tick; sleep 5; done", Run(FOREVER)),
        ("while :; do sleep 1; exit 9; done", Run(1, 9)),
        ("until false; do sleep 1; done", Run(FOREVER)),
        ("for i in 1 2 3; do sleep 2; done", Run(6)),
        ("for i in $(seq 1 5); do echo $i; sleep 1; done", Run(5)),
        ("if true; then exit 1; else exit 2; fi", Run(0, 1)),
        ("if false; then exit 1; else exit 2; fi", Run(0, 2)),
        ("tail -f /dev/null", Run(FOREVER)),
        ("sleep infinity", Run(FOREVER)),
        ("sleep 100 & exit 1", Run(0, 1)),
        ("A=1 B=2 exit 6", Run(0, 6)),
        ("migrate --all; exit 3", Run(2, 3)),
        ("(exit 3)", Run(0, 3)),
        ("echo 'an open quote", Run(0.1, 2)),
        ("trap 'exit 0' TERM; sleep infinity", Run(FOREVER, heeds_term=True)),
        ("", Run(0)),
        ("; ;; && || | & done fi )", Run(0)),
    ],
)
def test_how_scripts_go(script: str, run: Run) -> None:
    assert play(script) == run


def test_a_service_that_nobody_knows_runs_for_ever() -> None:
    assert play("prepare; exec /app/server", is_service=True) == Run(FOREVER + 2.0, heeds_term=True)
    assert play("/app/task").seconds < FOREVER
