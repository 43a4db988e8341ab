"""What a pod's status says of its containers, as far as their logs go by it."""

from dataclasses import dataclass

import msgspec
from msgspec import Struct, field

from kty.kube.objects import epoch


class _Waiting(Struct, gc=False):
    reason: str = ""


class _Running(Struct, rename="camel", gc=False):
    started_at: str | None = None


class _Terminated(
    Struct, rename={"container_id": "containerID", "exit_code": "exitCode", "started_at": "startedAt"}, gc=False
):
    container_id: str = ""
    exit_code: int = 0
    started_at: str | None = None


class _State(Struct, gc=False):
    waiting: _Waiting | None = None
    running: _Running | None = None
    terminated: _Terminated | None = None


class _ContainerStatus(
    Struct,
    rename={"container_id": "containerID", "last_state": "lastState", "restart_count": "restartCount"},
    gc=False,
):
    name: str = ""
    container_id: str = ""
    restart_count: int = 0
    state: _State = field(default_factory=_State)
    last_state: _State = field(default_factory=_State)


class _Container(Struct, rename="camel", gc=False):
    name: str = ""
    restart_policy: str = ""


class _Spec(Struct, rename="camel", gc=False):
    node_name: str = ""
    restart_policy: str = "Always"
    init_containers: list[_Container] | None = None
    containers: list[_Container] | None = None
    ephemeral_containers: list[_Container] | None = None


class _Status(Struct, rename="camel", gc=False):
    phase: str = ""
    init_container_statuses: list[_ContainerStatus] | None = None
    container_statuses: list[_ContainerStatus] | None = None
    ephemeral_container_statuses: list[_ContainerStatus] | None = None


class _Metadata(Struct, gc=False):
    uid: str = ""


class _Pod(Struct, gc=False):
    metadata: _Metadata = field(default_factory=_Metadata)
    spec: _Spec = field(default_factory=_Spec)
    status: _Status = field(default_factory=_Status)


@dataclass(frozen=True, slots=True)
class Ran:
    """How far a container has come."""

    run: str = ""
    """The id of the run that is on, or of the last one; empty before the first."""
    restarts: int = 0
    is_running: bool = False
    is_over: bool = False
    """It will never run again."""
    waits_for: str = ""
    """Why it does not run yet, or not now, in one word."""
    started: int = 0
    """When the run began, in nanoseconds since the epoch, with what is beyond a whole second cut off; 0 where it is
    not known."""


@dataclass(frozen=True, slots=True)
class PodLogs:
    """The containers of a pod that may have logs, in the order in which they start."""

    uid: str
    containers: dict[str, Ran]


def read_pod(body: bytes) -> PodLogs:
    """Read a pod's JSON; one that is not what a pod promises has no containers."""
    try:
        pod = msgspec.json.decode(body, type=_Pod)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return PodLogs("", {})
    spec, status = pod.spec, pod.status
    found: dict[str, Ran] = {}
    for containers, statuses, default in (
        (spec.init_containers, status.init_container_statuses, "OnFailure"),
        (spec.containers, status.container_statuses, spec.restart_policy),
        (spec.ephemeral_containers, status.ephemeral_container_statuses, "Never"),
    ):
        said = {each.name: each for each in statuses or ()}
        for container in containers or ():
            policy = container.restart_policy or ("Never" if spec.restart_policy == "Never" else default)
            found[container.name] = _ran(said.get(container.name), policy, pod)
    return PodLogs(pod.metadata.uid, found)


def _ran(status: _ContainerStatus | None, policy: str, pod: _Pod) -> Ran:
    is_over = pod.status.phase in ("Succeeded", "Failed")
    if status is None:
        return Ran(is_over=is_over, waits_for="ContainerCreating" if pod.spec.node_name else "Pending")
    state, before = status.state, status.last_state.terminated
    if state.running is not None:
        started = _started(state.running)
        return Ran(_run(status.container_id, status), status.restart_count, is_running=True, started=started)
    ended = state.terminated
    if ended is not None:
        is_over = is_over or policy == "Never" or (policy == "OnFailure" and ended.exit_code == 0)
    shown = ended or before
    waiting = state.waiting.reason if state.waiting is not None else ""
    return Ran(
        _run(shown.container_id or status.container_id, status) if shown is not None else "",
        status.restart_count,
        is_over=is_over,
        waits_for=waiting or ("restart" if ended is not None else "ContainerCreating"),
        started=_started(shown),
    )


def _run(container_id: str, status: _ContainerStatus) -> str:
    return container_id or f"run {status.restart_count}"


def _started(state: _Running | _Terminated | None) -> int:
    return int((epoch(state.started_at) if state is not None else None) or 0) * 10**9
