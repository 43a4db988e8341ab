"""What the API server fills in where an object says nothing."""

from typing import TYPE_CHECKING

from kty.demo.kinds import Kind
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.registry import Registry


def set_defaults(registry: "Registry", kind: Kind, obj: Object, live: Object | None = None) -> None:
    """Fill in an object that is created, or written over `live`."""
