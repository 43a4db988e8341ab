"""What is refused in roles and bindings: what they say, and what they would grant."""

from typing import Final

from kty.demo.access.escalation import refuse_escalation
from kty.demo.access.rbac import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GROUP, ROLE_BINDINGS, ROLES, Rbac
from kty.demo.access.users import User
from kty.demo.kinds import Kind
from kty.demo.statuses import invalid
from kty.demo.validation.faults import Faults, numbered
from kty.kube.objects import Object

_ROLES: Final = frozenset({ROLES, CLUSTER_ROLES})
_BINDINGS: Final = frozenset({ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS})
_SUBJECTS: Final = ("ServiceAccount", "User", "Group")


class Guard:
    """Asked about every write."""

    def __init__(self, rbac: Rbac) -> None:
        self._rbac = rbac

    def __call__(self, user: User | None, kind: Kind, obj: Object, live: Object | None) -> None:
        """Raise ApiError: 403 for what this user may not grant, 422 for what makes no sense; None is the cluster."""
        if kind.id not in _ROLES and kind.id not in _BINDINGS:
            return
        if user is not None:
            refuse_escalation(self._rbac, user, kind, obj, live)
        faults = Faults()
        if kind.id in _ROLES:
            _check_rules(faults, kind, obj)
        else:
            _check_binding(faults, kind, obj, live)
        if faults.causes:
            raise invalid(kind.resource, obj["metadata"]["name"], faults.causes)


def _check_rules(faults: Faults, kind: Kind, obj: Object) -> None:
    for place, rule in numbered(obj.get("rules"), "rules"):
        if not rule.get("verbs"):
            faults.required(f"{place}.verbs", "verbs must contain at least one value")
        if paths := rule.get("nonResourceURLs"):
            if kind.resource.namespaced:
                why = "namespaced rules cannot apply to non-resource URLs"
                faults.invalid(f"{place}.nonResourceURLs", paths, why)
            elif any(rule.get(field) for field in ("apiGroups", "resources", "resourceNames")):
                why = "rules cannot apply to both regular resources and non-resource URLs"
                faults.invalid(f"{place}.nonResourceURLs", paths, why)
            continue
        if not rule.get("apiGroups"):
            faults.required(f"{place}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            faults.required(f"{place}.resources", "resource rules must supply at least one resource")


def _check_binding(faults: Faults, kind: Kind, obj: Object, live: Object | None) -> None:
    ref = obj.get("roleRef") or {}
    if live is not None and ref != live.get("roleRef"):
        said = {"APIGroup": ref.get("apiGroup", ""), "Kind": ref.get("kind", ""), "Name": ref.get("name", "")}
        faults.invalid("roleRef", said, "cannot change roleRef")
        return
    kinds = ("Role", "ClusterRole") if kind.resource.namespaced else ("ClusterRole",)
    if ref.get("apiGroup") != GROUP:
        faults.unsupported("roleRef.apiGroup", ref.get("apiGroup", ""), (GROUP,))
    if ref.get("kind") not in kinds:
        faults.unsupported("roleRef.kind", ref.get("kind", ""), kinds)
    if not ref.get("name"):
        faults.required("roleRef.name")
    for place, subject in numbered(obj.get("subjects"), "subjects"):
        if not subject.get("name"):
            faults.required(f"{place}.name")
        if subject.get("kind") not in _SUBJECTS:
            faults.unsupported(f"{place}.kind", subject.get("kind", ""), _SUBJECTS)
        elif subject["kind"] == "ServiceAccount" and not subject.get("namespace") and not kind.resource.namespaced:
            faults.required(f"{place}.namespace")
