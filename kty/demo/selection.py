"""Which objects of a kind a request is about: its namespace, its label selector and its field selector."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kty.demo import fields
from kty.demo.fields import FieldSelector
from kty.demo.journal import Held
from kty.demo.kinds import Kind
from kty.demo.statuses import bad_request
from kty.kube import selectors
from kty.kube.selectors import Selector, SelectorMistake

_EVERYTHING: Final = Selector()
_ANY: Final = FieldSelector()


@dataclass(frozen=True, slots=True)
class Selection:
    """Of one kind."""

    namespace: str = ""
    labels: Selector = _EVERYTHING
    fields: FieldSelector = _ANY

    @property
    def is_everything(self) -> bool:
        """True where no selector leaves anything out; the namespace is no selector."""
        return not (self.labels.requirements or self.fields)

    def matches(self, held: Held) -> bool:
        if self.namespace and held.namespace != self.namespace:
            return False
        return self.labels.matches(held.labels) and self.fields.matches(held)


def read(kind: Kind, namespace: str, query: Mapping[str, str]) -> Selection:
    """Read the selectors of a query. Raises ApiError 400."""
    try:
        labels = selectors.parse(query.get("labelSelector", ""))
    except SelectorMistake as mistake:
        raise bad_request(f"unable to parse requirement: {mistake}") from mistake
    return Selection(namespace, labels, fields.parse(query.get("fieldSelector", ""), kind))
