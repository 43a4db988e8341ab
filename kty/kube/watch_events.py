"""One line of a watch, read: what happened to one object, or to the watch."""

from dataclasses import dataclass
from typing import TypeAlias

from kty.errors import StatusError
from kty.kube.objects import Item


@dataclass(frozen=True, slots=True)
class Seen:
    """ADDED or MODIFIED."""

    item: Item


@dataclass(frozen=True, slots=True)
class Gone:
    """DELETED."""

    item: Item


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Nothing happened up to this version."""

    version: str
    ends_list: bool = False
    """True for the mark that ends the initial events of a streaming list."""


@dataclass(frozen=True, slots=True)
class Fault:
    """ERROR: the watch is over."""

    error: StatusError


@dataclass(frozen=True, slots=True)
class Redefined:
    """The server changed the columns: rows read before do not fit any more; list again."""


WatchEvent: TypeAlias = Seen | Gone | Bookmark | Fault | Redefined
