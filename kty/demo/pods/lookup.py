"""Which pod answers at a name or an address, as the cluster's DNS and its services have it."""

from kty.demo.registry import Registry
from kty.kube.objects import Object
from kty.kube.selectors import parse


def backend(registry: Registry, namespace: str, host: str, port: int) -> tuple[Object, int]:
    """Return a pod and its port. Raises LookupError where nobody has that name, ConnectionRefusedError otherwise."""
    service = _service(registry, namespace, host)
    if service is None:
        pod = next(
            (pod for pod in registry.list("pods") if host and (pod.get("status") or {}).get("podIP") == host), None
        )
        if pod is None:
            raise LookupError(host)
        return pod, port
    ports = [one for one in service["spec"].get("ports") or () if one["port"] == port]
    selector = service["spec"].get("selector") or {}
    if not ports or not selector:
        raise ConnectionRefusedError
    labels = parse(",".join([f"{key}={value}" for key, value in selector.items()]))
    pods = [pod for pod in registry.list("pods", service["metadata"]["namespace"], labels=labels) if _is_ready(pod)]
    if not pods:
        raise ConnectionRefusedError
    pod = pods[int(registry.clock.now()) % len(pods)]
    return pod, _target(pod, ports[0])


def _service(registry: Registry, namespace: str, host: str) -> Object | None:
    name, *rest = host.removesuffix(".cluster.local").removesuffix(".svc").split(".")
    if len(rest) <= 1 and (found := registry.find("services", rest[0] if rest else namespace, name)):
        return found
    services = registry.list("services") if host.replace(".", "").isdecimal() else []
    return next((service for service in services if service["spec"].get("clusterIP") == host), None)


def _target(pod: Object, port: Object) -> int:
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    named = [one for container in pod["spec"]["containers"] for one in container.get("ports") or ()]
    return next((int(one["containerPort"]) for one in named if one.get("name") == target), int(port["port"]))


def _is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
