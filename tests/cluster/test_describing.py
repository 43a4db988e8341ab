"""Describe and events on a real API server: a pod that waits, and one whose events may not be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kty.kube.resource import Resource
from tests.cluster.browsing import browsing, filtered
from tests.cluster.place import PODS, Place

pytestmark = pytest.mark.cluster
NOWHERE = {"nodeSelector": {"example.com/no": "node"}, "containers": [{"name": "main", "image": "busybox:local"}]}
ROLES = Resource("rbac.authorization.k8s.io", "v1", "Role", "roles")
BINDINGS = Resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings")


async def test_a_pending_pod_has_its_events_beneath_it_and_they_are_live(
    cluster_kubeconfig: Callable[[str], Path], place: Place
) -> None:
    async with browsing(cluster_kubeconfig("admin"), place.namespace, size=(160, 60)) as me:
        await me.sees("no pods")
        await place.create(PODS, "waits", spec=NOWHERE)
        await me.sees("pods 1 of 1")
        await me.press("d")
        await me.sees("Status:", "Pending", "PodScheduled", "FailedScheduling", "default-scheduler")
        await me.press("E")
        await me.sees("events 1 of 1  in pod/waits", "FailedScheduling")
        await me.press("escape")
        await me.sees("Node-Selectors:")
        await place.remove(PODS, "waits")
        await me.sees("deleted; this is what it was last", "Node-Selectors:")


async def test_events_that_may_not_be_read_are_said_so(cluster_kubeconfig: Callable[[str], Path], place: Place) -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]
    await place.create(ROLES, "pods-only", rules=rules)
    role = {"apiGroup": ROLES.group, "kind": "Role", "name": "pods-only"}
    nobody = {"apiGroup": ROLES.group, "kind": "User", "name": "nobody"}
    await place.create(BINDINGS, "pods-only", roleRef=role, subjects=[nobody])
    await place.create(PODS, "waits", spec=NOWHERE)
    async with browsing(cluster_kubeconfig("nobody"), place.namespace, size=(160, 60)) as me:
        await filtered(me, "waits")
        await me.sees("pods 1 of 1")
        await me.press("d")
        await me.sees("Status:", "Pending", "Events:", "no permission to list events")
