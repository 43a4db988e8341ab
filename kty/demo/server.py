"""HTTP: from a request to a call, to whoever answers it; whatever goes wrong becomes a Status."""

import logging
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kty.demo import discovery, routes
from kty.demo.access.rbac import Attributes
from kty.demo.answers import answer, refusal, text
from kty.demo.call import Call
from kty.demo.dispatch import handler
from kty.demo.routes import Route
from kty.demo.statuses import ApiError, bad_request, forbidden, internal, method_not_allowed, no_such_resource
from kty.demo.store import encode

if TYPE_CHECKING:
    from kty.demo.access.users import User
    from kty.demo.demo import Demo

log = logging.getLogger(__name__)

VERSION: Final = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.0+kty-demo",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "kty/demo",
}
_LARGEST: Final = 3 * 1024 * 1024
"""Bytes of a body, as with the API server."""
_NOTHING: Final = "404 page not found\n"
_HEALTH: Final = frozenset({"readyz", "livez", "healthz"})


class Server:
    """Answers the requests to one demo."""

    def __init__(self, demo: "Demo") -> None:
        self._demo = demo
        self._discovery = discovery.Discovery(demo.kinds)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{path:.*}", self._respond)
        return application

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answered(request)
        except ApiError as error:
            return refusal(error)
        except web.HTTPRequestEntityTooLarge:
            return refusal(ApiError(413, "RequestEntityTooLarge", f"Request entity too large: limit is {_LARGEST}"))
        except ConnectionError:
            raise  # whoever asked is gone
        except Exception as error:
            log.exception("%s %s", request.method, request.path)
            return refusal(internal(f"{type(error).__name__}: {error}"))

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        route = routes.read(request.rel_url.raw_path)
        if route is not None:
            return await self._resource(request, route)
        self._admitted(request, Attributes(request.method.lower(), path=request.path))
        return await self._non_resource(request)

    async def _resource(self, request: web.Request, route: Route) -> web.StreamResponse:
        query = request.query
        verb = routes.verb(request.method, route.name, routes.is_true(query.get("watch")))
        user = self._admitted(request, _asked(route, verb, query.get("fieldSelector", "")))
        if not self._discovery.has_group(route.group):
            return text(_NOTHING, 404)
        kind = self._demo.kinds.at(route.group, route.version, route.plural)
        if kind is None or (route.namespace and not kind.resource.namespaced):
            raise no_such_resource()
        if request.method == "HEAD" or (not route.name and verb in ("update", "patch")):
            raise method_not_allowed()
        if route.name in (".", ".."):
            raise bad_request(f"Name parameter invalid: \"{route.name}\": may not be '{route.name}'")
        if kind.resource.namespaced and not route.namespace and verb not in ("list", "watch"):
            raise no_such_resource() if route.name else method_not_allowed()
        call = Call(
            demo=self._demo,
            kind=kind,
            verb=verb,
            namespace=route.namespace,
            name=route.name,
            subresource=route.subresource,
            query=query,
            user=user,
            request=request,
            body=await request.read() if request.can_read_body and request.method != "GET" else b"",
        )
        return await handler(kind, verb, route.subresource)(call)

    def _admitted(self, request: web.Request, what: Attributes) -> "User":
        """Return who asks. Raises ApiError 401, and 403 where this user may not do it."""
        user = self._demo.users.authenticate(request.headers, what)
        if why := self._demo.rbac.why_not(user, what):
            raise forbidden("" if what.path else what.kind, what.name, why)
        return user

    async def _non_resource(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        parts = path.strip("/").split("/")
        if parts[0] in _HEALTH:
            return text("ok")
        if parts == ["version"]:
            return await answer(request, encode(VERSION))
        if parts[:2] == ["openapi", "v3"]:
            return await self._openapi(request, "/".join(parts[2:]))
        if parts == [""]:
            return await answer(request, encode({"paths": [*self._discovery.paths(), "/readyz", "/version"]}))
        found = await discovery.respond(request, self._discovery, path)
        return found or text(_NOTHING, 404)

    async def _openapi(self, request: web.Request, path: str) -> web.StreamResponse:
        from kty.demo import openapi  # few ask

        body = openapi.document(self._demo.kinds, path) if path else encode(openapi.index(self._demo.kinds))
        return await answer(request, body) if body else text(_NOTHING, 404)


def _asked(route: Route, verb: str, field_selector: str) -> Attributes:
    """Return what a user must be allowed to do for this request."""
    name = route.name
    if not name and field_selector.startswith("metadata.name="):  # who may read one object may watch it, too
        name = field_selector.removeprefix("metadata.name=").partition(",")[0]
    return Attributes(
        verb, route.group, route.plural, subresource=route.subresource, namespace=route.namespace, name=name
    )
