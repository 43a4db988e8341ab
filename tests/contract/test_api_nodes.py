"""Cordon, uncordon and drain a node of the test's own: who leaves, who stays, and what is waited for."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kty.errors import NotFound, Unfinished
from kty.kube.nodes import Blocked, Cordoned, Evicted, Left, Progress, Skipped, Waiting, cordon, drain, uncordon
from tests.cluster.place import DEPLOYMENTS, PODS, Place
from tests.contract.living import BUDGETS, DAEMONSETS, NODES, Living, template, workload

QUICK: dict[str, Any] = {"budget_pause": 0.2, "look": 0.1}


@pytest.fixture
async def node(live: Living) -> AsyncIterator[str]:
    """Return the name of an empty node behind which nobody runs pods; its taint keeps those of other tests away."""
    name = f"t-{secrets.token_hex(4)}"
    taint = {"key": "t-node", "value": name, "effect": "NoSchedule"}
    try:
        await live.node(name, spec={"taints": [taint]})
        await live.until(NODES, name, lambda node: node["spec"].get("taints") == [taint])
        yield name
    finally:
        await live.delete(NODES, name)


def _spec(node: str, **more: Any) -> Any:
    tolerated = {"key": "t-node", "value": node, "effect": "NoSchedule"}
    return template("web", nodeSelector={"t-node": node}, tolerations=[tolerated], **more)["spec"]


async def _pod(live: Living, node: str, name: str, **more: Any) -> None:
    await live.make(PODS, name, labels={"app": "web"}, spec=_spec(node, **more))
    await live.until(PODS, name, lambda pod: pod["spec"].get("nodeName") == node)


async def _told(client: Any, node: str, **options: Any) -> list[Progress]:
    return [each async for each in drain(client, node, **{**QUICK, "grace": 0, "timeout": 30.0, **options})]


async def test_a_node_is_cordoned_and_let_go(live: Living, place: Place, node: str) -> None:
    tried = await cordon(place.client, node, dry_run=True)
    assert tried.spec is not None
    assert tried.spec.unschedulable is True
    assert "unschedulable" not in (await live.get(NODES, node))["spec"]
    for _ in range(2):
        await cordon(place.client, node)
        assert (await live.get(NODES, node))["spec"]["unschedulable"] is True
    for _ in range(2):
        await uncordon(place.client, node)
        assert "unschedulable" not in (await live.get(NODES, node))["spec"]
    for call in (cordon, uncordon):
        with pytest.raises(NotFound):
            await call(place.client, "t-nope")


async def test_an_empty_node_is_drained_at_once(live: Living, place: Place, node: str) -> None:
    assert await _told(place.client, node) == [Cordoned(node)]
    assert (await live.get(NODES, node))["spec"]["unschedulable"] is True


async def test_what_nothing_would_make_anew_is_in_the_way(live: Living, place: Place, node: str) -> None:
    await _pod(live, node, "alone")
    with pytest.raises(Unfinished, match="cannot be drained, a pod is in the way") as raised:
        await _told(place.client, node)
    assert raised.value.left == (f"{live.namespace}/alone: nothing would make it anew (force evicts it all the same)",)
    assert "deletionTimestamp" not in (await live.get(PODS, "alone"))["metadata"]
    told = await _told(place.client, node, force=True)
    assert [type(each) for each in told if not isinstance(each, Waiting)] == [Cordoned, Evicted, Left]
    await live.gone(PODS, "alone")


async def test_the_data_of_a_pod_is_not_lost_unasked(live: Living, place: Place, node: str) -> None:
    await _pod(live, node, "alone", volumes=[{"name": "v", "emptyDir": {}}])
    with pytest.raises(Unfinished, match="emptyDir would be lost"):
        await _told(place.client, node, force=True)
    await _told(place.client, node, force=True, delete_emptydir_data=True)
    await live.gone(PODS, "alone")


async def test_the_pods_of_a_daemonset_stay(live: Living, place: Place, node: str) -> None:
    spec = workload("web", pod={"metadata": {"labels": {"app": "web"}}, "spec": _spec(node)})
    await live.make(DAEMONSETS, "web", spec=spec)
    await live.settled(PODS, lambda pods: pods and pods[0]["spec"].get("nodeName"), app="web")
    with pytest.raises(Unfinished, match="a daemonset would start it again"):
        await _told(place.client, node)
    _, skipped = await _told(place.client, node, ignore_daemonsets=True)
    assert isinstance(skipped, Skipped)
    assert skipped.why == "a daemonset would start it again at once"


async def test_a_drain_waits_for_a_budget_and_says_so(live: Living, place: Place, node: str) -> None:
    deployment = workload("web", pod={"metadata": {"labels": {"app": "web"}}, "spec": _spec(node)})
    await live.make(DEPLOYMENTS, "web", spec=deployment)
    (pod,) = await live.settled(PODS, lambda pods: pods and pods[0]["spec"].get("nodeName"), app="web")
    name = pod["metadata"]["name"]
    running = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    await live.ask.merge(PODS.path(live.namespace, name, "status"), {"status": running})
    selector = {"matchLabels": {"app": "web"}}
    await live.make(BUDGETS, "web", spec={"selector": selector, "minAvailable": 1})
    await live.until(BUDGETS, "web", lambda budget: budget.get("status", {}).get("currentHealthy") == 1)
    with pytest.raises(Unfinished, match="is not drained after 1 s") as raised:
        await _told(place.client, node, timeout=1.0)
    (left,) = raised.value.left
    assert left.startswith(
        f"{live.namespace}/{name}: Cannot evict pod as it would violate the pod's disruption budget; "
    )
    told: list[Progress] = []
    async for each in drain(place.client, node, grace=0, timeout=30.0, **QUICK):
        told.append(each)
        if isinstance(each, Blocked) and len(told) == 2:
            assert "needs 1 healthy pods and has 1 currently" in each.why
            assert each.retry_in >= 0.2
            await live.change(BUDGETS, "web", spec={"minAvailable": 0})
    assert isinstance(told[1], Blocked)
    assert isinstance(told[-1], Left)
    await live.gone(PODS, name)


async def test_deleting_asks_no_budget(live: Living, place: Place, node: str) -> None:
    await _pod(live, node, "alone")
    await live.make(BUDGETS, "web", spec={"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1})
    told = await _told(place.client, node, force=True, delete=True)
    assert isinstance(told[-1], Left)


async def test_labels_choose_who_leaves(live: Living, place: Place, node: str) -> None:
    await _pod(live, node, "alone")
    assert await _told(place.client, node, labels="app=other") == [Cordoned(node)]


async def test_a_pod_that_does_not_go_is_waited_for(live: Living, place: Place, node: str) -> None:
    await _pod(live, node, "alone")
    await live.change(PODS, "alone", metadata={"finalizers": ["t.example.com/hold"]})
    told: list[Progress] = []
    async for each in drain(place.client, node, force=True, grace=0, timeout=30.0, **QUICK):
        told.append(each)
        if isinstance(each, Waiting):
            assert [pod.name for pod in each.pods] == ["alone"]
            await live.change(PODS, "alone", metadata={"finalizers": None})
    assert [type(each) for each in told] == [Cordoned, Evicted, Waiting, Left]
