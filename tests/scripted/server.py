"""A scripted API server on loopback: any number of kinds, listed, watched and printed as Tables, until it is told no.

What misbehaves on the wire is the fault server's part (`tests/runtime/fault_server.py`); this one behaves, and feeds
the screens.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiohttp import web

from kty.kube.resource import Resource
from tests.runtime.scripts import line, status
from tests.scripted.kinds import BUILT_IN, Printer

Object: TypeAlias = dict[str, Any]


class Forbidding(web.HTTPForbidden):
    """403, with a Status that says why."""

    def __init__(self, message: str) -> None:
        super().__init__(text=json.dumps(status(403, "Forbidden", message)), content_type="application/json")


class _Stream:
    """One open watch."""

    def __init__(self, resource: Resource, namespace: str, tabled: bool) -> None:
        self.resource, self.namespace, self.tabled = resource, namespace, tabled
        self.events: asyncio.Queue[bytes | None] = asyncio.Queue()


class ApiServer:
    """Holds objects of many kinds. `put` and `delete` are seen by every watch that is open."""

    def __init__(self, kinds: Iterable[Resource] = BUILT_IN) -> None:
        self.url = ""
        self.version = "v1.36.3"
        self.users: dict[str, str] = {}
        """Who shows which token; with none of them, everybody is `anna`."""
        self.requests: list[str] = []
        """The path and query of each, in order."""
        self._kinds = {each.id: each for each in kinds}
        self._printers: dict[str, tuple[Printer, ...]] = {}
        self._objects: dict[str, dict[tuple[str, str], Object]] = {each: {} for each in self._kinds}
        self._refused: set[tuple[str, str]] = set()
        self._held: dict[str, asyncio.Event] = {}
        self._history: list[tuple[int, str, str, Object]] = []
        self._streams: set[_Stream] = set()
        self._continued: dict[str, list[Object]] = {}
        self._revision = 100
        self._runner: web.AppRunner | None = None

    # What a test does to it

    def add_kind(self, resource: Resource, printers: Sequence[Printer] = ()) -> None:
        """Have one kind more, printed with these columns behind its name."""
        self._kinds[resource.id] = resource
        self._printers[resource.id] = tuple(printers)
        self._objects.setdefault(resource.id, {})

    def put(self, kind: str, obj: Object) -> Object:
        """Add an object, or change it; `kind` as in `deployments.apps`. Returns it with what the server adds."""
        metadata = obj["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        known = self._objects[kind].get(key)
        self._revision += 1
        uid = known["metadata"]["uid"] if known else f"uid-{kind}-{key[0]}-{key[1]}"
        obj = {**obj, "metadata": {"uid": uid, **metadata, "resourceVersion": str(self._revision)}}
        self._objects[kind][key] = obj
        self._tell(kind, "MODIFIED" if known else "ADDED", obj)
        return obj

    def get(self, kind: str, name: str, namespace: str = "") -> Object:
        """Return a copy of an object, to change and `put`."""
        obj: Object = json.loads(json.dumps(self._objects[kind][namespace, name]))
        return obj

    def delete(self, kind: str, name: str, namespace: str = "") -> None:
        """Delete an object."""
        gone = self._objects[kind].pop((namespace, name))
        self._revision += 1
        gone = {**gone, "metadata": {**gone["metadata"], "resourceVersion": str(self._revision)}}
        self._tell(kind, "DELETED", gone)

    def forbid(self, kind: str, namespace: str = "") -> None:
        """Answer 403 to whoever lists this kind in this namespace; empty: in all of them at once."""
        self._refused.add((kind, namespace))

    def allow(self, kind: str, namespace: str = "") -> None:
        self._refused.discard((kind, namespace))

    @asynccontextmanager
    async def holding(self, kind: str) -> AsyncIterator[None]:
        """Answer no list of this kind before the block is left, but the first page of one."""
        self._held[kind] = asyncio.Event()
        try:
            yield
        finally:
            self._held.pop(kind).set()

    @property
    def open_watches(self) -> int:
        return len(self._streams)

    async def up(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        port = int(self.url.rpartition(":")[2] or 0)
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def down(self) -> None:
        """Break every connection, and listen no more."""
        for stream in self._streams:
            stream.events.put_nowait(None)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # What it answers

    def _tell(self, kind: str, event: str, obj: Object) -> None:
        self._history.append((self._revision, kind, event, obj))
        for stream in self._streams:
            if stream.resource.id == kind:
                self._send(stream, event, obj)

    def _send(self, stream: _Stream, event: str, obj: Object) -> None:
        if stream.namespace in ("", obj["metadata"].get("namespace", "")):
            seen = self._table(stream.resource, [obj], {}, headed=False) if stream.tabled else obj
            stream.events.put_nowait(line(event, seen))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request.path_qs)
        match request.path.strip("/").split("/"):
            case ["version"]:
                return web.json_response({"major": "1", "minor": "36", "gitVersion": self.version})
            case ["api"]:
                return web.json_response(self._discovered(core=True))
            case ["apis"]:
                return web.json_response(self._discovered(core=False))
            case ["apis", "authentication.k8s.io", "v1", "selfsubjectreviews"]:
                token = request.headers.get("Authorization", "").removeprefix("Bearer ")
                user = {"username": self.users.get(token, "anna")}
                return web.json_response({"kind": "SelfSubjectReview", "status": {"userInfo": user}}, status=201)
            case ["api", version, *rest]:
                return await self._collection(request, "", version, rest)
            case ["apis", group, version, *rest]:
                return await self._collection(request, group, version, rest)
        return web.json_response(
            status(404, "NotFound", "the server could not find the requested resource"), status=404
        )

    def _discovered(self, *, core: bool) -> Object:
        groups: dict[str, dict[str, list[Object]]] = {}
        for each in self._kinds.values():
            if core == (not each.group):
                groups.setdefault(each.group, {}).setdefault(each.version, []).append(_entry(each))
        items = [
            {
                "metadata": {"name": group},
                "versions": [{"version": version, "resources": found} for version, found in versions.items()],
            }
            for group, versions in groups.items()
        ]
        return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": items}

    async def _collection(self, request: web.Request, group: str, version: str, rest: list[str]) -> web.StreamResponse:
        namespace, plural = ("", rest[0]) if len(rest) == 1 else (rest[1], rest[2])
        resource = self._kinds.get(f"{plural}.{group}" if group else plural)
        if resource is None or resource.version != version or len(rest) not in (1, 3):
            message = "the server could not find the requested resource"
            return web.json_response(status(404, "NotFound", message), status=404)
        self._check(resource, namespace)
        tabled = "as=Table" in request.headers.get("Accept", "") and resource.id in self._printers
        if "watch" in request.query:
            return await self._watch(request, _Stream(resource, namespace, tabled))
        if resource.id in self._held and "continue" in request.query:
            await self._held[resource.id].wait()
        return web.json_response(self._list(request, resource, namespace, tabled))

    def _check(self, resource: Resource, namespace: str) -> None:
        if (resource.id, namespace) in self._refused:
            where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
            raise Forbidding(
                f'{resource.plural} is forbidden: User "anna" cannot list resource "{resource.plural}" '
                f'in API group "{resource.group}" {where}'
            )

    def _list(self, request: web.Request, resource: Resource, namespace: str, tabled: bool) -> Object:
        token, limit = request.query.get("continue", ""), int(request.query.get("limit", 0))
        if token:
            version, left = token.partition(".")[0], self._continued.pop(token)
        else:
            version = str(self._revision)
            left = [obj for (of, _), obj in sorted(self._objects[resource.id].items()) if namespace in ("", of)]
        metadata: Object = {"resourceVersion": version}
        if limit and len(left) > limit:
            metadata |= {"continue": f"{version}.{len(self.requests)}", "remainingItemCount": len(left) - limit}
            self._continued[metadata["continue"]] = left[limit:]
            left = left[:limit]
        if tabled:
            return self._table(resource, left, metadata)
        items = [{name: value for name, value in obj.items() if name not in ("kind", "apiVersion")} for obj in left]
        return {
            "kind": f"{resource.kind}List",
            "apiVersion": resource.api_version,
            "metadata": metadata,
            "items": items,
        }

    def _table(self, resource: Resource, objects: Iterable[Object], metadata: Object, *, headed: bool = True) -> Object:
        printers = self._printers[resource.id]
        columns = [{"name": "Name", "type": "string", "format": "name", "priority": 0}] + [
            {"name": each.name, "type": each.type, "format": each.format, "priority": each.priority}
            for each, _ in printers
        ]
        return {
            "kind": "Table",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": metadata,
            "columnDefinitions": columns if headed else None,
            "rows": [
                {"cells": [obj["metadata"]["name"], *[printer.cell(obj) for printer in printers]], "object": obj}
                for obj in objects
            ],
        }

    async def _watch(self, request: web.Request, stream: _Stream) -> web.StreamResponse:
        since = int(request.query.get("resourceVersion", 0))
        for version, kind, event, obj in self._history:
            if version > since and kind == stream.resource.id:
                self._send(stream, event, obj)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        self._streams.add(stream)
        try:
            while (event_line := await stream.events.get()) is not None:
                await response.write(event_line + b"\n")
            assert request.transport is not None
            request.transport.close()
        finally:
            self._streams.discard(stream)
        return response


def _entry(resource: Resource) -> Object:
    return {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "shortNames": list(resource.short_names),
        "verbs": sorted(resource.verbs),
        "categories": list(resource.categories),
    }


@asynccontextmanager
async def serving(server: ApiServer) -> AsyncIterator[ApiServer]:
    """Let it listen until the block is left."""
    await server.up()
    try:
        yield server
    finally:
        await server.down()
