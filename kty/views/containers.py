"""The containers of a pod: no kind that the server has, so its rows are made from the pod."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec import field as structfield
from msgspec.structs import replace

from kty.kube.objects import Object, Row, epoch
from kty.kube.usage import POD_METRICS
from kty.views.ages import age, lasts_since
from kty.views.containerstatuses import RESTARTS, ContainerStatus, restarts, tone_of
from kty.views.quantities import amount
from kty.views.said import field, joined, said, text
from kty.views.usage import Resources, usage_columns
from kty.views.view import Column, Tone, View, keeping


class Port(Struct, rename="camel", gc=False):
    name: str = ""
    container_port: int = 0
    protocol: str = ""


class Probe(Struct, gc=False):
    """A probe, of which only that it is there is of interest."""


class Container(Struct, rename="camel", gc=False):
    """A container as its pod asks for it, with what the kubelet says of it."""

    name: str = ""
    image: str = ""
    restart_policy: str = ""
    ports: list[Port] | None = None
    resources: Resources = structfield(default_factory=Resources)
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    type: str = ""
    """`init`, `sidecar`, `container` or `ephemeral`."""
    status: ContainerStatus = structfield(default_factory=ContainerStatus)


def state(container: Container) -> str | None:
    """Return the one word for how the container is; nothing before the kubelet says something."""
    now = container.status.state
    if now.waiting is not None:
        return said(now.waiting.reason or "Waiting")
    if now.terminated is not None:
        return said(now.terminated.word())
    return "Running" if now.running is not None else None


def started(container: Container) -> str | None:
    """Return when the run that is on, or the last one that ended, began."""
    now = container.status.state
    if now.running is not None:
        return now.running.started_at
    return now.terminated.started_at if now.terminated is not None else None


def ports(container: Container) -> str | None:
    return joined([_port(port) for port in container.ports or ()])


def _port(port: Port) -> str:
    protocol = f"/{port.protocol}" if port.protocol not in ("", "TCP") else ""
    return f"{port.name}:{port.container_port}{protocol}" if port.name else f"{port.container_port}{protocol}"


def probes(container: Container) -> str | None:
    asked = {"live": container.liveness_probe, "ready": container.readiness_probe, "start": container.startup_probe}
    return joined([name for name, probe in asked.items() if probe is not None])


def _resource(title: str, kind: str, resource: str) -> Column:
    def get(container: Container) -> str | None:
        return said(getattr(getattr(container.resources, kind), resource, None) or "")

    return Column(title, get, order="number", compare=amount, right=True, wide=True)


def _show_age(value: Any, now: float) -> str:
    return "" if value is None else age(now - value)


TYPE = Column("Type", lambda container: said(container.type))
READY = Column("Ready", lambda container: container.status.ready)
STATE = Column("State", state, tone=tone_of)
COLUMNS = (
    TYPE,
    READY,
    STATE,
    replace(RESTARTS, get=lambda container: restarts([container.status])),
    *usage_columns(lambda container: (container.resources.asked(""),)),
    Column("Image", lambda container: said(container.image)),
    _resource("CPU Request", "requests", "cpu"),
    _resource("CPU Limit", "limits", "cpu"),
    _resource("Memory Request", "requests", "memory"),
    _resource("Memory Limit", "limits", "memory"),
    Column("Ports", ports),
    Column("Probes", probes),
    Column("Age", lambda container: epoch(started(container)), _show_age, order="time", ticks=True, lasts=lasts_since),
)
_KEEPING = keeping(COLUMNS)
_TYPE, _READY, _STATE = _KEEPING.index(TYPE), _KEEPING.index(READY), _KEEPING.index(STATE)


def tone(row: Row) -> Tone:
    """One that runs but is not ready is not well; init containers and ephemeral ones are never meant to be ready."""
    word = row.cells[_STATE]
    if word == "Running" and not row.cells[_READY] and row.cells[_TYPE] in ("container", "sidecar"):
        return "warn"
    return tone_of(word)


CONTAINERS = View("containers", kind="Container", columns=COLUMNS, tone=tone, measured_by=POD_METRICS)
"""Its rows come from `containers_of`, not from a watch."""

_KINDS = (
    ("init", "initContainers", "initContainerStatuses"),
    ("container", "containers", "containerStatuses"),
    ("ephemeral", "ephemeralContainers", "ephemeralContainerStatuses"),
)


def containers_of(pod: Object) -> list[Row]:
    """Return a row for each container of a decoded pod, in the order in which they start.

    The namespace of a row is the pod's, its name the container's. One that is not what a pod promises comes with
    its fault and without cells.
    """
    return [_row(pod, name, container) for name, container in _containers(pod)]


def _containers(pod: Object) -> Iterator[tuple[str, Object]]:
    for kind, specs, statuses in _KINDS:
        said_of = {text(each, "name"): each for each in _objects(field(pod, "status", statuses))}
        for spec in _objects(field(pod, "spec", specs)):
            name = text(spec, "name")
            is_sidecar = kind == "init" and spec.get("restartPolicy") == "Always"
            yield name, {**spec, "type": "sidecar" if is_sidecar else kind, "status": said_of.get(name, {})}


def _objects(value: Any) -> list[Object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _row(pod: Object, name: str, container: Object) -> Row:
    fault = ""
    created: float | None = None
    cells: tuple[Any, ...] = (None,) * len(_KEEPING)
    try:
        read = msgspec.convert(container, Container)
        cells = tuple([column.get(read) for column in _KEEPING])
        created = epoch(started(read))
    except msgspec.ValidationError as error:
        fault = str(error)
    metadata = field(pod, "metadata") or {}
    uid = text(metadata, "uid")
    return Row(
        namespace=text(metadata, "namespace"),
        name=name,
        uid=f"{uid}/{name}",
        version=text(metadata, "resourceVersion"),
        created=created,
        deleting=field(metadata, "deletionTimestamp") is not None,
        labels=(),
        owners=(uid,) if uid else (),
        cells=cells,
        fault=fault,
    )
