import subprocess
import sys
from dataclasses import replace

import pytest

from kty.kube.resource import Resource
from kty.views.any import AnyCodec
from kty.views.registry import view_of, views

PODS = Resource("", "v1", "Pod", "pods")


def test_every_kind_that_has_a_view_of_its_own_is_found() -> None:
    assert list(views()) == [
        "configmaps",
        "cronjobs.batch",
        "customresourcedefinitions.apiextensions.k8s.io",
        "daemonsets.apps",
        "deployments.apps",
        "events",
        "horizontalpodautoscalers.autoscaling",
        "ingresses.networking.k8s.io",
        "jobs.batch",
        "namespaces",
        "nodes",
        "persistentvolumeclaims",
        "pods",
        "replicasets.apps",
        "secrets",
        "services",
        "statefulsets.apps",
    ]


@pytest.mark.parametrize("plural", views())
def test_a_kind_is_shown_by_its_own_view(plural: str) -> None:
    view = views()[plural]
    assert view_of(view.resource()) is view
    assert view.resource().id == plural


@pytest.mark.parametrize(
    "resource",
    [
        replace(PODS, group="metrics.k8s.io", version="v1beta1"),
        replace(PODS, version="v2"),
        Resource("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
        Resource("example.com", "v1", "View", "view"),
        Resource("example.com", "v1", "Container", "containers"),
        Resource("", "v1", "Registry", "registry"),
        Resource("example.com", "v1", "Odd", "../pods"),
        Resource("example.com", "v1", "Odd", ".pods"),
        Resource("example.com", "v1", "Odd", "__init__"),
        Resource("example.com", "v1", "Odd", ""),
    ],
    ids=lambda resource: f"{resource.plural}.{resource.version}.{resource.group}",
)
def test_any_other_kind_and_version_is_shown_with_the_servers_columns(resource: Resource) -> None:
    view = view_of(resource)
    assert isinstance(view.new_codec(), AnyCodec)
    assert view.resource() == replace(resource, singular=resource.kind.lower())


def test_to_show_pods_no_other_view_is_imported() -> None:
    program = "from kty.views.registry import view_of; from kty.kube.resource import Resource; import sys; "
    program += "view_of(Resource('', 'v1', 'Pod', 'pods')); print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", program], text=True).split())
    assert "kty.views.pods" in loaded
    assert not loaded & {f"kty.views.{view.plural}" for view in views().values() if view.plural != "pods"}
