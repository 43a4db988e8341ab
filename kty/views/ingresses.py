"""Ingresses."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Typed
from kty.runtime.uses import Use, Uses
from kty.views.ages import AGE
from kty.views.ingresspoints import LoadBalancer, addresses
from kty.views.reading import listed, mapped
from kty.views.said import joined, or_none, said, text
from kty.views.tones import leaving
from kty.views.view import Column, View

_HOSTS_SHOWN = 3


class Rule(Struct, gc=False):
    host: str = ""


class TLS(Struct, gc=False):
    """A TLS block, of which only that it is there is of interest."""


class Spec(Struct, rename="camel", gc=False):
    ingress_class_name: str | None = None
    rules: list[Rule] | None = None
    tls: list[TLS] | None = None


class Status(Struct, rename="camel", gc=False):
    load_balancer: LoadBalancer = structfield(default_factory=LoadBalancer)


class Ingress(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def hosts(ingress: Ingress) -> str:
    """Return the first hosts and, as kubectl counts them, how many rules come after three."""
    rules = ingress.spec.rules or []
    shown: list[str] = []
    for rule in rules:
        if len(shown) == _HOSTS_SHOWN:
            return f"{','.join(shown)} + {len(rules) - _HOSTS_SHOWN} more..."
        if rule.host:
            shown.append(rule.host)
    return ",".join(shown) or "*"


VIEW = View(
    "ingresses",
    group="networking.k8s.io",
    kind="Ingress",
    columns=(
        Column("Class", lambda obj: said(obj.spec.ingress_class_name or ""), or_none),
        Column("Hosts", hosts),
        Column("Address", lambda obj: joined(addresses(obj.status.load_balancer))),
        Column("Ports", lambda obj: "80, 443" if obj.spec.tls else "80"),
        AGE,
    ),
    reads=Ingress,
    tone=leaving,
    status="Hosts",
)


def uses(ingress: Object) -> Iterable[Use]:
    """Return the services that it leads to, its certificates, and its class."""
    backends = [mapped(ingress, "spec", "defaultBackend")]
    for rule in listed(ingress, "spec", "rules"):
        backends += [mapped(path, "backend") for path in listed(rule, "http", "paths")]
    for backend in backends:
        if name := text(backend, "service", "name"):
            yield Use("services", name, via="backend")
        elif name := text(backend, "resource", "name"):
            group, kind = text(backend, "resource", "apiGroup"), text(backend, "resource", "kind")
            yield Use((f"{group}/" if group else "v1", kind), name, via="backend")
    for block in listed(ingress, "spec", "tls"):
        if name := text(block, "secretName"):
            yield Use("secrets", name, via="tls")
    if name := text(ingress, "spec", "ingressClassName"):
        yield Use("ingressclasses.networking.k8s.io", name, via="class")


USES = Uses("ingresses.networking.k8s.io", None, uses)
