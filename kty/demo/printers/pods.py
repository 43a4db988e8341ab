"""Pods."""

from typing import Any, Final

from kty.demo.printers.ages import span
from kty.demo.printers.cells import AGE, NAME, at, column
from kty.demo.printers.printer import Printer
from kty.kube.objects import Object, epoch


def _is_sidecar(container: Object) -> bool:
    return container.get("restartPolicy") == "Always"


def _ended(terminated: Object) -> str:
    """Say how a container ended."""
    if reason := terminated.get("reason"):
        return str(reason)
    if signal := terminated.get("signal"):
        return f"Signal:{signal}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


class _Reading:
    """Reads the status of a pod's containers in the order in which they start, as `kubectl get pods` tells it."""

    def __init__(self, pod: Object) -> None:
        spec, status = pod.get("spec") or {}, pod.get("status") or {}
        self._initial = {each["name"]: each for each in spec.get("initContainers") or ()}
        self._status = status
        self.total = len(spec.get("containers") or ()) + sum(_is_sidecar(each) for each in self._initial.values())
        self.ready = 0
        self.restarts = 0
        self.last_end: float | None = None
        self.reason: str = status.get("reason") or status.get("phase") or ""
        for condition in status.get("conditions") or ():
            if condition.get("type") == "PodScheduled" and condition.get("reason") == "SchedulingGated":
                self.reason = "SchedulingGated"
        if not self._read_initial() or self._has("Initialized"):
            self._read_main()
        if "deletionTimestamp" in pod["metadata"]:
            if status.get("reason") == "NodeLost":
                self.reason = "Unknown"
            elif status.get("phase") not in ("Succeeded", "Failed"):
                self.reason = "Terminating"

    def _has(self, condition: str) -> bool:
        told = self._status.get("conditions") or ()
        return any(each.get("type") == condition and each.get("status") == "True" for each in told)

    def _read_initial(self) -> bool:
        """Read the init containers; True while one of them holds the pod up."""
        sidecar_restarts, sidecar_end = 0, None
        for number, one in enumerate(self._status.get("initContainerStatuses") or ()):
            self._count(one)
            sidecar = _is_sidecar(self._initial.get(one.get("name", ""), {}))
            if sidecar:
                sidecar_restarts += one.get("restartCount", 0)
                sidecar_end = _later(sidecar_end, _end_of(one))
            why = self._why_initializing(number, one, sidecar)
            if why:
                self.reason = f"Init:{why}"
                self._sidecars = (sidecar_restarts, sidecar_end)
                return True
        self._sidecars = (sidecar_restarts, sidecar_end)
        return False

    def _why_initializing(self, number: int, one: Object, sidecar: bool) -> str:
        state = one.get("state") or {}
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if terminated is not None and not terminated.get("exitCode", 0):
            return ""
        if sidecar and one.get("started"):
            self.ready += bool(one.get("ready"))
            return ""
        if terminated is not None:
            return _ended(terminated)
        if waiting.get("reason") not in (None, "", "PodInitializing"):
            return str(waiting["reason"])
        return f"{number}/{len(self._initial)}"

    def _read_main(self) -> None:
        self.restarts, self.last_end = self._sidecars
        running, failure = False, ""
        for one in reversed(self._status.get("containerStatuses") or ()):
            self._count(one)
            state = one.get("state") or {}
            terminated = state.get("terminated")
            if (state.get("waiting") or {}).get("reason"):
                self.reason = state["waiting"]["reason"]
            elif terminated is not None:
                self.reason = _ended(terminated)
                failure = self.reason if terminated.get("exitCode", 0) else failure
            elif one.get("ready") and state.get("running") is not None:
                running = True
                self.ready += 1
        if self.reason == "Completed":
            if running and self._has("Ready"):
                self.reason = "Running"
            elif failure:
                self.reason = failure
            elif running:
                self.reason = "NotReady"

    def _count(self, one: Object) -> None:
        self.restarts += one.get("restartCount", 0)
        self.last_end = _later(self.last_end, _end_of(one))


def _end_of(one: Object) -> float | None:
    return epoch(at(one, "lastState.terminated.finishedAt"))


def _later(one: float | None, other: float | None) -> float | None:
    return max((each for each in (one, other) if each is not None), default=None)


class _Last:
    """The pod that was read last: all cells of a row are of one."""

    def __init__(self) -> None:
        self._pod: Object = {}
        self._reading: _Reading | None = None

    def __call__(self, pod: Object) -> _Reading:
        if self._reading is None or self._pod is not pod:
            self._pod, self._reading = pod, _Reading(pod)
        return self._reading


_reading: Final = _Last()


def _restarts(pod: Object, now: float) -> str:
    reading = _reading(pod)
    if not reading.restarts or reading.last_end is None:
        return str(reading.restarts)
    return f"{reading.restarts} ({span(now - reading.last_end)} ago)"


def _ready(pod: Object, now: float) -> str:
    reading = _reading(pod)
    return f"{reading.ready}/{reading.total}"


def _gates(pod: Object, now: float) -> str:
    gates = at(pod, "spec.readinessGates") or ()
    told = {each.get("type"): each.get("status") for each in at(pod, "status.conditions") or ()}
    met = sum(told.get(gate.get("conditionType")) == "True" for gate in gates)
    return f"{met}/{len(gates)}" if gates else "<none>"


def _address(pod: Object, now: float) -> Any:
    found = at(pod, "status.podIPs") or ()
    return found[0].get("ip") or "<none>" if found else "<none>"


PODS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Ready", _ready, description="How many of its containers are ready, of how many."),
    column("Status", lambda pod, now: _reading(pod).reason, description="What its containers do."),
    column("Restarts", _restarts, description="How often its containers started anew, and how long ago."),
    AGE,
    column("IP", _address, wide=True),
    column("Node", lambda pod, now: at(pod, "spec.nodeName") or "<none>", wide=True),
    column("Nominated Node", lambda pod, now: at(pod, "status.nominatedNodeName") or "<none>", wide=True),
    column("Readiness Gates", _gates, wide=True),
)
