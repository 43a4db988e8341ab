"""The four ways to say what shall change: a JSON patch, a merge patch, a strategic merge patch, and apply.

Each is a value that `Api.patch` takes. A body is a dict or a msgspec Struct; a Struct should be declared with
`omit_defaults=True`, because a merge patch reads null as "remove this".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from kty.kube.objects import Object
from kty.kube.writing import plain


def pointer(*steps: str | int) -> str:
    """Return a JSON pointer (RFC 6901) from its steps, each escaped: `pointer("metadata", "labels", "a/b")`."""
    return "".join(["/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps])


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON patch (RFC 6902): operations, done one after the other, all of them or none."""

    operations: Sequence[Object]
    """Such as `{"op": "replace", "path": "/spec/replicas", "value": 3}`."""
    media: ClassVar[str] = "application/json-patch+json"
    names_its_kind: ClassVar[bool] = False

    def content(self, uid: str = "", version: str = "") -> Any:
        """Return what is sent. A precondition goes in as a write of what must be there already."""
        held = (("uid", uid), ("resourceVersion", version))
        # "replace" and not "test": a test that fails is a 422 like any other mistake, this one is a conflict.
        checks = [{"op": "replace", "path": f"/metadata/{key}", "value": value} for key, value in held if value]
        return [*checks, *map(dict, self.operations)]

    def query(self) -> list[tuple[str, str]]:
        return []


@dataclass(frozen=True, slots=True)
class _Body:
    body: object
    media: ClassVar[str]
    names_its_kind: ClassVar[bool] = False

    def content(self, uid: str = "", version: str = "") -> Any:
        """Return what is sent; a precondition goes into the metadata, which the server compares."""
        body = plain(self.body)
        held = {key: value for key, value in (("uid", uid), ("resourceVersion", version)) if value}
        return {**body, "metadata": {**(body.get("metadata") or {}), **held}} if held else body

    def query(self) -> list[tuple[str, str]]:
        return []


@dataclass(frozen=True, slots=True)
class Merge(_Body):
    """A JSON merge patch (RFC 7396): maps are merged, lists replaced, null removes."""

    media: ClassVar[str] = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class Strategic(_Body):
    """A strategic merge patch: as `Merge`, but lists are merged by their keys. For built-in kinds only."""

    media: ClassVar[str] = "application/strategic-merge-patch+json"


@dataclass(frozen=True, slots=True)
class Apply(_Body):
    """Server-side apply: all that this manager wants of the object, which is made where it is not there.

    Raises Conflict where a field belongs to another manager and has another value; `force` takes such fields over.
    """

    manager: str = field(kw_only=True)
    """The field manager; the server insists on one."""
    force: bool = field(default=False, kw_only=True)
    media: ClassVar[str] = "application/apply-patch+yaml"
    names_its_kind: ClassVar[bool] = True

    def query(self) -> list[tuple[str, str]]:
        return [("fieldManager", self.manager), *([("force", "true")] if self.force else [])]


Patch: TypeAlias = Json | Merge | Strategic | Apply
