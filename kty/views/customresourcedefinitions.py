"""Custom resource definitions: each leads to its objects."""

from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.views.ages import AGE
from kty.views.conditions import Condition, holds
from kty.views.said import joined, said, text
from kty.views.view import Browse, Column, Destination, Tone, View, Yaml


class Names(Struct, gc=False):
    kind: str = ""


class Version(Struct, gc=False):
    name: str = ""
    served: bool = False


class Spec(Struct, gc=False):
    group: str = ""
    scope: str = ""
    names: Names = structfield(default_factory=Names)
    versions: list[Version] | None = None


class Status(Struct, gc=False):
    conditions: list[Condition] | None = None


class Definition(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def served(definition: Definition) -> str | None:
    return joined([version.name for version in definition.spec.versions or () if version.served])


def _tone(is_served: Any) -> Tone:
    return "warn" if is_served is False else ""


ESTABLISHED = Column("Established", lambda obj: holds(obj.status.conditions, "Established"), tone=_tone, wide=True)
COLUMNS = (
    Column("Kind", lambda obj: said(obj.spec.names.kind)),
    Column("Group", lambda obj: said(obj.spec.group)),
    Column("Scope", lambda obj: said(obj.spec.scope)),
    Column("Versions", served),
    AGE,
    ESTABLISHED,
)
_ESTABLISHED = COLUMNS.index(ESTABLISHED)


def tone(row: Row) -> Tone:
    return "dim" if row.deleting else _tone(row.cells[_ESTABLISHED])


def opens(obj: Object) -> Destination:
    """Lead to the objects of the kind that it defines."""
    plural, group = text(obj, "spec", "names", "plural"), text(obj, "spec", "group")
    return Browse(f"{plural}.{group}") if plural and group else Yaml()


VIEW = View(
    "customresourcedefinitions",
    group="apiextensions.k8s.io",
    kind="CustomResourceDefinition",
    namespaced=False,
    columns=COLUMNS,
    reads=Definition,
    tone=tone,
    opens=opens,
)
