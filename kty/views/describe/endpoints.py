"""The addresses behind a service, as its endpoint slices have them."""

from collections.abc import Callable, Iterable

from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.describing import Line, Piece
from kty.views.reading import listed, texts
from kty.views.said import field, text

SLICES = Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
SERVICE = "kubernetes.io/service-name"
SHOWN = 10
"""Addresses that are written out; more are counted."""


def ready_addresses(slices: Iterable[Object], matches: Callable[[Object], bool]) -> list[str]:
    """Return `address:port` for each endpoint that is ready and each of its ports that matches, sorted."""
    found: set[str] = set()
    for each in slices:
        ports = [port.get("port") for port in listed(each, "ports") if matches(port)]
        for endpoint in listed(each, "endpoints"):
            if field(endpoint, "conditions", "ready") is not False:
                for address in texts(endpoint, "addresses"):
                    shown = f"[{address}]" if ":" in address else address
                    found.update(f"{shown}:{port}" for port in ports if port is not None)
    return sorted(found)


def named(name: str) -> Callable[[Object], bool]:
    """Return what tells a slice's port that is a service's port of this name."""
    return lambda port: (port.get("name") or "") == name


def shown(addresses: list[str]) -> Line:
    """Write addresses on one line; none of them is worth a warning."""
    if not addresses:
        return Piece("<none>", "warn")
    more = len(addresses) - SHOWN
    return ",".join(addresses[:SHOWN]) + (f" + {more} more" if more > 0 else "")


def service_of(slice_: Object) -> str:
    return text(slice_, "metadata", "labels", SERVICE)
