"""The kinds that every cluster has, as far as the demo has them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from kty.demo.kinds import STORED_VERBS, Kind
from kty.kube.resource import Resource

_RBAC: Final = "rbac.authorization.k8s.io"
_AUTHORIZATION: Final = "authorization.k8s.io"
_AUTHENTICATION: Final = "authentication.k8s.io"

_POD_FIELDS = (
    "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
    "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
)  # fmt: skip
_EVENT_FIELDS = (
    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
    "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
    "reason", "reportingComponent", "source", "type",
)  # fmt: skip


def _kind(
    plural: str,
    kind: str,
    group: str = "",
    *,
    version: str = "v1",
    short: str = "",
    subresources: str = "",
    namespaced: bool = True,
    verbs: Iterable[str] = STORED_VERBS,
    category: str = "",
    **conventions: Any,
) -> Kind:
    resource = Resource(
        group=group,
        version=version,
        kind=kind,
        plural=plural,
        namespaced=namespaced,
        singular="" if group == "metrics.k8s.io" else kind.lower(),
        short_names=tuple(short.split()),
        verbs=frozenset(verbs),
        categories=(category,) if category else (),
    )
    return Kind(resource, frozenset(subresources.split()), **conventions)


def _review(kind: str, group: str, *, namespaced: bool = False) -> Kind:
    return _kind(f"{kind.lower()}s", kind, group, namespaced=namespaced, verbs=("create",), is_stored=False)


def _metrics(plural: str, kind: str, *, namespaced: bool) -> Kind:
    return _kind(
        plural, kind, "metrics.k8s.io", version="v1beta1", namespaced=namespaced, verbs=("get", "list"), is_stored=False
    )


_NO_COLLECTION = STORED_VERBS - {"deletecollection"}
_WORKLOAD: Final[dict[str, Any]] = {"subresources": "scale status", "category": "all", "has_generation": True}
_DEFINITION: Final[dict[str, Any]] = {"is_made_by_replace": True, "namespaced": False}

BUILT_IN: Final[tuple[Kind, ...]] = (
    _kind("configmaps", "ConfigMap", short="cm"),
    _kind("events", "Event", short="ev", selectable=_EVENT_FIELDS, is_made_by_replace=True),
    _kind(
        "namespaces", "Namespace", short="ns", namespaced=False, subresources="finalize status", verbs=_NO_COLLECTION,
        selectable=("status.phase",), shows_deleted=True,
    ),
    _kind("nodes", "Node", short="no", namespaced=False, subresources="status", selectable=("spec.unschedulable",)),
    _kind("persistentvolumeclaims", "PersistentVolumeClaim", short="pvc", subresources="status", shows_deleted=True),
    _kind(
        "persistentvolumes", "PersistentVolume", short="pv", namespaced=False, subresources="status", shows_deleted=True
    ),
    _kind(
        "pods", "Pod", short="po", category="all", selectable=_POD_FIELDS, has_generation=True, shows_deleted=True,
        subresources="attach ephemeralcontainers eviction exec log portforward status",
    ),
    _kind("secrets", "Secret", selectable=("type",)),
    _kind("serviceaccounts", "ServiceAccount", short="sa", subresources="token", shows_deleted=True),
    _kind(
        "services", "Service", short="svc", subresources="status", category="all", shows_deleted=True,
        selectable=("spec.clusterIP", "spec.type"), is_made_by_replace=True,
    ),
    _kind(
        "customresourcedefinitions", "CustomResourceDefinition", "apiextensions.k8s.io", short="crd crds",
        namespaced=False, subresources="status", category="api-extensions", has_generation=True, needs_version=True,
    ),
    _kind("daemonsets", "DaemonSet", "apps", short="ds", subresources="status", category="all", has_generation=True),
    _kind("deployments", "Deployment", "apps", short="deploy", **_WORKLOAD),
    _kind("replicasets", "ReplicaSet", "apps", short="rs", selectable=("status.replicas",), **_WORKLOAD),
    _kind("statefulsets", "StatefulSet", "apps", short="sts", **_WORKLOAD),
    _review("TokenReview", _AUTHENTICATION),
    _review("SelfSubjectReview", _AUTHENTICATION),
    _review("LocalSubjectAccessReview", _AUTHORIZATION, namespaced=True),
    _review("SelfSubjectAccessReview", _AUTHORIZATION),
    _review("SelfSubjectRulesReview", _AUTHORIZATION),
    _review("SubjectAccessReview", _AUTHORIZATION),
    _kind(
        "horizontalpodautoscalers", "HorizontalPodAutoscaler", "autoscaling", version="v2", short="hpa",
        subresources="status", category="all",
    ),
    _kind("cronjobs", "CronJob", "batch", short="cj", subresources="status", category="all", has_generation=True),
    _kind(
        "jobs", "Job", "batch", subresources="status", category="all", has_generation=True, orphans=True,
        selectable=("status.successful",),
    ),
    _kind("leases", "Lease", "coordination.k8s.io", is_made_by_replace=True, needs_version=True),
    _kind("endpointslices", "EndpointSlice", "discovery.k8s.io", has_generation=True),
    _kind("ingresses", "Ingress", "networking.k8s.io", short="ing", subresources="status", has_generation=True),
    _kind(
        "poddisruptionbudgets", "PodDisruptionBudget", "policy", short="pdb", subresources="status",
        has_generation=True, needs_version=True,
    ),
    _kind("clusterrolebindings", "ClusterRoleBinding", _RBAC, **_DEFINITION),
    _kind("clusterroles", "ClusterRole", _RBAC, **_DEFINITION),
    _kind("rolebindings", "RoleBinding", _RBAC, is_made_by_replace=True),
    _kind("roles", "Role", _RBAC, is_made_by_replace=True),
    _metrics("nodes", "NodeMetrics", namespaced=False),
    _metrics("pods", "PodMetrics", namespaced=True),
)  # fmt: skip
"""Core first; the order of groups is discovery's."""


def built_in() -> list[Kind]:
    """Return the built-in kinds with their printer columns."""
    from kty.demo.printers.built_in import PRINTERS  # reads every kind: not for those who want a name only

    return [replace(kind, printers=PRINTERS.get(kind.id, ())) for kind in BUILT_IN]
