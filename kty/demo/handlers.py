"""What every stored kind answers: read, write and delete, in the words of the API."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from kty.demo import bodies, listing, selection, watching
from kty.demo.answers import answer
from kty.demo.call import Call, Handler
from kty.demo.deletion import is_due
from kty.demo.negotiation import Form, form
from kty.demo.patches import patch
from kty.demo.scales import of_scale, scale_of
from kty.demo.statuses import Details, method_not_allowed, success
from kty.demo.store import encode
from kty.demo.tables import Encoder, encoder
from kty.kube.objects import Object


async def get(call: Call) -> web.StreamResponse:
    obj = call.demo.registry.get(call.kind.id, call.namespace, call.name)
    if call.subresource == "scale":
        return await answer(call.request, encode(scale_of(call.kind, obj)))
    return await _shown(call, obj)


async def list_(call: Call) -> web.StreamResponse:
    wanted = form(call.request.headers.get("Accept", ""), Form.TABLE, Form.METADATA_LIST)
    encode_with = _encoder(call, wanted)
    page = listing.page(call.demo.registry.store, call.kind, call.namespace, call.query)
    body = listing.list_bytes(call.kind, page) if wanted is Form.PLAIN else encode_with.page(page)
    return await answer(call.request, body)


async def watch(call: Call) -> web.StreamResponse:
    wanted = form(call.request.headers.get("Accept", ""), Form.TABLE, Form.METADATA, Form.METADATA_LIST)
    following = watching.watch(call.demo, call.kind, call.namespace, call.query, _encoder(call, wanted))
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"})
    await response.prepare(call.request)
    async for lines in following.lines():
        await response.write(lines)
    return response


async def create(call: Call) -> web.StreamResponse:
    if call.name:
        raise method_not_allowed()
    obj = bodies.read(call)
    if call.namespace:
        obj["metadata"]["namespace"] = call.namespace
    written = call.demo.registry.create(call.kind.id, obj, bodies.options(call, "CreateOptions"))
    return await _shown(call, written, status=201)


async def update(call: Call) -> web.StreamResponse:
    obj = bodies.read(call)
    how = bodies.options(call, "UpdateOptions")
    registry = call.demo.registry
    obj["metadata"] |= {"name": call.name, **({"namespace": call.namespace} if call.namespace else {})}
    if call.subresource == "scale":
        live = registry.get(call.kind.id, call.namespace, call.name)
        written = registry.replace(call.kind.id, of_scale(call.kind, live, obj), how, subresource="scale")
        return await answer(call.request, encode(scale_of(call.kind, written)))
    was_there = registry.store.find(call.kind.id, call.namespace, call.name) is not None
    written = registry.replace(call.kind.id, obj, how, subresource=call.subresource)
    return await _shown(call, written, status=200 if was_there else 201)


async def change(call: Call) -> web.StreamResponse:
    written, is_new = patch(call)
    if call.subresource == "scale":
        return await answer(call.request, encode(scale_of(call.kind, written)))
    return await _shown(call, written, status=201 if is_new else 200)


async def delete(call: Call) -> web.StreamResponse:
    options = bodies.delete_options(call)
    last = call.demo.registry.delete(call.kind.id, call.namespace, call.name, options)
    if not is_due(call.kind, last) or call.kind.shows_deleted:
        return await _shown(call, last)
    resource = call.kind.resource
    details = Details(call.name, resource.group, resource.plural, last["metadata"].get("uid", ""))
    return await answer(call.request, encode(success(details)))


async def delete_collection(call: Call) -> web.StreamResponse:
    options = bodies.delete_options(call)
    registry = call.demo.registry
    wanted = selection.read(call.kind, call.namespace, call.query)
    page = listing.page(registry.store, call.kind, call.namespace, call.query)
    for held in page.held:
        if wanted.matches(held) and registry.store.find(call.kind.id, held.namespace, held.name) is not None:
            registry.delete(call.kind.id, held.namespace, held.name, options)
    return await answer(call.request, listing.list_bytes(call.kind, page))


VERBS: Final[Mapping[str, Handler]] = {
    "get": get,
    "list": list_,
    "watch": watch,
    "create": create,
    "update": update,
    "patch": change,
    "delete": delete,
    "deletecollection": delete_collection,
}


def _encoder(call: Call, wanted: Form) -> Encoder:
    return encoder(call.kind, wanted, call.query.get("includeObject", ""), call.demo.clock.now())


async def _shown(call: Call, obj: Object, *, status: int = 200) -> web.Response:
    """Answer with one object in the form that is wanted."""
    wanted = form(call.request.headers.get("Accept", ""), Form.TABLE, Form.METADATA)
    body = encode({field: value for field, value in obj.items() if field not in ("kind", "apiVersion")})
    shown = _encoder(call, wanted).one(body)
    return await answer(call.request, shown, status=status, warnings=call.warnings)
