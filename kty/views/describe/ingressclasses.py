"""Ingress classes: who serves the ingresses that name them."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Describer, Description, Entry, Part, entry
from kty.views.reading import mapped
from kty.views.said import text

_PARAMETERS = (
    ("APIGroup", "apiGroup"),
    ("Kind", "kind"),
    ("Name", "name"),
    ("Namespace", "namespace"),
    ("Scope", "scope"),
)
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"


def describe(kind: Object, beside: Beside) -> Description:
    is_default = text(kind, "metadata", "annotations", _DEFAULT) == "true"
    parts: list[Part] = [
        *identity.head(kind),
        entry("IsDefaultClass", "Yes" if is_default else "No"),
        entry("Controller", text(kind, "spec", "controller")),
    ]
    if given := mapped(kind, "spec", "parameters"):
        found = [entry(title, given[key]) for title, key in _PARAMETERS if given.get(key)]
        parts.append(Entry("Parameters", parts=tuple(found)))
    return tuple(parts)


DESCRIBER = Describer("ingressclasses.networking.k8s.io", describe)
