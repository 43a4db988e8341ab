"""Network policies: whose traffic is restricted, and what is let through all the same."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Describer, Description, Entry, Part, Piece, Prose, entry, scalar
from kty.views.reading import listed, mapped, texts
from kty.views.said import text
from kty.views.selectors import from_label_selector


class _Way(NamedTuple):
    """One direction of traffic, and what its peers are called."""

    type: str
    key: str
    peers: str
    title: str
    unrestricted: str


_WAYS = (
    _Way("Ingress", "ingress", "from", "From", "traffic not restricted by source"),
    _Way("Egress", "egress", "to", "To", "traffic not restricted by destination"),
)


def describe(policy: Object, beside: Beside) -> Description:
    spec = mapped(policy, "spec")
    types = texts(spec, "policyTypes") or ["Ingress", *(["Egress"] if listed(spec, "egress") else [])]
    parts: list[Part] = [
        entry("PodSelector", _selector(spec, "podSelector", "all pods in this namespace")),
        *[_way(spec, way, is_meant=way.type in types) for way in _WAYS],
        entry("Policy Types", ", ".join(types)),
    ]
    return (*identity.head(policy), identity.created(policy, "Created on"), Entry("Spec", parts=tuple(parts)))


def _way(spec: Object, way: _Way, *, is_meant: bool) -> Part:
    if not is_meant:
        return Prose(f"Not affecting {way.key} traffic", "dim")
    title = f"Allowing {way.key} traffic"
    rules = listed(spec, way.key)
    if not rules:
        return entry(title, Piece(f"<none> (selected pods are isolated for {way.key} connectivity)", "warn"))
    return Entry(title, parts=tuple([_rule(f"Rule {at}", rule, way) for at, rule in enumerate(rules, 1)]))


def _rule(title: str, rule: Object, way: _Way) -> Entry:
    peers = listed(rule, way.peers)
    parts: list[Part] = [*_ports(listed(rule, "ports"))]
    parts += [Entry(way.title, parts=tuple(_peer(each))) for each in peers]
    return Entry(title, parts=(*parts, *([] if peers else [entry(way.title, f"<any> ({way.unrestricted})")])))


def _ports(ports: Sequence[Object]) -> Iterator[Entry]:
    if not ports:
        yield entry("To Port", "<any> (traffic allowed to all ports)")
    for each in ports:
        protocol, number = text(each, "protocol") or "TCP", scalar(each.get("port"), "<any>")
        if (last := each.get("endPort")) is not None:
            yield entry("To Port Range", f"{number}-{last}/{protocol}")
        else:
            yield entry("To Port", f"{number}/{protocol}")


def _peer(peer: Object) -> Iterator[Entry]:
    if block := mapped(peer, "ipBlock"):
        without = entry("Except", ", ".join(texts(block, "except")))
        yield Entry("IPBlock", parts=(entry("CIDR", text(block, "cidr")), without))
        return
    has_namespaces = isinstance(peer.get("namespaceSelector"), dict)
    if has_namespaces:
        yield entry("NamespaceSelector", _selector(peer, "namespaceSelector", "all namespaces"))
    if isinstance(peer.get("podSelector"), dict):
        everyone = "all pods there" if has_namespaces else "all pods in this namespace"
        yield entry("PodSelector", _selector(peer, "podSelector", everyone))


def _selector(obj: Object, key: str, everyone: str) -> str:
    return from_label_selector(mapped(obj, key)) or f"<none> ({everyone})"


DESCRIBER = Describer("networkpolicies.networking.k8s.io", describe)
