"""Services, with the addresses behind them."""

from collections.abc import Mapping

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.endpoints import SERVICE, SLICES, named, ready_addresses, shown
from kty.views.describing import Beside, Describer, Description, Entry, Need, Part, Piece, entry, found, scalar
from kty.views.ingresspoints import Point
from kty.views.reading import listed, mapped, texts
from kty.views.said import text
from kty.views.selectors import from_labels


def needs(service: Object) -> Mapping[str, Need]:
    labels = f"{SERVICE}={text(service, 'metadata', 'name')}"
    return {"slices": Need(SLICES, text(service, "metadata", "namespace"), labels=labels, codec=ObjectCodec)}


def describe(service: Object, beside: Beside) -> Description:
    spec = mapped(service, "spec")
    parts: list[Part] = [
        *identity.head(service),
        entry("Selector", from_labels(mapped(spec, "selector"))),
        entry("Type", text(spec, "type")),
    ]
    if policy := text(spec, "ipFamilyPolicy"):
        parts.append(entry("IP Family Policy", policy))
    parts += [
        entry("IP Families", ",".join(texts(spec, "ipFamilies"))),
        entry("IP", text(spec, "clusterIP")),
        entry("IPs", ",".join(texts(spec, "clusterIPs"))),
    ]
    if addresses := texts(spec, "externalIPs"):
        parts.append(entry("External IPs", ",".join(addresses)))
    parts += _balancer(service)
    if name := text(spec, "externalName"):
        parts.append(entry("External Name", name))
    for port in listed(spec, "ports"):
        parts += _port(port, beside)
    parts.append(entry("Session Affinity", text(spec, "sessionAffinity")))
    for title, key in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("Traffic Distribution", "trafficDistribution"),
        ("HealthCheck NodePort", "healthCheckNodePort"),
    ):
        if value := spec.get(key):
            parts.append(entry(title, value))
    if ranges := texts(spec, "loadBalancerSourceRanges"):
        parts.append(entry("LoadBalancer Source Ranges", ",".join(ranges)))
    if spec.get("publishNotReadyAddresses"):
        parts.append(entry("Publish Not Ready Addresses", True))
    return (*parts, *identity.conditions(service, "Reason", "LastTransitionTime", "Message"))


def _balancer(service: Object) -> list[Part]:
    parts: list[Part] = []
    if wanted := text(service, "spec", "loadBalancerIP"):
        parts.append(entry("Desired LoadBalancer IP", wanted))
    if name := text(service, "spec", "loadBalancerClass"):
        parts.append(entry("LoadBalancer Class", name))
    if points := listed(service, "status", "loadBalancer", "ingress"):
        parts.append(entry("LoadBalancer Ingress", ", ".join(map(_point, points))))
    elif text(service, "spec", "type") == "LoadBalancer":
        parts.append(entry("LoadBalancer Ingress", Piece("<pending>", "busy")))
    return parts


def _point(point: Object) -> str:
    at = Point(text(point, "ip"), text(point, "hostname"))
    mode = text(point, "ipMode")
    return (at.ip or at.hostname) + (f" ({mode})" if mode else "")


def _port(port: Object, beside: Beside) -> list[Part]:
    protocol, name = text(port, "protocol") or "TCP", text(port, "name")
    parts: list[Part] = [
        entry("Port", f"{name or '<unset>'}  {scalar(port.get('port'))}/{protocol}"),
        entry("TargetPort", f"{scalar(port.get('targetPort'))}/{protocol}"),
    ]
    if number := port.get("nodePort"):
        parts.append(entry("NodePort", f"{name or '<unset>'}  {number}/{protocol}"))
    slices = found(beside, "slices")
    line = slices.instead or shown(ready_addresses(slices.objects, named(name)))
    return [*parts, Entry("Endpoints", (line,))]


DESCRIBER = Describer("services", describe, needs)
