"""Which kinds there are, in the words of discovery: all at once (apidiscovery.k8s.io/v2), or group by group."""

import hashlib
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from aiohttp import web

from kty.demo.answers import answer
from kty.demo.kinds import Kind, Kinds
from kty.demo.negotiation import JSON
from kty.demo.statuses import no_such_resource
from kty.demo.store import encode
from kty.kube.objects import Object
from kty.kube.versions import order

AGGREGATED: Final = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

_ORDER: Final = (
    "", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
    "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "apiextensions.k8s.io",
    "coordination.k8s.io", "discovery.k8s.io",
)  # fmt: skip
"""The groups of the API server itself, as it names them; those of CRDs follow by name."""
_READ_WRITE: Final = ("get", "patch", "update")
_PARTS: Final[dict[str, tuple[tuple[str, str, str], tuple[str, ...]]]] = {
    "attach": (("", "", "PodAttachOptions"), ("create", "get")),
    "eviction": (("policy", "v1", "Eviction"), ("create",)),
    "exec": (("", "", "PodExecOptions"), ("create", "get")),
    "finalize": (("", "", ""), ("update",)),
    "log": (("", "", ""), ("get",)),
    "portforward": (("", "", "PodPortForwardOptions"), ("create", "get")),
    "scale": (("autoscaling", "v1", "Scale"), _READ_WRITE),
    "token": (("authentication.k8s.io", "v1", "TokenRequest"), ("create",)),
}
"""Subresources that are not read and written as the kind itself: what they take, and the verbs."""

_Versions = list[tuple[str, list[Kind]]]


class Discovery:
    """Answers from the kinds as they are now."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    def root(self, root: str, accept: str) -> tuple[bytes, str]:
        """Return what `/api` or `/apis` answers with, and its media type."""
        groups = [(name, versions) for name, versions in self._groups() if (root == "/api") is (not name)]
        if "as=APIGroupDiscoveryList" in accept and "v=v2" in accept.replace("v=v2beta1", ""):
            items = [_aggregated(name, versions) for name, versions in groups]
            head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
            return encode({**head, "items": items}), AGGREGATED
        if root == "/api":
            return encode(
                {"kind": "APIVersions", "versions": [version for _, each in groups for version, _ in each]}
            ), JSON
        named = [_group(name, versions) for name, versions in groups]
        return encode({"kind": "APIGroupList", "apiVersion": "v1", "groups": named}), JSON

    def has_group(self, name: str) -> bool:
        return any(kind.resource.group == name for kind in self._kinds.served())

    def group(self, name: str) -> bytes | None:
        """Return what `/apis/GROUP` answers with; None where there is no such group."""
        for known, versions in self._groups():
            if name and known == name:
                return encode({"kind": "APIGroup", "apiVersion": "v1", **_group(known, versions)})
        return None

    def version(self, group: str, version: str) -> bytes:
        """Return what `/api/v1` and `/apis/GROUP/VERSION` answer with. Raises ApiError 404."""
        for known, versions in self._groups():
            for served, kinds in versions:
                if (known, served) == (group, version):
                    resources = [entry for kind in kinds for entry in _entries(kind)]
                    head: Object = {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if group else {})
                    return encode(
                        {**head, "groupVersion": f"{group}/{version}" if group else version, "resources": resources}
                    )
        raise no_such_resource()

    def paths(self) -> list[str]:
        """Return the roots of every group and version."""
        found = ["/api", "/api/v1", "/apis", "/apis/"]
        for name, versions in sorted(self._groups()[1:]):
            found += [f"/apis/{name}", *(f"/apis/{name}/{version}" for version, _ in versions)]
        return found

    def _groups(self) -> list[tuple[str, _Versions]]:
        """Return groups and their versions in the server's order, the preferred version first."""

        def group_of(kind: Kind) -> tuple[int, str]:
            name = kind.resource.group
            return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)

        found: list[tuple[str, _Versions]] = []
        for (_, name), kinds in groupby(sorted(self._kinds.served(), key=group_of), group_of):
            versions: dict[str, list[Kind]] = {}
            for kind in kinds:
                versions.setdefault(kind.resource.version, []).append(kind)
            ordered = sorted(versions.items(), key=lambda each: order(each[0]))
            found.append((name, [(version, sorted(each, key=_plural)) for version, each in ordered]))
        return found


