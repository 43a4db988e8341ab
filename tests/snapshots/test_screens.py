"""Every screen, as a picture of the demo. README shows some of them."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from kty.errors import Unreachable
from kty.kube.streams.loopback import Accepted
from kty.screens.gauges import Gauges
from kty.screens.measured_list import MeasuredList
from kty.settings import Settings
from kty.widgets.page_view import PageView
from tests.rigged.logs import told
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.runtime.fake_clock import FakeClock
from tests.snapshots.picture import as_text, check, strips

WIDE = (150, 42)
ALL = "pods 47 of 47"
SHOP = "pods 25 of 25"


async def rests(me: Seat) -> None:
    """Wait until the screen has stopped changing, and until what is measured is there."""
    await me.until(lambda: "metrics…" not in me.screen, "metrics")
    await me.until(lambda: getattr(me.app.screen, "_due", None) is None, "the lines that are here to be told")
    await me.rests()
    seen = ""

    def is_same() -> bool:
        nonlocal seen
        before, seen = seen, as_text(strips(me.app))
        return before == seen

    await me.until(is_same, "a screen that rests")


async def looks_like(me: Seat, name: str, *texts: str) -> None:
    """Wait for these texts, then compare the screen with the picture of this name."""
    await me.sees(*texts)
    await rests(me)
    check(me.app, name)


def page_of(me: Seat) -> str:
    """Return the whole description, whatever of it is on screen."""
    return me.app.screen.query_one(PageView).text


async def test_pods(desk: Desk) -> None:
    async with desk.sit(size=WIDE, context="everything") as me:
        await me.sees(ALL, "v1.36.0")
        await me.press(*"j" * 32)
        await looks_like(me, "pods", "CrashLoopBackOff", "● live")


async def test_pods_with_wide_columns(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("ctrl+w")
        await looks_like(me, "pods-wide", "Memory %L", "● live")


async def test_what_pods_use(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit(size=(160, 45)) as me:
        await me.sees(SHOP, "v1.36.0", "metrics every 15 s")
        await samples(me, clock)
        await me.press("/", *"cpu>10m mem>60Mi", "enter", "ctrl+w")
        for _ in range(4):
            await me.press("shift+right")
        await me.press("O", "j", "j", "j")
        await looks_like(me, "metrics", "by CPU ↓", "CPU %R", "of limit", "● live, metrics")


async def test_what_pods_use_on_a_small_terminal(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees(SHOP, "v1.36.0", "metrics every 15 s")
        await samples(me, clock)
        await me.press("right", "right")
        await looks_like(me, "small-metrics", "Memory", "● live, metrics")


async def test_metrics_that_fail(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "metrics every 15 s")
        await samples(me, clock)
        server.metrics.fault = 503
        clock.move(15)
        await looks_like(me, "metrics-fail", "▲ live; metrics:", "next try in 15 s")


async def samples(me: Seat, clock: FakeClock) -> None:
    """Let metrics be polled for ten minutes."""
    screen = me.app.screen
    assert isinstance(screen, MeasuredList)
    gauges = screen._source.gauges if screen._source else None
    assert gauges is not None
    polls = gauges.revision
    for number in range(1, 40):
        clock.move(15)
        await me.until(partial(_is_at_least, gauges, polls + number), "another poll")


def _is_at_least(gauges: Gauges, revision: int) -> bool:
    return gauges.revision >= revision


async def test_a_filter_with_what_matched(desk: Desk) -> None:
    async with desk.sit(size=WIDE, context="everything") as me:
        await me.sees(ALL, "v1.36.0")
        await me.press("/", *"worker-2 !status:run")
        await looks_like(me, "filter", "pods 6 of 47", "/worker-2 !status:run", "● live")


async def test_a_filter_with_a_mistake(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"restarts>many")
        await looks_like(me, "filter-mistake", "not with many", "● live")


async def test_the_command_line_with_completions(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press(":", *"se")
        await me.sees("serviceaccounts", "services")
        await me.press("down")
        await looks_like(me, "command-line", "secrets", "services")


async def test_yaml(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"email-worker", "enter", "y")
        await me.sees("kind: Pod", "● live")
        await me.press("/", *"worker", "enter")
        await me.until(lambda: not any(line.startswith("/") for line in me.screen.splitlines()), "the prompt gone")
        await looks_like(me, "yaml", "/worker 1/", "● live")


async def test_yaml_that_is_folded(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("y")
        await me.sees("kind: Pod", "● live")
        await me.press("z")
        await me.sees_not("image:")
        await looks_like(me, "yaml-folded", "● live")


async def test_a_description(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"email-worker", "enter", "d")
        await me.sees("Name:", "● live")
        await me.until(lambda: "Successfully assigned" in page_of(me), "its events")
        await me.press("/", *"CrashLoop", "enter")
        await me.until(lambda: not any(line.startswith("/") for line in me.screen.splitlines()), "the prompt gone")
        await looks_like(me, "describe", "/CrashLoop 1/1", "● live")


async def test_the_events_beneath_a_description(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"email-worker", "enter", "d")
        await me.until(lambda: "Back-off" in page_of(me), "the events")
        await me.press("G")
        await looks_like(me, "describe-events", "Back-off restarting", "● live")


async def test_the_description_of_a_node(desk: Desk) -> None:
    async with desk.sit("nodes", size=WIDE) as me:
        await me.sees("nodes 4 of 4", "v1.36.0")
        await me.press("j", "d")
        await me.until(lambda: "in total" in page_of(me), "its pods")
        await me.press("G")
        await looks_like(me, "describe-node", "ephemeral-storage", "<none>", "● live")


async def test_a_description_on_a_small_terminal(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"email-worker", "enter", "d")
        await me.until(lambda: "Back-off" in page_of(me), "the events")
        await me.press("G")
        await looks_like(me, "small-describe", "● live")


async def test_the_events_of_an_object(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"email-worker", "enter", "E")
        await looks_like(me, "object-events", "in pod/email-worker", "Back-off restarting", "● live")


async def test_containers(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("/", *"redis-0", "enter", "enter")
        await looks_like(me, "containers", "containers 2 of 2", "● live")


async def test_deployments(desk: Desk) -> None:
    async with desk.sit("deploy", size=WIDE) as me:
        await looks_like(me, "deployments", "deployments 8 of 8", "v1.36.0", "● live")


async def test_nodes(desk: Desk) -> None:
    async with desk.sit("nodes", size=WIDE) as me:
        await looks_like(me, "nodes", "nodes 4 of 4", "v1.36.0", "● live")


async def test_events(desk: Desk) -> None:
    async with desk.sit("events", size=WIDE) as me:
        await looks_like(me, "events", "events 31 of 31", "v1.36.0", "● live")


async def test_a_custom_resource(desk: Desk) -> None:
    async with desk.sit("promotions", size=WIDE) as me:
        await looks_like(me, "custom-resource", "promotions 3 of 3", "winter-sale", "v1.36.0", "● live")


async def test_kinds(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees("v1.36.0")
        await me.press("ctrl+a")
        await looks_like(me, "kinds", "kinds 35 of 35")


async def test_contexts(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees("v1.36.0")
        await me.press(":", *"ctx", "enter")
        await looks_like(me, "contexts", "contexts 3 of 3")


async def test_logs(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("t", "J", "/", *"deadline", "enter")
        await me.until(lambda: not any(line.startswith(" /") for line in me.screen.splitlines()), "the prompt gone")
        await looks_like(me, "logs", "paused, 0 new", "/deadline ")


async def test_logs_of_a_deployment(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit("deploy", size=WIDE) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await me.press("/", *"checkout", "enter", "l")
        await me.sees("● following")
        await me.until(lambda: told(me) == [1000, 1000], "both")
        for _ in range(10):
            clock.move(0.1)
            await me.rests()
        await me.press("&", *"!debug", "enter")
        await me.until(lambda: not any(line.startswith(" &") for line in me.screen.splitlines()), "the prompt gone")
        await looks_like(me, "logs-deployment", "of 2,000 lines", "&!debug", "● following")


async def test_logs_on_a_small_terminal(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("l", "J")
        await looks_like(me, "small-logs", "1,000 lin", "● following", "INFO")


async def test_a_shell_in_the_background(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        me.send(b"s")
        await me.until(lambda: b"ctrl-] leaves it" in me.terminal.sent, "a shell")
        me.send(b"\x1d")
        await looks_like(me, "shell", "It goes on in the background", "● running")


async def test_a_container_that_is_asked_for(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press("/", *"redis-0", "enter", "s")
        await looks_like(me, "container", "Which container of redis-0?")


async def test_a_command_that_is_asked_for(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        for line in ("env", "ps aux", "sh -c 'du -sh /var/*'", "cat /etc/resolv.conf"):
            me.app.session.state.remember_program(line)
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press("x")
        await me.sees("command to run in")
        await me.press("down")
        await looks_like(me, "run", "$cat /etc/resolv.conf")


class Listens:
    """Says that it listens, on any port that is asked for."""

    def __init__(self, port: int) -> None:
        self.address = ("127.0.0.1", port)

    def close(self) -> None:
        """There is nothing to close."""


async def forwards(me: Seat, line: str) -> None:
    """Forward what is typed, from nowhere: the numbers of ports stand still."""

    async def listen(accepted: Accepted, port: int) -> Listens:
        return Listens(port)

    me.app.session.listen, before = listen, len(me.app.session.forwards)
    await me.press("F")
    await me.sees("enter does it")
    await me.types(line)
    await me.press("enter")
    await me.until(lambda: len(me.app.session.forwards) > before, "a forward")
    await me.sees("forwarded")


async def test_a_port_that_is_asked_for(desk: Desk) -> None:
    async with desk.sit("services", size=WIDE) as me:
        await me.sees("services ", "v1.36.0", "● live")
        await me.press("j", "F")
        await me.sees("enter does it")
        await me.press("down")
        await looks_like(me, "forward", "port-forward", "Forward port")


async def test_a_port_that_is_asked_for_on_a_small_terminal(desk: Desk) -> None:
    async with desk.sit("services", size=(60, 15)) as me:
        await me.sees("services ", "v1.36.0", "● live")
        await me.press("F")
        await looks_like(me, "small-forward", "port-forward", "Forward port")


async def shows_forwards(desk: Desk, size: tuple[int, int], name: str) -> None:
    async with desk.sit("deploy", size=size) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await forwards(me, "18080:8080")
        await me.press("j")
        await forwards(me, "9090")
        await me.press("f")
        first, _ = me.app.session.forwards
        first.total, first.failures = 128, 2
        first.traffic.count(48_000, 31_457_280)
        first._failed(Unreachable("port 8080: connection refused"))
        await looks_like(me, name, "portforwards 2", "▲ port 8080")


async def test_forwarded_ports(desk: Desk) -> None:
    await shows_forwards(desk, WIDE, "forwards")


async def test_forwarded_ports_on_a_small_terminal(desk: Desk) -> None:
    await shows_forwards(desk, (60, 15), "small-forwards")


async def test_a_scale_that_is_asked_for(desk: Desk) -> None:
    async with desk.sit("deploy", size=WIDE) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await me.press("s")
        await me.sees("from 3 to 3 replicas")
        await me.press("5")
        await looks_like(me, "scale", "from 3 to 5 replicas")


async def test_an_edit_as_a_difference(desk: Desk) -> None:
    env = {"EDITOR": "sed -i 's/^  replicas:.*/  replicas: 5/'", "PATH": os.environ["PATH"]}
    async with desk.sit("deploy", size=WIDE, env=env) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        me.send(b"e")
        await looks_like(me, "edit", "Put this in place of cart?", "+  replicas: 5")


async def test_help(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press("?")
        await looks_like(me, "help", "logs.listed", "rebind")


async def test_what_may_not_be_listed(desk: Desk, server: RiggedDemo) -> None:
    server.forbid("secrets", "shop")
    async with desk.sit("secrets", size=WIDE) as me:
        await looks_like(me, "refused", "▲ no permission to list secrets", "ask for the permission", "v1.36.0")


async def test_a_server_that_went_away(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await server.down()
        await looks_like(me, "stale", "stale for 0 s: the answer broke off, next try in")


async def test_a_small_terminal(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await looks_like(me, "small", SHOP, "v1.36.0", "● live")


async def test_help_on_a_small_terminal(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press("?")
        await looks_like(me, "small-help", "keys ·")


async def test_a_light_theme(desk: Desk) -> None:
    async with desk.sit(size=WIDE, settings=Settings(theme="light")) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("j")
        await looks_like(me, "light", "● live")


async def test_marked_rows(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("j", "space", "j", "space", *"jjjjjj", "space", "space", "k")
        await looks_like(me, "marked", "● 4 marked", "● live")


async def test_marked_rows_in_a_light_theme(desk: Desk) -> None:
    async with desk.sit(size=WIDE, settings=Settings(theme="textual-light")) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("j", "space", "j", "space", *"jjjjjj", "space", "space", "k")
        await looks_like(me, "marked-light", "● 4 marked", "● live")


async def test_what_will_be_done_to_many(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("space", *"jjjjjjj", "V", "ctrl+d")
        await looks_like(me, "marked-confirm", "Delete 9 pods", "● live")


async def test_what_logs_can_be_asked_for(desk: Desk) -> None:
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press(":", *"logs web-* -")
        await looks_like(me, "command-line-logs", "a label selector", "● live")


async def test_logs_of_a_pattern_of_names(desk: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kty.screens.log_pods.MOST", 4)
    async with desk.sit(size=WIDE) as me:
        await me.sees(SHOP, "v1.36.0", "● live")
        await me.press(":", *"logs cart-* catalog-* /!debug", "enter")
        await me.sees("4 of 5 logs are followed")
        await me.until(lambda: told(me) == [1000, 1000, 1000, 1000, 0], "all lines")
        clock.move(1)
        await looks_like(me, "logs-pattern", "of 4,000 lines", "&!debug")


async def test_a_terminal_without_colours(desk: Desk) -> None:
    async with desk.sit(size=WIDE, env={"NO_COLOR": "1"}) as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("j", "/", *"web", "enter")
        await me.until(lambda: not any(line.startswith("/") for line in me.screen.splitlines()), "the prompt gone")
        await looks_like(me, "no-colour", "pods 4 of 25", "● live")


async def test_a_terminal_of_16_colours(desk: Desk) -> None:
    async with desk.sit(size=WIDE, name="xterm") as me:
        await me.sees(SHOP, "v1.36.0")
        await me.press("j")
        await looks_like(me, "16-colours", "● live")


async def make_history(me: Seat, server: RiggedDemo, clock: FakeClock) -> None:
    """Look at a deployment while it is scaled, gets another image, and fails over it."""
    await me.press("/", *"checkout", "enter", "H")
    await me.sees("no changes", "● live")
    seen = 0

    async def write(seconds: float, manager: str, part: str, change: Callable[[dict[str, Any]], object]) -> None:
        nonlocal seen
        clock.move(seconds)
        deployment = server.get("deployments.apps", "checkout", "shop")
        change(deployment)
        moment = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        entry = {"manager": manager, "operation": "Update", "time": moment, "fieldsV1": {f"f:{part}": {}}}
        kept = [each for each in deployment["metadata"].get("managedFields", []) if each["manager"] != manager]
        deployment["metadata"]["managedFields"] = [*kept, entry]
        server.put("deployments.apps", deployment)
        seen += 1
        await me.sees(f"  {seen} change")

    await write(48, "kubectl-scale", "spec", lambda it: it["spec"].update(replicas=4))
    await write(311, "argocd-controller", "spec", _another_image)
    await write(14, "kube-controller-manager", "status", lambda it: it["status"].update(readyReplicas=1))
    clock.move(95)


def _another_image(deployment: dict[str, Any]) -> None:
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["image"] = container["image"].rpartition(":")[0] + ":4.1.0-rc1"
    deployment["metadata"].setdefault("annotations", {})["kubernetes.io/change-cause"] = "release 4.1.0-rc1"


async def test_the_history_of_a_deployment(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit("deploy", size=WIDE) as me:
        await me.sees("deployments 8 of 8", "v1.36.0", "● live")
        await make_history(me, server, clock)
        await looks_like(me, "history", "3 changes", "95s ago", "kubectl-scale", "● live")


async def test_a_history_on_a_small_terminal(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit("deploy", size=(60, 15)) as me:
        await me.sees("deployments 8 of 8", "● live")
        await make_history(me, server, clock)
        await looks_like(me, "small-history", "3 changes", "95s ago")


@pytest.mark.parametrize(("name", "size"), [("editor", (120, 30)), ("editor-small", (60, 15))])
async def test_the_built_in_editor(desk: Desk, name: str, size: tuple[int, int]) -> None:
    async with desk.sit("deploy", size=size, remote=True) as me:
        await me.sees("checkout")
        await me.press("/", *"checkout", "enter")
        await me.press("e")
        await me.sees("esc leave", "apiVersion")
        await me.press("ctrl+f", *"image:", "enter", "end", "shift+left", "shift+left", *"2.5.0", "shift+home")
        await looks_like(me, name, "image:", "▲ changed")
