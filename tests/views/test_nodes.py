from typing import Any

import pytest

from kty.views.nodes import VIEW
from kty.views.view import Browse
from tests.views.showing import compared, meta, row, shown


def node(*conditions: tuple[str, str], unschedulable: bool = False, **status: Any) -> dict[str, Any]:
    return {
        "metadata": meta("worker-1"),
        "spec": {"unschedulable": True} if unschedulable else {},
        "status": {"conditions": [{"type": kind, "status": value} for kind, value in conditions], **status},
    }


READY = ("Ready", "True")


@pytest.mark.parametrize(
    ("obj", "status", "pressure", "tone"),
    [
        (node(READY, ("MemoryPressure", "False")), "Ready", "", ""),
        (node(("Ready", "False")), "NotReady", "", "bad"),
        (node(("Ready", "Unknown")), "NotReady", "", "bad"),
        (node(), "Unknown", "", "warn"),
        (node(READY, unschedulable=True), "Ready,SchedulingDisabled", "", "warn"),
        (node(("Ready", "False"), unschedulable=True), "NotReady,SchedulingDisabled", "", "bad"),
        (
            node(READY, ("DiskPressure", "True"), ("NetworkUnavailable", "True"), ("Custom", "True")),
            "Ready",
            "DiskPressure,NetworkUnavailable",
            "warn",
        ),
    ],
)
def test_a_node_shows_whether_it_can_run_pods(obj: dict[str, Any], status: str, pressure: str, tone: str) -> None:
    found = shown(VIEW, obj)
    assert (found["Status"], found["Pressure"]) == (status, pressure)
    assert VIEW.tone(row(VIEW, obj)) == tone


def test_roles_are_read_from_both_kinds_of_labels() -> None:
    labels = {
        "node-role.kubernetes.io/worker": "",
        "node-role.kubernetes.io/control-plane": "",
        "node-role.kubernetes.io/": "",
        "kubernetes.io/role": "gpu",
    }
    assert shown(VIEW, {"metadata": meta(labels=labels)})["Roles"] == "control-plane,gpu,worker"
    assert shown(VIEW, {})["Roles"] == "<none>"


def test_a_node_shows_what_it_has_and_what_it_is() -> None:
    obj = node(
        READY,
        capacity={"cpu": "3920m", "memory": "32768212Ki", "pods": "110"},
        addresses=[
            {"type": "Hostname", "address": "w"},
            {"type": "InternalIP", "address": "10.0.0.1"},
            {"type": "InternalIP", "address": "fd00::1"},
        ],
        nodeInfo={"kubeletVersion": "v1.36.3", "kernelVersion": "6.1", "architecture": "arm64"},
    )
    obj["spec"]["taints"] = [{"key": "a", "effect": "NoSchedule"}]
    found = shown(VIEW, obj)
    assert (found["CPU Total"], found["Memory Total"], found["Pods"], found["Taints"]) == ("3.92", "31.3Gi", "110", "1")
    assert (found["Internal-IP"], found["External-IP"]) == ("10.0.0.1", "<none>")
    assert (found["Version"], found["Kernel-Version"]) == ("v1.36.3", "6.1 (arm64)")
    assert (found["OS-Image"], found["Container-Runtime"]) == ("<unknown>", "<unknown>")
    assert compared(VIEW, "CPU Total", obj) == pytest.approx(3.92)


def test_enter_on_a_node_leads_to_its_pods_of_every_namespace() -> None:
    assert VIEW.opens(node()) == Browse("pods", namespace="", fields=(("Node", "worker-1"),), title="node/worker-1")