def _plural(kind: Kind) -> str:
    return kind.resource.plural


def _group(name: str, versions: _Versions) -> Object:
    named = [{"groupVersion": f"{name}/{version}", "version": version} for version, _ in versions]
    return {"name": name, "versions": named, "preferredVersion": named[0]}


def _part(kind: Kind, subresource: str) -> tuple[tuple[str, str, str], tuple[str, ...]]:
    (group, version, response), verbs = _PARTS.get(subresource, (("", "", ""), _READ_WRITE))
    own = (kind.resource.group, kind.resource.version) if kind.defined_by else ("", "")
    return (group or own[0], version or own[1], response or kind.resource.kind), verbs


def _aggregated(name: str, versions: _Versions) -> Object:
    listed = [
        {"version": version, "resources": [_resource(kind) for kind in kinds], "freshness": "Current"}
        for version, kinds in versions
    ]
    return {"metadata": {"name": name} if name else {}, "versions": listed}


def _resource(kind: Kind) -> Object:
    resource = kind.resource
    group, version = (resource.group, resource.version) if kind.defined_by else ("", "")
    entry: Object = {
        "resource": resource.plural,
        "responseKind": {"group": group, "version": version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": sorted(resource.verbs),
    }
    parts = []
    for subresource in sorted(kind.subresources):
        (part_group, part_version, response), verbs = _part(kind, subresource)
        named = {"group": part_group, "version": part_version, "kind": response}
        parts.append({"subresource": subresource, "responseKind": named, "verbs": list(verbs)})
    return entry | _names(kind) | ({"subresources": parts} if parts else {})


def _names(kind: Kind) -> Object:
    resource = kind.resource
    names = {"shortNames": list(resource.short_names), "categories": list(resource.categories)}
    return {field: value for field, value in names.items() if value}


def _entries(kind: Kind) -> Iterable[Object]:
    resource = kind.resource
    yield {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": sorted(resource.verbs),
        **_names(kind),
    }
    for subresource in sorted(kind.subresources):
        (group, version, response), verbs = _part(kind, subresource)
        another = {"group": group, "version": version} if group and subresource in _PARTS else {}
        yield {
            "name": f"{resource.plural}/{subresource}",
            "singularName": "",
            "namespaced": resource.namespaced,
            **another,
            "kind": response,
            "verbs": list(verbs),
        }


async def respond(request: web.Request, discovery: Discovery, path: str) -> web.StreamResponse | None:
    """Answer what is asked of discovery; None where the path asks for something else, or for nothing there is."""
    parts = path.strip("/").split("/")
    match parts:
        case ["api"] | ["apis"]:
            return await _tagged(request, *discovery.root(f"/{parts[0]}", request.headers.get("Accept", "")))
        case ["api", version]:
            return await answer(request, discovery.version("", version))
        case ["apis", name]:
            body = discovery.group(name)
            return None if body is None else await answer(request, body)
        case ["apis", group, version]:
            return None if discovery.group(group) is None else await answer(request, discovery.version(group, version))
    return None


async def _tagged(request: web.Request, body: bytes, media: str) -> web.StreamResponse:
    """Answer with an ETag where it is the aggregated form, and with nothing but that to whoever has it already."""
    if media == JSON:
        return await answer(request, body)
    tag = f'"{hashlib.sha512(body).hexdigest().upper()}"'
    headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "public"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    response = await answer(request, body, media=media)
    response.headers.update(headers)
    return response
