"""Whose logs can be read from where."""

import pytest

from kty.views.containers import CONTAINERS
from kty.views.logs import HAVE_LOGS, all_containers, like, logs_of, logs_of_pods, logs_together, pod_logs
from kty.views.registry import views
from kty.views.view import Browse, Containers, Logs, SwitchNamespace, View, Yaml

WEB = {
    "metadata": {"name": "web", "namespace": "shop", "uid": "1"},
    "spec": {"selector": {"matchLabels": {"app": "web"}, "app": "web"}},
}


def test_a_pod_by_its_name_whichever_it_is() -> None:
    logs = pod_logs(("shop", "web-1"), "app")
    assert logs == Logs(
        Browse("pods", namespace="shop", fields=(("Name", "web-1"),), title="pod/web-1"), containers=("app",)
    )
    assert all_containers(logs) == logs_of(Containers("shop", "web-1"))


def test_a_list_of_pods_a_namespace_and_what_has_no_pods() -> None:
    pods = Browse("pods", namespace="shop", labels="app=web")
    assert logs_of(pods, previous=True) == Logs(pods, previous=True)
    assert logs_of(SwitchNamespace("shop")) == Logs(Browse("pods", namespace="shop", title="namespace/shop"))
    for destination in (Yaml(), Browse("configmaps"), None):
        assert logs_of(destination) is None


def test_several_pods_of_several_namespaces() -> None:
    keys = [("shop", "web-1"), ("bank", "db-0")]
    logs = logs_of_pods(keys, ("shop", "bank"))
    assert [each.namespace for each in (logs.pods, *logs.more)] == ["shop", "bank"]
    assert (logs.keys, logs.pods.title) == (tuple(keys), "2 pods")
    assert logs_of_pods(keys, ()).pods.namespace == ""


def test_several_lists_are_one() -> None:
    web, db = (Logs(Browse("pods", namespace="shop", labels=f"app={name}", title=name)) for name in ("web", "db"))
    logs = logs_together([web, db, db], "2 deployments")
    assert (logs.pods.labels, logs.pods.title) == ("app=web", "2 deployments")
    assert logs.more == (db.pods,)


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (("web-*",), ["web-1", "web-"]),
        (("web",), ["web-1", "web-", "my-web"]),
        (("db-?", "my-*"), ["my-web", "db-0"]),
        (("db-[1-9]",), []),
    ],
)
def test_names_that_are_like_a_pattern(patterns: tuple[str, ...], names: list[str]) -> None:
    assert list(filter(like(patterns), ["web-1", "web-", "my-web", "db-0", "db-10"])) == names


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.plural)
def test_l_is_offered_where_objects_lead_to_pods(view: View) -> None:
    assert (logs_of(view.opens(WEB)) is not None) is (view.id in HAVE_LOGS), view.id
    assert CONTAINERS.id in HAVE_LOGS
