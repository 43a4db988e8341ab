"""The status of a pod as a whole, from those of its containers: phase and conditions."""

from collections.abc import Iterable, Sequence

from kty.demo.life.conditions import set_condition
from kty.demo.life.podstate import condition
from kty.kube.objects import Object

ORDER = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
"""In which the kubelet writes the conditions; others follow."""


def is_sidecar(container: Object) -> bool:
    """Say whether an init container goes on running beside the others."""
    return container.get("restartPolicy") == "Always"


def conclude(pod: Object, now: str) -> None:
    """Bring phase and conditions up to what the containers' statuses say."""
    status = pod["status"]
    if status.get("phase") not in ("Succeeded", "Failed"):
        status["phase"] = phase_of(pod)
    _initialized(pod, now)
    _ready(pod, now)
    generation = pod["metadata"].get("generation", 1)
    for each in status["conditions"]:
        each.setdefault("lastProbeTime", None)
        each["observedGeneration"] = generation
    status["observedGeneration"] = generation
    order = {kind: number for number, kind in enumerate(ORDER)}
    status["conditions"].sort(key=lambda each: order.get(each["type"], len(order)))


def phase_of(pod: Object) -> str:
    policy = pod["spec"].get("restartPolicy", "Always")
    if any(_failed_for_good(each, policy) for each in _plain_inits(pod)):
        return "Failed"
    states = [each["state"] for each in pod["status"].get("containerStatuses") or ()]
    if uninitialized(pod) or not states:
        return "Pending"
    statuses = pod["status"]["containerStatuses"]
    if any("waiting" in each["state"] and not each["lastState"] for each in statuses):
        return "Pending"
    if any("running" in state for state in states) or policy == "Always":
        return "Running"
    codes = [_exit_code(each) for each in statuses]
    if all(code == 0 for code in codes):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def uninitialized(pod: Object) -> list[str]:
    """Return the names of the init containers that are not through."""
    statuses = {each["name"]: each for each in pod["status"].get("initContainerStatuses") or ()}
    return [
        spec["name"]
        for spec in pod["spec"].get("initContainers") or ()
        if not _is_through(spec, statuses.get(spec["name"]))
    ]


def is_waiting_for_init(pod: Object) -> bool:
    """Say whether the containers proper may not start yet: once they did, a sidecar that fails stops nothing."""
    initialized = condition(pod, "Initialized")
    return bool(uninitialized(pod)) and not (initialized and initialized["status"] == "True")


def _plain_inits(pod: Object) -> list[Object]:
    sidecars = {each["name"] for each in pod["spec"].get("initContainers") or () if is_sidecar(each)}
    return [each for each in pod["status"].get("initContainerStatuses") or () if each["name"] not in sidecars]


def _is_through(spec: Object, status: Object | None) -> bool:
    if status is None:
        return False
    if is_sidecar(spec):
        return bool(status.get("started"))
    return _exit_code(status) == 0 and "terminated" in status["state"]


def _exit_code(status: Object) -> int:
    ended = status["state"].get("terminated") or status["lastState"].get("terminated") or {}
    return int(ended.get("exitCode", 0))


def _failed_for_good(status: Object, policy: str) -> bool:
    return policy == "Never" and "terminated" in status["state"] and _exit_code(status) != 0


def _initialized(pod: Object, now: str) -> None:
    status = pod["status"]
    left = uninitialized(pod)
    if not left or (condition(pod, "Initialized") or {}).get("status") == "True":
        reason = "PodCompleted" if status["phase"] == "Succeeded" else ""
        set_condition(status, "Initialized", "True", now, reason)
    else:
        message = f"containers with incomplete status: [{' '.join(left)}]"
        set_condition(status, "Initialized", "False", now, "ContainersNotInitialized", message)


def _ready(pod: Object, now: str) -> None:
    status = pod["status"]
    if status["phase"] in ("Succeeded", "Failed"):
        reason = "PodCompleted" if status["phase"] == "Succeeded" else "PodFailed"
        for kind in ("Ready", "ContainersReady"):
            set_condition(status, kind, "False", now, reason)
        set_condition(status, "PodReadyToStartContainers", "False", now)
        return
    sidecars = {each["name"] for each in pod["spec"].get("initContainers") or () if is_sidecar(each)}
    all_statuses = [each for each in status.get("initContainerStatuses") or () if each["name"] in sidecars]
    all_statuses += status.get("containerStatuses") or ()
    unready = [each["name"] for each in all_statuses if not each["ready"]]
    if unready:
        message = f"containers with unready status: [{' '.join(unready)}]"
        for kind in ("Ready", "ContainersReady"):
            set_condition(status, kind, "False", now, "ContainersNotReady", message)
        return
    set_condition(status, "ContainersReady", "True", now)
    closed = list(_closed_gates(pod, pod["spec"].get("readinessGates") or ()))
    if closed:
        set_condition(status, "Ready", "False", now, "ReadinessGatesNotReady", ", ".join(closed))
    else:
        set_condition(status, "Ready", "True", now)


def _closed_gates(pod: Object, gates: Sequence[Object]) -> Iterable[str]:
    for gate in gates:
        kind = gate["conditionType"]
        found = condition(pod, kind)
        if found is None:
            yield f'corresponding condition of pod readiness gate "{kind}" does not exist.'
        elif found["status"] != "True":
            yield f'the status of pod readiness gate "{kind}" is not "True", but {found["status"]}'
