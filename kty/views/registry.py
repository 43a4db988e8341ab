"""Which view shows which kind. A kind has a view of its own when a module of its plural's name has one."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from kty.kube.resource import Resource
from kty.views.any import view_of_any
from kty.views.view import View


def view_of(resource: Resource) -> View:
    """Return the kind's own view, else one with the server's columns.

    A view reads one version; the server describes the others itself.
    """
    view = _own(resource.plural)
    if view is not None and (view.id, view.version) == (resource.id, resource.version):
        return view
    return view_of_any(resource)


_SHORT = {
    "cj": "cronjobs", "cm": "configmaps", "crd": "customresourcedefinitions", "crds": "customresourcedefinitions",
    "deploy": "deployments", "ds": "daemonsets", "ev": "events", "hpa": "horizontalpodautoscalers", "ing": "ingresses",
    "no": "nodes", "ns": "namespaces", "po": "pods", "pvc": "persistentvolumeclaims", "rs": "replicasets",
    "sts": "statefulsets", "svc": "services",
}  # fmt: skip
"""The short names that every server gives to these kinds."""


def well_known(word: str) -> Resource | None:
    """Return the kind of a view of kty's own by its plural, `plural.group` or short name; imports no other view."""
    word = _SHORT.get(word.lower(), word.lower())
    view = _own(word.partition(".")[0])
    return view.resource() if view is not None and word in (view.plural, view.id) else None


@cache
def views() -> Mapping[str, View]:
    """Return every kind's own view by `plural.group`, sorted. Imports them all; `view_of` imports one."""
    from pkgutil import iter_modules

    import kty.views

    found = [_own(module.name) for module in iter_modules(kty.views.__path__)]
    return {view.id: view for view in sorted(filter(None, found), key=lambda view: view.id)}


@cache
def _own(name: str) -> View | None:
    if not (name.isascii() and name.isalpha()):  # a plural is the server's word: it may name a module here, no more
        return None
    module = f"kty.views.{name}"
    if find_spec(module) is None:
        return None
    view = getattr(import_module(module), "VIEW", None)
    return view if isinstance(view, View) else None
