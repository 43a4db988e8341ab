"""Ingresses, with the services and the addresses behind them."""

from collections.abc import Iterator, Mapping

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object, Row
from kty.kube.resource import Resource
from kty.views.describe import identity
from kty.views.describe.endpoints import SERVICE, SLICES, named, ready_addresses, service_of, shown
from kty.views.describing import (
    Beside,
    Describer,
    Description,
    Entry,
    Line,
    Need,
    Part,
    Piece,
    Table,
    entries,
    entry,
    found,
)
from kty.views.reading import listed, mapped, texts
from kty.views.said import text

SERVICES = Resource("", "v1", "Service", "services")


def backends(ingress: Object) -> Iterator[Object]:
    """Yield every backend, the default one first."""
    if default := mapped(ingress, "spec", "defaultBackend"):
        yield default
    for rule in listed(ingress, "spec", "rules"):
        for path in listed(rule, "http", "paths"):
            yield mapped(path, "backend")


def needs(ingress: Object) -> Mapping[str, Need]:
    names = sorted({text(each, "service", "name") for each in backends(ingress)} - {""})
    if not names:
        return {}
    namespace = text(ingress, "metadata", "namespace")

    def picks(row: Row) -> bool:
        return row.name in names

    labels = f"{SERVICE} in ({','.join(names)})"
    return {
        "services": Need(SERVICES, namespace, picks=picks),
        "slices": Need(SLICES, namespace, labels=labels, codec=ObjectCodec),
    }


def describe(ingress: Object, beside: Beside) -> Description:
    points = listed(ingress, "status", "loadBalancer", "ingress")
    default = mapped(ingress, "spec", "defaultBackend")
    parts: list[Part] = [
        identity.name(ingress),
        identity.labels(ingress),
        identity.namespace(ingress),
        *identity.leaving(ingress),
        entry("Address", ",".join([text(each, "ip") or text(each, "hostname") for each in points])),
        entry("Ingress Class", text(ingress, "spec", "ingressClassName")),
        entry("Default backend", _backend(default, beside) if default else None, missing="<default>"),
    ]
    if certificates := [_certificate(each) for each in listed(ingress, "spec", "tls")]:
        parts.append(entries("TLS", certificates))
    parts += [Entry("Rules", parts=(Table(("Host", "Path", "Backends"), _rules(ingress, beside)),))]
    return (*parts, identity.annotations(ingress))


def _certificate(tls: Object) -> str:
    hosts = ", ".join(texts(tls, "hosts")) or "every host"
    secret = text(tls, "secretName")
    return f"{secret} terminates {hosts}" if secret else f"SNI routes {hosts}"


def _rules(ingress: Object, beside: Beside) -> tuple[tuple[Line, ...], ...]:
    rows: list[tuple[Line, ...]] = []
    for rule in listed(ingress, "spec", "rules"):
        host = text(rule, "host") or "*"
        for path in listed(rule, "http", "paths"):
            rows.append((host, text(path, "path") or "*", _backend(mapped(path, "backend"), beside)))
            host = ""
        if not listed(rule, "http", "paths"):
            rows.append((host, "*", Piece("<default backend>", "dim")))
    default = mapped(ingress, "spec", "defaultBackend")
    return tuple(rows) or (("*", "*", _backend(default, beside)),)


def _backend(backend: Object, beside: Beside) -> Line:
    """Say where requests go, and what is there; a service that is not there is a fault."""
    if resource := mapped(backend, "resource"):
        return f"APIGroup: {text(resource, 'apiGroup')}, Kind: {text(resource, 'kind')}, Name: {text(resource, 'name')}"
    name = text(backend, "service", "name")
    port = mapped(backend, "service", "port")
    where = f"{name}:{port.get('name') or port.get('number') or ''}"
    services, slices = found(beside, "services"), found(beside, "slices")
    for each in (services, slices):
        if (instead := each.instead) is not None:
            return Piece(f"{where} ({instead.text if isinstance(instead, Piece) else instead})", "dim")
    service = next((each for each in services.objects if text(each, "metadata", "name") == name), None)
    if service is None:
        return Piece(f"{where} (there is no service {name})", "bad")
    match = next((each for each in listed(service, "spec", "ports") if _is(each, port)), None)
    if match is None:
        return Piece(f"{where} (the service has no such port)", "bad")
    addresses = shown(
        ready_addresses([each for each in slices.objects if service_of(each) == name], named(text(match, "name")))
    )
    return Piece(f"{where} (no endpoints)", "warn") if isinstance(addresses, Piece) else f"{where} ({addresses})"


def _is(port: Object, wanted: Object) -> bool:
    if name := wanted.get("name"):
        return bool(port.get("name") == name)
    return bool(port.get("port") == wanted.get("number"))


DESCRIBER = Describer("ingresses.networking.k8s.io", describe, needs)
