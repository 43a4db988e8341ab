"""Cron schedules, and the cronjobs that keep them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.demo.life.schedules import ScheduleMistake, last_before, parse
from kty.demo.times import timestamp
from kty.kube.objects import Object, epoch
from tests.demo.living import World

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", "2026-01-01 00:01"),
        ("*/10 * * * *", "2026-01-01 00:10"),
        ("5-20/5 3 * * *", "2026-01-01 03:05"),
        ("30 2,14 * * *", "2026-01-01 02:30"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 12 * * MON-FRI", "2026-01-01 12:00"),
        ("0 12 * * sun", "2026-01-04 12:00"),
        ("0 12 * * 7", "2026-01-04 12:00"),
        ("0 0 13 * 5", "2026-01-02 00:00"),
        ("0 0 1 jan *", "2027-01-01 00:00"),
        ("50/5 * * * *", "2026-01-01 00:50"),
        ("@hourly", "2026-01-01 01:00"),
        ("@weekly", "2026-01-04 00:00"),
        ("@monthly", "2026-02-01 00:00"),
    ],
)
def test_the_next_time_of_a_schedule(text: str, expected: str) -> None:
    found = parse(text).next(NEW_YEAR)
    assert found is not None
    assert found.strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "5-1 * * * *", "*/0 * * * *", "a * * * *", "@never"],
)
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ScheduleMistake):
        parse(text)


def test_a_day_that_never_comes() -> None:
    assert parse("0 0 31 2 *").next(NEW_YEAR) is None


@given(
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=4),
    hours=st.sets(st.integers(0, 23), min_size=1, max_size=4),
    start=st.integers(0, 60 * 24 * 365),
)
def test_the_next_time_is_the_first_that_fits(minutes: set[int], hours: set[int], start: int) -> None:
    after = NEW_YEAR + timedelta(minutes=start)
    schedule = parse(f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *")
    at = after + timedelta(minutes=1)
    while at.minute not in minutes or at.hour not in hours:
        at += timedelta(minutes=1)
    assert schedule.next(after) == at


def test_the_last_time_before_now_and_how_many_there_were() -> None:
    start = NEW_YEAR.timestamp()
    schedule = parse("*/10 * * * *")
    assert last_before(schedule, start, start + 599, UTC) == (None, 0)
    assert last_before(schedule, start, start + 1900, UTC) == (start + 1800, 3)
    latest, count = last_before(schedule, start, start + 30 * 86400 + 5, UTC)
    assert (latest, count) == (start + 30 * 86400, 101)


def test_a_time_zone_counts() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    latest, _ = last_before(parse("0 3 * * *"), NEW_YEAR.timestamp(), NEW_YEAR.timestamp() + 86400, tokyo)
    assert latest == datetime(2026, 1, 1, 18, tzinfo=UTC).timestamp()


def _cron(world: World, *command: str, schedule: str = "*/5 * * * *", **spec: object) -> Object:
    pod = {
        "restartPolicy": "Never",
        "containers": [{"name": "main", "image": "busybox:local", "command": list(command)}],
    }
    jobs = {"spec": {"backoffLimit": 0, "template": {"spec": pod}}}
    return world.make("cronjobs.batch", "tick", spec={"schedule": schedule, "jobTemplate": jobs, **spec})


def test_a_job_at_each_time_and_few_are_kept() -> None:
    world = World()
    _cron(world, "true")
    world.live(3700)
    jobs = world.registry.list("jobs.batch", "default")
    assert len(jobs) == 3
    times = [epoch(job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"]) for job in jobs]
    assert [time % 300 for time in times if time] == [0, 0, 0]
    assert [job["metadata"]["name"] for job in jobs] == [f"tick-{int(time // 60)}" for time in times if time]
    status = world.get("cronjobs.batch", "tick")["status"]
    assert status["lastScheduleTime"] == timestamp(times[-1] or 0)
    assert "active" not in status
    assert len(world.names("pods")) == 3


def test_forbid_waits_and_replace_does_not() -> None:
    for policy, started in (("Forbid", 1), ("Replace", 1), ("Allow", 3)):
        world = World()
        _cron(world, "sleep", "3600", concurrencyPolicy=policy)
        world.live(950)
        jobs = world.registry.list("jobs.batch", "default")
        assert len(jobs) == started, policy
        reasons = {reason for reason, _ in world.events("tick")}
        assert ("JobAlreadyActive" in reasons) == (policy == "Forbid")
        assert ("SuccessfulDelete" in reasons) == (policy == "Replace")


def test_a_suspended_cronjob_does_nothing() -> None:
    world = World()
    _cron(world, "true", suspend=True)
    world.live(1800)
    assert world.names("jobs.batch") == []


def test_failed_jobs_are_kept_apart() -> None:
    world = World()
    _cron(world, "false", failedJobsHistoryLimit=2)
    world.live(1900)
    assert len(world.names("jobs.batch")) == 2


def test_what_cannot_be_read_is_told() -> None:
    world = World()
    _cron(world, "true", schedule="every minute or so")
    world.live(60)
    assert world.events("tick") == [("UnparseableSchedule", 1)]


def test_after_a_long_sleep_one_job_is_made_for_the_last_time() -> None:
    world = World()
    _cron(world, "true")
    world.live(10)
    world.clock.suspend(86400)
    world.live(30)
    assert len(world.names("jobs.batch")) == 1
    assert ("TooManyMissedTimes", 1) in world.events("tick")
