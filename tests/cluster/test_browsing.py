"""Lists that follow the cluster, and the way down from a deployment to its containers and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.browsing import browsing, command, lines, row, shows, truth, under_cursor
from tests.cluster.place import DEPLOYMENTS, NO_SCHEDULER, PODS, Place

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]

SLEEPS = {"name": "main", "image": "busybox:local", "command": ["sleep", "3600"]}
QUICK = {"terminationGracePeriodSeconds": 1, "automountServiceAccountToken": False}


def deployment(app: str, replicas: int) -> dict[str, Any]:
    """Return the spec of a deployment whose pods no node runs."""
    return {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": app}},
        "template": {
            "metadata": {"labels": {"app": app}},
            "spec": {"schedulerName": NO_SCHEDULER, "containers": [SLEEPS]},
        },
    }


async def test_pods_come_run_restart_and_go_on_the_screen(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await me.sees(f"no pods in {place.namespace}", "● live")
        await place.create(PODS, "runs", spec={"containers": [SLEEPS], **QUICK})
        await me.until(lambda: row(me, "runs")[1:4] == ["1/1", "Running", "0"], "a running pod")
        await place.pod("waits")
        await shows(me, "runs", "waits")
        assert row(me, "waits")[1:3] == ["0/1", "Pending"]
        again = {**SLEEPS, "image": "docker.io/library/busybox:local"}  # the same one, but its container starts anew
        await place.change(PODS, "runs", spec={"containers": [again]})
        await me.until(lambda: row(me, "runs")[1:4] == ["1/1", "Running", "1"], "a restart")
        await place.remove(PODS, "runs")
        await me.until(lambda: "Terminating" in row(me, "runs") or not row(me, "runs"), "a pod that ends")
        await shows(me, "waits")
        await place.remove(PODS, "waits")
        await me.sees(f"no pods in {place.namespace}", "0 of 0")


async def test_enter_leads_to_the_pods_of_one_deployment_and_their_containers(
    cluster_kubeconfig: Kubeconfig, place: Place
) -> None:
    for app, replicas in {"one": 1, "two": 2, "void": 0}.items():
        await place.create(DEPLOYMENTS, app, spec=deployment(app, replicas))
    await place.pod("alone", labels={"app": "alone"})
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first="deploy") as me:
        await shows(me, "one", "two", "void")
        await me.press("down", "enter")
        await me.sees("pods 2 of 2  in deployment/two", "● live")
        await me.until(lambda: [words[0][:4] for words in lines(me)[1:] if words] == ["two-"] * 2, "both pods")
        await place.change(DEPLOYMENTS, "two", spec={"replicas": 3})
        await me.sees("pods 3 of 3  in deployment/two")
        await me.press("end")
        last = under_cursor(me)
        await me.press("enter")
        await me.sees(f"containers 1 of 1  in pod/{last}", "busybox:local")
        await me.press("y")
        await me.sees("kind: Pod", f"name: {last}")
        await me.press("escape", "escape")
        await me.sees("pods 3 of 3  in deployment/two", "● live")
        assert under_cursor(me) == last
        await me.press("escape")
        await shows(me, "one", "two", "void")
        assert under_cursor(me) == "two"
        await me.press("down", "enter")
        await me.sees("pods 0 of 0  in deployment/void", "● live")


async def test_all_namespaces_do_not_widen_what_a_deployment_leads_to(
    cluster_kubeconfig: Kubeconfig, place: Place
) -> None:
    await place.create(DEPLOYMENTS, "only", labels={"in": place.namespace}, spec=deployment("only", 1))
    await place.pod("alone")
    async with browsing(cluster_kubeconfig("admin"), first=f"deploy all -l in={place.namespace}") as me:
        await shows(me, "only")
        await me.press("enter")
        await me.sees("pods 1 of 1  in deployment/only", "● live")
        await me.press("y")
        await me.sees("kind: Pod", "name: only-")
        await command(me, f"po {place.namespace}")
        await me.until(lambda: "pods 2 of 2" in truth(me), "both pods")


async def test_the_yaml_follows_the_object_until_it_is_deleted(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    await place.pod("seen")
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await shows(me, "seen")
        await me.press("y")
        await me.sees("name: seen")
        await place.change(PODS, "seen", metadata={"labels": {"colour": "green"}})
        await me.sees("colour: green")
        await place.remove(PODS, "seen")
        await me.sees("deleted; this is what it was last", "colour: green")
        await place.pod("seen")
        await me.sees_not("colour: green")
        await me.sees("● live", "name: seen")
