"""Namespaces, with the quotas and limits that hold in them."""

from collections.abc import Mapping

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.describe import identity
from kty.views.describing import (
    Beside,
    Describer,
    Description,
    Entry,
    Found,
    Line,
    Need,
    Part,
    Piece,
    Table,
    entry,
    found,
    scalar,
    section,
)
from kty.views.quantities import amount
from kty.views.reading import listed, mapped, texts
from kty.views.said import text

QUOTAS = Resource("", "v1", "ResourceQuota", "resourcequotas")
LIMITS = Resource("", "v1", "LimitRange", "limitranges")
_BOUNDS = (
    ("Min", "min"),
    ("Max", "max"),
    ("Default Request", "defaultRequest"),
    ("Default Limit", "default"),
    ("Max Limit/Request Ratio", "maxLimitRequestRatio"),
)


def needs(namespace: Object) -> Mapping[str, Need]:
    name = text(namespace, "metadata", "name")
    return {"quotas": Need(QUOTAS, name, codec=ObjectCodec), "limits": Need(LIMITS, name, codec=ObjectCodec)}


def describe(namespace: Object, beside: Beside) -> Description:
    phase = text(namespace, "status", "phase")
    quotas, limits = found(beside, "quotas"), found(beside, "limits")
    return (
        identity.name(namespace),
        identity.labels(namespace),
        identity.annotations(namespace),
        *identity.leaving(namespace),
        entry("Status", phase, tone="" if phase == "Active" else "warn"),
        *identity.conditions(namespace, "LastTransitionTime", "Reason", "Message"),
        _section("Resource Quotas", quotas, [part for each in quotas.objects for part in _quota(each)]),
        _section("Resource Limits", limits, [_limits(limits)] if limits.objects else []),
    )


def _section(title: str, there: Found, parts: list[Part]) -> Entry:
    return section(title, parts) if there.instead is None else Entry(title, (there.instead,))


def _quota(quota: Object) -> list[Part]:
    hard, used = mapped(quota, "status", "hard") or mapped(quota, "spec", "hard"), mapped(quota, "status", "used")
    rows = tuple([(key, _used(used.get(key), hard[key]), scalar(hard[key])) for key in sorted(hard)])
    parts: list[Part] = [entry("Name", text(quota, "metadata", "name"))]
    if scopes := texts(quota, "spec", "scopes"):
        parts.append(entry("Scopes", ", ".join(scopes)))
    return [*parts, Table(("Resource", "Used", "Hard"), rows)]


def _used(used: object, hard: object) -> Line:
    """Show what is used; in warning where nothing is left."""
    has, most = (amount(each) if isinstance(each, str) else None for each in (used, hard))
    is_full = has is not None and most is not None and has >= most
    return Piece(scalar(used, "0"), "warn" if is_full else "")


def _limits(limits: Found) -> Table:
    rows: list[tuple[Line, ...]] = []
    for each in [limit for obj in limits.objects for limit in listed(obj, "spec", "limits")]:
        bounds = [mapped(each, key) for _, key in _BOUNDS]
        resources = sorted({key for bound in bounds for key in bound})
        rows += [(text(each, "type"), key, *[scalar(bound.get(key), "-") for bound in bounds]) for key in resources]
    return Table(("Type", "Resource", *[title for title, _ in _BOUNDS]), tuple(rows))


DESCRIBER = Describer("namespaces", describe, needs)
