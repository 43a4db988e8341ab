"""`l` shows what containers print, followed or still; nothing is lost, and what is missing is said."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from kty.demo.times import timestamp
from kty.kube.objects import epoch
from kty.runtime.log_merge import WINDOW
from kty.screens.log_saving import save
from kty.screens.logs import LogScreen
from kty.settings import Settings
from kty.widgets.log_ring import LogLine
from kty.widgets.log_view import LogView
from tests.rigged.logs import told
from tests.rigged.looking import row_under_cursor, style_of, truth_line
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo, serving
from tests.runtime.fake_clock import FakeClock

PODS = "pods 25 of 25"
CART = "logs of pod/cart-gmxlmsqx76-9n7qm"


@pytest.fixture
async def server(clock: FakeClock) -> AsyncIterator[RiggedDemo]:
    """What `kty --demo` has, at a moment that passes when a test says so."""
    async with serving(RiggedDemo(clock, furnished=True)) as server:
        yield server


def lines(me: Seat) -> int:
    """Return how many lines the screen says there are."""
    found = re.search(r"([\d,]+) lines", truth_line(me))
    return int(found[1].replace(",", "")) if found else 0


async def goes_by(me: Seat, clock: FakeClock, seconds: float) -> None:
    """Let time pass in small steps, so that whoever waits for a part of it has his turn."""
    for _ in range(10):
        clock.move(seconds / 10)
        await me.rests()


async def opens(me: Seat, name: str, key: str = "l") -> None:
    await me.press("/", *name, "enter", key)


async def all_told(me: Seat, sources: int) -> None:
    """Wait until so many sources have told what they had: what is held back comes as time passes."""
    await me.until(lambda: told(me) == [1000] * sources, f"all that {sources} sources have")


async def test_l_follows_the_pod_under_the_cursor_and_esc_comes_back_to_its_row(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees(CART, "1,000 lines", "● following", '"msg":"request"')
        await goes_by(me, clock, 60)
        await me.until(lambda: lines(me) > 1000, "more lines")
        await me.press("escape")
        await me.sees(PODS)
        assert row_under_cursor(me) == "cart-gmxlmsqx76-9n7qm"


async def test_scrolling_up_pauses_and_what_comes_meanwhile_is_counted(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("k", "pageup")
        seen = [line.rstrip(" ▐") for line in me.screen.splitlines()[1:-2]]
        await goes_by(me, clock, 60)
        await me.until(lambda: re.search(r"paused, [1-9]\d* new", truth_line(me)), "new lines")
        assert [line.rstrip(" ▐") for line in me.screen.splitlines()[1:-2]] == seen
        await me.press("G")
        await me.sees("● following")
        await me.press("s")
        await me.sees("paused, 0 new")
        await me.press("s")
        await me.sees("● following")


async def test_a_search_goes_through_all_lines(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("/", *"deadline", "enter")
        await me.until(lambda: re.search(r"/deadline (\d+)/\1\b", truth_line(me)), "the last match")
        await me.press("N", "N")
        await me.until(lambda: re.search(r"/deadline (\d+)/\d", truth_line(me)), "another match")
        assert "paused" in truth_line(me)
        assert "deadline" in me.screen
        await me.press("escape")
        await me.sees_not("/deadline")
        await me.sees(CART)


async def test_a_filter_shows_only_what_is_wanted(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("&", *"level>=warn !slow", "enter")
        await me.until(lambda: re.search(r" \d+ of 1,000 lines +&level>=warn !slow", truth_line(me)), "the filter")
        body = [line for line in me.screen.splitlines()[1:-2] if line.strip()]
        assert body
        assert all('"level":"error"' in line for line in body)
        await me.press("escape")
        await me.until(lambda: "&" not in truth_line(me), "no filter")
        await me.press("L", "L")
        await me.sees("&level>=warn")
        await me.press("L", "L")
        await me.until(lambda: "&" not in truth_line(me), "no level")


async def test_a_filter_that_nothing_gets_through_says_so(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("&", *"nowhere-to-be-found", "enter")
        await me.sees("none of 1,000 lines matches")


async def test_a_mistake_in_a_filter_is_said(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("&", *"level>=loud", "enter")
        await me.sees("there is no level 'loud'")


async def test_json_is_made_easy_to_read_and_fields_can_be_picked(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("J")
        await me.sees("INFO  request route=", "status=200")
        await me.press("F", *"level route", "enter")
        await me.until(lambda: re.search(r"^ INFO  route=(GET|POST) \S+ *▐?$", me.screen, re.MULTILINE), "two fields")
        await me.press("J")
        await me.sees('"msg":"request"')


async def test_picked_fields_are_asked_for_in_words_and_none_of_them_is_as_before(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following", '"msg":"request"')
        await me.press("F", *"level route")
        await me.sees("fields level route")
        await me.press("enter")
        await me.sees("INFO  route=")
        await me.press("F", "ctrl+u", "enter")
        await me.sees('"msg":"request"')


async def test_times_and_long_lines(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("t")
        await me.until(lambda: re.search(r"^ 11-14 22:\d\d:\d\d\.\d{3}Z ", me.screen, re.MULTILINE), "UTC")
        await me.press("t", "t")
        await me.until(lambda: re.search(r"^ +\d+s \{", me.screen, re.MULTILINE), "how long ago")
        await me.press("t", "w")
        await me.until(lambda: re.search(r'^ [^{]*"\}', me.screen, re.MULTILINE), "the end of a long line")
        await me.press("w", "right")
        await me.until(lambda: not re.search(r"^ \{", me.screen, re.MULTILINE), "what is farther to the right")


async def test_all_pods_of_a_deployment_each_with_its_name_and_colour(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 8 of 8", "● live")
        await opens(me, "catalog")
        await me.sees("logs of deployment/catalog")
        await all_told(me, 2)
        await goes_by(me, clock, 5 * WINDOW)
        await me.sees("2,000 lines", "catalog-q8nrdxctf5-4nhh8 {", "catalog-q8nrdxctf5-zc8cq {", "● following")
        assert style_of(me, "catalog-q8nrdxctf5-4nhh8 {").color != style_of(me, "catalog-q8nrdxctf5-zc8cq {").color
        body = "".join(me.screen.splitlines()[1:-2])
        times = re.findall(r'"ts":"([^"]+)"', body)
        assert times == sorted(times), "they stand by their times"


async def test_a_pod_that_is_born_later_joins_and_one_that_is_deleted_leaves(
    desk: Desk, clock: FakeClock, server: RiggedDemo
) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 8 of 8", "● live")
        await opens(me, "catalog")
        await all_told(me, 2)
        await goes_by(me, clock, 1)
        await me.sees("2,000 lines", "● following")
        pod = server.get("pods", "catalog-q8nrdxctf5-4nhh8", "shop")
        name = "catalog-q8nrdxctf5-new"
        server.put("pods", {**pod, "metadata": {**pod["metadata"], "name": name, "uid": "another"}})
        await me.sees(f"{name}/catalog joined")
        await goes_by(me, clock, 1)
        await me.until(lambda: lines(me) > 3000, "the lines of the new pod")
        server.delete("pods", name, "shop")
        await goes_by(me, clock, 3)
        await me.sees(f"{name}/catalog left", "following 2 of 3")


async def test_both_containers_of_a_pod_and_one_alone(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await opens(me, "redis-0")
        await all_told(me, 2)
        await goes_by(me, clock, 1)
        await me.sees("logs of pod/redis-0 ", "● following", "exporter time=", "lines")
        await me.press("escape", "enter")
        await me.sees("containers 2 of 2", "● live")
        await me.press("l")
        await me.sees("logs of pod/redis-0 ", "● following")
        alone = truth_line(me)
        await me.press("a")
        await all_told(me, 2)
        await goes_by(me, clock, 1)
        await me.until(lambda: truth_line(me) != alone and "redis-0 " in truth_line(me), "all containers")


async def test_the_run_before(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await opens(me, "email-worker", "p")
        await me.sees("the run before", "ended")
        assert lines(me) > 0
        await me.press("p")
        await me.sees_not("the run before")
        await me.sees("CrashLoopBackOff")


async def test_a_container_that_has_not_started_is_waited_for(desk: Desk, clock: FakeClock, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await opens(me, "recommendations-j6")
        await me.sees("waiting for recommendations-j6zfjpvs48-7rmxq/recommendations: ImagePullBackOff")
        pod = server.get("pods", "recommendations-j6zfjpvs48-7rmxq", "shop")
        started = server.get("pods", "cart-gmxlmsqx76-9n7qm", "shop")["status"]["containerStatuses"][0]
        status = {**started, "name": "recommendations"}
        server.put("pods", {**pod, "status": {**pod["status"], "phase": "Running", "containerStatuses": [status]}})
        await me.sees("● following")
        await me.until(lambda: lines(me) > 0, "lines")


async def test_what_may_not_be_read_is_said_in_a_sentence(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_logs("shop")
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("▲ no permission to read the log of cart-gmxlmsqx76-9n7qm/cart", 'cannot get resource "pods/log"')
    async with desk.sit(size=(60, 15)) as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees('cannot get resource "pods/log"', "ask for a role that allows it")


async def test_a_broken_connection_is_said_and_then_goes_on_without_doubles(
    desk: Desk, clock: FakeClock, server: RiggedDemo
) -> None:
    async with desk.sit(size=(120, 30)) as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await server.down()
        await me.sees("▲ reconnecting in ")
        assert not truth_line(me).endswith("…")
        await server.up()
        await goes_by(me, clock, 30)
        await me.sees("● following")
        await goes_by(me, clock, 30)
        await me.until(lambda: lines(me) > 1000, "new lines")
        view = me.app.screen.query_one(LogView)
        texts = [line.text for line in view.wanted_lines()]
        assert len(texts) > 1000
        assert len(set(texts)) == len(texts)
        assert not view.ring.notes
        stamps = [at for text in texts if (at := epoch(re.findall(r'"ts":"([^"]+)"', text.decode())[0]))]
        assert stamps == sorted(stamps)


async def test_lines_that_are_rotated_away_while_nobody_reads_them_are_said_where_they_are_missing(
    desk: Desk, clock: FakeClock, server: RiggedDemo
) -> None:
    async with desk.sit(size=(160, 30)) as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await server.down()
        await me.sees("▲ reconnecting in ")
        clock.move(60)
        server.rotated = timestamp(clock.now())
        await server.up()
        await goes_by(me, clock, 10)
        await me.sees(
            "── cart-gmxlmsqx76-9n7qm/cart: the log was cut meanwhile; lines may be missing ──", "● following"
        )
        await me.until(lambda: lines(me) > 1000, "new lines")
        await goes_by(me, clock, 120)
        await me.sees_not("the log was cut")
        assert "  1 gap " in truth_line(me)


async def test_the_last_minutes_the_beginning_and_the_end(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("3")
        await me.sees("since 5 min ago", "● following")
        await me.until(lambda: 10 < lines(me) < 1000, "the lines of five minutes")
        await me.press("1")
        await me.until(lambda: "from the beginning" in truth_line(me) and lines(me) > 1000, "the whole log")
        await me.press("0")
        await me.until(lambda: "beginning" not in truth_line(me) and lines(me) == 1000, "the last lines")


async def test_marks_and_a_clear_screen(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("m")
        await me.sees("── marked ")
        await me.press("C")
        await me.sees("0 lines")
        assert "dropped" not in truth_line(me)


async def test_a_small_ring_says_how_many_lines_it_dropped(desk: Desk) -> None:
    async with desk.sit(settings=Settings(log_mib=1)) as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("1")
        await me.until(lambda: re.search(r"[\d,]+ older ones dropped", truth_line(me)), "lines that went")


async def test_lines_are_saved_and_copied(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with desk.sit(size=(200, 30)) as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("ctrl+s")
        await me.sees("saved 1,000 lines to ")
        (path,) = (tmp_path / "kty/logs").iterdir()
        assert path.name.startswith("shop-logs-of-pod-cart-gmxlmsqx76-9n7qm-")
        saved = path.read_text().splitlines()
        assert len(saved) == 1000
        assert path.stat().st_mode & 0o77 == 0
        await me.sees(saved[-1][:80])  # what came last is counted before it is shown
        await me.press("c")
        await me.sees("copied 27 lines")
        sent = b"".join(me.terminal.frames)
        (copied,) = re.findall(rb"\x1b\]52;c;([^\x07\x1b]+)", sent)
        assert base64.b64decode(copied).decode().splitlines() == saved[-27:]


async def test_a_save_that_is_broken_off_leaves_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "endless.log"
    has_begun = asyncio.Event()

    def endless() -> Iterator[LogLine]:
        for number in count():
            yield LogLine(number, 0, 0, b"line")
            if any(draft.stat().st_size for draft in path.parent.iterdir()):
                has_begun.set()

    saving = asyncio.create_task(save(endless(), path, [], times=False))
    await has_begun.wait()
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert not path.exists()
    assert not [*path.parent.iterdir()]


async def test_over_ssh_no_file_is_written_but_the_log_is_copied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with desk.sit(size=(160, 30), remote=True) as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("ctrl+s")
        await me.sees("copied 1,000 lines")
        assert not (tmp_path / "kty").exists()


async def test_all_listed_pods_as_the_filter_has_them(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await opens(me, "orders !migrate", "L")
        await all_told(me, 2)
        await goes_by(me, clock, 1)
        await me.sees("orders !migrate", "orders-slg2cnwwcs-7pn8d 2023", "orders-slg2cnwwcs-p8tlm 2023")


async def test_of_a_namespace_and_of_what_has_no_pods(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit("ns") as me:
        await me.sees("namespaces", "● live")
        await opens(me, "monitoring")
        await all_told(me, 8)
        await goes_by(me, clock, 1)
        await me.sees("logs of namespace/monitoring", "following")
        await me.until(lambda: lines(me) > 1000, "more than a thousand lines")


async def test_of_marked_pods_and_no_others(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("space", "j", "j", "space", "l")
        await me.sees("logs of 2 pods")
        await all_told(me, 2)
        await goes_by(me, clock, 5 * WINDOW)
        await me.sees("cart-gmxlmsqx76-9n7qm/cart ", "catalog-q8nrdxctf5…hh8/catalog {", "● following")
        await me.press("escape")
        await me.sees("● 2 marked")


async def test_of_marked_deployments_of_several_containers_and_of_marked_namespaces(
    desk: Desk, clock: FakeClock
) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 8 of 8", "● live")
        await me.press("space", "space", "l")
        await me.sees("logs of 2 deployments")
        await me.until(lambda: len(told(me)) == 5, "three of one and two of the other")
        await me.press("escape", "escape", ":", *"po /redis-0", "enter")
        await me.sees("pods 1 of 25", "● live")
        await me.press("enter")
        await me.sees("containers 2 of 2", "● live")
        await me.press("space", "space", "l")
        await all_told(me, 2)
        await goes_by(me, clock, 1)
        await me.sees("logs of pod/redis-0 exporter, redis", "exporter time=")
        await me.press(":", *"ns", "enter")
        await me.sees("namespaces", "● live")
        await me.press("space", "space", "l")
        await me.sees("logs of 2 namespaces")


async def test_of_a_cronjob_all_pods_of_all_of_its_jobs(desk: Desk, clock: FakeClock, server: RiggedDemo) -> None:
    async with desk.sit("cronjobs") as me:
        await me.sees("cronjobs", "● live")
        await opens(me, "stock-sync")
        await me.sees("logs of cronjob/stock-sync")
        await me.until(lambda: any(told(me)), "lines of a job")
        await goes_by(me, clock, 1)
        await me.until(lambda: lines(me) > 0, "lines of the last job")
        pod = next(
            server.get("pods", name, "shop")
            for namespace, name in pods_of(me)
            if (namespace, name.startswith("stock-sync-28333340")) == ("shop", True)
        )
        other = {**pod["metadata"], "name": "stock-sync-new", "uid": "a pod", "ownerReferences": []}
        job = server.get("jobs.batch", "stock-sync-28333340", "shop")
        owner = {**pod["metadata"]["ownerReferences"][0], "uid": "a job", "name": "stock-sync-next"}
        server.put("pods", {**pod, "metadata": {**other, "ownerReferences": [owner]}})
        await me.until(lambda: has_heard_of(me, ("shop", "stock-sync-new")), "the pod, of a job that is not there yet")
        await me.rests()
        server.put("jobs.batch", {**job, "metadata": {**job["metadata"], "name": "stock-sync-next", "uid": "a job"}})
        await me.sees("stock-sync-new/", "joined")


def pods_of(me: Seat) -> list[tuple[str, str]]:
    """Return the pods whose logs are read."""
    screen = me.app.screen
    assert isinstance(screen, LogScreen)
    assert screen._group is not None
    return [(source.namespace, source.pod) for source in screen._group.sources]


def has_heard_of(me: Seat, key: tuple[str, str]) -> bool:
    """Say whether a pod is in the store that the screen looks at, its logs read or not."""
    screen = me.app.screen
    assert isinstance(screen, LogScreen)
    return screen._feed is not None and any(key in store.rows for store in screen._feed.stores)


async def asks(me: Seat, line: str) -> None:
    await me.press(":")
    await me.pastes(line)
    await me.press("enter")


async def test_of_a_pattern_a_selector_a_namespace_and_lines_of_them(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await asks(me, "logs cart-* catalog")
        await me.sees("logs of pods cart-* catalog")
        await me.until(lambda: len(told(me)) == 5, "three of cart and two of catalog")
        await asks(me, "logs -l app.kubernetes.io/name=cart /level>=warn")
        await me.sees("logs of pods app.kubernetes.io/name=cart", "&level>=warn")
        await me.until(
            lambda: {name for _, name in pods_of(me)} == {name for _, name in pods_of(me) if "cart" in name}, "cart"
        )
        await all_told(me, 3)
        await goes_by(me, clock, 1)
        await me.until(lambda: re.search(r" \d+ of 3,\d{3} lines +&level>=warn", truth_line(me)), "the filter")
        await asks(me, "logs -n monitoring,default")
        await me.sees("logs of pods in monitoring, default", "monitoring, default")
        await me.until(lambda: {namespace for namespace, _ in pods_of(me)} == {"monitoring"}, "pods")
        await asks(me, "logs nobody-is-called-so")
        await me.sees("no pod is there; those that come are shown")
        await asks(me, "logs --tail")
        await me.sees("there is no option --tail")


async def test_the_command_line_offers_what_logs_takes(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press(":", *"logs -")
        await me.sees("a label selector", "the run before")
        await me.press(*"n mon")
        await me.sees("monitoring")


async def test_pods_and_workloads_are_offered_by_name_and_opened(desk: Desk, clock: FakeClock) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press(":", *"logs cart-")
        await me.sees("cart-gmxlmsqx76-9n7qm")
        await me.press("tab", "enter")
        await me.sees("logs of pods cart-gmxlmsqx76-9n7qm", "1,000 lines")
        await me.press(":", *"logs depl")
        await me.sees("deploy/ ", "the pods of one of the deployments")
        await me.press("tab", *"catal")
        await me.sees("logs deploy/catal", "catalog")
        await me.press("tab", "enter")
        await me.sees("logs of deployment/catalog", "● following")
        assert {pod.partition("-")[0] for _, pod in pods_of(me)} == {"catalog"}
        await asks(me, "logs -n monitoring svc/prometheus")
        await me.sees("logs of service/prometheus")
        await me.until(lambda: {namespace for namespace, _ in pods_of(me)} == {"monitoring"}, "its pods")


async def test_several_objects_and_their_namespaces(desk: Desk) -> None:
    async with desk.sit(namespaces=()) as me:
        await me.sees("● live")
        await asks(me, "logs deploy/cart cronjob/stock-sync -c cart")
        await me.sees("logs of deployment/cart, cronjob/stock-sync cart")
        await me.until(lambda: {pod.partition("-")[0] for _, pod in pods_of(me)} == {"cart"}, "one container")
        await asks(me, "logs deploy/cart -n monitoring")
        await me.sees("there is no deployment/cart in monitoring")
        await me.press("escape")
        await asks(me, "logs deploy/none")
        await me.sees("there is no deployment/none in any namespace")
        await me.press("escape")
        await asks(me, "logs cm/none")
        await me.sees("configmaps have no logs")


async def test_an_object_that_may_not_be_read_is_said_so(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_verb("get")
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await asks(me, "logs deploy/cart")
        await me.sees('cannot get resource "deployments"')


async def test_of_many_pods_only_some_are_followed_those_that_fail_first(
    desk: Desk, clock: FakeClock, server: RiggedDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kty.screens.log_pods.MOST", 3)
    pod = server.get("pods", "cart-gmxlmsqx76-9n7qm", "shop")
    (status,) = pod["status"]["containerStatuses"]
    for number in range(6):
        of = {"name": f"cart-{number}", "uid": f"uid {number}", "creationTimestamp": f"2023-11-14T20:0{number}:00Z"}
        statuses = [{**status, "ready": number != 1}]
        server.put(
            "pods",
            {
                **pod,
                "metadata": {**pod["metadata"], **of},
                "status": {**pod["status"], "containerStatuses": statuses},
            },
        )
    async with desk.sit() as me:
        await me.sees("pods 31 of 31", "● live")
        await asks(me, "logs cart-?")
        await me.sees("3 of 6 logs are followed, failing and newest first")
        assert [pod for _, pod in pods_of(me)] == ["cart-1", "cart-5", "cart-4", "cart-3", "cart-2", "cart-0"]
        server.delete("pods", "cart-5", "shop")
        await goes_by(me, clock, 15)
        await me.sees("3 of 5 logs are followed")


async def test_how_logs_are_shown_is_remembered(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("1,000 lines", "● following")
        await me.press("t", "J", "w", "3")
        await me.sees("since 5 min ago", "● following")
    async with desk.sit() as me:
        await me.sees(PODS, "● live")
        await me.press("l")
        await me.sees("since 5 min ago", "● following", "INFO  request route=")
        assert re.search(r"^ 11-14 22:\d\d:\d\d\.\d{3}Z ", me.screen, re.MULTILINE)
        assert me.app.screen.query_one(LogView).look.wrap
        await me.press("p")
        await me.sees_not("since 5 min ago")


async def test_keys_can_be_others_and_the_help_lists_them(desk: Desk) -> None:
    async with desk.sit(settings=Settings(keys={"logs.wrap": "W", "logs": "f2"}), size=(120, 60)) as me:
        await me.sees(PODS, "● live")
        await me.press("f2")
        await me.sees("● following")
        await me.press("?")
        await me.sees("keys · logs of pod/", "logs.since-5m", "logs.save", "next match")
        assert re.search(r" W +wrap +logs.wrap ", me.screen)


async def test_a_small_terminal(desk: Desk) -> None:
    async with desk.sit(size=(60, 15)) as me:
        await me.sees(PODS)
        await me.press("l")
        await me.sees("logs of pod/", "● following", "? keys")
        assert all(len(line) <= 60 for line in me.screen.splitlines())
