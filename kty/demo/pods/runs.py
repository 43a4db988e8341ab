"""Which containers a pod has, and when each of them ran: read from its spec and its status."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kty.demo.statuses import ApiError, bad_request
from kty.kube.objects import Object, epoch

_LISTS: Final = (
    ("initContainers", "initContainerStatuses"),
    ("containers", "containerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
)
_KILLED: Final = frozenset({137, 143})
"""Exit codes of SIGKILL and SIGTERM."""


@dataclass(frozen=True, slots=True)
class Run:
    """One start of a container."""

    id: str
    """The containerID."""
    started: float
    """Seconds since the epoch."""
    finished: float | None = None
    code: int = 0

    @property
    def was_killed(self) -> bool:
        """Say whether it would have gone on by itself."""
        return self.finished is not None and self.code in _KILLED


def specs(pod: Object) -> Iterator[Object]:
    """Yield the containers of a pod, of all three kinds."""
    for field, _ in _LISTS:
        yield from pod["spec"].get(field) or ()


def spec(pod: Object, name: str) -> Object:
    return next(one for one in specs(pod) if one["name"] == name)


def chosen(pod: Object, name: str) -> str:
    """Return the container that is meant. Raises ApiError 400 where that is not clear, or there is none such."""
    pod_name = pod["metadata"]["name"]
    if name:
        if any(one["name"] == name for one in specs(pod)):
            return name
        raise bad_request(f"container {name} is not valid for pod {pod_name}")
    containers = pod["spec"]["containers"]
    if len(containers) == 1:
        return str(containers[0]["name"])
    names = " ".join([one["name"] for one in specs(pod)])
    raise bad_request(f"a container name must be specified for pod {pod_name}, choose one of: [{names}]")


def node_of(pod: Object) -> str:
    """Return where the pod runs. Raises ApiError 400 where it does not yet."""
    node = pod["spec"].get("nodeName", "")
    if not node:
        raise bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
    return str(node)


def _status(pod: Object, name: str) -> Object | None:
    status: Object = pod.get("status") or {}
    # The order in which the kubelet looks, which is not that of the spec.
    for field in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        found: list[Object] = [one for one in status.get(field) or () if one["name"] == name]
        if found:
            return found[0]
    return None


def running(pod: Object, name: str) -> Run | None:
    """Return the run that goes on now."""
    status = _status(pod, name)
    state = (status or {}).get("state") or {}
    if status is None or not state.get("running"):
        return None
    return Run(str(status.get("containerID", "")), epoch(state["running"].get("startedAt")) or 0.0)


def run_to_log(pod: Object, name: str, *, previous: bool) -> Run:
    """Return the run of which the log is shown. Raises ApiError 400 where there is none, in the kubelet's words."""
    status, where = _status(pod, name), f'container "{name}" in pod "{pod["metadata"]["name"]}"'
    if status is None:
        raise bad_request(f"{where} is not available")
    state, last = status.get("state") or {}, (status.get("lastState") or {}).get("terminated") or {}
    terminated = state.get("terminated") or {}
    if previous:
        if not last.get("containerID"):
            raise bad_request(f"previous terminated {where} not found")
        return _ended(last)
    if state.get("running"):
        return Run(str(status.get("containerID", "")), epoch(state["running"].get("startedAt")) or 0.0)
    if terminated or last:
        shown = terminated if terminated.get("containerID") else last
        if not shown.get("containerID"):
            raise bad_request(f"{where} is terminated")
        return _ended(shown)
    raise _not_started(where, state)


def _ended(terminated: Object) -> Run:
    started, finished = epoch(terminated.get("startedAt")) or 0.0, epoch(terminated.get("finishedAt")) or 0.0
    return Run(str(terminated["containerID"]), started, max(started, finished), int(terminated.get("exitCode", 0)))


def _not_started(where: str, state: Object) -> ApiError:
    reason = (state.get("waiting") or {}).get("reason", "")
    if not state.get("waiting"):
        return bad_request(f"{where} is waiting to start - no logs yet")
    said = {
        "ErrImagePull": "image can't be pulled",
        "ImagePullBackOff": "trying and failing to pull image",
    }.get(reason, reason)
    return bad_request(f"{where} is waiting to start: {said}")
