"""Whose logs can be read from where."""

import pytest

from kty.views.containers import CONTAINERS
from kty.views.logs import HAVE_LOGS, all_containers, logs_of, pod_logs
from kty.views.registry import views
from kty.views.view import Browse, Containers, Logs, SwitchNamespace, View, Yaml

WEB = {
    "metadata": {"name": "web", "namespace": "shop", "uid": "1"},
    "spec": {"selector": {"matchLabels": {"app": "web"}, "app": "web"}},
}


def test_a_pod_by_its_name_whichever_it_is() -> None:
    logs = pod_logs(("shop", "web-1"), container="app")
    assert logs == Logs(
        Browse("pods", namespace="shop", fields=(("Name", "web-1"),), title="pod/web-1"), container="app"
    )
    assert all_containers(logs) == logs_of(Containers("shop", "web-1"))


def test_a_list_of_pods_a_namespace_and_what_has_no_pods() -> None:
    pods = Browse("pods", namespace="shop", labels="app=web")
    assert logs_of(pods, previous=True) == Logs(pods, previous=True)
    assert logs_of(SwitchNamespace("shop")) == Logs(Browse("pods", namespace="shop", title="namespace/shop"))
    for destination in (Yaml(), Browse("jobs.batch"), None):
        assert logs_of(destination) is None


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.plural)
def test_l_is_offered_where_objects_lead_to_pods(view: View) -> None:
    assert (logs_of(view.opens(WEB)) is not None) is (view.id in HAVE_LOGS), view.id
    assert CONTAINERS.id in HAVE_LOGS
