"""Forwarded ports of pods that really serve: they move, wait and end as they should."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kty.kube.resource import Resource
from tests.cluster.browsing import Person, browsing, command, row
from tests.cluster.place import DEPLOYMENTS, PODS, Place
from tests.cluster.test_browsing import QUICK
from tests.forwarding import fetched

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]

SERVICES = Resource("", "v1", "Service", "services")
LABELS = {"app": "web"}


def serving(port: int = 8080) -> dict[str, Any]:
    """Return the spec of a pod that serves its own name."""
    script = f"mkdir -p /www; hostname > /www/index.html; exec httpd -f -p {port} -h /www"
    container = {
        "name": "main",
        "image": "busybox:local",
        "command": ["sh", "-c", script],
        "ports": [{"containerPort": port, "name": "http"}],
        "readinessProbe": {"exec": {"command": ["wget", "-q", "-O-", f"http://localhost:{port}/"]}, "periodSeconds": 1},
    }
    return {"containers": [container], **QUICK}


async def forwards(me: Person, line: str) -> tuple[str, int]:
    """Forward what is typed of the row under the cursor; return the address."""
    await me.press("F")
    await me.sees("enter does it")
    await me.types(line)
    await me.press("enter")
    await me.sees("1 forwarded")
    (forward,) = me.app.session.forwards
    return forward.address


async def serves(address: tuple[str, int]) -> str:
    """Return the name of the pod that answers; a connection may be reset while one pod ends."""
    async with asyncio.timeout(60):
        while True:
            if page := await fetched(address):
                return page.split()[-1]
            await asyncio.sleep(0.2)


async def test_a_deployment_goes_on_with_another_pod_and_a_service_leads_to_the_same(
    cluster_kubeconfig: Kubeconfig, place: Place
) -> None:
    template = {"metadata": {"labels": LABELS}, "spec": serving()}
    spec = {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template}
    await place.create(DEPLOYMENTS, "web", spec=spec)
    await place.create(SERVICES, "web", spec={"selector": LABELS, "ports": [{"port": 80, "targetPort": "http"}]})
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first="deploy", size=(200, 40)) as me:
        await me.until(lambda: row(me, "web")[1:2] == ["2/2"], "two ready pods")
        address = await forwards(me, ":http")
        first = await serves(address)
        await me.press("f")
        await me.sees("portforwards 1", f"leads to {first}")
        await place.remove(PODS, first)
        second = await serves(address)
        while second == first:  # it answers until it has ended
            second = await serves(address)
        await me.sees(f"leads to {second}")
        await me.press("ctrl+d")
        await me.sees("no port is forwarded")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)

        await command(me, "services")
        await me.until(lambda: row(me, "web")[1:2] == ["ClusterIP"], "the service")
        address = await forwards(me, "0:80")
        assert (await serves(address)).startswith("web-")
        await place.change(DEPLOYMENTS, "web", spec={"replicas": 0})
        await me.press("f")
        await me.sees("service/web", "waiting")
        asking = asyncio.create_task(fetched(address))
        await me.sees("1 connection open")
        await place.change(DEPLOYMENTS, "web", spec={"replicas": 1})
        assert "web-" in await asking


async def test_a_pod_is_waited_for_and_what_it_refuses_is_told(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    await place.create(PODS, "one", spec=serving())
    async with browsing(cluster_kubeconfig("admin"), place.namespace, size=(200, 40)) as me:
        await me.until(lambda: row(me, "one")[1:3] == ["1/1", "Running"], "a running pod")
        address = await forwards(me, ":8080")
        assert await serves(address) == "one"
        await me.press("f")
        await me.sees("leads to one")
        await place.remove(PODS, "one")
        await me.sees("waiting", "there is no pod/one now")
        await place.create(PODS, "one", spec=serving(9090))
        await me.sees("ready")
        await me.until(lambda: row(me, "pod/one")[3:4] == ["ready"], "the pod to be back")
        assert await fetched(address) == ""
        await me.sees("port 8080: connection refused")


async def test_who_may_not_forward_is_told(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    await place.create(PODS, "one", spec=serving())
    async with browsing(cluster_kubeconfig("viewer"), place.namespace) as me:
        await me.until(lambda: "one" in row(me, "one"), "the pod")
        await me.press("F")
        await me.sees(f"you may not create pods/portforward in {place.namespace}")
