"""Nodes."""

from sys import intern

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.views.ages import AGE
from kty.views.conditions import Condition, find
from kty.views.counts import count_column
from kty.views.quantities import amount, in_bytes, in_units
from kty.views.said import joined, or_none, or_unknown, said, text
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


def _status_tone(word: str | None) -> Tone:
    if word is None or word == "Ready":
        return ""
    return "bad" if word.startswith("NotReady") else "warn"


def _pressure_tone(words: str | None) -> Tone:
    return "warn" if words else ""


STATUS = Column("Status", status, tone=_status_tone)
PRESSURE = Column("Pressure", pressure, tone=_pressure_tone)
COLUMNS = (
    STATUS,
    PRESSURE,
    Column("Roles", roles, or_none),
    Column("Version", lambda node: said(node.status.node_info.kubelet_version)),
    count_column("Taints", lambda node: len(node.spec.taints or ())),
    Column("CPU", lambda node: capacity(node, "cpu"), in_units, order="number", right=True),
    Column("Memory", lambda node: capacity(node, "memory"), in_bytes, order="number", right=True),
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


VIEW = View("nodes", kind="Node", namespaced=False, columns=COLUMNS, reads=Node, tone=tone, opens=opens)
