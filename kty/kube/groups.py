"""What an API server says about its groups, in the aggregated form or in the old one, read alike.

The aggregated form (apidiscovery.k8s.io v2 and v2beta1, Kubernetes 1.26 and later) answers with everything at once;
in the old one (meta/v1) each group version is asked for by itself.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from kty.errors import ClusterError, KtyError, NotKubernetes, StatusError
from kty.kube.codecs import JSON
from kty.kube.resource import Resource
from kty.kube.versions import order
from kty.text import printable

AGGREGATED = ",".join(
    [f"{JSON};g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")] + [JSON]
)
"""The Accept header for aggregated discovery; a server that has none answers with the old form."""

_AT_ONCE = 10
"""How many group versions are asked for at once where the server has no aggregated discovery."""

is_name = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?").fullmatch
_T = TypeVar("_T")


class Requests(Protocol):
    """What is asked of a client here."""

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes: ...


@dataclass(slots=True)
class GroupVersion:
    """The kinds of one version of one group, or why they could not be read."""

    group: str
    """Empty for the core group."""
    version: str
    resources: list[Resource] = field(default_factory=list)
    error: KtyError | None = None

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def path(self) -> str:
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"

    def add(self, entry: "_Entry", *, plural: str, kind: str, singular: str, namespaced: bool) -> None:
        """Take a kind in. Its names become URL paths and words to type: what is no name is left out."""
        if not all(is_name(name) for name in (self.group or "core", self.version, plural, kind)):
            self.error = NotKubernetes(f"it calls a resource {printable(plural)!r}, which is no name")
            return
        resource = Resource(
            group=self.group,
            version=self.version,
            kind=kind,
            plural=plural,
            namespaced=namespaced,
            singular=singular if is_name(singular) else "",
            short_names=tuple(filter(is_name, entry.short_names or ())),
            verbs=frozenset(entry.verbs or ()),
            categories=tuple(entry.categories or ()),
        )
        self.resources.append(resource)


def is_aggregated(body: bytes) -> bool:
    """Say whether an answer is discovery in the aggregated form, and can be read."""
    try:
        return decoded(body, _Root, "").kind == "APIGroupDiscoveryList"
    except NotKubernetes:
        return False


async def read_groups(client: Requests, path: str, aggregated: bool) -> list[GroupVersion]:
    """Return what a root (`/api` or `/apis`) has, in the server's order, each group's preferred version first.

    Raises KtyError where the root itself cannot be read; what is wrong with one version is in its `error`.
    """
    try:
        body = await client.request("GET", path, headers={"Accept": AGGREGATED if aggregated else JSON})
    except StatusError as error:
        if not aggregated or error.code != 406:
            raise
        body = await client.request("GET", path, headers={"Accept": JSON})
    root = decoded(body, _Root, path)
    match root.kind:
        case "APIGroupDiscoveryList":
            return [part for group in root.items or () for part in group.parts()]
        case "APIVersions":
            return await _ask_each(
                client, [GroupVersion("", version) for version in sorted(root.versions or (), key=order)]
            )
        case "APIGroupList":
            return await _ask_each(client, [part for group in root.groups or () for part in group.parts()])
    raise NotKubernetes(f"{path} answered with no list of API groups")


async def _ask_each(client: Requests, parts: list[GroupVersion]) -> list[GroupVersion]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ask(part: GroupVersion) -> None:
        try:
            async with turns:
                body = await client.request("GET", part.path, headers={"Accept": JSON})
            decoded(body, _OldList, part.path).add_to(part)
        except KtyError as error:
            part.error = error

    await asyncio.gather(*[ask(part) for part in parts])
    return parts


class _Entry(Struct, rename="camel"):
    """What both forms say about a resource in the same words."""

    short_names: list[str] | None = None
    verbs: list[str] | None = None
    categories: list[str] | None = None


class _Kind(Struct):
    kind: str = ""


class _NewEntry(_Entry, rename="camel", kw_only=True):
    resource: str
    response_kind: _Kind | None = None
    scope: str = ""
    singular_resource: str = ""


class _NewVersion(Struct):
    version: str
    resources: list[_NewEntry] | None = None
    freshness: str = ""

    @property
    def is_stale(self) -> bool:
        return self.freshness == "Stale"


class _Name(Struct):
    name: str = ""


class _NewGroup(Struct):
    """An APIGroupDiscovery (apidiscovery.k8s.io/v2 and v2beta1)."""

    metadata: _Name = msgspec.field(default_factory=_Name)
    versions: list[_NewVersion] | None = None

    def parts(self) -> Iterable[GroupVersion]:
        for version in sorted(self.versions or (), key=lambda version: version.is_stale):
            part = GroupVersion(self.metadata.name, version.version)
            if version.is_stale:
                part.error = ClusterError("the server behind it does not answer")
            for entry in version.resources or ():
                if entry.response_kind is not None:  # without one there are only subresources
                    part.add(
                        entry,
                        plural=entry.resource,
                        kind=entry.response_kind.kind,
                        singular=entry.singular_resource,
                        namespaced=entry.scope == "Namespaced",
                    )
            yield part


class _OldEntry(_Entry, rename="camel", kw_only=True):
    name: str
    kind: str
    namespaced: bool = False
    singular_name: str = ""


class _OldList(Struct):
    """An APIResourceList (meta/v1)."""

    resources: list[_OldEntry] | None = None

    def add_to(self, part: GroupVersion) -> None:
        for entry in self.resources or ():
            if "/" not in entry.name:  # a subresource
                part.add(
                    entry,
                    plural=entry.name,
                    kind=entry.kind,
                    singular=entry.singular_name,
                    namespaced=entry.namespaced,
                )


class _OldVersion(Struct):
    version: str = ""


class _OldGroup(Struct, rename="camel"):
    """An APIGroup (meta/v1)."""

    name: str
    versions: list[_OldVersion] | None = None
    preferred_version: _OldVersion = msgspec.field(default_factory=_OldVersion)

    def parts(self) -> Iterable[GroupVersion]:
        """Return the versions: the preferred one first, then by priority. Some extension servers prefer none."""
        preferred = self.preferred_version.version
        for entry in sorted(self.versions or (), key=lambda each: (each.version != preferred, order(each.version))):
            yield GroupVersion(self.name, entry.version)


class _Root(Struct):
    """Whatever `/api` and `/apis` answer with."""

    kind: str = ""
    items: list[_NewGroup] | None = None
    versions: list[str] | None = None
    groups: list[_OldGroup] | None = None


def decoded(body: bytes, shape: type[_T], path: str) -> _T:
    """Decode JSON that came from this path. Raises NotKubernetes where it has another shape."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        start = printable(body[:60].decode("utf-8", "replace").strip())
        raise NotKubernetes(f"{path} answered with {start!r}" if start else f"{path} gave an empty answer") from error
