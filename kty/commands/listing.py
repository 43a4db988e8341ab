"""Ask for objects once: whole lists in pages, or one by its name."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from kty.errors import NotKubernetes
from kty.kube.client import Client
from kty.kube.codecs import Codec
from kty.kube.objects import Item, Object
from kty.kube.parameters import for_selecting
from kty.kube.resource import Resource
from kty.kube.tables import TableCodec
from kty.runtime.events import Page, Started
from kty.runtime.paging import pages


class CellsCodec(TableCodec):
    """Tables without the objects: of these, only the metadata."""

    query: tuple[tuple[str, str], ...] = (("includeObject", "Metadata"),)


async def listed(
    client: Client, resource: Resource, namespace: str, codec: Codec, *, labels: str = "", fields: str = ""
) -> list[Item]:
    """Return all objects of a namespace (empty: of all of them), as of one moment. Raises KtyError."""

    async def fetch(limit: int, token: str) -> bytes:
        paging = [("limit", str(limit))] if limit else []
        if token:
            paging.append(("continue", token))
        query = [*codec.query, *for_selecting(labels, fields), *paging]
        return await client.request(
            "GET", resource.path(namespace), query=query, headers={"Accept": codec.accept}, timeout=300.0
        )

    items: list[Item] = []
    async with aclosing(pages(fetch, codec)) as events:
        async for event in events:
            if isinstance(event, Started):
                items = []
            elif isinstance(event, Page):
                items += event.items
    return items


async def cells_of(client: Client, resource: Resource, namespace: str, name: str, codec: TableCodec) -> Item:
    """Return one object as a row of the server's table. Raises KtyError."""
    path = resource.path(namespace, name)
    body = await client.request("GET", path, query=codec.query, headers={"Accept": codec.accept})
    try:
        raws: Sequence[Any] = codec.page(body).items
    except NotKubernetes:  # an aggregated API that serves no Tables answers with the object
        raws = [msgspec.Raw(b'{"cells":[],"object":' + body + b"}")]
    if len(raws) != 1:
        raise NotKubernetes(f"{resource.plural} {name} was asked for, and {len(raws)} came")
    return codec.item(raws[0])


async def object_of(client: Client, resource: Resource, namespace: str, name: str) -> Object:
    """Return one object, whole. Raises KtyError."""
    return decoded(await client.request("GET", resource.path(namespace, name)), resource)


def decoded(body: bytes, resource: Resource) -> Object:
    """Return the whole object, with the apiVersion and kind that lists leave out. Raises NotKubernetes."""
    try:
        obj = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotKubernetes(f"a {resource.kind} cannot be read: {error}") from error
    if not isinstance(obj, dict):
        raise NotKubernetes(f"a {resource.kind} was asked for, and something else came")
    return resource.with_kind(obj)
