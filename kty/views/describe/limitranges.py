"""Limit ranges: how much each container, pod or claim of a namespace may ask for, and what it gets unasked."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Describer, Description, Line, Table, scalar
from kty.views.reading import listed, mapped
from kty.views.said import text

_BOUNDS = (
    ("Min", "min"),
    ("Max", "max"),
    ("Default Request", "defaultRequest"),
    ("Default Limit", "default"),
    ("Max Limit/Request Ratio", "maxLimitRequestRatio"),
)


def describe(limits: Object, beside: Beside) -> Description:
    return (*identity.head(limits), bounds([limits]))


def bounds(limits: Iterable[Object]) -> Table:
    """Return the bounds of all of these in one table."""
    rows: list[tuple[Line, ...]] = []
    for each in [limit for obj in limits for limit in listed(obj, "spec", "limits")]:
        found = [mapped(each, key) for _, key in _BOUNDS]
        resources = sorted({key for bound in found for key in bound})
        rows += [(text(each, "type"), key, *[scalar(bound.get(key), "-") for bound in found]) for key in resources]
    return Table(("Type", "Resource", *[title for title, _ in _BOUNDS]), tuple(rows))


DESCRIBER = Describer("limitranges", describe)
