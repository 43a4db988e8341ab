"""Nodes of the test's own, behind which nobody runs pods: whom the scheduler sends there, and who has to leave."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from tests.cluster.place import GUARD, PODS
from tests.contract.living import NODES, Living, Object, condition, container, template

LABEL = "t-node"


@pytest.fixture
async def node(live: Living) -> AsyncIterator[str]:
    """Return the name of a node that is ready and empty; it carries the label `t-node` with its name."""
    name = f"t-{secrets.token_hex(4)}"
    try:
        await live.node(name)
        await live.until(NODES, name, lambda node: not node["spec"].get("taints"))
        yield name
    finally:
        await live.delete(NODES, name)


def _spec(node: str, **more: object) -> Object:
    request = container(resources={"requests": {"cpu": "600m"}})
    return dict(template("one", request, nodeSelector={LABEL: node}, **more)["spec"])


def _placed(pod: Object) -> object:
    return pod["spec"].get("nodeName")


def _why_not(pod: Object) -> str:
    return str(condition(pod, "PodScheduled").get("message", ""))


async def test_a_pod_goes_where_its_selector_says(live: Living, node: str) -> None:
    await live.make(PODS, "one", spec=_spec(node))
    assert _placed(await live.until(PODS, "one", _placed)) == node


async def test_a_cordoned_node_takes_nothing_until_it_is_let_go(live: Living, node: str) -> None:
    await live.change(NODES, node, spec={"unschedulable": True})
    cordoned = await live.until(NODES, node, lambda node: node["spec"].get("taints"))
    (taint,) = cordoned["spec"]["taints"]
    assert (taint["key"], taint["effect"]) == ("node.kubernetes.io/unschedulable", "NoSchedule")
    await live.make(PODS, "one", spec=_spec(node))
    pod = await live.until(PODS, "one", _why_not)
    assert "node(s) were unschedulable" in _why_not(pod)
    await live.change(NODES, node, spec={"unschedulable": None})
    assert _placed(await live.until(PODS, "one", _placed)) == node
    await live.until(NODES, node, lambda node: not node["spec"].get("taints"))


async def test_a_taint_keeps_away_whoever_does_not_tolerate_it(live: Living, node: str) -> None:
    await live.change(NODES, node, spec={"taints": [{"key": "t-only", "value": "us", "effect": "NoSchedule"}]})
    await live.make(PODS, "one", spec=_spec(node))
    pod = await live.until(PODS, "one", _why_not)
    assert "node(s) had untolerated taint(s)" in _why_not(pod)
    toleration = {"key": "t-only", "operator": "Equal", "value": "us", "effect": "NoSchedule"}
    await live.make(PODS, "two", spec=_spec(node, tolerations=[toleration]))
    assert _placed(await live.until(PODS, "two", _placed)) == node


async def test_a_full_node_takes_no_more(live: Living, node: str) -> None:
    await live.make(PODS, "one", spec=_spec(node))
    await live.until(PODS, "one", _placed)
    await live.make(PODS, "two", spec=_spec(node))
    pod = await live.until(PODS, "two", _why_not)
    assert " Insufficient cpu" in _why_not(pod)
    assert " No preemption victims found for incoming pod" in _why_not(pod)
    await live.delete(PODS, "one", gracePeriodSeconds=0)
    assert _placed(await live.until(PODS, "two", _placed)) == node


async def test_required_affinity_chooses_among_nodes(live: Living, node: str) -> None:
    expression = {"key": LABEL, "operator": "In", "values": [node, "t-other"]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    spec = template("one", affinity=affinity)["spec"]
    await live.make(PODS, "one", spec=spec)
    assert _placed(await live.until(PODS, "one", _placed)) == node


async def test_a_taint_drives_off_whoever_does_not_tolerate_it(live: Living, node: str) -> None:
    await live.make(PODS, "one", spec=_spec(node, terminationGracePeriodSeconds=0))
    await live.until(PODS, "one", _placed)
    await live.change(NODES, node, spec={"taints": [{"key": "t-out", "effect": "NoExecute"}]})
    await live.gone(PODS, "one")
    event = await live.told("one", "TaintManagerEviction")
    assert event["message"] == f"Marking for deletion Pod {live.namespace}/one"


async def test_a_gated_pod_is_not_placed(live: Living, node: str) -> None:
    await live.make(PODS, "one", spec=_spec(node, schedulingGates=[{"name": "t.example.com/later"}]))
    gated = await live.until(PODS, "one", lambda pod: condition(pod, "PodScheduled"))
    assert condition(gated, "PodScheduled")["reason"] == "SchedulingGated"
    await live.change(PODS, "one", spec={"schedulingGates": []})
    assert _placed(await live.until(PODS, "one", _placed)) == node


async def test_pods_wait_for_a_node_that_is_to_come(live: Living) -> None:
    name = f"t-{secrets.token_hex(4)}"
    await live.make(PODS, "one", spec=_spec(name))
    await live.until(PODS, "one", _why_not)
    try:
        await live.node(name)
        async with asyncio.timeout(GUARD):
            assert _placed(await live.until(PODS, "one", _placed)) == name
    finally:
        await live.delete(NODES, name)
