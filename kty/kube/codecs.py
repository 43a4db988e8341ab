"""From the bytes of a list page or a watch line to rows, one small seam for each way the server can answer.

`ObjectCodec` reads the API server's JSON into a kind's own Struct. `TableCodec` reads a server-side Table
(meta.k8s.io/v1) with the object included, for every kind that has no view of its own: custom resources come
with their printer columns. Envelopes are split first and items decoded one by one, so that one odd object
harms no other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeAlias

import msgspec
from msgspec import Raw, Struct

from kty.errors import NotKubernetes, StatusError
from kty.kube.errors import from_status
from kty.kube.objects import Item, ObjectMeta, Row, Typed, epoch

JSON = "application/json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as the server defines it (meta.k8s.io/v1 TableColumnDefinition)."""

    name: str
    type: str = "string"
    format: str = ""
    priority: int = 0
    """0: always shown; 1 and more: in the wide view only."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page of a list, its items not decoded yet."""

    version: str
    """metadata.resourceVersion of the list."""
    token: str
    """metadata.continue: what asks for the next page; empty on the last one."""
    remaining: int | None
    """metadata.remainingItemCount, where the server says it."""
    items: Sequence[Raw]
    columns: tuple[TableColumn, ...] | None = None
    """Where the server chose the columns."""


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


class Codec(Protocol):
    """How one kind's bytes become rows. A codec belongs to one watch: it may remember what came before."""

    accept: str
    """The Accept header to ask with."""
    query: tuple[tuple[str, str], ...]
    """Query parameters that list and watch need."""

    def page(self, body: bytes) -> RawPage:
        """Split a list page. Raises NotKubernetes for anything else."""
        ...

    def item(self, raw: Raw) -> Item:
        """Decode one item of a page. Raises NotKubernetes for what has no name."""
        ...

    def event(self, line: bytes) -> WatchEvent:
        """Decode one line of a watch. Raises NotKubernetes for what is no watch event."""
        ...


class _ListMeta(Struct, rename={"token": "continue", "version": "resourceVersion", "remaining": "remainingItemCount"}):
    version: str = ""
    token: str = ""
    remaining: int | None = None


class _List(Struct):
    items: list[Raw] | None = None
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)
    kind: str = ""


class _Event(Struct):
    type: str
    object: Raw


class _Mark(Struct):
    metadata: ObjectMeta = msgspec.field(default_factory=ObjectMeta)


_read_list = msgspec.json.Decoder(_List).decode
_read_event = msgspec.json.Decoder(_Event).decode
_read_mark = msgspec.json.Decoder(_Mark).decode
_read_status = msgspec.json.Decoder(dict[str, Any]).decode

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


def _no_list(body: bytes) -> NotKubernetes:
    start = body[:60].decode("utf-8", "replace").strip()
    return NotKubernetes(f"no Kubernetes list came back, but {start!r}" if start else "an empty answer came back")


@dataclass(slots=True)
class _Rows:
    """Makes rows; labels and owners that many objects have in common are kept once."""

    _labels: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _namespaces: dict[str, str] = field(default_factory=dict)

    def row(self, meta: ObjectMeta, cells: tuple[Any, ...], fault: str = "") -> Row:
        labels = tuple(sorted([f"{name}={value}" for name, value in meta.labels.items()])) if meta.labels else ()
        if len(self._labels) > 20_000:
            self._labels.clear()
        owners = tuple([owner.uid for owner in meta.owner_references]) if meta.owner_references else ()
        return Row(
            namespace=self._namespaces.setdefault(meta.namespace, meta.namespace),
            name=meta.name,
            uid=meta.uid,
            version=meta.resource_version,
            created=epoch(meta.creation_timestamp),
            deleting=meta.deletion_timestamp is not None,
            labels=self._labels.setdefault(labels, labels),
            owners=owners,
            cells=cells,
            fault=fault,
        )


