"""What happened to an object while it was watched, as a value to match on."""

from collections.abc import Callable
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import Raw, Struct

from kty.errors import Malformed, NotKubernetes
from kty.kube.envelopes import INITIAL_EVENTS_END
from kty.kube.errors import from_status
from kty.kube.objects import ObjectMeta
from kty.kube.watch_events import Bookmark

K = TypeVar("K")


class Added(Struct, Generic[K], frozen=True):
    """It is there: it was made, or its labels came to match."""

    obj: K


class Modified(Struct, Generic[K], frozen=True):
    obj: K


class Deleted(Struct, Generic[K], frozen=True):
    """It is gone, or its labels match no more; as it was then."""

    obj: K


class Odd(Struct, frozen=True):
    """Something happened to an object that could not be read; the watch goes on."""

    happened: str
    """ADDED, MODIFIED or DELETED."""
    error: Malformed


Change: TypeAlias = Added[K] | Modified[K] | Deleted[K] | Bookmark | Odd


class _Event(Struct):
    type: str
    object: Raw


class _Meta(Struct):
    metadata: ObjectMeta = msgspec.field(default_factory=ObjectMeta)


class _Table(_Meta):
    rows: list["_Row"] = msgspec.field(default_factory=list)


class _Row(Struct):
    object: _Meta = msgspec.field(default_factory=_Meta)


_decode = msgspec.json.Decoder(_Event).decode
_read_mark = msgspec.json.Decoder(_Table).decode
_read_status = msgspec.json.Decoder(dict[str, Any]).decode


def read_change(line: bytes, read: Callable[[bytes], K]) -> Change[K]:
    """Read one line of a watch. Raises the StatusError that an ERROR event means, and NotKubernetes."""
    try:
        event = _decode(line)
        body = bytes(event.object)
        if event.type == "ERROR":
            raise from_status(_read_status(body))
        if event.type == "BOOKMARK":
            return _bookmark(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        start = line[:60].decode("utf-8", "replace").strip()
        raise NotKubernetes(f"no watch event came back, but {start!r}") from error
    try:
        match event.type:
            case "ADDED":
                return Added(read(body))
            case "MODIFIED":
                return Modified(read(body))
            case "DELETED":
                return Deleted(read(body))
    except Malformed as error:
        return Odd(event.type, error)
    raise NotKubernetes(f"the watch sent an event of type {event.type!r}")


def _bookmark(body: bytes) -> Bookmark:
    """Read a bookmark: an object with a version and nothing else, or a table with one such row."""
    mark = _read_mark(body)
    annotations = mark.metadata.annotations or (mark.rows[0].object.metadata.annotations if mark.rows else None) or {}
    return Bookmark(mark.metadata.resource_version, annotations.get(INITIAL_EVENTS_END) == "true")
