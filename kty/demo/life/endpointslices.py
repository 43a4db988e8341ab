"""EndpointSlices: the addresses behind a service, as they get ready and go."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from kty.demo.life.podstate import get, is_finished, is_ready, is_terminating
from kty.demo.life.seen import Key, Seen
from kty.demo.life.selecting import matching
from kty.demo.life.templates import owner_reference
from kty.demo.life.world import MANAGER, World
from kty.kube.objects import Object
from kty.kube.selectors import Selector

SERVICE: Final = "kubernetes.io/service-name"
MANAGED: Final = "endpointslice.kubernetes.io/managed-by"
CONTROLLER: Final = "endpointslice-controller.k8s.io"
MOST: Final = 100
"""Addresses in one slice."""
_KIND: Final = "endpointslices.discovery.k8s.io"
_TRIGGER: Final = "endpoints.kubernetes.io/last-change-trigger-time"


class EndpointSlices:
    """Keys are services."""

    kinds = ("services", _KIND, "pods")

    def __init__(self, world: World) -> None:
        self._world = world
        self._selectors: dict[Key, Selector] = {}

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "services":
            self._note(seen)
            return () if seen.is_gone else (seen.key,)
        if seen.kind == "pods":
            return self._of_pod(seen)
        owner = seen.controllers("Service")
        return owner if seen.type != "ADDED" else ()

    def _note(self, seen: Seen) -> None:
        spec = {} if seen.is_gone else self._world.registry.whole("services", seen.held).get("spec") or {}
        selector = matching(spec.get("selector")) if spec.get("type") != "ExternalName" else None
        if selector is None:
            self._selectors.pop(seen.key, None)
        else:
            self._selectors[seen.key] = selector

    def _of_pod(self, seen: Seen) -> list[Key]:
        """Return the services that choose the pod, or chose it until now."""
        labels = seen.held.labels
        before = seen.was.labels if seen.was is not None else labels
        here = [each for each in self._selectors.items() if each[0][0] == seen.held.namespace]
        return [key for key, chosen in here if chosen.matches(labels) or (before != labels and chosen.matches(before))]

    def reconcile(self, key: Key) -> float | None:
        service, selector = self._world.registry.find("services", *key), self._selectors.get(key)
        if service is None or selector is None or is_terminating(service):
            return None
        pods = self._world.registry.list("pods", key[0], labels=selector)
        groups: dict[str, tuple[list[Object], list[Object]]] = {}
        for pod in pods:
            if is_finished(pod) or not get(pod, "status", "podIP") or not pod["spec"].get("nodeName"):
                continue
            ports = _ports(service, pod)
            groups.setdefault(repr(ports), (ports, []))[1].append(_endpoint(service, pod))
        chunks: list[tuple[list[Object], list[Object]]] = [
            (ports, endpoints[at : at + MOST])
            for ports, endpoints in groups.values()
            for at in range(0, len(endpoints), MOST)
        ]
        self._write(service, chunks or [([], [])])
        return None

    def _write(self, service: Object, chunks: Sequence[tuple[list[Object], list[Object]]]) -> None:
        """Reuse the slices that there are, in their order; make and remove the rest."""
        slices = self._world.registry.owned(service["metadata"]["uid"], _KIND)
        for number, (ports, endpoints) in enumerate(chunks):
            content: Object = {"addressType": "IPv4", "endpoints": endpoints or None, "ports": ports or None}
            if number >= len(slices):
                self._world.registry.create(_KIND, self._made(service, content), MANAGER)
                continue
            old = slices[number]
            if {field: old.get(field) for field in content} == content:
                continue
            meta = old["metadata"]
            now = self._world.stamp()

            def change(obj: Object, content: Object = content, now: str = now) -> None:
                obj.update(content)
                obj["metadata"].setdefault("annotations", {})[_TRIGGER] = now

            self._world.registry.change(_KIND, meta["namespace"], meta["name"], change, MANAGER)
        for extra in slices[len(chunks) :]:
            self._world.delete(_KIND, extra)

    def _made(self, service: Object, content: Object) -> Object:
        meta = service["metadata"]
        labels = {**(meta.get("labels") or {}), MANAGED: CONTROLLER, SERVICE: meta["name"]}
        if service["spec"].get("clusterIP") == "None":
            labels["service.kubernetes.io/headless"] = ""
        metadata = {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": labels,
            "annotations": {_TRIGGER: self._world.stamp()},
            "ownerReferences": [owner_reference(service)],
        }
        return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, **content}


def _endpoint(service: Object, pod: Object) -> Object:
    meta, ending = pod["metadata"], is_terminating(pod)
    is_serving = is_ready(pod) or bool(service["spec"].get("publishNotReadyAddresses"))
    endpoint: Object = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": is_serving and not ending, "serving": is_serving, "terminating": ending},
        "targetRef": {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]},
        "nodeName": pod["spec"]["nodeName"],
    }
    if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == service["metadata"]["name"]:
        endpoint["hostname"] = pod["spec"]["hostname"]
    return endpoint


def _ports(service: Object, pod: Object) -> list[Object]:
    """Return the ports at which the pod serves: those that it names differently differ from pod to pod."""
    ports = []
    for port in service["spec"].get("ports") or ():
        number = number_of(port.get("targetPort", port["port"]), pod)
        if number is None:
            continue
        found: dict[str, Any] = {"name": port.get("name", ""), "protocol": port.get("protocol", "TCP"), "port": number}
        if port.get("appProtocol"):
            found["appProtocol"] = port["appProtocol"]
        ports.append(found)
    return ports


def number_of(target: str | int, pod: Object) -> int | None:
    """Return the port that a service means in a pod; None where the pod names none so."""
    if isinstance(target, int):
        return target
    for container in pod["spec"]["containers"]:
        for port in container.get("ports") or ():
            if port.get("name") == target:
                return int(port["containerPort"])
    return None
