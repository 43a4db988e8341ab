"""Logs of containers that really run: their restarts, their pods' coming and going, and every line of a burst."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kty.widgets.log_view import LogView
from tests.cluster.browsing import Person, browsing, shows
from tests.cluster.place import PODS, Place

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]

QUICK = {"terminationGracePeriodSeconds": 1, "automountServiceAccountToken": False}


def saying(script: str, name: str = "main") -> dict[str, Any]:
    return {"name": name, "image": "busybox:local", "command": ["sh", "-c", script]}


def said(me: Person) -> list[str]:
    """Return the lines that came."""
    lines = [line.text.decode() for line in me.app.screen.query_one(LogView).wanted_lines()]
    if any(
        line.startswith(("failed to try resolving symlinks", "unable to retrieve container logs")) for line in lines
    ):
        pytest.skip("the other test cluster on this machine has swept the kubelet's logs")
    return lines


async def test_every_line_of_a_burst_comes_once_and_follows(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    script = "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo line $i; done; sleep 2; echo last; sleep 3600"
    await place.create(PODS, "bursts", spec={"containers": [saying(script)], **QUICK})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "bursts")
        await me.press("l")
        await me.until(lambda: "last" in said(me), "the last line")
        await me.press("1")
        await me.until(lambda: len(said(me)) == 5001, "the whole log")
        assert said(me) == [*[f"line {number}" for number in range(1, 5001)], "last"]
        await me.sees("● following")


async def test_a_restart_is_waited_for_and_said_and_the_run_before_can_be_read(
    cluster_kubeconfig: Kubeconfig, place: Place
) -> None:
    script = "echo begin; sleep 2; echo end; exit 1"
    await place.create(PODS, "crashes", spec={"containers": [saying(script)], **QUICK})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "crashes")
        await me.press("l")
        await me.until(lambda: said(me)[:2] == ["begin", "end"], "the first run")
        await me.sees("crashes/main restarted")
        await me.until(lambda: said(me)[:4] == ["begin", "end", "begin", "end"], "the second run")
        await me.press("p")
        await me.sees("the run before", "ended")
        await me.until(lambda: said(me) == ["begin", "end"], "the run before")


async def test_pods_join_and_leave(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    for name in ("one", "two"):
        spec = {"containers": [saying(f"echo I am {name}; sleep 3600")], **QUICK}
        await place.create(PODS, name, spec=spec, labels={"app": "web"})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "one", "two")
        await me.press("L")
        await me.until(lambda: sorted(said(me)) == ["I am one", "I am two"], "both")
        spec = {"containers": [saying("echo I am three; sleep 3600")], **QUICK}
        await place.create(PODS, "three", spec=spec)
        await me.sees("three/main joined", "I am three", "● following")
        await place.remove(PODS, "one")
        await me.sees("one/main left", "following 2 of 3")
