"""All that can be asked about the objects of one kind, in whatever shape they are wanted."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Generic, TypeVar, Unpack, overload

from kty.errors import Expired, Malformed, NotFound
from kty.kube.changes import Change, Odd, read_change
from kty.kube.connection import Connection
from kty.kube.entry import Entry
from kty.kube.kinds import Scale
from kty.kube.objects import Object
from kty.kube.parameters import (
    Match,
    Parameters,
    Propagation,
    WriteOptions,
    delete_options,
    encoded,
    for_paging,
    for_reading,
    for_selecting,
    for_watching,
    for_writing,
)
from kty.kube.patches import Patch
from kty.kube.resource import Resource
from kty.kube.selectors import Selector
from kty.kube.shapes import BuiltIn, ObjectList, Reader, Shape, is_status
from kty.kube.subresources import Subresource, patched
from kty.kube.wire import Wire
from kty.kube.writing import named, segment

K = TypeVar("K")
S = TypeVar("S")
B = TypeVar("B", bound=BuiltIn)

PAGE = 500
"""Objects that are asked for at once."""
IDLE = 70.0
"""Seconds of silence after which a watch is given up: the server sends a bookmark every 60."""


class Api(Generic[K]):
    """The objects of one kind, in one namespace or (with none given) in all of them.

    `kind` says in which shape they come: dicts where it is left out, a msgspec Struct, PartialObject for metadata
    only, or TableRow for what the server would print. Writes take the same shape, or a dict.

    Every method raises the errors of `kty.errors`, NotFound, Conflict and Forbidden among them; Malformed where an
    object does not fit `kind`; ValueError for a name that can be none. `options` are those of WriteOptions.
    """

    @overload
    def __init__(self: "Api[Object]", client: Connection, resource: Resource, namespace: str = "") -> None: ...
    @overload
    def __init__(self, client: Connection, resource: Resource, namespace: str = "", *, kind: type[K]) -> None: ...
    def __init__(self, client: Connection, resource: Resource, namespace: str = "", *, kind: Any = dict) -> None:
        self.client = client
        self.resource = resource
        self.namespace = namespace if resource.namespaced else ""
        self._wire: Wire[K] = Wire(client, Shape(kind, resource))

    @staticmethod
    def of(client: Connection, kind: type[B], namespace: str = "") -> "Api[B]":
        """Return the Api of a class that knows its resource, such as those in `kty.kube.kinds`."""
        return Api(client, kind.resource, namespace, kind=kind)

    @property
    def kind(self) -> type[K]:
        return self._wire.shape.kind

    async def get(self, name: str, *, version: str = "") -> K:
        """Return one object: the newest, or with `version="0"` what the server has at hand."""
        return await self._wire.one("GET", self._path(name), query=for_reading(version))

    async def get_opt(self, name: str, *, version: str = "") -> K | None:
        """Return one object, or None where there is none of this name."""
        try:
            return await self.get(name, version=version)
        except NotFound:
            return None

    async def list(
        self,
        *,
        labels: str | Selector = "",
        fields: str = "",
        version: str = "",
        match: Match | None = None,
        page_size: int = PAGE,
        strict: bool = False,
    ) -> ObjectList[K]:
        """Return all objects, as of one moment; they are fetched in pages (`page_size=0`: in one piece).

        Objects that cannot be read are left out and told in `faults`; with `strict` the first of them is raised.
        """
        reading = for_selecting(labels, fields), for_reading(version, match)
        items: list[K] = []
        faults: list[Malformed] = []
        try:
            async with aclosing(self._pages(*reading, page_size, strict)) as pages:
                async for page in pages:
                    items += page.items
                    faults += page.faults
        except Expired:
            if not page_size:
                raise
            async with aclosing(self._pages(*reading, 0, strict)) as pages:  # the pages took too long
                async for page in pages:
                    items, faults = list(page.items), list(page.faults)
        return ObjectList(items, page.version, faults=faults)

    async def pages(
        self,
        *,
        labels: str | Selector = "",
        fields: str = "",
        version: str = "",
        match: Match | None = None,
        page_size: int = PAGE,
        strict: bool = False,
    ) -> AsyncGenerator[ObjectList[K], None]:
        """Yield the objects page by page. Raises Expired where the iteration outlives the list on the server."""
        async with aclosing(
            self._pages(for_selecting(labels, fields), for_reading(version, match), page_size, strict)
        ) as pages:
            async for page in pages:
                yield page

    async def _pages(
        self, selecting: Parameters, reading: Parameters, page_size: int, strict: bool
    ) -> AsyncGenerator[ObjectList[K], None]:
        reader = self._wire.shape.reader()
        token = ""
        while True:
            # What continues a list says with its token how old it is; the server refuses to hear it twice.
            asked = [*selecting, *for_paging(page_size, token), *([] if token else reading)]
            page = self._page(reader, await self._ask_for_many("GET", asked), strict)
            yield page
            token = page.token
            if not token:
                return

    def _page(self, reader: Reader[K], body: bytes, strict: bool) -> ObjectList[K]:
        page = reader.page(body)
        items: list[K] = []
        faults: list[Malformed] = []
        for raw in page.items:
            try:
                items.append(reader.item(raw))
            except Malformed as error:
                if strict:
                    raise
                faults.append(error)
        return ObjectList(items, page.version, page.token, page.remaining, faults)

    async def _ask_for_many(self, method: str, query: Parameters, content: object = None) -> bytes:
        shape = self._wire.shape
        return await self.client.request(
            method,
            self.resource.path(self.namespace),
            query=[*shape.query, *query],
            headers={"Accept": shape.accept_list},
            body=None if content is None else encoded(content),
            timeout=300.0,
        )

    async def create(self, obj: K | Object, **options: Unpack[WriteOptions]) -> K:
        """Make an object and return it as it is then. Raises Conflict where there is one of this name."""
        content = named(obj, self.resource)
        namespace = self.namespace or (content.get("metadata") or {}).get("namespace") or ""
        path = self.resource.path(self._required(namespace))
        return await self._wire.one("POST", path, content, query=for_writing(options))

    async def replace(self, name: str, obj: K | Object, **options: Unpack[WriteOptions]) -> K:
        """Put this object in place of what is there. Raises Conflict where its resourceVersion is not the newest.

        The whole object is replaced: what a Struct has no fields for is gone. `entry` and `patch` keep it.
        """
        content = named(obj, self.resource, name)
        return await self._wire.one("PUT", self._path(name), content, query=for_writing(options))

    async def patch(
        self, name: str, patch: Patch, *, uid: str = "", version: str = "", **options: Unpack[WriteOptions]
    ) -> K:
        """Change an object and return it as it is then; `patch` is a Json, Merge, Strategic or Apply.

        With `uid` or `version` only the object of this uid or resourceVersion is changed: Conflict otherwise.
        """
        return await patched(self._wire, self._path(name), name, patch, uid, version, options)

    async def delete(
        self,
        name: str,
        *,
        grace: int | None = None,
        propagation: Propagation | None = None,
        dry_run: bool = False,
        uid: str = "",
        version: str = "",
    ) -> K | None:
        """Delete an object. Return it where it is still on its way out, None where the server says that it is gone.

        `grace` is in seconds. With `uid` or `version` only the object of this uid or resourceVersion goes: Conflict
        otherwise.
        """
        options = delete_options(grace=grace, propagation=propagation, dry_run=dry_run, uid=uid, version=version)
        body = await self._wire.send("DELETE", self._path(name), options)
        return None if is_status(body) else self._wire.shape.reader().one(body)

    async def delete_collection(
        self,
        *,
        labels: str | Selector = "",
        fields: str = "",
        grace: int | None = None,
        propagation: Propagation | None = None,
        dry_run: bool = False,
        strict: bool = False,
    ) -> ObjectList[K]:
        """Delete all objects of the namespace that these selectors select, and return what they were.

        Nothing is returned where the server answers with a mere success.
        """
        options = delete_options(grace=grace, propagation=propagation, dry_run=dry_run)
        body = await self._ask_for_many("DELETE", for_selecting(labels, fields), options)
        return ObjectList((), "") if is_status(body) else self._page(self._wire.shape.reader(), body, strict)

    async def watch(
        self,
        *,
        version: str = "",
        labels: str | Selector = "",
        fields: str = "",
        bookmarks: bool = True,
        initial: bool = False,
        timeout: int | None = None,
        idle: float = IDLE,
        strict: bool = False,
    ) -> AsyncGenerator[Change[K], None]:
        """Yield what happens after `version` (a list's), or with none first what is there.

        One request, no more: it ends when the server ends it (after `timeout` seconds where given), and raises
        Expired where the version is too old, Unreachable where it breaks or is silent for `idle` seconds. Taking it
        up again, and listing anew, is what `kty.runtime.watcher` is for. `initial` asks for what is there as events
        that end with a bookmark. An odd object is an Odd event; with `strict` it is raised.
        """
        shape = self._wire.shape
        reader = shape.reader()
        watching = for_watching(version, bookmarks=bookmarks, initial=initial, timeout=timeout)
        async with self.client.watch(
            self.resource.path(self.namespace),
            query=[*shape.query, *for_selecting(labels, fields), *watching],
            headers={"Accept": shape.accept},
            idle=idle,
        ) as lines:
            async for line in lines:
                change = read_change(line, reader.one)
                if strict and isinstance(change, Odd):
                    raise change.error
                yield change

    async def entry(self, name: str) -> Entry[K]:
        """Return the object of this name, or the place where it would be, to be changed and committed."""
        entry = Entry(name, self.kind, Api(self.client, self.resource, self.namespace))
        await entry.read()
        return entry

    @property
    def status(self) -> Subresource[K]:
        return self.subresource("status", kind=self.kind)

    @property
    def scale(self) -> Subresource[Scale]:
        return self.subresource("scale", kind=Scale)

    @overload
    def subresource(self, name: str) -> Subresource[Object]: ...
    @overload
    def subresource(self, name: str, *, kind: type[S]) -> Subresource[S]: ...
    def subresource(self, name: str, *, kind: Any = dict) -> Subresource[Any]:
        """Return a part of the objects, such as `ephemeralcontainers`; `kind` says in which shape it comes."""
        resource = getattr(kind, "resource", self.resource)
        return Subresource(segment(name, "part"), Wire(self.client, Shape(kind, resource)), self._path)

    def _path(self, name: str, part: str = "") -> str:
        return self.resource.path(self._required(self.namespace), segment(name), part)

    def _required(self, namespace: str) -> str:
        if self.resource.namespaced and not namespace:
            raise ValueError(f"one of the {self.resource.plural} is named within a namespace: give the Api one")
        return namespace
