"""Make roles and bindings, and wait until they count."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.cluster.place import GUARD
from tests.contract.conftest import Cluster

RBAC = "/apis/rbac.authorization.k8s.io/v1"
GROUP = "rbac.authorization.k8s.io"


async def until(ask: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so: the real server hears of roles and bindings a moment later."""
    async with asyncio.timeout(GUARD):
        while not await ask():  # noqa: ASYNC110 - a server tells nobody when it has heard of something
            await asyncio.sleep(0.05)


def role(name: str, *rules: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **metadata}, "rules": list(rules)}


def rule(verbs: str, resources: str, **more: Any) -> dict[str, Any]:
    return {"apiGroups": more.pop("groups", [""]), "resources": resources.split(), "verbs": verbs.split(), **more}


def user(name: str) -> dict[str, Any]:
    return {"apiGroup": GROUP, "kind": "User", "name": name}


def binding(name: str, kind: str, role: str, *subjects: dict[str, Any]) -> dict[str, Any]:
    ref = {"apiGroup": GROUP, "kind": kind, "name": role}
    return {"metadata": {"name": name}, "subjects": list(subjects), "roleRef": ref}


class Access:
    """Makes roles and bindings in the test's namespace, and waits until they count."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self.namespace = namespace
        self.path = f"{RBAC}/namespaces/{namespace}"
        self._ask = cluster.ask()

    async def role(self, name: str, *rules: dict[str, Any]) -> None:
        await self._ask.create(f"{self.path}/roles", role(name, *rules))

    async def bind(self, name: str, kind: str, role: str, *subjects: dict[str, Any]) -> None:
        await self._ask.create(f"{self.path}/rolebindings", binding(name, kind, role, *subjects))

    async def may(self, who: str, verb: str, resource: str, *groups: str, **more: str) -> bool:
        return bool((await self.review(who, verb, resource, *groups, **more))["allowed"])

    async def review(self, who: str, verb: str, resource: str, *groups: str, **more: str) -> Any:
        name, _, subresource = resource.partition("/")
        what = {"verb": verb, "resource": name, "subresource": subresource, "namespace": self.namespace, **more}
        spec = {"user": who, "groups": list(groups), "resourceAttributes": what}
        return (await self._ask.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": spec}))["status"]
