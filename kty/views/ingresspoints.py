"""Where a load balancer can be reached: services and ingresses say it alike."""

from msgspec import Struct


class Point(Struct, gc=False):
    ip: str = ""
    hostname: str = ""


class LoadBalancer(Struct, gc=False):
    ingress: list[Point] | None = None


def addresses(balancer: LoadBalancer) -> list[str]:
    """Return its addresses, sorted, each once."""
    return sorted({point.ip or point.hostname for point in balancer.ingress or ()} - {""})
