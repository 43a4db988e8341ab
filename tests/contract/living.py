"""Workloads whose pods really run (on the real server: busybox:local), and waiting until they are as they should be."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from kty.kube.resource import Resource
from tests.cluster.place import DEPLOYMENTS, GUARD, PODS
from tests.contract.asking import MERGE_PATCH, Asking

Object: TypeAlias = dict[str, Any]

IMAGE = "busybox:local"
REPLICASETS = Resource("apps", "v1", "ReplicaSet", "replicasets")
STATEFULSETS = Resource("apps", "v1", "StatefulSet", "statefulsets")
DAEMONSETS = Resource("apps", "v1", "DaemonSet", "daemonsets")
JOBS = Resource("batch", "v1", "Job", "jobs")
CRONJOBS = Resource("batch", "v1", "CronJob", "cronjobs")
EVENTS = Resource("", "v1", "Event", "events")
SERVICES = Resource("", "v1", "Service", "services")
SLICES = Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
BUDGETS = Resource("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets")
NODES = Resource("", "v1", "Node", "nodes", namespaced=False)


@dataclass(frozen=True)
class Living:
    """One namespace, in which things take their time."""

    ask: Asking
    namespace: str

    async def make(self, resource: Resource, name: str, *, labels: Object | None = None, **parts: Any) -> Object:
        metadata = {"name": name, "labels": labels or {}}
        made = await self.ask.create(self._path(resource), {"metadata": metadata, **parts})
        return dict(made)

    async def get(self, resource: Resource, name: str) -> Object:
        return dict(await self.ask.get(self._path(resource, name)))

    async def all(self, resource: Resource, **labels: str) -> list[Object]:
        """Return the objects with these labels."""
        chosen = ",".join(f"{key}={value}" for key, value in labels.items())
        found = await self.ask.get(f"{self._path(resource)}?labelSelector={chosen}")
        return list(found["items"])

    async def change(self, resource: Resource, name: str, **parts: Any) -> Object:
        answer = await self.ask("PATCH", self._path(resource, name), parts, media=MERGE_PATCH)
        return dict(answer.done())

    async def delete(self, resource: Resource, name: str, **options: Any) -> None:
        (await self.ask("DELETE", self._path(resource, name), options or None)).done()

    async def until(
        self, resource: Resource, name: str, holds: Callable[[Object], object], seconds: float = GUARD
    ) -> Object:
        """Return an object once it is so."""
        found: Object = {}
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found = await self.get(resource, name)
                    if holds(found):
                        return found
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"{resource.kind} {name} stayed at {found.get('status')}") from None

    async def settled(self, resource: Resource, holds: Callable[[list[Object]], object], **labels: str) -> list[Object]:
        """Return the objects with these labels once all of them together are so."""
        found: list[Object] = []
        try:
            async with asyncio.timeout(GUARD):
                while True:
                    found = await self.all(resource, **labels)
                    if holds(found):
                        return found
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError([(each["metadata"]["name"], each.get("status")) for each in found]) from None

    async def gone(self, resource: Resource, name: str) -> None:
        async with asyncio.timeout(GUARD):
            while True:
                if (await self.ask("GET", self._path(resource, name))).status == 404:
                    return
                await asyncio.sleep(0.1)

    async def told(self, name: str, reason: str) -> Object:
        """Return the event with this reason about this object, once it is there."""

        def found(events: list[Object]) -> list[Object]:
            return [each for each in events if (each["involvedObject"]["name"], each["reason"]) == (name, reason)]

        return found(await self.settled(EVENTS, found))[0]

    async def deployment(self, name: str, replicas: int = 1, **spec: Any) -> Object:
        """Make a deployment, and return it once all its pods are available."""
        content = workload(name, replicas=replicas, **spec)
        await self.make(DEPLOYMENTS, name, spec=content)
        return await self.until(DEPLOYMENTS, name, is_rolled_out)

    async def node(self, name: str, **more: Any) -> None:
        """Make a node that is ready and empty, with the label `t-node`; nobody runs pods behind it."""
        await self.make(NODES, name, labels={"t-node": name}, **more)
        room = {"cpu": "1", "memory": "1Gi", "pods": "10"}
        ready = {
            "type": "Ready",
            "status": "True",
            "reason": "KubeletReady",
            "message": "kubelet is posting ready status",
        }
        status = {"capacity": room, "allocatable": room, "conditions": [ready]}
        await self.ask.merge(NODES.path("", name, "status"), {"status": status})

    async def pods(self, name: str, count: int) -> list[Object]:
        """Return the pods of an app, once there are so many and all are ready."""
        return await self.settled(PODS, lambda pods: len(pods) == count and all(map(is_ready, pods)), app=name)

    def _path(self, resource: Resource, name: str = "") -> str:
        return resource.path(self.namespace if resource.namespaced else "", name)


def container(*command: str, **more: Any) -> Object:
    return {"name": "main", "image": IMAGE, "command": list(command or ("sleep", "3600")), **more}


def template(name: str, *containers: Object, **spec: Any) -> Object:
    content = {"containers": list(containers) or [container()], "terminationGracePeriodSeconds": 1, **spec}
    return {"metadata": {"labels": {"app": name}}, "spec": content}


def workload(name: str, *, pod: Object | None = None, **spec: Any) -> Object:
    """Return the spec of a deployment and the like."""
    return {"selector": {"matchLabels": {"app": name}}, "template": pod or template(name), **spec}


def condition(obj: Object, kind: str) -> Object:
    """Return a condition; an empty one where there is none."""
    found = [each for each in obj.get("status", {}).get("conditions") or () if each["type"] == kind]
    return found[0] if found else {}


def is_true(obj: Object, kind: str) -> bool:
    return bool(condition(obj, kind).get("status") == "True")


def is_ready(pod: Object) -> bool:
    return is_true(pod, "Ready") and "deletionTimestamp" not in pod["metadata"]


def is_rolled_out(deployment: Object) -> bool:
    """As `kubectl rollout status` has it."""
    wanted, status = deployment["spec"]["replicas"], deployment.get("status", {})
    if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
        return False
    counts = [status.get(field, 0) for field in ("updatedReplicas", "replicas", "availableReplicas")]
    return counts == [wanted] * 3


def state(pod: Object, statuses: str = "containerStatuses") -> tuple[str, str]:
    """Return how the first container is: `waiting`, `running` or `terminated`, and why."""
    for each in pod.get("status", {}).get(statuses) or ():
        for word, content in each["state"].items():
            return word, content.get("reason", "")
    return "", ""


def restarts(pod: Object) -> int:
    return int(pod["status"]["containerStatuses"][0]["restartCount"])


def owner(obj: Object) -> tuple[str, str]:
    """Return kind and name of what controls an object; nothing for an orphan."""
    for each in obj["metadata"].get("ownerReferences") or ():
        if each.get("controller"):
            return each["kind"], each["name"]
    return "", ""


def names(objects: list[Object]) -> set[str]:
    return {each["metadata"]["name"] for each in objects}
