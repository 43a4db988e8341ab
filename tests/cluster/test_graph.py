"""The graph on a real API server: a deployment that real controllers run, and what may not be seen of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.browsing import Person, browsing
from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, PODS, Place
from tests.cluster.test_browsing import QUICK, SLEEPS
from tests.stories.town import BINDINGS, ROLES

pytestmark = pytest.mark.cluster


def tree(me: Person) -> list[str]:
    """Return the first words of each line, without boxes and the names that controllers make up."""
    return [line.lstrip("▎ ▾▸─├└│").split(" ")[0] for line in me.screen.splitlines()[2:-2] if "/" in line]


async def runs(place: Place, replicas: int) -> None:
    """Have a deployment that uses a config map."""
    await place.create(CONFIG_MAPS, "settings", data={"a": "b"})
    container = {**SLEEPS, "envFrom": [{"configMapRef": {"name": "settings"}}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container], **QUICK}}
    selector = {"matchLabels": {"app": "web"}}
    await place.create(DEPLOYMENTS, "web", spec={"replicas": replicas, "selector": selector, "template": template})


async def test_the_graph_of_a_deployment_grows_and_shrinks_with_it(
    cluster_kubeconfig: Callable[[str], Path], place: Place
) -> None:
    await runs(place, 2)
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first="deployments") as me:
        await me.sees("deployments 1 of 1")
        await me.press("T")
        await me.sees("▾ Deployment/web", "2/2", "Running", "ConfigMap/settings", "env", "● live")
        assert [line.partition("/")[0] for line in tree(me)[:4]] == ["Deployment", "ReplicaSet", "Pod", "Pod"]
        await place.change(DEPLOYMENTS, "web", spec={"replicas": 3})
        await me.until(lambda: me.screen.count("Pod/web-") == 3 and "3/3" in me.screen, "a third pod")
        await place.change(DEPLOYMENTS, "web", spec={"replicas": 1})
        await me.until(lambda: me.screen.count("Pod/web-") == 1 and "1/1" in me.screen, "one pod")
        await me.press("G")
        await me.until(lambda: "ConfigMap/settings" in me.screen, "what it uses")
    async with browsing(cluster_kubeconfig("admin"), place.namespace, first="configmaps /settings") as me:
        await me.sees("configmaps 1 of")
        await me.press("T")
        await me.sees("ConfigMap/settings", "▾ used by", "Deployment/web", "env", "● live")
        assert "Pod/" not in me.screen


async def test_who_may_list_pods_only_sees_what_these_say_and_is_told_of_the_rest(
    cluster_kubeconfig: Callable[[str], Path], place: Place
) -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    await place.create(ROLES, "pods-only", rules=rules)
    role = {"apiGroup": ROLES.group, "kind": "Role", "name": "pods-only"}
    nobody = {"apiGroup": ROLES.group, "kind": "User", "name": "nobody"}
    await place.create(BINDINGS, "pods-only", roleRef=role, subjects=[nobody])
    await runs(place, 1)
    async with browsing(cluster_kubeconfig("nobody"), place.namespace, first=f"{PODS.plural} /web") as me:
        await me.sees("pods 1 of 1")
        await me.press("T")
        await me.sees("ReplicaSet/web-", "no permission to list replicasets", "Pod/web-", "Running", "other kinds in")
