"""Which pod answers at a name or an address, as the cluster's DNS and its services have it."""

from kty.demo.life.endpointslices import number_of
from kty.demo.life.podstate import get, is_ready
from kty.demo.life.selecting import matching
from kty.demo.registry import Registry
from kty.kube.objects import Object


def backend(registry: Registry, namespace: str, host: str, port: int) -> tuple[Object, int]:
    """Return a pod and its port. Raises LookupError where nobody has that name, ConnectionRefusedError otherwise."""
    service = _service(registry, namespace, host)
    if service is None:
        found = [pod for pod in registry.list("pods") if host and get(pod, "status", "podIP") == host]
        if not found:
            raise LookupError(host)
        return found[0], port
    ports = [one for one in service["spec"].get("ports") or () if one["port"] == port]
    labels = matching(service["spec"].get("selector"))
    namespace = service["metadata"]["namespace"]
    pods = [pod for pod in registry.list("pods", namespace, labels=labels) if is_ready(pod)] if labels else []
    if not ports or not pods:
        raise ConnectionRefusedError
    pod = pods[int(registry.clock.now()) % len(pods)]
    return pod, number_of(ports[0].get("targetPort") or port, pod) or port


def _service(registry: Registry, namespace: str, host: str) -> Object | None:
    name, *rest = host.removesuffix(".cluster.local").removesuffix(".svc").split(".")
    if len(rest) <= 1 and (found := registry.find("services", rest[0] if rest else namespace, name)):
        return found
    services = registry.list("services") if host.replace(".", "").isdecimal() else []
    return next((service for service in services if service["spec"].get("clusterIP") == host), None)
