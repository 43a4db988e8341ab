from collections.abc import Sequence
from typing import Any

import pytest

from kty.views.pods import VIEW
from kty.views.view import Containers
from tests.views.showing import NOW, compared, meta, row, shown

Dict = dict[str, Any]
TERMINATED_BEFORE = {"terminated": {"exitCode": 1, "finishedAt": "2026-01-02T03:03:00Z"}}


def running(name: str = "main", *, ready: bool = True, restarts: int = 0, started: bool = True) -> Dict:
    return {
        "name": name,
        "ready": ready,
        "started": started,
        "restartCount": restarts,
        "state": {"running": {"startedAt": "2026-01-02T03:00:05Z"}},
        "lastState": TERMINATED_BEFORE if restarts else {},
    }


def waiting(reason: str = "", name: str = "main", restarts: int = 0) -> Dict:
    state = {"waiting": {"reason": reason} if reason else {}}
    return {
        "name": name,
        "ready": False,
        "restartCount": restarts,
        "state": state,
        "lastState": TERMINATED_BEFORE if restarts else {},
    }


def ended(code: int = 0, reason: str = "", signal: int = 0, name: str = "main", restarts: int = 0) -> Dict:
    terminated: Dict = {"exitCode": code}
    if reason:
        terminated["reason"] = reason
    if signal:
        terminated["signal"] = signal
    return {"name": name, "ready": False, "restartCount": restarts, "state": {"terminated": terminated}}


def left_over(name: str = "main") -> Dict:
    """It ended well, but its readiness is of before."""
    return {**ended(0, "Completed", name=name), "ready": True, "started": True}


def condition(kind: str, status: str = "True", reason: str = "") -> Dict:
    return {"type": kind, "status": status, "reason": reason}


def pod(
    *containers: Dict,
    phase: str = "Running",
    reason: str = "",
    init: Sequence[Dict] = (),
    sidecars: Sequence[str] = (),
    conditions: Sequence[Dict] = (),
    deleting: bool = False,
    wanted: int | None = None,
    **spec: Any,
) -> Dict:
    inits: list[Dict] = []
    for each in init:
        inits.append({"name": each["name"]})
        if each["name"] in sidecars:
            inits[-1]["restartPolicy"] = "Always"
    count = len(containers) if wanted is None else wanted
    return {
        "metadata": meta(deletionTimestamp="2026-01-02T03:04:00Z") if deleting else meta(),
        "spec": {"containers": [{"name": f"c{i}"} for i in range(count)], "initContainers": inits, **spec},
        "status": {
            "phase": phase,
            "reason": reason,
            "conditions": list(conditions),
            "containerStatuses": list(containers),
            "initContainerStatuses": list(init),
        },
    }


