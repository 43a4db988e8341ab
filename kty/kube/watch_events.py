"""One line of a watch, read: what happened to one object, or to the watch."""

from typing import TypeAlias

from msgspec import Struct

from kty.errors import StatusError
from kty.kube.objects import Item


class Seen(Struct, frozen=True):
    """ADDED or MODIFIED."""

    item: Item


class Gone(Struct, frozen=True):
    """DELETED."""

    item: Item


class Bookmark(Struct, frozen=True):
    """Nothing happened up to this version."""

    version: str
    ends_list: bool = False
    """True for the mark that ends the initial events of a streaming list."""


class Fault(Struct, frozen=True):
    """ERROR: the watch is over."""

    error: StatusError


class Redefined(Struct, frozen=True):
    """The server changed the columns: rows read before do not fit any more; list again."""


WatchEvent: TypeAlias = Seen | Gone | Bookmark | Fault | Redefined
