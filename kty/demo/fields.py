"""Field selectors: `status.phase=Running,metadata.name!=web`, for the fields that a kind lets one select by."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from kty.demo.journal import Held
from kty.demo.kinds import Kind
from kty.demo.statuses import bad_request
from kty.demo.store import decode
from kty.kube import field_selectors
from kty.kube.field_selectors import UNSAID
from kty.kube.objects import Object
from kty.kube.selectors import SelectorMistake

_META: Final = ("metadata.name", "metadata.namespace")


@dataclass(frozen=True)
class Term:
    field: str
    value: str
    is_wanted: bool
    """False for `!=`."""

    @cached_property
    def trace(self) -> bytes:
        """What must be in an object's JSON if this holds; empty where nothing must: it spares reading most objects."""
        is_plain = self.value.isascii() and self.value.replace("-", "").replace(".", "").isalnum()
        return self.value.encode() if self.is_wanted and is_plain and self.value not in UNSAID.values() else b""


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """Without terms every object is selected."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def name(self) -> str:
        """The one name that objects must have; empty where any may do."""
        names = [term.value for term in self.terms if term.field == "metadata.name" and term.is_wanted]
        return names[0] if names else ""

    def matches(self, held: Held) -> bool:
        obj: Object | None = None
        for term in self.terms:
            if term.trace and term.trace not in held.body:
                return False
            if term.field == "metadata.name":
                found = held.name
            elif term.field == "metadata.namespace":
                found = held.namespace
            else:
                obj = obj if obj is not None else decode(held.body)
                found = value_of(obj, term.field)
            if (found == term.value) is not term.is_wanted:
                return False
        return True


def parse(text: str, kind: Kind) -> FieldSelector:
    """Read a field selector. Raises ApiError 400 for what cannot be read and for what the kind does not offer."""
    try:
        wanted = field_selectors.parse(text)
    except SelectorMistake as mistake:
        part = text[mistake.start : mistake.end]
        raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'") from mistake
    for each in wanted.requirements:
        if each.field not in _META and each.field not in kind.selectable:
            raise bad_request(_unknown(each.field, kind))
    return FieldSelector(tuple([Term(each.field, each.value, each.is_equal) for each in wanted.requirements]))


def _unknown(field: str, kind: Kind) -> str:
    if kind.id == "pods" or kind.defined_by:
        return f"field label not supported: {field}"
    if kind.selectable:
        return f"field label not supported: {field}"
    return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def value_of(obj: Object, path: str) -> str:
    """Return what a field selector compares with; what is missing is the empty string."""
    if path == "source":  # of events: the field is a component's name in either of two places
        source: Any = obj.get("source") or {}
        return str(source.get("component") or obj.get("reportingComponent") or "")
    return field_selectors.value_of(obj, path)
