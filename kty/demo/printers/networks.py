"""Services, endpoint slices, ingresses."""

from typing import Final

from kty.demo.printers.cells import AGE, NAME, addresses, at, column, field, labels, listed
from kty.demo.printers.printer import Printer
from kty.kube.objects import Object

_SHOWN: Final = 3


def _cluster_ip(service: Object, now: float) -> str:
    found = at(service, "spec.clusterIPs") or ()
    return found[0] if found else "<none>"


def _external(service: Object, now: float) -> str:
    spec = service.get("spec") or {}
    own = list(spec.get("externalIPs") or ())
    match spec.get("type"):
        case "ClusterIP" | "NodePort":
            return ",".join(own) or "<none>"
        case "LoadBalancer":
            balanced = addresses(at(service, "status.loadBalancer.ingress"))
            return ",".join([*balanced.split(","), *own] if balanced else own) or "<pending>"
        case "ExternalName":
            return str(spec.get("externalName", ""))
    return "<unknown>"


def _port(port: Object) -> str:
    outside = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{outside}/{port.get('protocol', 'TCP')}"


SERVICES: Final[tuple[Printer, ...]] = (
    NAME,
    column("Type", field("spec.type")),
    column("Cluster-IP", _cluster_ip),
    column("External-IP", _external),
    column("Port(s)", lambda obj, now: ",".join(_port(port) for port in at(obj, "spec.ports") or ()) or "<none>"),
    AGE,
    column("Selector", lambda obj, now: labels(at(obj, "spec.selector")), wide=True),
)


def _slice_ports(slice_: Object, now: float) -> str:
    ports = slice_.get("ports") or ()
    texts = [str(port["port"]) if port.get("port") is not None else port.get("name") or "*" for port in ports]
    return listed(texts, len(texts), _SHOWN)


def _slice_endpoints(slice_: Object, now: float) -> str:
    found = [address for endpoint in slice_.get("endpoints") or () for address in endpoint.get("addresses") or ()]
    return listed(found, len(found), _SHOWN)


SLICES: Final[tuple[Printer, ...]] = (
    NAME,
    column("AddressType", field("addressType")),
    column("Ports", _slice_ports),
    column("Endpoints", _slice_endpoints),
    AGE,
)


def _hosts(ingress: Object, now: float) -> str:
    rules = at(ingress, "spec.rules") or ()
    found = [rule["host"] for rule in rules[:_SHOWN] if rule.get("host")]
    if not found:
        return "*"
    shown = ",".join(found)
    return f"{shown} + {len(rules) - _SHOWN} more..." if len(rules) > _SHOWN else shown


INGRESSES: Final[tuple[Printer, ...]] = (
    NAME,
    column("Class", lambda obj, now: at(obj, "spec.ingressClassName", "<none>")),
    column("Hosts", _hosts),
    column("Address", lambda obj, now: addresses(at(obj, "status.loadBalancer.ingress"))),
    column("Ports", lambda obj, now: "80, 443" if at(obj, "spec.tls") else "80"),
    AGE,
)