class ObjectCodec:
    """Read whole objects into a kind's own Struct, and from it the cells of its view."""

    accept = JSON
    query: tuple[tuple[str, str], ...] = ()

    def __init__(self, kind: type[Typed] = Typed, cells: Callable[[Any], tuple[Any, ...]] = lambda _: ()) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._cells = cells
        self._width = len(_cells_of_nothing(kind, cells))
        self._rows = _Rows()

    def page(self, body: bytes) -> RawPage:
        try:
            page = _read_list(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _no_list(body) from error
        if not page.kind.endswith("List"):
            raise _no_list(body)
        meta = page.metadata
        return RawPage(meta.version, meta.token, meta.remaining, page.items or ())

    def item(self, raw: Raw) -> Item:
        return self._item(bytes(raw))

    def _item(self, body: bytes) -> Item:
        try:
            obj = self._decode(body)
            return Item(self._rows.row(obj.metadata, self._cells(obj)), body)
        except Exception as error:  # an odd object must not sink the list: it is shown by its name, with the reason
            return Item(self._rows.row(_meta(body), (None,) * self._width, fault=str(error)), body)

    def event(self, line: bytes) -> WatchEvent:
        return _event(line, self._item)


class TableCodec:
    """Read server-side Tables. The columns are the server's; a `date` cell is text, computed when it was sent."""

    accept = TABLE
    query: tuple[tuple[str, str], ...] = (("includeObject", "Object"),)

    def __init__(self) -> None:
        self.columns: tuple[TableColumn, ...] | None = None
        self._rows = _Rows()

    def page(self, body: bytes) -> RawPage:
        table = self._table(body)
        self.columns = table.columns() or self.columns or ()
        meta = table.metadata
        return RawPage(meta.version, meta.token, meta.remaining, table.rows or (), self.columns)

    @staticmethod
    def _table(body: bytes) -> "_Table":
        try:
            table = _read_table(body)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise _no_list(body) from error
        if table.kind == "Table":
            return table
        if not table.kind.endswith("List"):
            raise _no_list(body)
        # An aggregated API that serves no Tables answers with plain objects: their names and ages are still a table.
        plain = _read_list(body)
        rows = [Raw(b'{"cells":[],"object":' + bytes(item) + b"}") for item in plain.items or ()]
        return _Table(metadata=plain.metadata, columnDefinitions=[], rows=rows, kind="Table")

    def item(self, raw: Raw) -> Item:
        try:
            row = _read_table_row(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise NotKubernetes(f"a row of the server's table cannot be read: {error}") from error
        body = bytes(row.object)
        width = len(self.columns or ())
        cells = tuple([_cell(value) for value in row.cells[:width]])
        return Item(self._rows.row(_meta(body), cells + (None,) * (width - len(cells))), body)

    def event(self, line: bytes) -> WatchEvent:
        return _event(line, self._item, self._mark, self._redefined)

    def _redefined(self, body: bytes) -> bool:
        columns = self._table(body).columns()
        if not columns:
            return False
        before, self.columns = self.columns, columns
        return before is not None and before != columns

    def _item(self, body: bytes) -> Item:
        table = _read_table(body)
        if table.kind != "Table":
            return self.item(Raw(b'{"cells":[],"object":' + body + b"}"))
        if not table.rows:
            raise NotKubernetes("a watch event came with no row")
        return self.item(table.rows[0])

    @staticmethod
    def _mark(body: bytes) -> ObjectMeta:
        table = _read_table(body)
        mark = ObjectMeta(resource_version=table.metadata.version)
        if table.rows:
            mark.annotations = _meta(bytes(_read_table_row(table.rows[0]).object)).annotations
        return mark


class _Definition(Struct):
    name: str
    type: str = "string"
    format: str = ""
    priority: int = 0


class _Table(Struct):
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)
    columnDefinitions: list[_Definition] | None = None  # noqa: N815 - the field's name on the wire
    rows: list[Raw] | None = None
    kind: str = ""

    def columns(self) -> tuple[TableColumn, ...]:
        return tuple(TableColumn(c.name, c.type, c.format, c.priority) for c in self.columnDefinitions or ())


class _TableRow(Struct):
    cells: list[Any] = msgspec.field(default_factory=list)
    object: Raw = msgspec.field(default_factory=partial(Raw, b"{}"))


_read_table = msgspec.json.Decoder(_Table).decode
_read_table_row = msgspec.json.Decoder(_TableRow).decode


def _cell(value: Any) -> Any:
    """Return a table cell as a value that can be shared and compared; lists and objects as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    return msgspec.json.encode(value).decode()


def _meta(body: bytes) -> ObjectMeta:
    try:
        return _read_mark(body).metadata
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotKubernetes(f"an object came without readable metadata: {error}") from error


def _plain_mark(body: bytes) -> ObjectMeta:
    return _read_mark(body).metadata


def _event(
    line: bytes,
    item: Callable[[bytes], Item],
    mark: Callable[[bytes], ObjectMeta] = _plain_mark,
    redefined: Callable[[bytes], bool] = lambda _: False,
) -> WatchEvent:
    try:
        event = _read_event(line)
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


def _cells_of_nothing(kind: type[Typed], cells: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the cells of an object that says nothing: every view must bear it."""
    return cells(msgspec.json.decode(b"{}", type=kind))
