"""The parts of an object that have a path of their own: status, scale, and any other."""

from collections.abc import Callable
from typing import Generic, TypeVar, Unpack

from msgspec import Struct

from kty.errors import Conflict, Invalid
from kty.kube.objects import Object
from kty.kube.parameters import WriteOptions, for_writing
from kty.kube.patches import Patch
from kty.kube.wire import Wire
from kty.kube.writing import named, plain

K = TypeVar("K")


class Subresource(Struct, Generic[K], frozen=True):
    """One part of the objects of a kind; K is what the part looks like."""

    name: str
    _wire: Wire[K]
    _path: Callable[[str, str], str]
    """From an object's name and this part's name."""

    async def get(self, name: str) -> K:
        return await self._wire.one("GET", self._path(name, self.name))

    async def create(self, name: str, obj: K | Object, **options: Unpack[WriteOptions]) -> K:
        """Post to the part, as `eviction`, `binding` and `token` want it; `obj` says itself of which kind it is."""
        return await self._wire.one("POST", self._path(name, self.name), plain(obj), query=for_writing(options))

    async def replace(self, name: str, obj: K | Object, **options: Unpack[WriteOptions]) -> K:
        """Put this in place of what is there: Conflict where its resourceVersion is not the newest."""
        content = named(obj, self._wire.shape.resource, name)
        return await self._wire.one("PUT", self._path(name, self.name), content, query=for_writing(options))

    async def patch(
        self, name: str, patch: Patch, *, uid: str = "", version: str = "", **options: Unpack[WriteOptions]
    ) -> K:
        """Change what the patch says; see `Api.patch`."""
        return await patched(self._wire, self._path(name, self.name), name, patch, uid, version, options)


async def patched(
    wire: Wire[K], path: str, name: str, patch: Patch, uid: str, version: str, options: WriteOptions
) -> K:
    """Send a patch of any type, and return the object as it is then."""
    content = patch.content(uid, version)
    if patch.names_its_kind:
        content = named(content, wire.shape.resource, name)
    query = [*patch.query(), *for_writing(options)]
    try:
        return await wire.one("PATCH", path, content, query=query, media=patch.media)
    except Invalid as error:
        if uid and any(cause.field == "metadata.uid" for cause in error.causes):
            # The server has no preconditions for patches: it says that an object's uid cannot be changed.
            raise Conflict(f"{name} is another object than {uid}", code=409, reason="Conflict") from error
        raise
