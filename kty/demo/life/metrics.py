"""metrics.k8s.io: what pods and nodes use, computed when it is asked for."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import msgspec
from aiohttp import web
from msgspec import Struct, field

from kty.demo import answers, listing
from kty.demo.call import Call
from kty.demo.journal import Held
from kty.demo.life.nodebook import read_node
from kty.demo.life.podstate import condition
from kty.demo.life.requests import Resources, amount, amounts
from kty.demo.life.usage import WINDOW, Usage, of_container, of_node, sampled_at
from kty.demo.negotiation import Form, form
from kty.demo.printers.printer import Printer
from kty.demo.selection import Selection, read
from kty.demo.statuses import not_found
from kty.demo.store import encode
from kty.demo.tables import NAME, encoder
from kty.demo.times import timestamp
from kty.kube.objects import Object

SLICE: Final = 500
"""Pods after which other requests get their turn."""


class _Container(Struct, gc=False):
    name: str = ""
    resources: Resources = field(default_factory=Resources)


class _Spec(Struct, rename="camel", gc=False):
    containers: list[_Container] | None = None
    node_name: str = ""


class _State(Struct, gc=False):
    running: dict[str, str] | None = None


class _ContainerStatus(Struct, gc=False):
    name: str = ""
    state: _State = field(default_factory=_State)


class _Status(Struct, rename="camel", gc=False):
    phase: str = ""
    container_statuses: list[_ContainerStatus] | None = None


class _Pod(Struct, gc=False):
    spec: _Spec = field(default_factory=_Spec)
    status: _Status = field(default_factory=_Status)


_decode = msgspec.json.Decoder(_Pod).decode


async def answer(call: Call) -> web.StreamResponse:
    """Answer a get or a list of PodMetrics or NodeMetrics, as an object, a list or a Table."""
    is_of_pods = call.kind.resource.plural == "pods"
    found = await _of_pods(call) if is_of_pods else _of_nodes(call)
    kind = replace(call.kind, printers=(NAME, *_COLUMNS))
    wanted = form(call.request.headers.get("Accept", ""), Form.TABLE)
    shaper = encoder(kind, wanted, call.query.get("includeObject", ""), call.demo.clock.now())
    if call.name:
        if not found:
            raise not_found(call.kind.id, f"{call.namespace}/{call.name}" if is_of_pods else call.name)
        return await answers.answer(call.request, shaper.one(found[0].body))
    page = listing.Page(call.demo.registry.store.version, found)
    body = shaper.page(page) if wanted is Form.TABLE else listing.list_bytes(kind, page)
    return await answers.answer(call.request, body)


async def _of_pods(call: Call) -> list[Held]:
    now, seed, found = call.demo.clock.now(), call.demo.life.world.seed, []
    for number, held in enumerate(_chosen(call, "pods"), 1):
        pod = _decode(held.body)
        running = {each.name for each in pod.status.container_statuses or () if each.state.running is not None}
        if running and pod.status.phase == "Running":
            containers = [
                {
                    "name": each.name,
                    "usage": _shown(of_container(held.uid, each.name, amounts(each.resources.requests), now, seed)),
                }
                for each in pod.spec.containers or ()
                if each.name in running
            ]
            found.append(_measured(held, now, {"containers": containers}))
        if number % SLICE == 0:
            await asyncio.sleep(0)
    return found


def _of_nodes(call: Call) -> list[Held]:
    now, life, found = call.demo.clock.now(), call.demo.life, []
    for held in _chosen(call, "nodes"):
        node = call.demo.registry.whole("nodes", held)
        pressure = condition(node, "MemoryPressure")
        facts, taken = read_node(node, held.labels), life.occupancy.taken(held.name)
        is_pressed = pressure is not None and pressure["status"] == "True"
        used = of_node(held.name, taken, facts.allocatable, now, life.world.seed, is_pressed=is_pressed)
        found.append(_measured(held, now, {"usage": _shown(used)}))
    return found


def _chosen(call: Call, kind: str) -> Iterable[Held]:
    """Return the pods or nodes that the request is about."""
    store = call.demo.registry.store
    if call.name:
        held = store.find(kind, call.namespace, call.name)
        return () if held is None else (held,)
    wanted: Selection = read(call.kind, call.namespace, call.query)
    return [held for held in store.held(kind, call.namespace) if wanted.matches(held)]


def _measured(held: Held, now: float, content: Object) -> Held:
    at = timestamp(sampled_at(now))
    metadata: Object = {"name": held.name, "creationTimestamp": timestamp(now)}
    if held.namespace:
        metadata["namespace"] = held.namespace
    if held.labels:
        metadata["labels"] = dict(label.split("=", 1) for label in held.labels)
    body = {"metadata": metadata, "timestamp": at, "window": f"{WINDOW:.0f}s", **content}
    return msgspec.structs.replace(held, body=encode(body))


def _shown(usage: Usage) -> Object:
    return {"cpu": f"{round(usage.cores * 1e9)}n", "memory": f"{round(usage.memory / 1024)}Ki"}


def _total(obj: Object, name: str) -> float:
    if "usage" in obj:
        return amount(obj["usage"][name])
    return sum(amount(each["usage"][name]) for each in obj["containers"])


_COLUMNS: Final = (
    Printer("cpu", lambda obj, now: f"{round(_total(obj, 'cpu') * 1000)}m"),
    Printer("memory", lambda obj, now: f"{round(_total(obj, 'memory') / 2**20)}Mi"),
    Printer("Window", lambda obj, now: obj["window"]),
)