READY = condition("Ready")
INITIALIZED = condition("Initialized")
STATUSES = {
    "runs": (pod(running()), "Running", "1/1", ""),
    "not scheduled yet": (pod(phase="Pending", wanted=1), "Pending", "0/1", "busy"),
    "gated": (
        pod(phase="Pending", wanted=1, conditions=[condition("PodScheduled", "False", "SchedulingGated")]),
        "SchedulingGated",
        "0/1",
        "warn",
    ),
    "being created": (pod(waiting("ContainerCreating"), phase="Pending"), "ContainerCreating", "0/1", "busy"),
    "image cannot be pulled": (pod(waiting("ImagePullBackOff"), phase="Pending"), "ImagePullBackOff", "0/1", "bad"),
    "crashes": (pod(waiting("CrashLoopBackOff", restarts=3)), "CrashLoopBackOff", "0/1", "bad"),
    "one of two crashes": (pod(running(), waiting("CrashLoopBackOff")), "CrashLoopBackOff", "1/2", "bad"),
    "the first container's reason wins": (pod(waiting("First"), waiting("Second")), "First", "0/2", "bad"),
    "waits without a reason": (pod(waiting(), phase="Pending"), "Pending", "0/1", "busy"),
    "not ready yet": (pod(running(ready=False)), "Running", "0/1", "warn"),
    "out of memory": (pod(ended(137, "OOMKilled")), "OOMKilled", "0/1", "bad"),
    "ended by a signal": (pod(ended(137, signal=9)), "Signal:9", "0/1", "bad"),
    "ended with a code": (pod(ended(3)), "ExitCode:3", "0/1", "bad"),
    "ended well without a reason": (pod(ended(0), phase="Succeeded"), "ExitCode:0", "0/1", "dim"),
    "completed": (pod(ended(0, "Completed"), phase="Succeeded"), "Completed", "0/1", "dim"),
    "completed, though still called ready": (pod(left_over(), phase="Succeeded"), "Completed", "0/1", "dim"),
    "one completed, the other runs": (
        pod(ended(0, "Completed"), running(), conditions=[READY]),
        "Running",
        "1/2",
        "warn",
    ),
    "one completed, the other runs, the pod is not ready": (
        pod(ended(0, "Completed"), running()),
        "NotReady",
        "1/2",
        "warn",
    ),
    "one completed, the other failed": (
        pod(ended(0, "Completed"), ended(1, "Error"), phase="Failed"),
        "Error",
        "0/2",
        "bad",
    ),
    "evicted": (pod(phase="Failed", reason="Evicted", wanted=1), "Evicted", "0/1", "bad"),
    "being deleted": (pod(running(), deleting=True), "Terminating", "1/1", "dim"),
    "being deleted after it completed": (
        pod(ended(0, "Completed"), phase="Succeeded", deleting=True),
        "Completed",
        "0/1",
        "dim",
    ),
    "its node is lost": (pod(running(), reason="NodeLost", deleting=True), "Unknown", "1/1", "warn"),
    "the second of three init containers runs": (
        pod(
            waiting("PodInitializing"),
            phase="Pending",
            init=[ended(0, "Completed", name="a"), running("b", ready=False), waiting("PodInitializing", "c")],
        ),
        "Init:1/3",
        "0/1",
        "busy",
    ),
    "the first init container is still to start": (
        pod(waiting("PodInitializing"), phase="Pending", init=[waiting("PodInitializing", "a")]),
        "Init:0/1",
        "0/1",
        "busy",
    ),
    "an init container crashes": (
        pod(waiting("PodInitializing"), phase="Pending", init=[waiting("CrashLoopBackOff", "a", restarts=2)]),
        "Init:CrashLoopBackOff",
        "0/1",
        "bad",
    ),
    "an init container failed": (
        pod(waiting("PodInitializing"), phase="Pending", init=[ended(1, "Error", name="a")]),
        "Init:Error",
        "0/1",
        "bad",
    ),
    "an init container was killed": (
        pod(waiting("PodInitializing"), phase="Pending", init=[ended(137, signal=9, name="a")]),
        "Init:Signal:9",
        "0/1",
        "bad",
    ),
    "an init container ended with a code": (
        pod(waiting("PodInitializing"), phase="Pending", init=[ended(4, name="a")]),
        "Init:ExitCode:4",
        "0/1",
        "bad",
    ),
    "all init containers are done": (
        pod(waiting("PodInitializing"), phase="Pending", init=[ended(0, "Completed", name="a")]),
        "PodInitializing",
        "0/1",
        "busy",
    ),
    "a sidecar runs beside it": (
        pod(running(), init=[running("proxy")], sidecars=["proxy"], conditions=[INITIALIZED, READY]),
        "Running",
        "2/2",
        "",
    ),
    "the sidecar is not ready": (
        pod(running(), init=[running("proxy", ready=False)], sidecars=["proxy"], conditions=[INITIALIZED]),
        "Running",
        "1/2",
        "warn",
    ),
    "the sidecar is still to start": (
        pod(
            waiting("PodInitializing"),
            phase="Pending",
            init=[running("proxy", ready=True, started=False)],
            sidecars=["proxy"],
        ),
        "Init:0/1",
        "0/2",
        "busy",
    ),
    "the sidecar crashes once the pod is initialized": (
        pod(
            running(),
            init=[waiting("CrashLoopBackOff", "proxy", restarts=1)],
            sidecars=["proxy"],
            conditions=[INITIALIZED],
        ),
        "Init:CrashLoopBackOff",
        "1/2",
        "bad",
    ),
    "the sidecar ended with the pod": (
        pod(ended(0, "Completed"), phase="Succeeded", init=[left_over("proxy")], sidecars=["proxy"]),
        "Completed",
        "0/2",
        "dim",
    ),
    "it says nothing": ({}, "", "0/0", ""),
}


