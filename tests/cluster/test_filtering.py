"""Filters on pods that change while they are looked at."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kty.runtime.clock import SystemClock
from tests.cluster.browsing import browsing, command, filtered, shows
from tests.cluster.place import PODS, Place, containers

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]


class Ahead(SystemClock):
    """The machine's time, and as many seconds later as a test says."""

    seconds = 0.0

    def now(self) -> float:
        return super().now() + self.seconds


async def test_words_follow_what_the_rows_say_by_now(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    for name in ("web-1", "web-2", "db-1"):
        await place.pod(name)
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "db-1", "web-1", "web-2")
        await filtered(me, "web pending")
        await me.sees("pods 2 of 3")
        await place.change(PODS, "web-1", "status", status={"phase": "Running", **containers(running=True)})
        await me.sees("pods 1 of 3")
        await filtered(me, "!web")
        await me.sees("pods 1 of 3", "db-1")
        await place.pod("db-2")
        await me.sees("pods 2 of 4", "db-2")
        await place.remove(PODS, "db-1")
        await me.sees("pods 1 of 3", "db-2")
        await me.press("escape")
        await shows(me, "db-2", "web-1", "web-2")


async def test_labels_follow_when_they_change(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    await place.pod("one", labels={"app": "web"})
    await place.pod("two", labels={"app": "db"})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "one", "two")
        await filtered(me, "-l app=web")
        await me.sees("pods 1 of 2", "one")
        await place.change(PODS, "two", metadata={"labels": {"app": "web"}})
        await me.sees("pods 2 of 2", "two")
        await place.change(PODS, "one", metadata={"labels": {"app": None}})
        await me.sees("pods 1 of 2")
        await me.sees_not("one ")
        await command(me, f"po {place.namespace} -l app!=web")
        await me.sees("pods 1 of 1", "one")
        await place.change(PODS, "two", metadata={"labels": {"app": "other"}})
        await me.sees("pods 2 of 2", "two")


async def test_columns_are_compared_as_they_are_by_now(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    await place.pod("crashes", phase="Running", **containers(waiting="CrashLoopBackOff", restarts=2))
    await place.pod("runs", phase="Running", **containers(running=True))
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "crashes", "runs")
        await filtered(me, "status:run")
        await me.sees("pods 1 of 2", "runs")
        await place.change(PODS, "crashes", "status", status=containers(running=True, restarts=3))
        await me.sees("pods 2 of 2", "crashes")
        await filtered(me, "restarts>3")
        await me.sees("pods 0 of 2", "nothing matches")
        await place.change(PODS, "crashes", "status", status=containers(waiting="CrashLoopBackOff", restarts=4))
        await me.sees("pods 1 of 2", "CrashLoopBackOff")
        await filtered(me, "restarts>x")
        await me.sees("pods 2 of 2", "Restarts compares with a number, not with x")


async def test_pods_leave_a_filter_by_age_as_time_passes(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    clock = Ahead()
    await place.pod("old")
    async with browsing(cluster_kubeconfig("admin"), place.namespace, clock=clock) as me:
        await filtered(me, "age<1h")
        await me.sees("pods 1 of 1", "old")
        clock.seconds = 7200.0
        await me.sees("pods 0 of 1", "nothing matches")
        await filtered(me, "age>1h")
        await me.sees("pods 1 of 1", "120m", "enter open")
