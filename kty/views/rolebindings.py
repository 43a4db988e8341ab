"""Role bindings: the role, and to whom it is given."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.runtime.uses import Use, Uses
from kty.views.reading import listed
from kty.views.said import text

_ROLES = {"Role": "roles.rbac.authorization.k8s.io", "ClusterRole": "clusterroles.rbac.authorization.k8s.io"}


def uses(binding: Object) -> Iterable[Use]:
    """Return its role, and the service accounts among its subjects."""
    if (kind := _ROLES.get(text(binding, "roleRef", "kind"))) and (name := text(binding, "roleRef", "name")):
        yield Use(kind, name, via="role")
    for subject in listed(binding, "subjects"):
        if text(subject, "kind") == "ServiceAccount" and (name := text(subject, "name")):
            yield Use("serviceaccounts", name, via="gives a role", namespace=text(subject, "namespace") or None)


USES = Uses("rolebindings.rbac.authorization.k8s.io", frozenset({*_ROLES.values(), "serviceaccounts"}), uses)
