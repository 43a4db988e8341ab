"""What is around the objects: list envelopes and watch events, split before anything in them is decoded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from kty.errors import NotKubernetes
from kty.kube.errors import NO_KUBERNETES, from_status
from kty.kube.objects import Item, ObjectMeta, Row, epoch
from kty.kube.watch_events import Bookmark, Fault, Gone, Redefined, Seen, WatchEvent


class ListMeta(Struct, rename={"token": "continue", "version": "resourceVersion", "remaining": "remainingItemCount"}):
    version: str = ""
    token: str = ""
    remaining: int | None = None


class List(Struct):
    items: list[Raw] | UnsetType | None = UNSET
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    kind: str = ""


class _Event(Struct):
    type: str
    object: Raw


class _Mark(Struct):
    metadata: ObjectMeta = msgspec.field(default_factory=ObjectMeta)


_decode_list = msgspec.json.Decoder(List).decode
_decode_event = msgspec.json.Decoder(_Event).decode
_read_mark = msgspec.json.Decoder(_Mark).decode
_read_status = msgspec.json.Decoder(dict[str, Any]).decode

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


def no_list(body: bytes) -> NotKubernetes:
    start = body[:60].decode("utf-8", "replace").strip()
    said = f"no Kubernetes list came back, but {start!r}" if start else "an empty answer came back"
    return NotKubernetes(said, hint=NO_KUBERNETES)


def read_list(body: bytes) -> List:
    """Read a list of plain objects, which a CRD may call what it likes. Raises NotKubernetes for anything else."""
    try:
        found = _decode_list(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise no_list(body) from error
    if not (found.kind.endswith("List") or (found.kind and found.items is not UNSET)):
        raise no_list(body)
    return found


@dataclass(slots=True)
class RowMaker:
    """Makes rows; labels and owners that many objects have in common are kept once."""

    _labels: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _owners: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _namespaces: dict[str, str] = field(default_factory=dict)

    def row(self, meta: ObjectMeta, cells: tuple[Any, ...], fault: str = "") -> Row:
        labels = tuple(sorted([f"{name}={value}" for name, value in meta.labels.items()])) if meta.labels else ()
        if len(self._labels) > 20_000:
            self._labels.clear()
        if len(self._owners) > 20_000:
            self._owners.clear()
        owners = tuple([owner.uid for owner in meta.owner_references]) if meta.owner_references else ()
        return Row(
            namespace=self._namespaces.setdefault(meta.namespace, meta.namespace),
            name=meta.name,
            uid=meta.uid,
            version=meta.resource_version,
            created=epoch(meta.creation_timestamp),
            deleting=meta.deletion_timestamp is not None,
            labels=self._labels.setdefault(labels, labels),
            owners=self._owners.setdefault(owners, owners),
            cells=cells,
            fault=fault,
        )


def meta_of(body: bytes) -> ObjectMeta:
    try:
        return _read_mark(body).metadata
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotKubernetes(f"an object came without readable metadata: {error}") from error


def _plain_mark(body: bytes) -> ObjectMeta:
    return _read_mark(body).metadata


def read_event(
    line: bytes,
    item: Callable[[bytes], Item],
    mark: Callable[[bytes], ObjectMeta] = _plain_mark,
    redefined: Callable[[bytes], bool] = lambda _: False,
) -> WatchEvent:
    try:
        event = _decode_event(line)
        body = bytes(event.object)
        match event.type:
            case "ERROR":
                return Fault(from_status(_read_status(body)))
            case "BOOKMARK":
                meta = mark(body)
                return Bookmark(meta.resource_version, (meta.annotations or {}).get(INITIAL_EVENTS_END) == "true")
            case "ADDED" | "MODIFIED" | "DELETED" if redefined(body):
                return Redefined()
            case "ADDED" | "MODIFIED":
                return Seen(item(body))
            case "DELETED":
                return Gone(item(body))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        start = line[:60].decode("utf-8", "replace").strip()
        raise NotKubernetes(f"no watch event came back, but {start!r}") from error
    raise NotKubernetes(f"the watch sent an event of type {event.type!r}")
