"""Pods. Status, readiness and restarts are computed as `kubectl get pods` has them."""

from collections.abc import AsyncGenerator, Iterable, Sequence, Set
from typing import Any

from msgspec import Struct
from msgspec import field as structfield
from msgspec.structs import replace

from kty.kube.client import Client
from kty.kube.objects import Object, Row, Typed
from kty.kube.usage import POD_METRICS
from kty.runtime.uses import Use, Uses
from kty.views.actions import Action, Target, counted
from kty.views.ages import AGE
from kty.views.conditions import Condition, find, holds
from kty.views.containerstatuses import RESTARTS, ContainerStatus, Restarts, restarts, tone_of
from kty.views.counts import Share, fraction, share, share_column, show_share
from kty.views.podspecs import POD_USES, spec_uses
from kty.views.reading import mapped
from kty.views.said import or_none, said, text
from kty.views.usage import Asked, Resources, as_whole, usage_columns
from kty.views.view import Column, Containers, Destination, Tone, View


class Container(Struct, gc=False):
    name: str = ""
    resources: Resources = structfield(default_factory=Resources)


class InitContainer(Struct, rename="camel", gc=False):
    name: str = ""
    restart_policy: str = ""
    resources: Resources = structfield(default_factory=Resources)


class ReadinessGate(Struct, rename="camel", gc=False):
    condition_type: str = ""


class Spec(Struct, rename="camel", gc=False):
    containers: list[Container] | None = None
    resources: Resources | None = None
    init_containers: list[InitContainer] | None = None
    node_name: str = ""
    service_account_name: str = ""
    readiness_gates: list[ReadinessGate] | None = None


class PodIP(Struct, gc=False):
    ip: str = ""


class Status(Struct, rename="camel", gc=False):
    phase: str = ""
    reason: str = ""
    conditions: list[Condition] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    container_statuses: list[ContainerStatus] | None = None
    pod_ips: list[PodIP] | None = structfield(name="podIPs", default=None)
    nominated_node_name: str = ""
    qos_class: str = ""


class Pod(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)

    def sidecars(self) -> Set[str]:
        """Return the names of the init containers that go on running beside the others."""
        return {each.name for each in self.spec.init_containers or () if each.restart_policy == "Always"}


def initialization(pod: Pod) -> tuple[Sequence[ContainerStatus], str]:
    """Return the init containers that had their turn, and what holds up the last of them; empty when all are done."""
    statuses = pod.status.init_container_statuses
    if not statuses:
        return (), ""
    sidecars = pod.sidecars()
    for index, container in enumerate(statuses):
        if container.succeeded or (container.started and container.name in sidecars):
            continue
        state = container.state
        if state.terminated is not None:
            held_up = state.terminated.word()
        elif state.waiting is not None and state.waiting.reason not in ("", "PodInitializing"):
            held_up = state.waiting.reason
        else:
            held_up = f"{index}/{len(pod.spec.init_containers or ())}"
        return statuses[: index + 1], f"Init:{held_up}"
    return statuses, ""


def _is_initialized(pod: Pod, held_up: str) -> bool:
    """A sidecar that fails later holds up nothing: the pod was initialized before."""
    return not held_up or holds(pod.status.conditions, "Initialized")


def ready(pod: Pod) -> Share:
    """Return how many containers are ready of those that should run, sidecars included."""
    started, held_up = initialization(pod)
    sidecars = pod.sidecars()
    whole = len(pod.spec.containers or ()) + len(sidecars)
    part = sum(each.ready for each in started if each.started and each.name in sidecars and not each.succeeded)
    if _is_initialized(pod, held_up):
        part += sum(each.ready and each.state.running is not None for each in pod.status.container_statuses or ())
    return share(part, whole)


def restarts_of(pod: Pod) -> Restarts:
    """Count init containers while they run, then the sidecars and the containers."""
    started, held_up = initialization(pod)
    if not _is_initialized(pod, held_up):
        return restarts(started)
    sidecars = pod.sidecars()
    return restarts([each for each in started if each.name in sidecars] + (pod.status.container_statuses or []))


