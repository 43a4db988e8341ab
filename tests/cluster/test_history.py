"""The timeline of an object on a real API server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kty.widgets.page_view import PageView
from tests.cluster.browsing import Person, browsing
from tests.cluster.place import DEPLOYMENTS, Place

pytestmark = pytest.mark.cluster
APP = {"app": "web"}
TEMPLATE = {"metadata": {"labels": APP}, "spec": {"containers": [{"name": "main", "image": "busybox:local"}]}}


def page(me: Person) -> str:
    """Return the whole timeline, whatever of it is on screen."""
    return me.app.screen.query_one(PageView).text


async def test_a_deployment_that_is_scaled_twice_shows_two_differences(
    cluster_kubeconfig: Callable[[str], Path], place: Place
) -> None:
    spec = {"replicas": 0, "selector": {"matchLabels": APP}, "template": TEMPLATE}
    await place.create(DEPLOYMENTS, "web", spec=spec)
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first="deploy", size=(160, 60)) as me:
        await me.sees("deployments 1 of 1", "● live")
        await place.change(DEPLOYMENTS, "web", spec={"paused": True})
        await me.press("H")
        await me.sees("deployment/web in", "+   paused: true", "watched since")
        for before, after in ((0, 2), (2, 1)):
            await place.change(DEPLOYMENTS, "web", "scale", spec={"replicas": after})
            await me.until(lambda: f"-   replicas: {before}\n" in page(me), f"{before} going")  # noqa: B023
            await me.until(lambda: f"+   replicas: {after}\n" in page(me), f"{after} coming")  # noqa: B023
        steps = [line for line in page(me).splitlines() if "spec.replicas" in line]
        assert len(steps) == 2
        assert all("by kty (scale)" in step for step in steps)
        assert "resourceVersion" not in page(me)
        await place.remove(DEPLOYMENTS, "web")
        await me.sees("▲ deleted ", "+   replicas: 1")
