"""One request for one object: sent as its kind wants it, read as its shape wants it."""

from typing import Generic, TypeVar

from msgspec import Struct

from kty.kube.codecs import JSON
from kty.kube.connection import Connection, Query
from kty.kube.parameters import encoded
from kty.kube.shapes import Shape

K = TypeVar("K")


class Wire(Struct, Generic[K], frozen=True):
    """A connection, and the shape in which objects come over it."""

    connection: Connection
    shape: Shape[K]

    async def one(self, method: str, path: str, content: object = None, *, query: Query = (), media: str = JSON) -> K:
        """Return the object that the answer is. Raises Malformed, and what the connection raises."""
        return self.shape.reader().one(await self.send(method, path, content, query=query, media=media))

    async def send(
        self, method: str, path: str, content: object = None, *, query: Query = (), media: str = JSON
    ) -> bytes:
        headers = {"Accept": self.shape.accept} | ({"Content-Type": media} if content is not None else {})
        body = None if content is None else encoded(content)
        whole = [*self.shape.query, *query]
        return await self.connection.request(method, path, query=whole, headers=headers, body=body)
