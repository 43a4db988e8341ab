"""What a watcher tells a store: small frozen facts about one collection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kty.errors import KtyError
from kty.kube.codecs import TableColumn
from kty.kube.objects import Item


@dataclass(frozen=True, slots=True)
class Started:
    """A list begins: pages follow, then `Listed`. What was known before stays on screen until then."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of the list that began; a server's page comes as several of these, so that the loop can breathe."""

    items: Sequence[Item]
    remaining: int | None = None
    """How many more the server says there are."""
    columns: tuple[TableColumn, ...] | None = None
    """Where the server chose the columns."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The list is complete as of this version: whatever it did not name is gone."""

    version: str


@dataclass(frozen=True, slots=True)
class Live:
    """The watch is open (again): from here on changes arrive as they happen."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Added or modified."""

    item: Item


@dataclass(frozen=True, slots=True)
class Deleted:
    item: Item


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What is known may be out of date; the next try is due in so many seconds."""

    error: KtyError
    retry_in: float


Event: TypeAlias = Started | Page | Listed | Live | Applied | Deleted | Interrupted
