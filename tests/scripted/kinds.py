"""The kinds that the scripted API server has."""

from collections.abc import Callable
from typing import Any, NamedTuple

from kty.kube.codecs import TableColumn
from kty.kube.resource import Resource

ALL_VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})


class Printer(NamedTuple):
    """One printer column of a kind: how the server prints it, and what."""

    column: TableColumn
    cell: Callable[[dict[str, Any]], Any]


def kind(
    api_version: str,
    name: str,
    plural: str,
    *short_names: str,
    namespaced: bool = True,
    verbs: frozenset[str] = ALL_VERBS,
    categories: tuple[str, ...] = (),
) -> Resource:
    group, _, version = api_version.rpartition("/")
    return Resource(group, version, name, plural, namespaced, name.lower(), short_names, verbs, categories)


BUILT_IN = (
    kind("v1", "ConfigMap", "configmaps", "cm"),
    kind("v1", "Event", "events", "ev"),
    kind("v1", "Namespace", "namespaces", "ns", namespaced=False),
    kind("v1", "Node", "nodes", "no", namespaced=False),
    kind("v1", "Pod", "pods", "po", categories=("all",)),
    kind("v1", "Secret", "secrets"),
    kind("v1", "Service", "services", "svc", categories=("all",)),
    kind("apps/v1", "Deployment", "deployments", "deploy", categories=("all",)),
    kind("apps/v1", "ReplicaSet", "replicasets", "rs", categories=("all",)),
    kind("batch/v1", "Job", "jobs", categories=("all",)),
    kind(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", "crd", "crds",
        namespaced=False,
    ),
    kind(
        "authorization.k8s.io/v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews",
        namespaced=False, verbs=frozenset({"create"}),
    ),
)  # fmt: skip
