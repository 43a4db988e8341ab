"""Deployments, replica sets, stateful sets and daemon sets."""

from typing import Any

import pytest

from kty.kube.objects import Object
from kty.views import daemonsets, deployments, replicasets, statefulsets
from kty.views.view import Browse, View, Yaml
from tests.views.showing import compared, meta, row, shown

SELECTOR = {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]}
TEMPLATE = {
    "spec": {
        "containers": [{"name": "main", "image": "web:3"}, {"name": "proxy", "image": "mesh:2"}],
        "nodeSelector": {"disk": "ssd", "arch": "arm64"},
    }
}


def workload(status: dict[str, int] | None = None, *, replicas: int | None = None, deleting: bool = False) -> Object:
    spec: dict[str, Any] = {"selector": SELECTOR, "template": TEMPLATE}
    if replicas is not None:
        spec["replicas"] = replicas
    metadata = meta(deletionTimestamp="2026-01-02T03:04:00Z") if deleting else meta()
    return {"metadata": metadata, "spec": spec, "status": status or {}}


def test_a_deployment_shows_how_far_it_is() -> None:
    found = shown(
        deployments.VIEW,
        workload({"readyReplicas": 2, "updatedReplicas": 1, "availableReplicas": 2}, replicas=3),
    )
    assert found == {
        "Ready": "2/3",
        "Up-to-date": "1",
        "Available": "2",
        "Age": "5m",
        "Containers": "main,proxy",
        "Images": "web:3,mesh:2",
        "Selector": "app=web,tier",
    }


def test_a_replica_set_shows_how_far_it_is() -> None:
    found = shown(replicasets.VIEW, workload({"replicas": 2, "readyReplicas": 1}, replicas=3))
    assert (found["Desired"], found["Current"], found["Ready"]) == ("3", "2", "1")


def test_a_stateful_set_shows_how_far_it_is() -> None:
    assert shown(statefulsets.VIEW, workload({"readyReplicas": 1}, replicas=3))["Ready"] == "1/3"


def test_a_daemon_set_shows_how_far_it_is_and_where_it_may_run() -> None:
    status = {
        "desiredNumberScheduled": 5,
        "currentNumberScheduled": 4,
        "numberReady": 3,
        "updatedNumberScheduled": 2,
        "numberAvailable": 1,
    }
    found = shown(daemonsets.VIEW, workload(status))
    assert [found[title] for title in ("Desired", "Current", "Ready", "Up-to-date", "Available")] == list("54321")
    assert found["Node Selector"] == "arch=arm64,disk=ssd"
    assert shown(daemonsets.VIEW, {})["Node Selector"] == "<none>"


@pytest.mark.parametrize("view", [deployments.VIEW, statefulsets.VIEW], ids=lambda view: view.plural)
def test_a_workload_that_does_not_say_how_many_has_one(view: View) -> None:
    assert shown(view, workload())["Ready"] == "0/1"
    assert shown(view, workload(replicas=0))["Ready"] == "0/0"


def of_each(desired: int, ready: int, *, deleting: bool = False) -> list[tuple[View, Object]]:
    replicated = workload({"readyReplicas": ready, "availableReplicas": ready}, replicas=desired, deleting=deleting)
    scheduled = workload({"desiredNumberScheduled": desired, "numberAvailable": ready}, deleting=deleting)
    views = (deployments.VIEW, replicasets.VIEW, statefulsets.VIEW)
    return [*((view, replicated) for view in views), (daemonsets.VIEW, scheduled)]


@pytest.mark.parametrize(
    ("desired", "ready", "tone"), [(3, 3, ""), (3, 4, ""), (3, 2, "warn"), (3, 0, "bad"), (0, 0, "dim")]
)
def test_a_workload_looks_as_well_as_its_replicas_are(desired: int, ready: int, tone: str) -> None:
    assert {view.tone(row(view, obj)) for view, obj in of_each(desired, ready)} == {tone}


def test_a_workload_that_is_being_deleted_is_dim() -> None:
    assert {view.tone(row(view, obj)) for view, obj in of_each(3, 0, deleting=True)} == {"dim"}


def test_ready_sorts_by_how_much_of_it_is() -> None:
    assert compared(deployments.VIEW, "Ready", workload({"readyReplicas": 1}, replicas=4)) == 0.25
    assert compared(deployments.VIEW, "Ready", workload(replicas=0)) == 1


@pytest.mark.parametrize(
    ("view", "word"),
    [(replicasets.VIEW, "replicaset"), (statefulsets.VIEW, "statefulset"), (daemonsets.VIEW, "daemonset")],
)
def test_enter_leads_to_the_pods_that_are_its_own(view: View, word: str) -> None:
    assert view.opens(workload()) == Browse(
        "pods", namespace="shop", labels="app=web,tier", owner="uid-1", title=f"{word}/web"
    )


def test_enter_on_a_deployment_leads_to_the_pods_of_all_its_replica_sets() -> None:
    assert deployments.VIEW.opens(workload()) == Browse(
        "pods", namespace="shop", labels="app=web,tier", title="deployment/web"
    )


def test_enter_on_a_workload_without_a_selector_opens_it() -> None:
    assert deployments.VIEW.opens({"metadata": meta()}) == Yaml()
