"""The roles and bindings that every cluster starts with, and those of the demo's own users."""

from collections.abc import Iterable
from typing import Any, Final

from kty.demo.access.rbac import CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GROUP
from kty.demo.access.rules import Rule
from kty.demo.options import Options
from kty.demo.registry import Registry
from kty.kube.objects import Object

_SERVER: Final = Options(field_manager="kube-apiserver")
_PEOPLE: Final = Options(field_manager="kty-demo")

_READ: Final = ("get", "list", "watch")
_WRITE: Final = ("create", "delete", "deletecollection", "patch", "update")
_ALL: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
_EVENTS: Final = ("", "events.k8s.io")


def _rule(verbs: Iterable[str], groups: str | Iterable[str], *resources: str) -> Rule:
    api_groups = [groups] if isinstance(groups, str) else list(groups)
    return {"verbs": list(verbs), "apiGroups": api_groups, "resources": list(resources)}


def _paths(verb: str, *paths: str) -> Rule:
    return {"verbs": [verb], "nonResourceURLs": list(paths)}


def _with(*parts: str) -> list[str]:
    """Write `name/part/other` as `name`, `name/part`, `name/other`."""
    found = []
    for part in parts:
        name, *subresources = part.split("/")
        found += [name, *[f"{name}/{subresource}" for subresource in subresources]]
    return found


_VIEW: Final[tuple[Rule, ...]] = (
    _rule(
        _READ,
        "",
        *_with("configmaps", "endpoints", "persistentvolumeclaims/status", "pods", "replicationcontrollers/scale"),
        *_with("serviceaccounts", "services/status"),
    ),
    _rule(
        _READ,
        "",
        *("bindings", "limitranges", "namespaces/status", "pods/log", "pods/status", "replicationcontrollers/status"),
        *_with("resourcequotas/status"),
    ),
    _rule(_READ, "", "namespaces"),
    _rule(_READ, _EVENTS, "events"),
    _rule(_READ, "discovery.k8s.io", "endpointslices"),
    _rule(
        _READ,
        "apps",
        *_with("controllerrevisions", "daemonsets/status", "deployments/scale/status", "replicasets/scale/status"),
        *_with("statefulsets/scale/status"),
    ),
    _rule(_READ, "autoscaling", *_with("horizontalpodautoscalers/status")),
    _rule(_READ, "batch", *_with("cronjobs/status", "jobs/status")),
    _rule(
        _READ,
        "extensions",
        *_with("daemonsets/status", "deployments/scale/status", "ingresses/status", "networkpolicies"),
        *_with("replicasets/scale/status"),
        "replicationcontrollers/scale",
    ),
    _rule(_READ, "policy", *_with("poddisruptionbudgets/status")),
    _rule(_READ, "networking.k8s.io", *_with("ingresses/status", "networkpolicies")),
    _rule(_READ, "resource.k8s.io", *_with("resourceclaims/status", "resourceclaimtemplates")),
)
_STREAMS: Final = ("pods/attach", "pods/exec", "pods/portforward", "pods/proxy")
_EDIT: Final[tuple[Rule, ...]] = (
    _rule(_READ, "", *_STREAMS, "secrets", "services/proxy"),
    _rule(("impersonate",), "", "serviceaccounts"),
    _rule(_WRITE, "", "pods", *_STREAMS),
    _rule(("create",), "", "pods/eviction"),
    _rule(
        _WRITE,
        "",
        *_with("configmaps", "persistentvolumeclaims", "replicationcontrollers/scale", "secrets", "serviceaccounts"),
        *_with("services/proxy"),
    ),
    _rule(("create",), "", "serviceaccounts/token"),
    _rule(_WRITE, _EVENTS, "events"),
    _rule(
        _WRITE,
        "apps",
        *_with("daemonsets", "deployments/rollback/scale", "replicasets/scale", "statefulsets/scale"),
    ),
    _rule(_WRITE, "autoscaling", "horizontalpodautoscalers"),
    _rule(_WRITE, "batch", "cronjobs", "jobs"),
    _rule(
        _WRITE,
        "extensions",
        *_with("daemonsets", "deployments/rollback/scale", "ingresses", "networkpolicies", "replicasets/scale"),
        "replicationcontrollers/scale",
    ),
    _rule(_WRITE, "policy", "poddisruptionbudgets"),
    _rule(_WRITE, "networking.k8s.io", "ingresses", "networkpolicies"),
    _rule(_ALL, "coordination.k8s.io", "leases"),
    _rule(_WRITE, "resource.k8s.io", "resourceclaims", "resourceclaimtemplates"),
)
_ADMIN: Final[tuple[Rule, ...]] = (
    _rule(("create",), "authorization.k8s.io", "localsubjectaccessreviews"),
    _rule(_ALL, GROUP, "rolebindings", "roles"),
)
_PUBLIC: Final = ("/healthz", "/livez", "/readyz", "/version", "/version/")
_BASIC: Final[tuple[Rule, ...]] = (
    _rule(("create",), "authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectrulesreviews"),
    _rule(("create",), "authentication.k8s.io", "selfsubjectreviews"),
)
_EVERYTHING: Final[tuple[Rule, ...]] = (_rule("*", "*", "*"), _paths("*", "*"))
_DISCOVERY: Final[tuple[Rule, ...]] = (
    _paths(
        "get",
        *("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*"),
        *("/readyz", "/version", "/version/"),
    ),
)
_ISSUER: Final[tuple[Rule, ...]] = (
    _paths(
        "get",
        *("/.well-known/openid-configuration", "/.well-known/openid-configuration/"),
        *("/openid/v1/jwks", "/openid/v1/jwks/"),
    ),
)
_IMPERSONATE: Final[tuple[Rule, ...]] = (_rule(("impersonate",), "", "users", "groups"),)
_ROLES: Final[tuple[tuple[str, tuple[Rule, ...], str], ...]] = (
    ("cluster-admin", _EVERYTHING, ""),
    ("system:aggregate-to-admin", _ADMIN, "admin"),
    ("system:aggregate-to-edit", _EDIT, "edit"),
    ("system:aggregate-to-view", _VIEW, "view"),
    ("system:basic-user", _BASIC, ""),
    ("system:discovery", _DISCOVERY, ""),
    ("system:public-info-viewer", (_paths("get", *_PUBLIC),), ""),
    ("system:service-account-issuer-discovery", _ISSUER, ""),
)
"""Name, rules, and the role that it goes into."""
_AGGREGATED: Final[tuple[tuple[str, tuple[Rule, ...], str], ...]] = (
    ("view", _VIEW, "edit"),
    ("edit", (*_EDIT, *_VIEW), "admin"),
    ("admin", (*_EDIT, *_VIEW, *_ADMIN), ""),
)
_BOUND: Final = {"viewer": "view", "editor": "edit", "impersonator": "impersonator"}
"""The demo's users, and the role that each of them has; admin needs none, nobody has none."""