@pytest.mark.parametrize(("obj", "status", "ready", "tone"), STATUSES.values(), ids=STATUSES.keys())
def test_a_pod_shows_how_it_is_as_kubectl_does(obj: Dict, status: str, ready: str, tone: str) -> None:
    found = shown(VIEW, obj)
    assert (found["Status"] or "", found["Ready"]) == (status, ready)
    assert VIEW.tone(row(VIEW, obj)) == tone


RESTARTS = {
    "never": (pod(running()), "0"),
    "once, two minutes ago": (pod(running(restarts=1)), "1 (2m ago)"),
    "of all containers": (pod(running(restarts=1), waiting("CrashLoopBackOff", restarts=4)), "5 (2m ago)"),
    "and when is not known": (pod(ended(1, restarts=2)), "2"),
    "of init containers while they run": (
        pod(waiting("PodInitializing"), phase="Pending", init=[waiting("CrashLoopBackOff", "a", restarts=3)]),
        "3 (2m ago)",
    ),
    "of init containers no more once they are done": (
        pod(running(), init=[{**ended(0, "Completed", name="a"), "restartCount": 3}]),
        "0",
    ),
    "of sidecars always": (
        pod(
            running(restarts=1),
            init=[running("proxy", restarts=2), {**ended(name="a"), "restartCount": 9}],
            sidecars=["proxy"],
        ),
        "3 (2m ago)",
    ),
}


@pytest.mark.parametrize(("obj", "text"), RESTARTS.values(), ids=RESTARTS.keys())
def test_restarts_are_counted_as_kubectl_counts_them(obj: Dict, text: str) -> None:
    assert shown(VIEW, obj)["Restarts"] == text


def test_the_time_since_the_last_restart_ticks_and_is_that_of_the_latest() -> None:
    early, late = running(restarts=1), running(restarts=1)
    early["lastState"] = {"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T23:59:59Z"}}
    for containers in ((early, late), (late, early)):
        assert shown(VIEW, pod(*containers), NOW + 60)["Restarts"] == "2 (3m ago)"


def test_restarts_sort_by_their_count_and_ready_by_how_much_is() -> None:
    assert compared(VIEW, "Restarts", pod(running(restarts=12))) == 12
    assert compared(VIEW, "Ready", pod(running(), running(ready=False))) == 0.5
    assert compared(VIEW, "Ready", pod(running(), running())) == 1


def test_where_a_pod_runs_is_shown_and_what_is_not_known_is_none() -> None:
    obj = pod(running(), nodeName="worker-1", serviceAccountName="robot", readinessGates=[{"conditionType": "A"}])
    obj["status"] |= {"podIPs": [{"ip": "10.0.0.7"}, {"ip": "fd00::7"}], "qosClass": "Burstable"}
    found = shown(VIEW, obj)
    assert (found["IP"], found["Node"], found["Nominated Node"]) == ("10.0.0.7", "worker-1", "<none>")
    assert (found["QoS"], found["Service Account"], found["Age"]) == ("Burstable", "robot", "5m")
    nothing = shown(VIEW, {})
    assert (nothing["IP"], nothing["Node"], nothing["Readiness Gates"]) == ("<none>", "<none>", "<none>")


def test_readiness_gates_are_counted_by_their_conditions() -> None:
    gates = [{"conditionType": "example.com/a"}, {"conditionType": "example.com/b"}]
    conditions = [condition("example.com/a"), condition("example.com/b", "False")]
    assert shown(VIEW, pod(running(), conditions=conditions, readinessGates=gates))["Readiness Gates"] == "1/2"


def test_enter_on_a_pod_leads_to_its_containers() -> None:
    assert VIEW.opens(pod(running())) == Containers("shop", "web")
