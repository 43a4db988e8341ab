"""Objects in the forms of meta.k8s.io/v1: Tables with the kind's printer columns, and metadata only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw, Struct

from kty.demo.kinds import Kind
from kty.demo.listing import Page, whole
from kty.demo.negotiation import Form
from kty.demo.printers.printer import Printer
from kty.demo.statuses import bad_request
from kty.demo.store import decode, encode
from kty.kube.objects import Object

META: Final = "meta.k8s.io/v1"
_SHOWN: Final = ("", "Metadata", "Object", "None")

PLAIN: Final = (
    Printer("Name", lambda obj, now: obj["metadata"]["name"], format="name", description="Its name in its namespace."),
    Printer(
        "Created At",
        lambda obj, now: obj["metadata"]["creationTimestamp"],
        type="date",
        description="When it was created.",
    ),
)
"""The columns of a kind that says nothing about its own."""
NAME: Final = PLAIN[0]


def columns(kind: Kind) -> tuple[Printer, ...]:
    return kind.printers or PLAIN


@dataclass(frozen=True, slots=True)
class Encoder:
    """Bring objects of one kind into the form that one request wants."""

    kind: Kind
    form: Form
    now: float
    include: str = ""
    """`Metadata`, `Object` or `None`: what of the object stands beside its cells."""

    def one(self, body: bytes, *, defines: bool = True, version: str = "", sign: bool = False) -> bytes:
        """Return one object, by its JSON without kind and apiVersion.

        A watch `defines` the columns with its first event only; a Table of a bookmark is a `sign`.
        """
        match self.form:
            case Form.TABLE:
                obj = decode(body)
                meta = {"resourceVersion": version or obj["metadata"].get("resourceVersion", "")}
                return self._table([(obj, body)], meta, defines=defines, sign=sign)
            case Form.METADATA | Form.METADATA_LIST:
                return _partial(body)
        return whole(self.kind, body)

    def page(self, page: Page) -> bytes:
        if self.form is Form.TABLE:
            return self._table(((decode(held.body), held.body) for held in page.held), page.metadata())
        head = {"kind": Form.METADATA_LIST.value, "apiVersion": META, "metadata": page.metadata()}
        return encode(head)[:-1] + b',"items":[' + b",".join([_partial(held.body) for held in page.held]) + b"]}"

    def _table(
        self, objects: Iterable[tuple[Object, bytes]], meta: Object, *, defines: bool = True, sign: bool = False
    ) -> bytes:
        shown = columns(self.kind)
        head = {
            "kind": "Table",
            "apiVersion": META,
            "metadata": meta,
            "columnDefinitions": [column.definition() for column in shown] if defines else None,
        }
        rows = [self._row(shown, obj, body, sign) for obj, body in objects]
        return encode(head)[:-1] + b',"rows":[' + b",".join(rows) + b"]}"

    def _row(self, shown: tuple[Printer, ...], obj: Object, body: bytes, sign: bool) -> bytes:
        cells = encode([None if sign else column.cell(obj, self.now) for column in shown])
        include = "Metadata" if sign else self.include
        conditions = encode(_conditions(self.kind, obj))
        if include == "None":
            return b'{"cells":' + cells + _part(b"conditions", conditions) + b',"object":null}'
        if include == "Object":
            beside = whole(self.kind, body)
        else:
            beside = _partial(body)
        return b'{"cells":' + cells + _part(b"conditions", conditions) + b',"object":' + beside + b"}"


def encoder(kind: Kind, form: Form, include: str, now: float) -> Encoder:
    """Return what answers a request. Raises ApiError 400 for an `includeObject` that is none."""
    if form is Form.TABLE and include not in _SHOWN:
        why = f"includeObject: Invalid value: \"{include}\": must be 'Metadata', 'Object', 'None', or empty"
        raise bad_request(f"Unable to convert to Table as requested: {why}")
    return Encoder(kind, form, now, include)


def _part(name: bytes, value: bytes) -> bytes:
    return b"" if value == b"[]" else b',"' + name + b'":' + value


def _conditions(kind: Kind, obj: Object) -> list[Object]:
    """Say which rows are of what is over: kubectl can leave those out."""
    if kind.id != "pods":
        return []
    phase = obj.get("status", {}).get("phase")
    told = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}
    if phase not in told:
        return []
    return [{"type": "Completed", "status": "True", "reason": phase, "message": told[phase]}]


class _Metadata(Struct):
    metadata: Raw


_metadata = msgspec.json.Decoder(_Metadata).decode
_PARTIAL: Final = f'{{"kind":"{Form.METADATA.value}","apiVersion":"{META}","metadata":'.encode()


def _partial(body: bytes) -> bytes:
    """Return the metadata of an object, cut out of its JSON."""
    return _PARTIAL + bytes(_metadata(body).metadata) + b"}"
