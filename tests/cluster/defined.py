"""A kind of the test's own on the real API server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from kty.errors import Conflict, NotFound
from kty.kube.discovery import discover
from kty.kube.resource import Resource
from tests.cluster.place import Place, eventually

DEFINITIONS = Resource(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False
)


def column(name: str, path: str, kind: str = "string") -> dict[str, str]:
    return {"name": name, "type": kind, "jsonPath": path}


def versions(*columns: dict[str, str]) -> list[dict[str, Any]]:
    """Return the one version of the kind, with these printer columns."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    return [{**version, "additionalPrinterColumns": list(columns)}]


SIZE = column("Size", ".spec.size", "integer")
COLOUR = column("Colour", ".spec.colour")


@asynccontextmanager
async def defined(
    place: Place, kind: str = "Gizmo", served: list[dict[str, Any]] | None = None, **names: Any
) -> AsyncIterator[Resource]:
    """Define a kind of the test's own: with a column for the size, where `served` does not say its versions."""
    resource = Resource(f"{place.namespace}.example.com", "v1", kind, f"{kind.lower()}s")
    names = {"plural": resource.plural, "singular": kind.lower(), "kind": kind, **names}
    spec = {"group": resource.group, "scope": "Namespaced", "names": names, "versions": served or versions(SIZE)}
    await place.create(DEFINITIONS, resource.id, spec=spec)
    try:
        await eventually(lambda: place.client.request("GET", resource.path(place.namespace)))
        yield resource
    finally:
        with suppress(NotFound):
            await place.remove(DEFINITIONS, resource.id)
        await eventually(partial(_is_forgotten, place, resource))


async def _is_forgotten(place: Place, kind: Resource) -> None:
    """Raise Conflict while the server still tells of the kind: whoever lists all kinds next must not meet it."""
    new, old = [await discover(place.client, aggregated=aggregated) for aggregated in (True, False)]
    if any(each.id == kind.id for each in new.resources) or kind.api_version in old.faults:
        raise Conflict(f"{kind.id} is still there")
