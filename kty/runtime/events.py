"""What a watcher tells a store: small frozen facts about one collection."""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from kty.errors import KtyError
from kty.kube.codecs import TableColumn
from kty.kube.objects import Item


class Started(Struct, frozen=True):
    """A list begins: pages follow, then `Listed`. What was known before stays on screen until then."""


class Page(Struct, frozen=True):
    """Some objects of the list that began; a server's page comes as several of these, so that the loop can breathe."""

    items: Sequence[Item]
    remaining: int | None = None
    """How many more the server says there are."""
    columns: tuple[TableColumn, ...] | None = None
    """Where the server chose the columns."""


class Listed(Struct, frozen=True):
    """The list is complete as of this version: whatever it did not name is gone."""

    version: str


class Live(Struct, frozen=True):
    """The watch is open (again): from here on changes arrive as they happen."""


class Applied(Struct, frozen=True):
    """Added or modified."""

    item: Item


class Deleted(Struct, frozen=True):
    item: Item


class Interrupted(Struct, frozen=True):
    """What is known may be out of date; the next try is due in so many seconds."""

    error: KtyError
    retry_in: float


Event: TypeAlias = Started | Page | Listed | Live | Applied | Deleted | Interrupted
