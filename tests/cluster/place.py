"""A namespace of the test's own on the real API server, and what can be done in it by plain requests."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from kty.errors import ClusterError
from kty.kube.client import Client
from kty.kube.resource import Resource

GUARD = 60.0
"""Seconds after which what never happens is given up."""
NAMESPACES = Resource("", "v1", "Namespace", "namespaces", namespaced=False)
PODS = Resource("", "v1", "Pod", "pods")
CONFIG_MAPS = Resource("", "v1", "ConfigMap", "configmaps")
DEPLOYMENTS = Resource("apps", "v1", "Deployment", "deployments")
SERVICE_ACCOUNTS = Resource("", "v1", "ServiceAccount", "serviceaccounts")

NO_SCHEDULER = "t-nobody"
"""Pods that name it are never run: their status is what the test says."""


@dataclass(frozen=True)
class Place:
    """Objects are made, changed and removed here as an admin does."""

    client: Client
    namespace: str

    async def create(self, resource: Resource, name: str, *, labels: dict[str, str] | None = None, **parts: Any) -> Any:
        """Make an object; `parts` are what stands beside its metadata, such as `spec`."""
        content = {"apiVersion": resource.api_version, "kind": resource.kind}
        metadata = {"name": name, "labels": labels or {}}
        return await self._send("POST", self._path(resource), {**content, "metadata": metadata, **parts})

    async def change(self, resource: Resource, name: str, part: str = "", **parts: Any) -> Any:
        """Merge these parts into an object, or into a subresource of it such as `status`."""
        path = self._path(resource, name) + (f"/{part}" if part else "")
        return await self._send("PATCH", path, parts, kind="application/merge-patch+json")

    async def remove(self, resource: Resource, name: str) -> None:
        await self._send("DELETE", self._path(resource, name))

    async def pod(self, name: str, *, labels: dict[str, str] | None = None, **status: Any) -> None:
        """Make a pod that no node runs, with this status."""
        spec = {"schedulerName": NO_SCHEDULER, "containers": [{"name": "main", "image": "busybox:local"}]}
        await self.create(PODS, name, labels=labels, spec=spec)
        if status:
            await self.change(PODS, name, "status", status=status)

    def _path(self, resource: Resource, name: str = "") -> str:
        return resource.path(self.namespace if resource.namespaced else "", name)

    async def _send(self, method: str, path: str, content: Any = None, *, kind: str = "application/json") -> Any:
        body = None if content is None else json.dumps(content).encode()
        return json.loads(await self.client.request(method, path, headers={"Content-Type": kind}, body=body))


@asynccontextmanager
async def namespace_for_a_test(client: Client) -> AsyncIterator[Place]:
    """Make a namespace in which pods can be made; it goes at the end, whatever is in it."""
    place = Place(client, f"t-ui-{secrets.token_hex(4)}")
    await place.create(NAMESPACES, place.namespace)
    try:
        await eventually(lambda: place.client.request("GET", SERVICE_ACCOUNTS.path(place.namespace, "default")))
        yield place
    finally:
        await place.remove(NAMESPACES, place.namespace)


async def eventually(ask: Callable[[], Any]) -> Any:
    """Return what the request answers, once the server answers it."""
    async with asyncio.timeout(GUARD):
        while True:
            with suppress(ClusterError):
                return await ask()
            await asyncio.sleep(0.1)


def containers(*, restarts: int = 0, waiting: str = "", running: bool = False) -> dict[str, Any]:
    """Return the status of a pod's one container."""
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {}} if running else {}
    one = {"name": "main", "image": "busybox:local", "imageID": "", "restartCount": restarts, "ready": running}
    return {"containerStatuses": [{**one, "state": state}]}
