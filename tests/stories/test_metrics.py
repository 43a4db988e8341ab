"""What pods and nodes use, beside what they asked for: as far as the server says it, and never instead of the list."""

import pytest

import kty.runtime.usages
from kty.kube.usage import NODE_METRICS, POD_METRICS
from kty.widgets.meter_bar import MeterBar
from tests.rigged.looking import headings, names, row_under_cursor, style_of, truth_line
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop
from tests.runtime.fake_clock import FakeClock

PODS = POD_METRICS.path("shop")


@pytest.fixture(autouse=True)
def busy(server: RiggedDemo, shop: Shop) -> None:
    """A shop of three pods that use something, and a pod that does not run."""
    for name in ("cart-6b8d4-h2mzl", "db-0", "search-0"):
        asked = {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}}
        pod = server.get("pods", name, "shop")
        for container in pod["spec"]["containers"]:
            container["resources"] = asked
        server.put("pods", pod)
    server.metrics.pod("cart-6b8d4-h2mzl", {"cart": ("40m", "100Mi")})
    server.metrics.pod("db-0", {"postgres": ("700m", "1536Mi"), "exporter": ("20m", "64Mi")})
    server.metrics.pod("search-0", {"search": ("970m", "200Mi")})


async def passes(me: Seat, clock: FakeClock, *texts: str) -> None:
    """Let time pass, a second at a time, until these texts are there."""

    def are_there() -> bool:
        clock.move(1.0)
        return all(text in me.screen for text in texts)

    await me.until(are_there, f"seeing {texts}")


def line(me: Seat, name: str) -> list[str]:
    """Return the words of a row."""
    return next((words for each in me.screen.splitlines() if name in (words := each.split())), [])


def meters(me: Seat) -> str:
    """Return the line about the object under the cursor; empty where there is none."""
    bar = me.app.screen.query_one(MeterBar)
    return me.screen.splitlines()[-3] if bar.display else ""


def polls(server: RiggedDemo, path: str = PODS) -> int:
    return server.requests.count(path)