def bootstrap(registry: Registry) -> None:
    """Make the roles and bindings that the API server makes when it starts, and those of the demo's users."""
    for role in cluster_roles():
        registry.create(CLUSTER_ROLES, role, _SERVER)
    for binding in cluster_role_bindings():
        registry.create(CLUSTER_ROLE_BINDINGS, binding, _SERVER)
    registry.create(CLUSTER_ROLES, _cluster_role("impersonator", _IMPERSONATE), _PEOPLE)
    for name, bound in _BOUND.items():
        subject = {"apiGroup": GROUP, "kind": "User", "name": name}
        registry.create(CLUSTER_ROLE_BINDINGS, _binding(name, bound, subject), _PEOPLE)


def cluster_roles() -> Iterable[Object]:
    """Return the ClusterRoles of a new cluster, as far as they are for people: those of its own parts are left out."""
    for name, rules, goes_into in _ROLES:
        yield _bootstrapped(_cluster_role(name, rules), goes_into)
    for name, rules, goes_into in _AGGREGATED:
        role = _bootstrapped(_cluster_role(name, rules), goes_into)
        selector = {"matchLabels": {f"rbac.authorization.k8s.io/aggregate-to-{name}": "true"}}
        yield {**role, "aggregationRule": {"clusterRoleSelectors": [selector]}}


def cluster_role_bindings() -> Iterable[Object]:
    """Return the bindings of a new cluster for these."""
    for name, groups in (
        ("cluster-admin", ("system:masters",)),
        ("system:basic-user", ("system:authenticated",)),
        ("system:discovery", ("system:authenticated",)),
        ("system:public-info-viewer", ("system:authenticated", "system:unauthenticated")),
        ("system:service-account-issuer-discovery", ("system:serviceaccounts",)),
    ):
        subjects = [{"apiGroup": GROUP, "kind": "Group", "name": group} for group in groups]
        yield _bootstrapped(_binding(name, name, *subjects), "")


def _bootstrapped(obj: Object, goes_into: str) -> Object:
    metadata = obj["metadata"]
    metadata["labels"] = {"kubernetes.io/bootstrapping": "rbac-defaults"}
    metadata["annotations"] = {"rbac.authorization.kubernetes.io/autoupdate": "true"}
    if goes_into:
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
