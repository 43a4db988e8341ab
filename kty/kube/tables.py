"""Server-side Tables (meta.k8s.io/v1): rows with the columns that the server chose, for kinds without a view."""

from functools import partial
from typing import Any

import msgspec
from msgspec import Raw, Struct

from kty.errors import NotKubernetes
from kty.kube.codecs import RawPage, TableColumn
from kty.kube.envelopes import ListMeta, RowMaker, meta_of, no_list, read_event, read_list
from kty.kube.objects import Item, ObjectMeta
from kty.kube.watch_events import WatchEvent

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


class TableCodec:
    """Read server-side Tables. The columns are the server's; a `date` cell is text, computed when it was sent."""

    accept = accept_watch = TABLE
    query: tuple[tuple[str, str], ...] = (("includeObject", "Object"),)

    def __init__(self) -> None:
        self.columns: tuple[TableColumn, ...] | None = None
        self._rows = RowMaker()

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
            raise no_list(body) from error
        if table.kind == "Table":
            return table
        # An aggregated API that serves no Tables answers with plain objects: their names and ages are still a table.
        plain = read_list(body)
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
        return Item(self._rows.row(meta_of(body), cells + (None,) * (width - len(cells))), body)

    def event(self, line: bytes) -> WatchEvent:
        return read_event(line, self._item, self._mark, self._redefined)

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
            mark.annotations = meta_of(bytes(_read_table_row(table.rows[0]).object)).annotations
        return mark


class _Definition(Struct):
    name: str
    type: str = "string"
    format: str = ""
    priority: int = 0


class _Table(Struct):
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
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
