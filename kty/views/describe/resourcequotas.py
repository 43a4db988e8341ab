"""Resource quotas: how much a namespace may have, and how much it has."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.placement import requirement
from kty.views.describing import Beside, Describer, Description, Line, Part, Piece, Table, entries, entry, scalar
from kty.views.quantities import amount
from kty.views.reading import listed, mapped, texts
from kty.views.said import text

_MATCHES = {
    "Terminating": "pods that have an active deadline",
    "NotTerminating": "pods that have no active deadline",
    "BestEffort": "pods that request no resources (best effort)",
    "NotBestEffort": "pods that request resources (burstable and guaranteed)",
    "CrossNamespacePodAffinity": "pods whose affinity looks into other namespaces",
}


def describe(quota: Object, beside: Beside) -> Description:
    return (*identity.head(quota), *_meant(quota), *_table(quota))


def within(quota: Object) -> tuple[Part, ...]:
    """Return what is said of a quota in the description of its namespace."""
    return (entry("Name", text(quota, "metadata", "name")), *_meant(quota), *_table(quota))


def _meant(quota: Object) -> list[Part]:
    """Say which pods are meant, where it is not all of them."""
    parts: list[Part] = []
    if scopes := sorted(texts(quota, "spec", "scopes")):
        parts.append(entries("Scopes", [f"{each}: {_MATCHES[each]}" if each in _MATCHES else each for each in scopes]))
    if selects := listed(quota, "spec", "scopeSelector", "matchExpressions"):
        parts.append(entries("Scope Selector", [requirement(each, "scopeName") for each in selects]))
    return parts


def _table(quota: Object) -> list[Part]:
    hard, used = mapped(quota, "status", "hard") or mapped(quota, "spec", "hard"), mapped(quota, "status", "used")
    rows = tuple([(key, _used(used.get(key), hard[key]), scalar(hard[key])) for key in sorted(hard)])
    return [Table(("Resource", "Used", "Hard"), rows)]


def _used(used: object, hard: object) -> Line:
    """Show what is used; in warning where nothing is left."""
    has, most = (amount(each) if isinstance(each, str) else None for each in (used, hard))
    is_full = has is not None and most is not None and has >= most
    return Piece(scalar(used, "0"), "warn" if is_full else "")


DESCRIBER = Describer("resourcequotas", describe)
