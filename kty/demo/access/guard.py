"""What is refused in roles and bindings: what they say, and what they would grant."""

from collections.abc import Iterator
from typing import Any, Final

from kty.demo.access.escalation import refuse_escalation
from kty.demo.access.rbac import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GROUP, ROLE_BINDINGS, ROLES, Rbac
from kty.demo.access.users import User
from kty.demo.kinds import Kind
from kty.demo.statuses import Cause, invalid
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
        causes = list(_rule_causes(kind, obj) if kind.id in _ROLES else _binding_causes(kind, obj, live))
        if causes:
            raise invalid(kind.resource, obj["metadata"]["name"], causes)


def _rule_causes(kind: Kind, obj: Object) -> Iterator[Cause]:
    for at, rule in enumerate(obj.get("rules") or ()):
        place = f"rules[{at}]"
        if not rule.get("verbs"):
            yield _required(f"{place}.verbs", "verbs must contain at least one value")
        if paths := rule.get("nonResourceURLs"):
            if kind.resource.namespaced:
                why = "namespaced rules cannot apply to non-resource URLs"
                yield _wrong(f"{place}.nonResourceURLs", paths, why)
            elif any(rule.get(field) for field in ("apiGroups", "resources", "resourceNames")):
                why = "rules cannot apply to both regular resources and non-resource URLs"
                yield _wrong(f"{place}.nonResourceURLs", paths, why)
            continue
        if not rule.get("apiGroups"):
            yield _required(f"{place}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            yield _required(f"{place}.resources", "resource rules must supply at least one resource")


def _binding_causes(kind: Kind, obj: Object, live: Object | None) -> Iterator[Cause]:
    ref = obj.get("roleRef") or {}
    shown = f'{{"APIGroup":"{ref.get("apiGroup", "")}","Kind":"{ref.get("kind", "")}","Name":"{ref.get("name", "")}"}}'
    if live is not None and ref != live.get("roleRef"):
        yield Cause("FieldValueInvalid", f"Invalid value: {shown}: cannot change roleRef", "roleRef")
        return
    kinds = ("Role", "ClusterRole") if kind.resource.namespaced else ("ClusterRole",)
    if ref.get("apiGroup") != GROUP:
        yield _unsupported("roleRef.apiGroup", ref.get("apiGroup", ""), (GROUP,))
    if ref.get("kind") not in kinds:
        yield _unsupported("roleRef.kind", ref.get("kind", ""), kinds)
    if not ref.get("name"):
        yield _required("roleRef.name")
    for at, subject in enumerate(obj.get("subjects") or ()):
        place = f"subjects[{at}]"
        if not subject.get("name"):
            yield _required(f"{place}.name")
        if subject.get("kind") not in _SUBJECTS:
            yield _unsupported(f"{place}.kind", subject.get("kind", ""), _SUBJECTS)
        elif subject["kind"] == "ServiceAccount" and not subject.get("namespace") and not kind.resource.namespaced:
            yield _required(f"{place}.namespace")


def _required(field: str, why: str = "") -> Cause:
    return Cause("FieldValueRequired", f"Required value: {why}" if why else "Required value", field)


def _wrong(field: str, value: list[Any], why: str) -> Cause:
    shown = "[" + ",".join([f'"{each}"' for each in value]) + "]"
    return Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", field)


def _unsupported(field: str, value: str, supported: tuple[str, ...]) -> Cause:
    wanted = ", ".join([f'"{each}"' for each in supported])
    return Cause("FieldValueNotSupported", f'Unsupported value: "{value}": supported values: {wanted}', field)
