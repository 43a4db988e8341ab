"""Services."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.runtime.uses import Use, Uses
from kty.views.ages import AGE
from kty.views.ingresspoints import LoadBalancer, addresses
from kty.views.said import field, or_none, said, text
from kty.views.selectors import from_labels
from kty.views.view import Browse, Column, Destination, Tone, View, Yaml

PENDING = "<pending>"


class Port(Struct, rename="camel", gc=False):
    port: int = 0
    protocol: str = ""
    node_port: int = 0


class Spec(Struct, rename="camel", gc=False):
    type: str = ""
    cluster_ips: list[str] | None = structfield(name="clusterIPs", default=None)
    external_ips: list[str] | None = structfield(name="externalIPs", default=None)
    external_name: str = ""
    ports: list[Port] | None = None
    selector: dict[str, str] | None = None


class Status(Struct, rename="camel", gc=False):
    load_balancer: LoadBalancer = structfield(default_factory=LoadBalancer)


class Service(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def external_ip(service: Service) -> str | None:
    """Return the addresses that reach it from outside, or that they are still awaited."""
    spec = service.spec
    match spec.type:
        case "ClusterIP" | "NodePort":
            return ",".join(spec.external_ips or ()) or None
        case "LoadBalancer":
            return ",".join([*addresses(service.status.load_balancer), *(spec.external_ips or ())]) or PENDING
        case "ExternalName":
            return spec.external_name
    return "<unknown>"


def ports(service: Service) -> str | None:
    return said(",".join([_port(port) for port in service.spec.ports or ()]))


def _port(port: Port) -> str:
    number = f"{port.port}:{port.node_port}" if port.node_port > 0 else str(port.port)
    return f"{number}/{port.protocol}"


def _tone(address: Any) -> Tone:
    return "busy" if address == PENDING else ""


EXTERNAL_IP = Column("External-IP", external_ip, or_none, tone=_tone)
COLUMNS = (
    Column("Type", lambda obj: said(obj.spec.type)),
    Column("Cluster-IP", lambda obj: (obj.spec.cluster_ips or (None,))[0], or_none),
    EXTERNAL_IP,
    Column("Port(s)", ports, or_none),
    AGE,
    Column("Selector", lambda obj: said(from_labels(obj.spec.selector)), or_none, wide=True),
)
_EXTERNAL_IP = COLUMNS.index(EXTERNAL_IP)


def tone(row: Row) -> Tone:
    return "dim" if row.deleting else _tone(row.cells[_EXTERNAL_IP])


def opens(service: Object) -> Destination:
    """Lead to the pods that it selects; one without a selector has its endpoints made by others."""
    selector = field(service, "spec", "selector")
    if not isinstance(selector, dict) or not selector or field(service, "spec", "type") == "ExternalName":
        return Yaml()
    return Browse(
        "pods",
        namespace=text(service, "metadata", "namespace"),
        labels=from_labels(selector),
        title=f"service/{text(service, 'metadata', 'name')}",
    )


VIEW = View("services", kind="Service", columns=COLUMNS, reads=Service, tone=tone, opens=opens, status="Type")


def uses(service: Object) -> Iterable[Use]:
    """Return the pods that it selects."""
    selector = field(service, "spec", "selector")
    if isinstance(selector, dict) and selector and field(service, "spec", "type") != "ExternalName":
        yield Use("pods", labels=from_labels(selector), via="selector")


USES = Uses("services", frozenset({"pods"}), uses)
