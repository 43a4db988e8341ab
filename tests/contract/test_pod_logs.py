"""logs: what a container printed, and what of it is asked for."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

from kty.errors import Forbidden, Invalid, NotFound
from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import (
    LogsWiped,
    again_when_wiped,
    container,
    follow,
    log,
    log_until,
    path,
    start,
    status_of,
    until,
)

COUNTS = "for i in 1 2 3; do echo line $i; done; sleep 3600"
TICKS = "i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.2; done"
STAMP = re.compile(rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z ")


@again_when_wiped
async def test_a_log_is_what_was_printed(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(COUNTS))
    assert await log_until(cluster, place, "one", b"line 3\n") == b"line 1\nline 2\nline 3\n"


@again_when_wiped
async def test_both_outputs_are_in_it(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("echo out; sleep 0.2; echo err >&2; sleep 3600"))
    assert await log_until(cluster, place, "one", b"err\n") == b"out\nerr\n"


@again_when_wiped
async def test_a_log_can_be_cut(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(COUNTS))
    await log_until(cluster, place, "one", b"line 3\n")
    assert await log(cluster, place, "one", tailLines=2) == b"line 2\nline 3\n"
    assert await log(cluster, place, "one", tailLines=0) == b""
    assert await log(cluster, place, "one", tailLines=99) == b"line 1\nline 2\nline 3\n"
    assert await log(cluster, place, "one", limitBytes=9) == b"line 1\nli"
    assert await log(cluster, place, "one", tailLines=2, limitBytes=3) == b"lin"
    assert await log(cluster, place, "one", sinceSeconds=3600) == b"line 1\nline 2\nline 3\n"


@again_when_wiped
async def test_lines_can_have_their_times(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("echo one; sleep 1; echo two; sleep 3600"))
    await log_until(cluster, place, "one", b"two\n")
    stamped = (await log(cluster, place, "one", timestamps="true")).splitlines()
    assert all(STAMP.match(line) for line in stamped)
    assert [STAMP.sub(b"", line) for line in stamped] == [b"one", b"two"]
    first, second = (datetime.fromisoformat(line[:26].decode() + "+00:00") for line in stamped)
    assert timedelta(seconds=0.9) < second - first < timedelta(seconds=3)
    between = (first + (second - first) / 2).astimezone(UTC)
    # The server takes whole seconds only; a fraction is cut off.
    asked = between.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = await log(cluster, place, "one", sinceTime=asked)
    assert shown.endswith(b"two\n")
    assert await log(cluster, place, "one", sinceTime="2100-01-01T00:00:00Z") == b""


@again_when_wiped
async def test_lines_come_as_they_are_printed(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(TICKS))
    await log_until(cluster, place, "one", b"tick 2\n")
    async with follow(cluster, place, "one", tailLines=1) as lines:
        first = _number(await anext(lines))
        assert [_number(await anext(lines)) for _ in range(4)] == [first + step for step in (1, 2, 3, 4)]


@again_when_wiped
async def test_following_ends_with_the_container(cluster: Cluster, place: Place) -> None:
    script = "trap 'exit 0' TERM; echo begin; sleep 1; echo end"
    await start(place, "one", container(script), wait=False, restartPolicy="Never")
    await until(place, "one", lambda pod: pod["status"].get("containerStatuses") and not _waits(pod))
    async with asyncio.timeout(GUARD), follow(cluster, place, "one") as lines:
        came = [line async for line in lines]
    if came and came[0].startswith(b"failed"):
        raise LogsWiped
    assert came == [b"begin", b"end"]


@again_when_wiped
async def test_following_ends_with_the_pod(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(COUNTS))
    await log_until(cluster, place, "one", b"line 3\n")
    async with asyncio.timeout(GUARD), follow(cluster, place, "one") as lines:
        assert [await anext(lines) for _ in range(3)] == [b"line 1", b"line 2", b"line 3"]
        await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 1})
        assert [line async for line in lines] == []


@again_when_wiped
async def test_following_stops_at_the_limit(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(COUNTS))
    await log_until(cluster, place, "one", b"line 3\n")
    assert await log(cluster, place, "one", follow="true", limitBytes=10) == b"line 1\nlin"


@again_when_wiped
async def test_the_run_before_can_be_read(cluster: Cluster, place: Place) -> None:
    script = "echo run; sleep 1; echo over; exit 3"
    await start(place, "one", container(script), wait=False)
    await until(
        place, "one", lambda pod: any(one.get("lastState") for one in pod["status"].get("containerStatuses") or ())
    )
    assert await log(cluster, place, "one", previous="true") == b"run\nover\n"


async def test_a_first_run_has_none_before(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    error = await status_of(log(cluster, place, "one", previous="true"))
    assert isinstance(error, Invalid)
    assert str(error) == 'previous terminated container "main" in pod "one" not found'


@again_when_wiped
async def test_a_container_that_has_ended_keeps_its_log(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("echo done"), wait=False, restartPolicy="Never")
    await until(place, "one", lambda pod: pod["status"]["phase"] == "Succeeded")
    assert await log(cluster, place, "one") == b"done\n"
    assert await log(cluster, place, "one", follow="true") == b"done\n"


@again_when_wiped
async def test_the_last_line_needs_no_newline(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("echo one; printf two"), wait=False, restartPolicy="Never")
    await until(place, "one", lambda pod: pod["status"]["phase"] == "Succeeded")
    assert await log(cluster, place, "one") == b"one\ntwo"


@again_when_wiped
async def test_containers_are_chosen_by_name(cluster: Cluster, place: Place) -> None:
    await start(place, "two", container("echo a; sleep 3600", "a"), container("echo b; sleep 3600", "b"))
    assert await log_until(cluster, place, "two", b"b\n", container="b") == b"b\n"
    error = await status_of(log(cluster, place, "two"))
    assert str(error) == "a container name must be specified for pod two, choose one of: [a b]"
    error = await status_of(log(cluster, place, "two", container="zz"))
    assert str(error) == "container zz is not valid for pod two"
    assert isinstance(error, Invalid)


@again_when_wiped
async def test_the_log_of_an_init_container(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container(), initContainers=[container("echo first", "setup")])
    assert await log(cluster, place, "one", container="setup") == b"first\n"


async def test_a_container_that_waits_has_none(cluster: Cluster, place: Place) -> None:
    spec = [container("echo first; sleep 3600", "setup")]
    await start(place, "one", container(), wait=False, initContainers=spec)
    await until(place, "one", lambda pod: pod["status"].get("containerStatuses"))
    error = await status_of(log(cluster, place, "one", container="main"))
    assert isinstance(error, Invalid)
    assert str(error) == 'container "main" in pod "one" is waiting to start: PodInitializing'


async def test_a_pod_without_a_node_has_none(cluster: Cluster, place: Place) -> None:
    await place.pod("waits")
    assert await log(cluster, place, "waits") == b""


async def test_what_is_asked_for_must_make_sense(cluster: Cluster, place: Place) -> None:
    await place.pod("waits")
    wrong = {
        "tailLines=-1": "tailLines: Invalid value: -1: must be greater than or equal to 0",
        "limitBytes=0": "limitBytes: Invalid value: 0: must be greater than 0",
        "sinceSeconds=0": "sinceSeconds: Invalid value: 0: must be greater than 0",
        "stream=Stderr": "stream: Forbidden: may not be specified",
    }
    for asked, message in wrong.items():
        name, _, value = asked.partition("=")
        error = await status_of(log(cluster, place, "waits", **{name: value}))
        assert (str(error), error.code) == (f'PodLogOptions "waits" is invalid: {message}', 422)  # type: ignore[attr-defined]
    both = {"sinceSeconds": "1", "sinceTime": "2020-01-01T00:00:00Z"}
    error = await status_of(log(cluster, place, "waits", **both))
    assert str(error).endswith("[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")
    for name, value, message in (
        ("tailLines", "x", 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("sinceTime", "zz", 'parsing time "zz" as "2006-01-02T15:04:05Z07:00": cannot parse "zz" as "2006"'),
    ):
        error = await status_of(log(cluster, place, "waits", **{name: value}))
        assert (str(error), error.code) == (message, 400)  # type: ignore[attr-defined]


async def test_who_may_read(cluster: Cluster, place: Place) -> None:
    await place.pod("waits")
    assert await log(cluster, place, "waits", user="viewer") == b""
    assert isinstance(await status_of(log(cluster, place, "waits", user="nobody")), Forbidden)
    assert isinstance(await status_of(log(cluster, place, "nope")), NotFound)


async def test_it_is_read_only(cluster: Cluster, place: Place) -> None:
    await place.pod("waits")
    error = await status_of(cluster.client().request("POST", path(place, "waits", "log"), body=b"{}"))
    assert str(error) == "the server does not allow this method on the requested resource"


def _number(line: bytes) -> int:
    if not line.startswith(b"tick "):
        raise LogsWiped(line)
    return int(line.removeprefix(b"tick "))


def _waits(pod: dict[str, dict[str, list[dict[str, dict[str, str]]]]]) -> bool:
    return any("waiting" in one["state"] for one in pod["status"]["containerStatuses"])
