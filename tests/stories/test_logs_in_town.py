"""Logs of containers that really run: their restarts, their pods' coming and going, and every line of a burst."""

from typing import Any

from kty.widgets.log_view import LogView
from tests.cluster.browsing import command, shows
from tests.cluster.place import PODS
from tests.contract.living import CRONJOBS
from tests.contract.pods_that_run import container
from tests.stories.town import QUICK, Town, said


async def test_every_line_of_a_burst_comes_once_and_follows(town: Town) -> None:
    script = "i=0; while [ $i -lt 600 ]; do i=$((i+1)); echo line $i; done; sleep 2; echo last; sleep 3600"
    await town.runs("bursts", script)
    async with town.sit() as me:
        await shows(me, "bursts")
        await me.press("l")
        await me.until(lambda: "last" in said(me), "the last line")
        await me.press("1")
        await me.until(lambda: len(said(me)) == 601, "the whole log")
        assert said(me) == [*[f"line {number}" for number in range(1, 601)], "last"]
        await me.sees("● following")
        await me.press("s")
        await me.sees("paused, 0 new")
        await me.press("/", *"line 7", "enter", "N")
        await me.until(lambda: "/line 7 " in me.screen and "/11" in me.screen, "what was found of all lines")


async def test_a_restart_is_waited_for_and_said_and_the_run_before_can_be_read(town: Town) -> None:
    await town.runs("crashes", "echo begin; sleep 2; echo end; exit 1")
    async with town.sit() as me:
        await shows(me, "crashes")
        await me.press("l")
        await me.until(lambda: said(me)[:2] == ["begin", "end"], "the first run")
        await me.sees("crashes/main restarted")
        await me.until(lambda: said(me)[:4] == ["begin", "end", "begin", "end"], "the second run")
        await me.press("p")
        await me.sees("the run before", "ended")
        await me.until(lambda: said(me) == ["begin", "end"], "the run before")


async def test_pods_join_and_leave_whichever_way_they_were_asked_for(town: Town) -> None:
    for name in ("one", "two"):
        await town.runs(name, f"echo I am {name}; sleep 3600", labels={"app": "web"})
    async with town.sit() as me:
        await shows(me, "one", "two")
        await me.press("L")
        await me.until(lambda: sorted(said(me)) == ["I am one", "I am two"], "both")
        await town.runs("three", "echo I am three; sleep 3600")
        await me.sees("three/main joined", "I am three", "● following")
        await me.press("escape", "space", "j", "space", "l")  # one and two, since three stands between
        await me.sees("logs of 2 pods")
        await me.until(lambda: sorted(said(me)) == ["I am one", "I am two"], "the marked ones")
        await command(me, "logs t*")
        await me.sees("logs of pods t*")
        await me.until(lambda: sorted(said(me)) == ["I am three", "I am two"], "those with a t")
        await command(me, f"logs -l app=web -n {town.place.namespace} /two")
        await me.until(lambda: said(me) == ["I am two"], "of the label, and that line only")
        await command(me, "logs")
        await me.until(lambda: len(said(me)) == 3, "all of the namespace")
        await town.place.remove(PODS, "one")
        await me.sees("one/main left", "following 2 of 3")


async def test_a_container_that_has_not_started_is_waited_for(town: Town) -> None:
    spec = {"nodeSelector": {"example.com/no": "node"}, "containers": [container()], **QUICK}
    await town.place.create(PODS, "waits", spec=spec)
    async with town.sit() as me:
        await shows(me, "waits")
        await me.press("l")
        await me.sees("waiting for waits/main: Pending")
        await town.place.remove(PODS, "waits")
        await me.until(lambda: "no pods" in me.screen or "ended: the pod is gone" in me.screen, "the end of it")


async def test_bytes_that_are_no_text_and_what_a_terminal_would_obey(town: Town) -> None:
    await town.runs("odd", r"printf '\377\376 bytes\n\033[31mred\033[0m \033[2J\033]0;t\007 end\n'; sleep 3600")
    async with town.sit(size=(60, 15)) as me:
        await me.sees("pods 1 of 1")
        await me.press("l")
        await me.sees("\ufffd\ufffd bytes", "red ", "● following")
        await me.until(lambda: len(said(me)) == 2, "both lines")
        assert not any(b"\x1b]0;t" in frame for frame in me.terminal.frames)


async def test_json_and_logfmt_by_level_and_fields(town: Town) -> None:
    script = """
        echo '{"level":"info","msg":"begins","port":8080}'
        echo '{"level":"error","msg":"broke","port":8081}'
        echo 'level=warn msg="is slow" port=8082'
        sleep 3600"""
    await town.runs("tells", script)
    async with town.sit() as me:
        await shows(me, "tells")
        await me.press("l")
        await me.until(lambda: len(said(me)) == 3, "all lines")
        await me.press("J")
        await me.sees("INFO  begins port=8080", "ERROR broke port=8081", "WARN  is slow port=8082")
        await me.press("&", *"level>=warn", "enter")
        await me.until(lambda: len(said(me)) == 2, "those that are bad")
        await me.press("F", *"port", "enter")
        await me.until(lambda: [line.strip(" ▐") for line in me.screen.splitlines()[1:3]] == ["8081", "8082"], "ports")


async def test_a_cronjob_that_is_triggered_and_the_logs_of_its_jobs(town: Town) -> None:
    pods: dict[str, Any] = {"restartPolicy": "Never", "containers": [container("echo I am the job")], **QUICK}
    spec = {"schedule": "0 0 31 2 *", "jobTemplate": {"spec": {"template": {"spec": pods}}}}
    await town.place.create(CRONJOBS, "nightly", spec=spec)
    async with town.sit("cronjobs") as me:
        await shows(me, "nightly")
        await me.press("l")
        await me.sees("logs of cronjob/nightly", "no pod is there; those that come are shown")
        await me.press("escape", "t")
        await me.sees("Make a job of cronjob")
        await me.press("y")
        await me.sees("job nightly-manual-", "runs")
        await me.press("l")
        await me.until(lambda: said(me) == ["I am the job"], "what the job says")


async def test_logs_that_may_not_be_read_are_said_so(town: Town) -> None:
    await town.runs("silent", "echo secret; sleep 3600")
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    await town.allows("nobody", rules)
    async with town.sit(user="nobody") as me:
        await me.sees("pods 1 of 1")
        await me.press("l")
        await me.sees("no permission to read the log of silent/main", 'cannot get resource "pods/log"')
        assert not me.app.screen.query_one(LogView).ring.next
        await me.press("escape")
        await me.sees("pods 1 of 1")
