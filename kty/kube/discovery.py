"""Which kinds the API server has and under which names, which version it is, and who it takes us for."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import msgspec
from msgspec import Struct

from kty.errors import Forbidden, KtyError, NotFound, NotKubernetes
from kty.kube.codecs import JSON
from kty.kube.groups import Requests, decoded, read_groups
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.kube.versions import order
from kty.text import printable

_T = TypeVar("_T")


@dataclass(frozen=True)
class Discovery:
    """The kinds of one server, as one identity may see them."""

    resources: tuple[Resource, ...] = ()
    """One for each group and plural, in the version that the server prefers; core first, then the server's order."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What could not be read and why, by `group/version`; `/api` and `/apis` for all of the core or of the others."""
    others: tuple[Resource, ...] = ()
    """The same kinds in the other versions that are served, best first."""

    def find(self, word: str) -> tuple[Resource, ...]:
        """Return the kinds of this name, best first: as kubectl does, plurals before short names, core before others.

        A name is a plural, singular, short name or kind in any case, alone or as name.group or name.version.group.
        """
        return tuple(self._by_name.get(word.strip().rstrip(".").lower(), ()))

    def named(self, api_version: str, kind: str) -> Resource | None:
        """Return the kind that objects call so (`apps/v1`, `Deployment`), in any version; None where there is none."""
        return self._by_kind.get((api_version, kind))

    def kind(self, word: str) -> Resource:
        """Return the best of what `find` finds. Raises NotFound."""
        found = self.find(word)
        if not found:
            raise _unknown(word)
        return found[0]

    def kind_of(self, obj: Object) -> Resource:
        """Return the kind that an object says it is of. Raises NotFound."""
        api_version, kind = str(obj.get("apiVersion") or ""), str(obj.get("kind") or "")
        found = self.named(api_version, kind)
        if found is None:
            raise _unknown(f"{api_version} {kind}".strip())
        return found

    def in_category(self, category: str) -> tuple[Resource, ...]:
        """Return the kinds of a category, such as `all`, in their order."""
        return tuple([resource for resource in self.resources if category in resource.categories])

    def versions(self, group: str) -> tuple[str, ...]:
        """Return the versions that a group (the core: "") has kinds in, by their priority."""
        served = {each.version: None for each in (*self.resources, *self.others) if each.group == group}
        return tuple(sorted(served, key=order))

    @cached_property
    def _by_kind(self) -> dict[tuple[str, str], Resource]:
        return {(each.api_version, each.kind): each for each in reversed((*self.resources, *self.others))}

    @cached_property
    def _by_name(self) -> dict[str, list[Resource]]:
        full = [(name, each) for each in self.resources for name in (each.plural, each.singular)]
        short = [(name, each) for each in self.resources for name in (*each.short_names, each.kind)]
        found: dict[str, list[Resource]] = {}
        words = [(word, each) for name, each in full + short if name for word in _qualified(name.lower(), each)]
        # by a version that is not the preferred one a kind is found only where that is asked for
        for each in self.others:
            names = (each.plural, each.singular, *each.short_names, each.kind)
            words += [(list(_qualified(name.lower(), each))[-1], each) for name in names if name]
        for word, resource in words:
            known = found.setdefault(word, [])
            if resource not in known:
                known.append(resource)
        return found


def _qualified(name: str, resource: Resource) -> Iterable[str]:
    yield name
    if resource.group:
        yield f"{name}.{resource.group}"
        yield f"{name}.{resource.version}.{resource.group}"
    else:
        yield f"{name}.{resource.version}"


def _unknown(kind: str) -> NotFound:
    return NotFound(f"the server has no kind {printable(kind)!r}", code=404, reason="NotFound")


async def discover(client: Requests, *, aggregated: bool = True) -> Discovery:
    """Return the kinds that the server has; `aggregated=False` asks in the old way whatever the server can do.

    Where a part cannot be read, the rest is returned and the part is in `faults`. An identity that may read nothing
    gets an empty Discovery. Raises KtyError where nothing could be read for any other reason.
    """
    roots = ("/api", "/apis")
    answers = await asyncio.gather(*[_caught(read_groups(client, root, aggregated)) for root in roots])
    errors: dict[str, KtyError] = {}
    served: list[Resource] = []
    for root, answer in zip(roots, answers, strict=True):
        if isinstance(answer, KtyError):
            errors[root] = answer
            continue
        for part in answer:
            if part.error is not None:
                errors[part.api_version] = part.error
            served += part.resources
    if not served:
        for error in errors.values():
            if not isinstance(error, Forbidden):
                raise error
    faults = {printable(part): error.sentence() for part, error in errors.items()}
    best = {(each.group, each.plural): each for each in reversed(served)}
    preferred = tuple([each for each in served if best[each.group, each.plural] is each])
    return Discovery(preferred, faults, tuple([each for each in served if best[each.group, each.plural] is not each]))


async def server_version(client: Requests) -> str:
    """Return the server's version, such as `v1.36.3`. Raises KtyError."""
    return printable(decoded(await client.request("GET", "/version"), _Version, "/version").git_version)


async def who_am_i(client: Requests) -> str:
    """Return the user name that the server knows us by; empty where it does not say (SelfSubjectReview, 1.28).

    Raises KtyError where it cannot be asked, or does not know us: Unauthorized.
    """
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    review = b'{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}'
    try:
        answer = await client.request("POST", path, headers={"Content-Type": JSON}, body=review)
        return printable(decoded(answer, _Review, path).status.user_info.username)
    except (NotFound, Forbidden, NotKubernetes):
        return ""


async def _caught(answer: Awaitable[_T]) -> _T | KtyError:
    try:
        return await answer
    except KtyError as error:
        return error


class _Version(Struct, rename="camel"):
    git_version: str = ""


class _User(Struct):
    username: str = ""


class _ReviewStatus(Struct, rename="camel"):
    user_info: _User = msgspec.field(default_factory=_User)


class _Review(Struct):
    status: _ReviewStatus = msgspec.field(default_factory=_ReviewStatus)
