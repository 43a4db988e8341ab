"""Namespaces."""

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.views.ages import AGE
from kty.views.said import said, text
from kty.views.view import Column, Destination, SwitchNamespace, Tone, View


class Status(Struct, gc=False):
    phase: str = ""


class Namespace(Typed):
    status: Status = structfield(default_factory=Status)


def _tone(phase: str | None) -> Tone:
    return "warn" if phase == "Terminating" else ""


STATUS = Column("Status", lambda obj: said(obj.status.phase), tone=_tone)
COLUMNS = (STATUS, AGE)
_STATUS = COLUMNS.index(STATUS)


def tone(row: Row) -> Tone:
    return _tone(row.cells[_STATUS])


def opens(obj: Object) -> Destination:
    return SwitchNamespace(text(obj, "metadata", "name"))


VIEW = View("namespaces", kind="Namespace", namespaced=False, columns=COLUMNS, reads=Namespace, tone=tone, opens=opens)