async def test_pods_say_what_they_use(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("● live, metrics every 15 s", "720m", "1.6Gi", "40m", "100Mi")
        assert headings(me)[4:7] == ["Restarts", "CPU", "Memory"]
        assert "720m" in line(me, "db-0")
        assert "m" not in {word[-1] for word in line(me, "checkout-58c4f-x1d9s")[4:5]}


async def test_the_wide_view_says_how_much_of_request_and_limit_that_is(desk: Desk) -> None:
    async with desk.sit(size=(170, 30)) as me:
        await me.sees("720m")
        await me.press("ctrl+w")
        await me.sees("CPU %R", "CPU %L", "Memory %R", "Memory %L")
        cells = line(me, "db-0")
        assert cells[cells.index("720m") : cells.index("720m") + 6] == ["720m", "72%", "36%", "1.6Gi", "78%", "39%"]


async def test_they_are_sorted_and_filtered_as_numbers(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees("720m")
        await me.press("/", *"cpu>500m", "enter")
        await me.until(lambda: names(me) == ["db-0", "search-0"], "those above half a core")
        server.metrics.pod("cart-6b8d4-h2mzl", {"cart": ("2", "100Mi")})
        server.metrics.pod("search-0", {"search": ("1m", "200Mi")})
        await passes(me, clock, "2000m")
        await me.until(lambda: names(me) == ["cart-6b8d4-h2mzl", "db-0"], "those above half a core by now")
        await me.press("/", *["backspace"] * 8, *"mem>1Gi", "enter")
        await me.until(lambda: names(me) == ["db-0"], "the one above a gibibyte")
        await me.press("escape")
        for _ in range(4):
            await me.press("shift+right")
        await me.press("O")
        await me.sees("by CPU ↓")
        await me.until(lambda: names(me)[:3] == ["cart-6b8d4-h2mzl", "db-0", "search-0"], "the busiest first")
        server.metrics.pod("search-0", {"search": ("3", "200Mi")})
        await passes(me, clock, "3000m")
        await me.until(lambda: names(me)[:2] == ["search-0", "cart-6b8d4-h2mzl"], "the busiest first by now")
    async with desk.sit() as me:
        await me.sees("by CPU ↓", "3000m")
        await me.until(lambda: names(me)[0] == "search-0", "the order that was remembered")


async def test_near_its_limit_a_value_looks_so(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("970m", "720m")
        near, fine = style_of(me, "970m"), style_of(me, "720m")
        assert near.color != fine.color


async def test_a_change_of_values_is_painted_and_flashes_nothing(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    async with desk.sit() as me:
        await me.sees("720m")
        server.metrics.pod("db-0", {"postgres": ("800m", "1536Mi"), "exporter": ("20m", "64Mi")})
        await passes(me, clock, "820m")
        assert "▎" not in me.screen


async def test_the_row_under_the_cursor_has_a_line_of_its_last_samples(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    async with desk.sit(size=(150, 30)) as me:
        await me.sees("720m")
        await me.press(*"/db-0", "enter")
        await me.until(lambda: row_under_cursor(me) == "db-0", "the cursor on db-0")
        await me.sees("CPU ▆ 720m  72% of request 1  36% of limit 2", "1.6Gi  78% of request 2Gi  39% of limit 4Gi")
        server.metrics.pod("db-0", {"postgres": ("100m", "1536Mi"), "exporter": ("20m", "64Mi")})
        await passes(me, clock, "CPU ▆▁ 120m")
        await me.press("escape", "g")
        await me.until(lambda: row_under_cursor(me) == "cart-6b8d4-h2mzl", "the cursor on another")
        await me.sees("CPU ▁▁ 40m  8% of request 500m")
        await me.press("j", "j")
        await me.until(lambda: row_under_cursor(me) == "checkout-58c4f-x1d9s", "the cursor on what does not run")
        await me.sees_not("of request")


async def test_containers_say_what_each_of_them_uses(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit(size=(150, 30)) as me:
        await me.sees("720m")
        await me.press(*"/db-0", "enter", "enter")
        await me.sees("containers 2 of 2", "700m", "20m", "1.5Gi", "64Mi", "● live, metrics every 15 s")
        await me.press("G")
        await me.sees("700m  140% of request 500m  70% of limit 1")
        await passes(me, clock, "██ 700m")


async def test_nodes_say_what_they_use_of_what_is_allocatable(desk: Desk, server: RiggedDemo) -> None:
    server.metrics.node("node-1", ("2", "31Gi"))
    async with desk.sit("nodes", size=(150, 30)) as me:
        await me.sees("CPU %", "Memory %", "● live, metrics every 15 s", "2000m")
        cells = line(me, "node-1")
        assert cells[cells.index("2000m") : cells.index("2000m") + 6] == ["2000m", "25%", "8", "31Gi", "97%", "32Gi"]
        assert style_of(me, "97%").color != style_of(me, "25%").color
        await me.sees("25% of allocatable 8", "97% of allocatable 32Gi")
        assert polls(server, NODE_METRICS.path()) == 1


async def test_a_server_without_metrics_shows_the_list_as_ever(desk: Desk, server: RiggedDemo) -> None:
    for metrics in (POD_METRICS, NODE_METRICS):
        server.lose(metrics.id)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "v1.36.0", "● live")
        await me.rests()
        assert "CPU" not in headings(me)
        assert truth_line(me).endswith("● live")
        assert meters(me) == ""
        await me.press(":", *"nodes", "enter")
        await me.sees("nodes 3 of 3", "CPU Total")
        assert "%" not in headings(me)
    assert not [each for each in server.requests if "metrics.k8s.io/v1beta1/" in each]


async def test_metrics_that_are_installed_later_are_there_without_a_restart(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    server.lose(POD_METRICS.id)
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "v1.36.0", "● live")
        before = polls(server, "/apis")
        server.regain(POD_METRICS.id)
        clock.move(60)
        await me.rests()
        assert polls(server, "/apis") == before
        await passes(me, clock, "CPU", "720m", "● live, metrics every 15 s")
        assert polls(server, "/apis") == before + 2  # first whether anything is new, then what it is


async def test_metrics_that_fail_are_said_greyed_and_come_back(
    desk: Desk, server: RiggedDemo, shop: Shop, clock: FakeClock
) -> None:
    async with desk.sit(size=(160, 30)) as me:
        await me.sees("720m", "● live, metrics every 15 s")
        fresh = style_of(me, "720m")
        server.metrics.fault = 503
        await passes(me, clock, "▲ live; metrics: the server is currently unable to handle the request, next try in")
        assert "old" in truth_line(me)
        await me.until(lambda: style_of(me, "720m") != fresh, "a value that is greyed")
        server.put("pods", shop.pod("newcomer"))
        await me.sees("newcomer", "pods 10 of 10", "720m")
        server.metrics.fault = 0
        await passes(me, clock, "● live, metrics every 15 s")
        await me.until(lambda: style_of(me, "720m") == fresh, "a value that is not greyed")


async def test_metrics_that_may_not_be_listed_are_said_so(desk: Desk, server: RiggedDemo, clock: FakeClock) -> None:
    server.forbid(POD_METRICS.id, "shop")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "▲ live; metrics: no permission to list them, next try in 60 s")
        assert "CPU" in headings(me)
        assert meters(me) == ""
        server.allow(POD_METRICS.id, "shop")
        await passes(me, clock, "720m", "● live, metrics every 15 s")


async def test_metrics_that_are_late_hold_up_nothing(
    desk: Desk, server: RiggedDemo, shop: Shop, clock: FakeClock
) -> None:
    async with desk.sit() as me:
        async with server.metrics.holding():
            await me.sees("pods 9 of 9")
            await passes(me, clock, "▲ live; metrics: no answer for")
            server.put("pods", shop.pod("newcomer"))
            await me.sees("newcomer", "pods 10 of 10")
        await me.sees("720m", "● live, metrics every 15 s")


async def test_metrics_that_never_come_are_given_up_and_tried_again(
    desk: Desk, server: RiggedDemo, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kty.runtime.usages, "PATIENCE", 0.05)
    async with desk.sit() as me:
        async with server.metrics.holding():
            await me.sees("pods 9 of 9", "▲ live; metrics: timed out, next try in 15 s")
        monkeypatch.setattr(kty.runtime.usages, "PATIENCE", 15.0)
        await passes(me, clock, "720m", "● live, metrics every 15 s")


async def test_nothing_is_asked_while_the_list_is_not_on_screen(
    desk: Desk, server: RiggedDemo, clock: FakeClock
) -> None:
    async with desk.sit() as me:
        await me.sees("720m")
        assert polls(server) == 1
        await me.press("y")
        await me.sees("apiVersion", "● live")
        await clock.advance(100)
        assert polls(server) == 1
        await me.press("escape")
        await me.sees("pods 9 of 9", "● live, metrics every 15 s")
        await me.until(lambda: polls(server) == 2, "another poll")
        await me.press(":", *"cm", "enter")
        await me.sees("configmaps 2 of 2", "● live")
        await clock.advance(100)
        assert polls(server) == 2


async def test_each_shown_namespace_is_asked_for_and_all_of_them_at_once(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit(namespaces=("shop", "kube-system")) as me:
        await me.sees("720m")
        assert polls(server) == polls(server, POD_METRICS.path("kube-system")) == 1
        await me.press("0")
        await me.sees("all namespaces", "720m")
        await me.until(lambda: polls(server, POD_METRICS.path()) == 1, "one list for all")


async def test_a_small_terminal_has_a_line_for_it_and_a_tiny_one_has_none(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("● live, metrics every 15 s")
        await me.until(lambda: "CPU" in meters(me), "a line of samples")
        assert "40m" in meters(me)
        await me.resize(60, 8)
        await me.until(lambda: meters(me) == "", "no line of samples")


async def test_the_help_says_what_the_letters_mean_where_something_is_measured(desk: Desk) -> None:
    async with desk.sit(size=(120, 100)) as me:
        await me.sees("pods 9 of 9", "metrics every")
        await me.press("?")
        await me.sees("keys · pods", "R", "request: what is set aside", "limit: the most", "allocatable: ")
        await me.press("escape")
        await me.sees_not("keys · pods")
        await me.press(*":cm", "enter")
        await me.sees("configmaps 2 of 2")
        await me.press("?")
        await me.sees("keys · configmaps")
        assert "request: " not in me.screen
