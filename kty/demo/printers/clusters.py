"""Nodes, namespaces, events, leases, volumes, and the small kinds."""

from typing import Any, Final

from kty.demo.printers.ages import since
from kty.demo.printers.cells import AGE, NAME, at, column, field, modes
from kty.demo.printers.printer import Cell, Printer
from kty.kube.objects import Object

_ROLE: Final = "node-role.kubernetes.io/"


def _node_status(node: Object, now: float) -> str:
    ready = [each for each in at(node, "status.conditions") or () if each.get("type") == "Ready"]
    told = "Unknown" if not ready else "Ready" if ready[-1].get("status") == "True" else "NotReady"
    return f"{told},SchedulingDisabled" if at(node, "spec.unschedulable") else told


def _roles(node: Object, now: float) -> str:
    labels = at(node, "metadata.labels") or {}
    found = {key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE)}
    found |= {labels.get("kubernetes.io/role", "")}
    return ",".join(sorted(found - {""})) or "<none>"


def _node_address(kind: str) -> Cell:
    def cell(node: Object, now: float) -> str:
        found = [each["address"] for each in at(node, "status.addresses") or () if each.get("type") == kind]
        return found[0] if found else "<none>"

    return cell


def _kernel(node: Object, now: float) -> str:
    version, architecture = at(node, "status.nodeInfo.kernelVersion"), at(node, "status.nodeInfo.architecture")
    return (version or "<unknown>") + (f" ({architecture})" if architecture else "")


def _known(path: str) -> Cell:
    return lambda obj, now: at(obj, path) or "<unknown>"


NODES: Final[tuple[Printer, ...]] = (
    NAME,
    column("Status", _node_status),
    column("Roles", _roles),
    AGE,
    column("Version", field("status.nodeInfo.kubeletVersion")),
    column("Internal-IP", _node_address("InternalIP"), wide=True),
    column("External-IP", _node_address("ExternalIP"), wide=True),
    column("OS-Image", _known("status.nodeInfo.osImage"), wide=True),
    column("Kernel-Version", _kernel, wide=True),
    column("Container-Runtime", _known("status.nodeInfo.containerRuntimeVersion"), wide=True),
)
NAMESPACES: Final[tuple[Printer, ...]] = (NAME, column("Status", field("status.phase")), AGE)


def _first_seen(event: Object, now: float) -> str:
    return since(event.get("firstTimestamp") or event.get("eventTime"), now)


def _last_seen(event: Object, now: float) -> str:
    if series := event.get("series"):
        return since(series.get("lastObservedTime"), now)
    return since(event["lastTimestamp"], now) if event.get("lastTimestamp") else _first_seen(event, now)


def _object(event: Object, now: float) -> str:
    kind, name = at(event, "involvedObject.kind", "").lower(), at(event, "involvedObject.name")
    return f"{kind}/{name}" if name else kind


def _source(event: Object, now: float) -> str:
    who = at(event, "source.component") or event.get("reportingComponent") or ""
    where = at(event, "source.host") or event.get("reportingInstance")
    return f"{who}, {where}" if where else who


def _count(event: Object, now: float) -> int:
    return int(at(event, "series.count") or event.get("count") or 1)


EVENTS: Final[tuple[Printer, ...]] = (
    column("Last Seen", _last_seen),
    column("Type", field("type")),
    column("Reason", field("reason")),
    column("Object", _object),
    column("Subobject", field("involvedObject.fieldPath"), wide=True),
    column("Source", _source, wide=True),
    column("Message", lambda obj, now: str(obj.get("message") or "").strip()),
    column("First Seen", _first_seen, wide=True),
    column("Count", _count, wide=True),
    Printer("Name", field("metadata.name"), format="name", priority=1),
)

SECRETS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Type", field("type")),
    column("Data", lambda obj, now: len(obj.get("data") or ())),
    AGE,
)
CONFIG_MAPS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Data", lambda obj, now: len(obj.get("data") or ()) + len(obj.get("binaryData") or ())),
    AGE,
)
SERVICE_ACCOUNTS: Final[tuple[Printer, ...]] = (NAME, AGE)
LEASES: Final[tuple[Printer, ...]] = (NAME, column("Holder", field("spec.holderIdentity")), AGE)


def _volume_phase(obj: Object, now: float) -> Any:
    return "Terminating" if "deletionTimestamp" in obj["metadata"] else at(obj, "status.phase", "")


def _claim(volume: Object, now: float) -> str:
    claim = at(volume, "spec.claimRef")
    return f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""


VOLUMES: Final[tuple[Printer, ...]] = (
    NAME,
    column("Capacity", field("spec.capacity.storage", "0")),
    column("Access Modes", lambda obj, now: modes(at(obj, "spec.accessModes"))),
    column("Reclaim Policy", field("spec.persistentVolumeReclaimPolicy")),
    column("Status", _volume_phase),
    column("Claim", _claim),
    column("StorageClass", field("spec.storageClassName")),
    column("VolumeAttributesClass", field("spec.volumeAttributesClassName", "<unset>")),
    column("Reason", field("status.reason")),
    AGE,
    column("VolumeMode", field("spec.volumeMode", "<unset>"), wide=True),
)
CLAIMS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Status", _volume_phase),
    column("Volume", field("spec.volumeName")),
    column("Capacity", lambda obj, now: at(obj, "status.capacity.storage", "0") if at(obj, "spec.volumeName") else ""),
    column("Access Modes", lambda obj, now: modes(at(obj, "status.accessModes")) if at(obj, "spec.volumeName") else ""),
    column("StorageClass", field("spec.storageClassName")),
    column("VolumeAttributesClass", field("spec.volumeAttributesClassName", "<unset>")),
    AGE,
    column("VolumeMode", field("spec.volumeMode", "<unset>"), wide=True),
)


def _subjects(kind: str) -> Cell:
    def cell(binding: Object, now: float) -> str:
        chosen = [each for each in binding.get("subjects") or () if each.get("kind") == kind]
        if kind == "ServiceAccount":
            return ", ".join(f"{each.get('namespace', '')}/{each.get('name', '')}" for each in chosen)
        return ", ".join(str(each.get("name", "")) for each in chosen)

    return cell


BINDINGS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Role", lambda obj, now: f"{at(obj, 'roleRef.kind', '')}/{at(obj, 'roleRef.name', '')}"),
    AGE,
    column("Users", _subjects("User"), wide=True),
    column("Groups", _subjects("Group"), wide=True),
    column("ServiceAccounts", _subjects("ServiceAccount"), wide=True),
)
