"""Services: their addresses and ports come from ranges of the cluster."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from kty.demo.defaults.templates import fill
from kty.kube.objects import Object

_NODE_PORTS: Final = (30000, 32768)
_OUTSIDE: Final = frozenset({"NodePort", "LoadBalancer"})


def set_service(obj: Object, live: Object | None, others: Callable[[], list[Object]], chance: Random) -> None:
    """Fill in a service; what it had it keeps. `others` returns all services, and is asked only where that matters."""
    spec = obj.setdefault("spec", {})
    before: Object = (live or {}).get("spec") or {}
    fill(spec, {"type": "ClusterIP", "sessionAffinity": "None"})
    if spec["sessionAffinity"] == "ClientIP":
        fill(spec, {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}}})
    for port in spec.get("ports") or ():
        fill(port, {"protocol": "TCP"})
        fill(port, {"targetPort": port.get("port")})
    if spec["type"] == "ExternalName":
        for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
            spec.pop(field, None)
    else:
        _set_addresses(spec, before, others, chance)
    if spec["type"] in _OUTSIDE:
        _set_node_ports(spec, before, others, chance)
    else:
        for port in spec.get("ports") or ():
            port.pop("nodePort", None)
        spec.pop("externalTrafficPolicy", None)
    if spec["type"] == "LoadBalancer":
        fill(spec, {"allocateLoadBalancerNodePorts": True})
    fill(obj.setdefault("status", {}), {"loadBalancer": {}})


def _set_addresses(spec: Object, before: Object, others: Callable[[], list[Object]], chance: Random) -> None:
    if not spec.get("clusterIP"):
        spec["clusterIP"] = before.get("clusterIP") or _address(others, chance)
    spec["clusterIPs"] = [spec["clusterIP"]]
    without_selector = spec["clusterIP"] == "None" and not spec.get("selector")
    fill(spec, {"ipFamilies": ["IPv4", "IPv6"] if without_selector else ["IPv4"]})
    fill(spec, {"ipFamilyPolicy": "RequireDualStack" if without_selector else "SingleStack"})
    fill(spec, {"internalTrafficPolicy": "Cluster"})


def _address(others: Callable[[], list[Object]], chance: Random) -> str:
    taken = {service.get("spec", {}).get("clusterIP") for service in others()}
    while True:
        address = f"10.96.{chance.randrange(256)}.{chance.randrange(1, 255)}"
        if address not in taken:
            return address


def _set_node_ports(spec: Object, before: Object, others: Callable[[], list[Object]], chance: Random) -> None:
    fill(spec, {"externalTrafficPolicy": "Cluster"})
    if spec["type"] == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts") is False:
        return
    had = {_port(port): port["nodePort"] for port in before.get("ports") or () if "nodePort" in port}
    missing = [port for port in spec.get("ports") or () if not port.get("nodePort")]
    if not missing:
        return
    taken = {port.get("nodePort") for service in others() for port in service.get("spec", {}).get("ports") or ()}
    for port in missing:
        port["nodePort"] = had.get(_port(port)) or _free(taken, chance)
        taken.add(port["nodePort"])


def _port(port: Object) -> tuple[Any, Any]:
    return (port.get("port"), port.get("protocol"))


def _free(taken: set[Any], chance: Random) -> int:
    while True:
        number = chance.randrange(*_NODE_PORTS)
        if number not in taken:
            return number
