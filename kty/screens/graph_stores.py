"""Where the stores of a graph come from."""

from kty.kube.metadata import MetadataCodec
from kty.kube.resource import Resource
from kty.runtime.shared import Lease
from kty.screens.session import Session


class GraphStores:
    """Takes the stores of a graph from a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def metadata(self, resource: Resource, namespace: str, *, fields: str = "") -> Lease:
        return self._session.lease(resource, namespace, fields=fields, codec=MetadataCodec)

    def full(self, resource: Resource, namespace: str, *, labels: str = "", fields: str = "") -> Lease:
        return self._session.lease(resource, namespace, labels=labels, fields=fields)

    def running(self, resource: Resource, namespace: str) -> tuple[Lease, str] | None:
        return self._session.running(resource, namespace)
