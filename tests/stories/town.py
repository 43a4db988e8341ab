"""A place where things live: pods start, print and end. Stories in it run on the demo, and on the real cluster."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from kty.kube.resource import Resource
from kty.widgets.log_view import LogView
from tests.cluster.browsing import Person, browsing
from tests.cluster.place import PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import WIPED, container

ROLES = Resource("rbac.authorization.k8s.io", "v1", "Role", "roles")
BINDINGS = Resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings")
QUICK = {"terminationGracePeriodSeconds": 1, "automountServiceAccountToken": False}


@dataclass(frozen=True)
class Town:
    """A namespace of the story's own, on one of the two servers."""

    cluster: Cluster
    place: Place

    def sit(self, first: str = "", *, user: str = "admin", **more: Any) -> AbstractAsyncContextManager[Person]:
        """Start kty in the namespace, and end it when the block is left; it is given a minute for what it waits for."""
        return browsing(self.cluster.kubeconfig(user), self.place.namespace, first=first, **more)

    async def runs(self, name: str, script: str = "sleep 3600", *, labels: dict[str, str] | None = None) -> None:
        """Make a pod that runs this."""
        await self.place.create(PODS, name, labels=labels, spec={"containers": [container(script)], **QUICK})

    async def allows(self, user: str, rules: list[dict[str, Any]]) -> None:
        """Let a user do this here."""
        await self.place.create(ROLES, "some", rules=rules)
        role = {"apiGroup": ROLES.group, "kind": "Role", "name": "some"}
        subjects = [{"apiGroup": ROLES.group, "kind": "User", "name": user}]
        await self.place.create(BINDINGS, "some", roleRef=role, subjects=subjects)


def said(me: Person) -> list[str]:
    """Return the lines of logs that came."""
    lines = [line.text.decode("utf-8", "replace") for line in me.app.screen.query_one(LogView).wanted_lines()]
    if any(line.startswith(WIPED) for line in lines):
        pytest.skip("the other test cluster on this machine has swept the kubelet's logs")
    return lines
