"""What the API server refuses in an object of a kind that it knows."""

from kty.demo.kinds import Kind
from kty.kube.objects import Object


def refuse_invalid(kind: Kind, obj: Object, live: Object | None = None) -> None:
    """Raise ApiError 422 for an object that may not be created, or not written over `live`."""
