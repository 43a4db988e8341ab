"""Nodes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from sys import intern

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.client import Client
from kty.kube.objects import Object, Row, Typed
from kty.kube.usage import NODE_METRICS
from kty.views.actions import Action, Target, counted
from kty.views.ages import AGE
from kty.views.conditions import Condition, find
from kty.views.counts import count_column
from kty.views.quantities import amount, in_bytes, in_units
from kty.views.said import field, joined, or_none, or_unknown, said, text
from kty.views.usage import usage_of_whole
from kty.views.view import Browse, Column, Destination, Tone, View

_ROLE, _ROLES = "kubernetes.io/role", "node-role.kubernetes.io/"


class Taint(Struct, gc=False):
    """A taint, of which only that it is there is of interest."""


class Spec(Struct, gc=False):
    unschedulable: bool | None = None
    taints: list[Taint] | None = None


class Address(Struct, gc=False):
    type: str = ""
    address: str = ""


class NodeInfo(Struct, rename="camel", gc=False):
    kubelet_version: str = ""
    os_image: str = ""
    kernel_version: str = ""
    container_runtime_version: str = ""
    architecture: str = ""


class Status(Struct, rename="camel", gc=False):
    conditions: list[Condition] | None = None
    addresses: list[Address] | None = None
    node_info: NodeInfo = structfield(default_factory=NodeInfo)
    capacity: dict[str, str] | None = None
    allocatable: dict[str, str] | None = None


class Node(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def status(node: Node) -> str:
    ready = find(node.status.conditions, "Ready")
    word = "Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"
    return intern(f"{word},SchedulingDisabled" if node.spec.unschedulable else word)


def pressure(node: Node) -> str | None:
    """Return the conditions of the kubelet that say what the node is short of."""
    return joined(
        [
            condition.type
            for condition in node.status.conditions or ()
            if condition.status == "True"
            and (condition.type.endswith("Pressure") or condition.type == "NetworkUnavailable")
        ]
    )


def roles(node: Node) -> str | None:
    labels = node.metadata.labels or {}
    found = {key.removeprefix(_ROLES) for key in labels if key.startswith(_ROLES)} | {labels.get(_ROLE, "")}
    return joined(sorted(found - {""}))


def address(node: Node, kind: str) -> str | None:
    """Return the first address of that type."""
    return next((each.address for each in node.status.addresses or () if each.type == kind), None)


def kernel(node: Node) -> str:
    info = node.status.node_info
    version = info.kernel_version or "<unknown>"
    return intern(f"{version} ({info.architecture})" if info.architecture else version)


def capacity(node: Node, resource: str) -> float | None:
    return amount((node.status.capacity or {}).get(resource))


def allocatable(node: Node, resource: str) -> str | None:
    """Return what pods may have of it; the rest is the system's."""
    return (node.status.allocatable or node.status.capacity or {}).get(resource)


def _status_tone(word: str | None) -> Tone:
    if word is None or word == "Ready":
        return ""
    return "bad" if word.startswith("NotReady") else "warn"


def _pressure_tone(words: str | None) -> Tone:
    return "warn" if words else ""


STATUS = Column("Status", status, tone=_status_tone)
PRESSURE = Column("Pressure", pressure, tone=_pressure_tone)
USED = usage_of_whole(allocatable, "allocatable")
COLUMNS = (
    STATUS,
    PRESSURE,
    Column("Roles", roles, or_none),
    Column("Version", lambda node: said(node.status.node_info.kubelet_version)),
    count_column("Taints", lambda node: len(node.spec.taints or ())),
    *USED[:2],
    Column("CPU Total", lambda node: capacity(node, "cpu"), in_units, order="number", right=True),
    *USED[2:],
    Column("Memory Total", lambda node: capacity(node, "memory"), in_bytes, order="number", right=True),
    Column("Pods", lambda node: capacity(node, "pods"), in_units, order="number", right=True),
    AGE,
    Column("Internal-IP", lambda node: address(node, "InternalIP"), or_none, wide=True),
    Column("External-IP", lambda node: address(node, "ExternalIP"), or_none, wide=True),
    Column("OS-Image", lambda node: said(node.status.node_info.os_image), or_unknown, wide=True),
    Column("Kernel-Version", kernel, wide=True),
    Column(
        "Container-Runtime", lambda node: said(node.status.node_info.container_runtime_version), or_unknown, wide=True
    ),
)
_STATUS, _PRESSURE = COLUMNS.index(STATUS), COLUMNS.index(PRESSURE)