def status(pod: Pod) -> str | None:
    """Return the one word for how the pod is, with kubectl's precedence."""
    phase, conditions = pod.status.phase, pod.status.conditions
    if pod.metadata.deletion_timestamp is not None:
        if pod.status.reason == "NodeLost":
            return "Unknown"
        if phase not in ("Succeeded", "Failed"):
            return "Terminating"
    word = pod.status.reason or phase
    scheduled = find(conditions, "PodScheduled")
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        word = scheduled.reason
    _, held_up = initialization(pod)
    word = held_up or word
    if _is_initialized(pod, held_up):
        word = _of_containers(pod.status.container_statuses or (), conditions, word)
    return said(word)


def _of_containers(containers: Sequence[ContainerStatus], conditions: Sequence[Condition] | None, word: str) -> str:
    """Return what the first container that does not just run has to say, else the word."""
    failure, runs = "", False
    for container in reversed(containers):
        state = container.state
        if state.waiting is not None and state.waiting.reason:
            word = state.waiting.reason
        elif state.terminated is not None:
            word = state.terminated.word()
            if state.terminated.exit_code != 0:
                failure = word
        elif container.ready and state.running is not None:
            runs = True
    if word != "Completed":
        return word
    if runs and holds(conditions, "Ready"):
        return "Running"
    return failure or ("NotReady" if runs else word)


def gates(pod: Pod) -> Share | None:
    """Return how many readiness gates are open, where the pod has any."""
    wanted = pod.spec.readiness_gates
    if not wanted:
        return None
    return share(sum(holds(pod.status.conditions, gate.condition_type) for gate in wanted), len(wanted))


def asked(pod: Pod) -> tuple[Asked, ...]:
    """Return what the containers that go on running may use, each for itself; the pod as a whole where it says so."""
    spec = pod.spec
    parts = [each.resources.asked(each.name) for each in spec.containers or ()]
    if spec.init_containers:
        parts += [each.resources.asked(each.name) for each in spec.init_containers if each.restart_policy == "Always"]
    return tuple(parts) if spec.resources is None else as_whole(spec.resources.asked(""), parts)


def _show_gates(value: Any, now: float) -> str:
    return "<none>" if value is None else show_share(value, now)


READY = share_column("Ready", ready)
STATUS = Column("Status", status, tone=tone_of)
COLUMNS = (
    READY,
    STATUS,
    replace(RESTARTS, get=restarts_of),
    *usage_columns(asked),
    Column("IP", lambda pod: (pod.status.pod_ips[0].ip or None) if pod.status.pod_ips else None, or_none),
    Column("Node", lambda pod: said(pod.spec.node_name), or_none),
    AGE,
    Column("Nominated Node", lambda pod: said(pod.status.nominated_node_name), or_none, wide=True),
    Column("Readiness Gates", gates, _show_gates, order="number", compare=fraction, wide=True),
    Column("QoS", lambda pod: said(pod.status.qos_class), wide=True),
    Column("Service Account", lambda pod: said(pod.spec.service_account_name), wide=True),
)
_READY, _STATUS = COLUMNS.index(READY), COLUMNS.index(STATUS)


def tone(row: Row) -> Tone:
    """A pod that runs is well only when all of its containers are ready."""
    word = row.cells[_STATUS]
    if word == "Running" and row.cells[_READY] and fraction(row.cells[_READY]) != 1:
        return "warn"
    return tone_of(word)


def opens(pod: Object) -> Destination:
    return Containers(text(pod, "metadata", "namespace"), text(pod, "metadata", "name"))


async def _kill(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube.api import Api

    await Api(client, target.resource, target.namespace).delete(target.name, grace=0, uid=target.uid)
    yield f"{target} is killed"


KILL = Action(
    "kill",
    "ctrl+k",
    "kill",
    "delete",
    lambda target, typed: f"Kill {target} at once: its containers get no time to end.",
    _kill,
    says_many=lambda targets, typed: f"Kill {counted(targets)} at once: their containers get no time to end.",
)
VIEW = View(
    "pods",
    kind="Pod",
    columns=COLUMNS,
    reads=Pod,
    tone=tone,
    opens=opens,
    actions=(KILL,),
    measured_by=POD_METRICS,
)


def uses(pod: Object) -> Iterable[Use]:
    """Return what its spec refers to, and the node that it is on."""
    yield from spec_uses(mapped(pod, "spec"))
    if node := text(pod, "spec", "nodeName"):
        yield Use("nodes", node, via="runs on")


USES = Uses("pods", POD_USES | {"nodes"}, uses, shared=frozenset({"nodes"}))
