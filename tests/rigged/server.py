"""A demo cluster that a test has its hands in: what it holds, what it refuses, and when it is there at all.

Nothing lives in it: objects are as the test put them. What misbehaves on the wire is the fault server's part
(`tests/runtime/fault_server.py`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiohttp import web

from kty.demo.access.rbac import Attributes, Decision
from kty.demo.access.users import MASTERS, User, Users
from kty.demo.demo import Demo
from kty.demo.kinds import Kind
from kty.demo.server import Server
from kty.demo.statuses import unauthorized
from kty.demo.store import decode
from kty.runtime.clock import SYSTEM, Clock
from tests.rigged.metrics import RiggedMetrics

Object: TypeAlias = dict[str, Any]
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RiggedDemo:
    """Holds objects of many kinds. `put` and `delete` are seen by every watch that is open."""

    def __init__(self, clock: Clock = SYSTEM, *, furnished: bool = False) -> None:
        """`furnished`: with all that `kty --demo` has; else it holds nothing at first."""
        self.url = ""
        self.version = ""
        """What it says that it is; empty for what the demo says."""
        self.user = "anna"
        """Who everybody is."""
        self.tokens: set[str] | None = None
        """Which tokens it takes; None for any, and none."""
        self.requests: list[str] = []
        """The path and query of each, in order."""
        self.metrics = RiggedMetrics(clock)
        self.rotated = ""
        """What containers printed before this time is in no log any more; empty while all of it is there."""
        self._demo = Demo(clock=clock)
        self._demo.users = _Everybody(self)
        self._refused: set[tuple[str, str]] = set()
        self._held: dict[str, asyncio.Event] = {}
        self._lost: dict[str, Kind] = {}
        self._runner: web.AppRunner | None = None
        self._refused_parts: set[str] = set()
        self._refused_verbs: set[str] = set()
        decide = self._demo.rbac.decide

        def decide_here(user: User, what: Attributes) -> Decision:
            is_refused = what.verb in ("list", "watch") and (_id(what), what.namespace) in self._refused
            is_refused = is_refused or what.verb in self._refused_verbs
            is_refused = is_refused or f"{what.resource}/{what.subresource}" in self._refused_parts
            is_refused = is_refused or (what.subresource == "log" and ("pods/log", what.namespace) in self._refused)
            return decide(User(user.name) if is_refused else user, what)

        self._demo.rbac.decide = decide_here  # type: ignore[method-assign]
        if furnished:
            self._demo.furnish()
            for pod in self._carts():  # by the time of day, the autoscaler has just asked for one more
                if pod["status"]["phase"] == "Pending":
                    self.delete("pods", pod["metadata"]["name"], "shop")
            return
        for namespace in self._demo.registry.list("namespaces"):
            self.delete("namespaces", namespace["metadata"]["name"])

    # What a test does to it

    def put(self, kind: str, obj: Object) -> Object:
        """Add an object, or change it; `kind` as in `deployments.apps`. Returns it with what the server adds."""
        metadata = obj["metadata"]
        namespace, name = metadata.get("namespace", ""), metadata["name"]
        known = self._demo.registry.store.find(kind, namespace, name)
        uid = known.uid if known else f"uid-{kind}-{namespace}-{name}"
        return self._demo.registry.store.put(kind, {**obj, "metadata": {"uid": uid, **metadata}})

    def running(self) -> str:
        """Return the name of a pod of `shop` in which programs can be run; only where it is furnished."""
        return str(self._carts()[0]["metadata"]["name"])

    def _carts(self) -> list[Object]:
        shop = [each for each in self._demo.registry.list("pods") if each["metadata"]["namespace"] == "shop"]
        return [each for each in shop if each["metadata"]["name"].startswith("cart-")]

    def get(self, kind: str, name: str, namespace: str = "") -> Object:
        """Return a copy of an object, to change and `put`."""
        held = self._demo.registry.store.find(kind, namespace, name)
        assert held is not None
        obj: Object = decode(held.body)
        return obj

    def delete(self, kind: str, name: str, namespace: str = "") -> None:
        """Delete an object."""
        self._demo.registry.store.remove(kind, self.get(kind, name, namespace))

    def forbid(self, kind: str, namespace: str = "") -> None:
        """Answer 403 to whoever lists this kind in this namespace; empty: in all of them at once."""
        self._refused.add((kind, namespace))

    def forbid_part(self, part: str) -> None:
        """Answer 403 to whoever asks for a part of an object, such as `pods/exec`."""
        self._refused_parts.add(part)

    def forbid_verb(self, verb: str) -> None:
        """Answer 403 to whoever wants to do this to anything."""
        self._refused_verbs.add(verb)

    def forbid_logs(self, namespace: str) -> None:
        """Answer 403 to whoever reads the log of a pod in this namespace."""
        self._refused.add(("pods/log", namespace))

    def allow(self, kind: str, namespace: str = "") -> None:
        self._refused.discard((kind, namespace))

    def lose(self, kind: str) -> None:
        """Have this kind no more, as in `pods.metrics.k8s.io`."""
        self._lost[kind] = self._demo.registry.kinds[kind]
        self._demo.registry.kinds.forget(kind)

    def regain(self, kind: str) -> None:
        """Have a kind again that was lost."""
        self._demo.registry.kinds.define(self._lost.pop(kind))

    @asynccontextmanager
    async def holding(self, kind: str) -> AsyncIterator[None]:
        """Answer no list of this kind before the block is left, but the first page of one."""
        self._held[kind] = asyncio.Event()
        try:
            yield
        finally:
            self._held.pop(kind).set()

    @asynccontextmanager
    async def holding_writes(self) -> AsyncIterator[None]:
        """Answer nothing that would change anything before the block is left."""
        self._held[""] = asyncio.Event()
        try:
            yield
        finally:
            self._held.pop("").set()

    async def up(self) -> None:
        """Listen, on the same port as before."""
        app = Server(self._demo).application()
        app.middlewares.append(self._overhear)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        port = int(self.url.rpartition(":")[2] or 0)
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def down(self) -> None:
        """Break every connection, and listen no more."""
        if self._runner is not None:
            server = self._runner.server
            for connection in list(server.connections) if server is not None else ():
                if connection.transport is not None:
                    connection.transport.abort()
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _overhear(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append(request.path_qs)
        if self.version and request.path == "/version":
            return web.json_response({"gitVersion": self.version})
        held = self._held.get(request.path.rpartition("/")[2])
        if held is not None and "continue" in request.query:
            await held.wait()
        if request.method != "GET" and (writes := self._held.get("")) is not None:
            await writes.wait()
        if self.rotated and request.path.endswith("/log") and request.query.get("sinceTime", "") < self.rotated:
            request = request.clone(rel_url=request.rel_url.update_query(sinceTime=self.rotated))
        answer: web.StreamResponse = await handler(request)
        measured = await self.metrics.answer(request) if answer.status == 200 else None
        return answer if measured is None else measured


class _Everybody(Users):
    """Takes whoever comes for one user, who may do everything that was not forbidden."""

    def __init__(self, rigged: RiggedDemo) -> None:
        super().__init__({})
        self._rigged = rigged

    def authenticate(self, headers: Any, what: Attributes | None = None) -> User:
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if self._rigged.tokens is not None and token not in self._rigged.tokens:
            raise unauthorized()
        return User(self._rigged.user, (MASTERS,))


def _id(what: Attributes) -> str:
    return f"{what.resource}.{what.group}" if what.group else what.resource


@asynccontextmanager
async def serving(server: RiggedDemo) -> AsyncIterator[RiggedDemo]:
    """Let it listen until the block is left."""
    await server.up()
    try:
        yield server
    finally:
        await server.down()
