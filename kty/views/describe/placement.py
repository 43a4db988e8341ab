"""Where pods may run: node selectors, tolerations, spread."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Entry, entries, entry
from kty.views.reading import listed, mapped, texts
from kty.views.said import text
from kty.views.selectors import from_label_selector


def terms(terms: Iterable[Iterable[Object]]) -> tuple[Entry, ...]:
    """Return an entry for each term, with a line for each of its requirements: one of the terms must hold whole."""
    return tuple([entries(f"Term {at}", map(requirement, each)) for at, each in enumerate(terms)])


def requirement(each: Object, key: str = "key") -> str:
    """Write what is required of a label, or of what else `key` names: `zone in [a, b]`."""
    values = ", ".join(texts(each, "values"))
    return f"{text(each, key)} {(text(each, 'operator') or 'In').lower()}" + (f" [{values}]" if values else "")


def node_selectors(spec: Object) -> Entry:
    return identity.pairs("Node-Selectors", mapped(spec, "nodeSelector"))


def tolerations(spec: Object) -> Entry:
    return entries("Tolerations", sorted(map(_toleration, listed(spec, "tolerations"))))


def _toleration(toleration: Object) -> str:
    key, value, effect = (text(toleration, each) for each in ("key", "value", "effect"))
    operator = text(toleration, "operator") or "Equal"
    shown = key + (f"={value}" if value else "") + (f":{effect}" if effect else "")
    if operator != "Equal":
        shown = f"{shown} op={operator}".lstrip()
    seconds = toleration.get("tolerationSeconds")
    return shown if seconds is None else f"{shown} for {seconds}s"


def taint(each: Object) -> str:
    value = text(each, "value")
    return f"{text(each, 'key')}{f'={value}' if value else ''}:{text(each, 'effect')}"


def spread(spec: Object) -> tuple[Entry, ...]:
    """Return how pods are to be spread, where anything is said of it."""
    found = listed(spec, "topologySpreadConstraints")
    return (entries("Topology Spread Constraints", sorted(map(_constraint, found))),) if found else ()


def _constraint(each: Object) -> str:
    shown = (
        f"{text(each, 'topologyKey')}:{text(each, 'whenUnsatisfiable')} when max skew {each.get('maxSkew')} is exceeded"
    )
    selector = from_label_selector(mapped(each, "labelSelector"))
    return f"{shown} for selector {selector}" if selector else shown


def priority_class(spec: Object) -> tuple[Entry, ...]:
    name = text(spec, "priorityClassName")
    return (entry("Priority Class Name", name),) if name else ()
