"""Logs of containers that really run: every line of a burst. More in tests/stories/test_logs_in_town.py."""

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
