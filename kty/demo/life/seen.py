"""A change as controllers look at it: the few fields that say whom it concerns, read once however many ask."""

from functools import cached_property
from typing import TypeAlias

import msgspec
from msgspec import Struct, field

from kty.demo.journal import Change, Held

Key: TypeAlias = tuple[str, str]
"""(namespace, name) of what a controller looks after; for the garbage collector a uid and nothing."""


class Owner(Struct, rename="camel", gc=False):
    """An owner reference."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class Meta(Struct, rename="camel", gc=False):
    """The metadata that decides."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] | None = None
    owner_references: tuple[Owner, ...] | None = None

    def controller(self) -> Owner | None:
        """Return the owner that controls it."""
        for owner in self.owner_references or ():
            if owner.controller:
                return owner
        return None


class _Whole(Struct, gc=False):
    metadata: Meta = field(default_factory=Meta)


_decode = msgspec.json.Decoder(_Whole).decode


class Seen:
    """One change."""

    def __init__(self, change: Change) -> None:
        self.type = change.type
        self.kind = change.kind
        self.held: Held = change.held
        self.was: Held | None = change.was
        self.key: Key = (change.held.namespace, change.held.name)

    @property
    def is_gone(self) -> bool:
        return self.type == "DELETED"

    @cached_property
    def meta(self) -> Meta:
        return _decode(self.held.body).metadata

    @cached_property
    def _controllers(self) -> list[tuple[str, Key]]:
        """The kinds and keys of the owners that control the object, or did until now."""
        if not self.held.owners and not (self.was and self.was.owners):
            return []
        metas = [self.meta]
        if self.was and self.was.owners != self.held.owners:
            metas.append(_decode(self.was.body).metadata)
        owners = [owner for meta in metas if (owner := meta.controller())]
        return [(owner.kind, (self.held.namespace, owner.name)) for owner in owners]

    def controllers(self, kind: str) -> list[Key]:
        """Return the keys of the owners of this kind that control the object, or did until now."""
        return [key for found, key in self._controllers if found == kind]