def tone(row: Row) -> Tone:
    return _status_tone(row.cells[_STATUS]) or _pressure_tone(row.cells[_PRESSURE])


def opens(node: Object) -> Destination:
    """Lead to the pods that run on it, of every namespace."""
    name = text(node, "metadata", "name")
    return Browse("pods", namespace="", fields=(("Node", name),), title=f"node/{name}")


def _is_cordoned(target: Target) -> bool:
    return field(target.obj, "spec", "unschedulable") is True


async def _cordon(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube import nodes

    await nodes.cordon(client, target.name)
    yield f"{target} is cordoned"


async def _uncordon(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube import nodes

    await nodes.uncordon(client, target.name)
    yield f"{target} is uncordoned"


async def _drain(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube import nodes

    left = 0
    asked: set[str] = set()
    held: dict[str, str] = {}
    async with aclosing(nodes.drain(client, target.name, ignore_daemonsets=True, timeout=DRAIN_PATIENCE)) as steps:
        async for step in steps:
            match step:
                case nodes.Evicted(pod):
                    asked.add(pod.metadata.uid)
                    held.pop(pod.metadata.uid, None)
                case nodes.Blocked(pod, why):
                    held[pod.metadata.uid] = f"{pod.namespace}/{pod.name}: {why}"
                case nodes.Left(pod):
                    left += 1
                    asked.discard(pod.metadata.uid)
                    held.pop(pod.metadata.uid, None)
            why = f", {len(held)} held back: {next(iter(held.values()))}" if held else ""
            yield f"draining {target.name}: {left} gone, {len(asked)} leaving{why}"
    yield f"{target} is drained: {left} {'pod' if left == 1 else 'pods'} left it"


DRAIN_PATIENCE = 600.0
"""Seconds that budgets and slow pods may hold up a drain."""
CORDON = Action(
    "cordon",
    "c",
    "cordon",
    "patch",
    lambda target, typed: f"Cordon {target}: no more pods come onto it; those that are there stay.",
    _cordon,
    why_not=lambda target: f"{target} is cordoned already" if _is_cordoned(target) else "",
    says_many=lambda targets, typed: (
        f"Cordon {counted(targets)}: no more pods come onto them; those that are there stay."
    ),
)
UNCORDON = Action(
    "uncordon",
    "u",
    "uncordon",
    "patch",
    lambda target, typed: f"Uncordon {target}: pods come onto it again.",
    _uncordon,
    why_not=lambda target: "" if _is_cordoned(target) else f"{target} is not cordoned",
    says_many=lambda targets, typed: f"Uncordon {counted(targets)}: pods come onto them again.",
)
DRAIN = Action(
    "drain",
    "r",
    "drain",
    "patch",
    lambda target, typed: (
        f"Drain {target}: cordon it and evict its pods as their disruption budgets allow. Pods of daemonsets stay; "
        "nothing is evicted where a pod would lose data of its own, or nothing would make it anew."
    ),
    _drain,
    says_many=lambda targets, typed: (
        f"Drain {counted(targets)}, one after the other: cordon them and evict their pods as their disruption budgets "
        "allow. Pods of daemonsets stay; nothing is evicted where a pod would lose data of its own, or nothing would "
        "make it anew."
    ),
    at_once=1,
)
VIEW = View(
    "nodes",
    kind="Node",
    namespaced=False,
    columns=COLUMNS,
    reads=Node,
    tone=tone,
    opens=opens,
    actions=(CORDON, UNCORDON, DRAIN),
    measured_by=NODE_METRICS,
)
