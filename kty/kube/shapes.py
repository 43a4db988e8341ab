"""In which shape objects are wanted: dicts, Structs, metadata only, or rows of the server's tables.

A shape knows how to ask for objects so (the Accept header), and how to read what comes, one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import GenericAlias
from typing import Any, ClassVar, Generic, Protocol, TypeVar, overload

import msgspec
from msgspec import Raw, Struct

from kty.errors import Malformed, NotKubernetes
from kty.kube.codecs import JSON, RawPage, TableColumn, read_page
from kty.kube.connection import Query
from kty.kube.errors import NO_KUBERNETES
from kty.kube.objects import ObjectMeta, Typed
from kty.kube.resource import Resource
from kty.kube.tables import TABLE, TableCodec
from kty.text import printable

K = TypeVar("K")
K_co = TypeVar("K_co", covariant=True)


class BuiltIn(Protocol):
    """A class that knows where its objects live."""

    resource: ClassVar[Resource]


class PartialObject(Typed, omit_defaults=True):
    """An object's metadata, and no more: the server sends nothing else (meta/v1 PartialObjectMetadata)."""


class TableRow(Struct, frozen=True):
    """One object as a row of the table that the server prints (meta/v1 Table)."""

    columns: tuple[TableColumn, ...]
    """The same for all rows of an answer."""
    cells: tuple[Any, ...]
    """One for each column. Ages are text, computed when it was sent."""
    metadata: ObjectMeta

    def cell(self, column: str) -> Any:
        """Return the cell below this heading. Raises KeyError."""
        for each, value in zip(self.columns, self.cells, strict=False):
            if each.name.casefold() == column.casefold():
                return value
        raise KeyError(column)


@dataclass(frozen=True, slots=True)
class ObjectList(Sequence[K_co]):
    """What a list request brought: a sequence of objects, and what stands around them."""

    items: Sequence[K_co]
    version: str
    """The list's resourceVersion: watch from here to miss nothing."""
    token: str = ""
    """What asks for the next page; empty where there is none."""
    remaining: int | None = None
    """How many objects are on the pages to come, where the server says so."""
    faults: Sequence[Malformed] = field(default=())
    """The objects that could not be read; they are not among the items."""

    @overload
    def __getitem__(self, index: int) -> K_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[K_co]: ...
    def __getitem__(self, index: int | slice) -> K_co | Sequence[K_co]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[K_co]:
        return iter(self.items)


class Reader(Protocol[K_co]):
    """Reads what one answer or one watch brings; it may remember what came before."""

    def one(self, body: bytes) -> K_co:
        """Raises Malformed for an odd object, NotKubernetes for what is none."""
        ...

    def page(self, body: bytes) -> RawPage:
        """Split a list. Raises NotKubernetes."""
        ...

    def item(self, raw: Raw) -> K_co:
        """Read one item of a page. Raises Malformed."""
        ...


@dataclass(frozen=True, slots=True)
class Shape(Generic[K]):
    """How objects of one class are asked for."""

    kind: type[K]
    resource: Resource

    @property
    def is_table(self) -> bool:
        return is_class(self.kind, TableRow)

    @property
    def accept(self) -> str:
        """The Accept header for one object, and for a watch."""
        return self._accept("PartialObjectMetadata")

    @property
    def accept_list(self) -> str:
        return self._accept("PartialObjectMetadataList")

    def _accept(self, partial: str) -> str:
        if self.is_table:
            return TABLE
        if is_class(self.kind, PartialObject):
            return f"{JSON};as={partial};v=v1;g=meta.k8s.io,{JSON}"
        return JSON

    @property
    def query(self) -> Query:
        return (("includeObject", "Metadata"),) if self.is_table else ()

    def reader(self) -> Reader[K]:
        reader: Any = _Rows() if self.is_table else _Objects(self.kind, self.resource)
        return reader  # type: ignore[no-any-return]


class _Named(Struct):
    kind: str = ""
    metadata: ObjectMeta = msgspec.field(default_factory=ObjectMeta)


_read_named = msgspec.json.Decoder(_Named).decode


class _Objects(Generic[K]):
    """Reads JSON objects into a class."""

    def __init__(self, kind: type[K], resource: Resource) -> None:
        self._decode = msgspec.json.Decoder(kind).decode
        self._types = {"kind": resource.kind, "apiVersion": resource.api_version}

    def one(self, body: bytes) -> K:
        try:
            is_object = bool(_read_named(body).kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            is_object = b'"kind"' in body  # its metadata are odd: `_read` says how
        if not is_object:
            raise _no_object(body)
        return self._read(body)

    def page(self, body: bytes) -> RawPage:
        return read_page(body)

    def item(self, raw: Raw) -> K:
        obj = self._read(bytes(raw))
        if isinstance(obj, dict):
            for key, value in self._types.items():  # a list says once for all its items what they are
                obj.setdefault(key, value)
        return obj

    def _read(self, body: bytes) -> K:
        try:
            return self._decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, TypeError) as error:
            raise malformed(body, error) from error


class _Rows:
    """Reads Tables; what names the columns is remembered for what comes after it."""

    def __init__(self) -> None:
        self._codec = TableCodec()

    def one(self, body: bytes) -> TableRow:
        kind = _kind(body)
        if not kind:
            raise _no_object(body)
        page = self._codec.page(body if kind == "Table" else _as_list(body))
        if not page.items:
            raise NotKubernetes("a table came with no row")
        return self.item(page.items[0])

    def page(self, body: bytes) -> RawPage:
        return self._codec.page(body)

    def item(self, raw: Raw) -> TableRow:
        try:
            item = self._codec.item(raw)
            return TableRow(self._codec.columns or (), item.row.cells, _read_named(item.body).metadata)
        except (msgspec.MsgspecError, UnicodeDecodeError, NotKubernetes) as error:
            raise malformed(bytes(raw), error) from error


def is_class(kind: object, of: type) -> bool:
    """Say whether this is such a class; `dict[str, Any]` and the like are shapes too, and no classes."""
    return isinstance(kind, type) and not isinstance(kind, GenericAlias) and issubclass(kind, of)


def is_status(body: bytes) -> bool:
    """Say whether an answer is a Status: a mere success, and no object."""
    return _kind(body) == "Status"


def _kind(body: bytes) -> str:
    """Return the kind that an answer says it is; empty where it cannot be read."""
    try:
        return _read_named(body).kind
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def _as_list(body: bytes) -> bytes:
    """An API that serves no tables answered with the object."""
    return b'{"kind":"List","items":[' + body + b"]}"


def _no_object(body: bytes) -> NotKubernetes:
    start = printable(body[:60].decode("utf-8", "replace").strip())
    said = f"no Kubernetes object came back, but {start!r}" if start else "an empty answer came back"
    return NotKubernetes(said, hint=NO_KUBERNETES)


def malformed(body: bytes, error: Exception) -> Malformed:
    """Return what is wrong with an object, named as far as its metadata can be read."""
    try:
        meta = _read_named(body).metadata
    except (msgspec.MsgspecError, UnicodeDecodeError):
        meta = ObjectMeta()
    where = f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name or "an object without a readable name"
    said = printable(f"{where} cannot be read: {error}")
    return Malformed(said, namespace=meta.namespace, name=meta.name, body=body, hint="look at it as YAML, and mend it")
