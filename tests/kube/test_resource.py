"""Where on the API server a kind lives, and what it is called."""

import pytest

from kty.kube.resource import Resource

PODS = Resource("", "v1", "Pod", "pods")
NODES = Resource("", "v1", "Node", "nodes", namespaced=False)
NAMESPACES = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
JOBS = Resource("batch", "v1", "Job", "jobs")
ROLES = Resource("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", namespaced=False)
SAWS = Resource("tools.example.com", "v1beta1", "Saw", "saws", verbs=frozenset({"list"}))


@pytest.mark.parametrize(
    ("resource", "where", "path"),
    [
        (PODS, (), "/api/v1/pods"),
        (PODS, ("shop",), "/api/v1/namespaces/shop/pods"),
        (PODS, ("shop", "web-1"), "/api/v1/namespaces/shop/pods/web-1"),
        (PODS, ("shop", "web-1", "log"), "/api/v1/namespaces/shop/pods/web-1/log"),
        (NODES, (), "/api/v1/nodes"),
        (NODES, ("shop", "n-1"), "/api/v1/nodes/n-1"),
        (NODES, ("", "n-1", "proxy"), "/api/v1/nodes/n-1/proxy"),
        (NAMESPACES, ("", "shop"), "/api/v1/namespaces/shop"),
        (NAMESPACES, ("shop", "shop", "finalize"), "/api/v1/namespaces/shop/finalize"),
        (JOBS, (), "/apis/batch/v1/jobs"),
        (JOBS, ("shop", "pack", "status"), "/apis/batch/v1/namespaces/shop/jobs/pack/status"),
        (ROLES, ("", "system:node"), "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"),
        (SAWS, ("shop", "a"), "/apis/tools.example.com/v1beta1/namespaces/shop/saws/a"),
        # what is typed stays within its part of the path
        (PODS, ("a/b", "c?d#e"), "/api/v1/namespaces/a%2Fb/pods/c%3Fd%23e"),
        (PODS, ("shop", "a b%"), "/api/v1/namespaces/shop/pods/a%20b%25"),
    ],
)
def test_a_path(resource: Resource, where: tuple[str, ...], path: str) -> None:
    assert resource.path(*where) == path


@pytest.mark.parametrize(
    ("resource", "id_", "api_version"),
    [
        (PODS, "pods", "v1"),
        (JOBS, "jobs.batch", "batch/v1"),
        (SAWS, "saws.tools.example.com", "tools.example.com/v1beta1"),
    ],
)
def test_names(resource: Resource, id_: str, api_version: str) -> None:
    assert (resource.id, resource.api_version) == (id_, api_version)


def test_what_can_be_done_with_a_kind_decides_how_it_is_shown() -> None:
    assert PODS.why_not_list() == ""
    assert PODS.is_watchable
    assert not SAWS.is_watchable
    assert (
        Resource("", "v1", "Binding", "bindings", verbs=frozenset({"create"})).why_not_list()
        == "bindings cannot be listed"
    )
