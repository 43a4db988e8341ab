"""The roles and bindings that every cluster starts with, and those of the demo's own users."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from kty.demo.access.rbac import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GROUP
from kty.demo.access.rules import Rule
from kty.demo.options import Options
from kty.demo.registry import Registry
from kty.kube.objects import Object

_SERVER: Final = Options(field_manager="kube-apiserver")
_PEOPLE: Final = Options(field_manager="kty-demo")

_FILE: Final = Path(__file__).with_name("roles.json")
"""Rules by role, as `VERBS | GROUPS | RESOURCES` or `VERBS | PATHS`; the group `core` is the one without a name."""
_AGGREGATED: Final = {"view": ("view",), "edit": ("edit", "view"), "admin": ("edit", "view", "admin")}
"""The roles that are put together, and of which others: `system:aggregate-to-…`."""
_GOES_INTO: Final = {"view": "edit", "edit": "admin"} | {f"system:aggregate-to-{name}": name for name in _AGGREGATED}
_GROUPS: Final = {
    "cluster-admin": ("system:masters",),
    "system:basic-user": ("system:authenticated",),
    "system:discovery": ("system:authenticated",),
    "system:public-info-viewer": ("system:authenticated", "system:unauthenticated"),
    "system:service-account-issuer-discovery": ("system:serviceaccounts",),
}
"""Who has a role of the same name."""
_IMPERSONATE: Final = "impersonate | core | users groups"
_BOUND: Final = {"viewer": "view", "editor": "edit", "impersonator": "impersonator"}
"""The demo's users, and the role that each of them has; admin needs none, nobody has none."""


def bootstrap(registry: Registry) -> None:
    """Make the roles and bindings that the API server makes when it starts, and those of the demo's users."""
    for role in cluster_roles():
        registry.create(CLUSTER_ROLES, role, _SERVER)
    for binding in cluster_role_bindings():
        registry.create(CLUSTER_ROLE_BINDINGS, binding, _SERVER)
    registry.create(CLUSTER_ROLES, _cluster_role("impersonator", [_rule(_IMPERSONATE)]), _PEOPLE)
    for name, bound in _BOUND.items():
        subject = {"apiGroup": GROUP, "kind": "User", "name": name}
        registry.create(CLUSTER_ROLE_BINDINGS, _binding(name, bound, subject), _PEOPLE)


def cluster_roles() -> Iterable[Object]:
    """Return the ClusterRoles of a new cluster, as far as they are for people: those of its own parts are left out."""
    roles = {name: [_rule(text) for text in texts] for name, texts in json.loads(_FILE.read_bytes()).items()}
    for name, rules in roles.items():
        yield _bootstrapped(_cluster_role(name, rules))
    for name, parts in _AGGREGATED.items():
        rules = [rule for part in parts for rule in roles[f"system:aggregate-to-{part}"]]
        selector = {"matchLabels": {f"rbac.authorization.k8s.io/aggregate-to-{name}": "true"}}
        aggregation = {"aggregationRule": {"clusterRoleSelectors": [selector]}}
        yield _bootstrapped(_cluster_role(name, rules)) | aggregation


def cluster_role_bindings() -> Iterable[Object]:
    """Return the bindings of a new cluster for these."""
    for name, groups in _GROUPS.items():
        subjects = [{"apiGroup": GROUP, "kind": "Group", "name": group} for group in groups]
        yield _bootstrapped(_binding(name, name, *subjects))


def _rule(text: str) -> Rule:
    verbs, *groups, things = (part.split() for part in text.split("|"))
    if not groups:
        return {"verbs": verbs, "nonResourceURLs": things}
    return {"verbs": verbs, "apiGroups": ["" if group == "core" else group for group in groups[0]], "resources": things}


def _bootstrapped(obj: Object) -> Object:
    metadata = obj["metadata"]
    metadata["labels"] = {"kubernetes.io/bootstrapping": "rbac-defaults"}
    metadata["annotations"] = {"rbac.authorization.kubernetes.io/autoupdate": "true"}
    if obj["kind"] == "ClusterRole" and (goes_into := _GOES_INTO.get(metadata["name"])):
        metadata["labels"][f"rbac.authorization.k8s.io/aggregate-to-{goes_into}"] = "true"
    return obj


def _cluster_role(name: str, rules: Iterable[Rule]) -> Object:
    written: list[dict[str, Any]] = [dict(rule) for rule in rules]
    return {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": written}


def _binding(name: str, role: str, *subjects: dict[str, str]) -> Object:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "subjects": list(subjects),
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": role},
    }
