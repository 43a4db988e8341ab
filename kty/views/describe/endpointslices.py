"""Endpoint slices: the addresses of a service, and how each of them is."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import UNSET, Beside, Describer, Description, Entry, Piece, Table, entry, scalar, section
from kty.views.reading import listed, mapped, texts
from kty.views.said import text

_CONDITIONS = (("Ready", "ready"), ("Serving", "serving"), ("Terminating", "terminating"))


def describe(slice_: Object, beside: Beside) -> Description:
    ports = [
        (text(each, "name") or UNSET, scalar(each.get("port"), "<any>"), text(each, "protocol") or "TCP")
        for each in listed(slice_, "ports")
    ]
    return (
        *identity.head(slice_),
        *identity.controlled_by(slice_),
        entry("AddressType", text(slice_, "addressType")),
        section("Ports", [Table(("Name", "Port", "Protocol"), tuple(ports))] if ports else [], missing=UNSET),
        section("Endpoints", [_endpoint(at, each) for at, each in enumerate(listed(slice_, "endpoints"), 1)]),
    )


def _endpoint(at: int, endpoint: Object) -> Entry:
    target = mapped(endpoint, "targetRef")
    parts = [
        entry("Addresses", ",".join(texts(endpoint, "addresses"))),
        _conditions(endpoint),
        entry("Hostname", text(endpoint, "hostname"), missing=UNSET),
        *([entry("TargetRef", f"{text(target, 'kind')}/{text(target, 'name')}")] if target else []),
        entry("NodeName", text(endpoint, "nodeName"), missing=UNSET),
        entry("Zone", text(endpoint, "zone"), missing=UNSET),
    ]
    if hints := [text(each, "name") for each in listed(endpoint, "hints", "forZones")]:
        parts.append(entry("For Zones", ",".join(hints)))
    return Entry(f"Endpoint {at}", parts=tuple(parts))


def _conditions(endpoint: Object) -> Entry:
    known = mapped(endpoint, "conditions")
    parts = []
    for title, key in _CONDITIONS:
        value = known.get(key)
        if value is not None or key == "ready":
            is_odd = value is (key == "terminating")
            parts.append(entry(title, Piece(scalar(value, UNSET), "warn" if is_odd else "")))
    return Entry("Conditions", parts=tuple(parts))


DESCRIBER = Describer("endpointslices.discovery.k8s.io", describe)
