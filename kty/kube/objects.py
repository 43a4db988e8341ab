"""The parts that every Kubernetes object has, and the small row that kty keeps of each."""

from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct, field

Key: TypeAlias = tuple[str, str]
"""(namespace, name); the namespace is empty for kinds that have none."""

Object: TypeAlias = dict[str, Any]
"""A whole object, as decoded from the JSON that the server sent."""


class OwnerReference(Struct, gc=False):
    """Who owns an object."""

    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class ObjectMeta(Struct, rename="camel", gc=False):
    """The metadata that screens need; whatever else the server sent stays in the body."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None


class Typed(Struct, rename="camel", gc=False):
    """An object of which only the metadata is of interest; views subclass it with the fields they show."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)


class Row(Struct, frozen=True, gc=False):
    """What is kept of each object at hand: only what screens sort, filter and follow by."""

    namespace: str
    name: str
    uid: str
    version: str
    """metadata.resourceVersion"""
    created: float | None
    """Seconds since the epoch."""
    deleting: bool
    labels: tuple[str, ...]
    """`key=value`, sorted; shared between rows that have the same."""
    owners: tuple[str, ...]
    """The uids of metadata.ownerReferences."""
    cells: tuple[Any, ...]
    """One value for each column of the kind's view; None where the object says nothing."""
    fault: str = ""
    """Why the cells are empty, when the object was not what its kind promises."""

    @property
    def key(self) -> Key:
        return (self.namespace, self.name)


class Item(NamedTuple):
    """One object as it came: its row, and its JSON as bytes."""

    row: Row
    body: bytes


def epoch(timestamp: str | None) -> float | None:
    """Return a Kubernetes time (RFC 3339, whole seconds or microseconds) in seconds since the epoch, or None."""
    if not timestamp:
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return None
