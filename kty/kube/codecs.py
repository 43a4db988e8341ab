"""From the bytes of a list page or a watch line to rows: one small seam for each way the server can answer.

`ObjectCodec` reads the API server's JSON into a kind's own Struct; `kty.kube.tables` reads server-side Tables.
Envelopes are split first and items decoded one by one, so that one odd object harms no other.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Raw, Struct

from kty.kube.envelopes import RowMaker, meta_of, read_event, read_list
from kty.kube.objects import Item, Typed
from kty.kube.watch_events import WatchEvent

JSON = "application/json"


class TableColumn(Struct, frozen=True):
    """A column as the server defines it (meta.k8s.io/v1 TableColumnDefinition)."""

    name: str
    type: str = "string"
    format: str = ""
    priority: int = 0
    """0: always shown; 1 and more: in the wide view only."""


class RawPage(Struct, frozen=True):
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


def read_page(body: bytes) -> RawPage:
    """Split a list page of plain objects. Raises NotKubernetes for anything else."""
    page = read_list(body)
    meta = page.metadata
    return RawPage(meta.version, meta.token, meta.remaining, page.items or ())


class Codec(Protocol):
    """How one kind's bytes become rows. A codec belongs to one watch: it may remember what came before."""

    accept: str
    """The Accept header to list with."""
    accept_watch: str
    """The Accept header to watch with."""
    query: tuple[tuple[str, str], ...]
    """Query parameters that list and watch need."""

    @property
    def columns(self) -> tuple[TableColumn, ...] | None:
        """What the server said last that a row's cells are; None where that is not the server's choice."""
        ...

    def page(self, body: bytes) -> RawPage:
        """Split a list page. Raises NotKubernetes for anything else."""
        ...

    def item(self, raw: Raw) -> Item:
        """Decode one item of a page. Raises NotKubernetes for what has no name."""
        ...

    def event(self, line: bytes) -> WatchEvent:
        """Decode one line of a watch. Raises NotKubernetes for what is no watch event."""
        ...


class ObjectCodec:
    """Read whole objects into a kind's own Struct, and from it the cells of its view."""

    accept = accept_watch = JSON
    query: tuple[tuple[str, str], ...] = ()
    columns = None

    def __init__(self, kind: type[Typed] = Typed, cells: Callable[[Any], tuple[Any, ...]] = lambda _: ()) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._cells = cells
        self._width = len(_cells_of_nothing(kind, cells))
        self._rows = RowMaker()

    def page(self, body: bytes) -> RawPage:
        return read_page(body)

    def item(self, raw: Raw) -> Item:
        return self._item(bytes(raw))

    def _item(self, body: bytes) -> Item:
        try:
            obj = self._decode(body)
            return Item(self._rows.row(obj.metadata, self._cells(obj)), body)
        except Exception as error:  # an odd object must not sink the list: it is shown by its name, with the reason
            return Item(self._rows.row(meta_of(body), (None,) * self._width, fault=str(error)), body)

    def event(self, line: bytes) -> WatchEvent:
        return read_event(line, self._item)


def _cells_of_nothing(kind: type[Typed], cells: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
    """Return the cells of an object that says nothing: every view must bear it."""
    return cells(msgspec.json.decode(b"{}", type=kind))
