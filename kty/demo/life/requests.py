"""What a pod asks for: the sum of its containers, or its hungriest init container, in exact thousandths."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field

from kty.kube.quantity import Quantity, QuantityMistake

Amounts: TypeAlias = Counter[str]
"""`cpu` in millicores, `memory` in thousandths of bytes, and so on, by the resource's name."""


class Resources(Struct, gc=False):
    requests: dict[str, str | int | float] | None = None


class Container(Struct, rename="camel", gc=False):
    resources: Resources = field(default_factory=Resources)
    restart_policy: str = ""


class Spec(Struct, rename="camel", gc=False):
    """What deciding where a pod fits needs of its spec."""

    node_name: str = ""
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    overhead: dict[str, str | int | float] | None = None


def amount(quantity: str | float | None) -> float:
    """Return a quantity (apimachinery, api/resource) as a number; nothing for what is none."""
    try:
        return float(Quantity.parse(str(quantity))) if quantity else 0.0
    except QuantityMistake:
        return 0.0


def amounts(quantities: dict[str, str | int | float] | None) -> Amounts:
    return Counter({name: round(amount(quantity) * 1000) for name, quantity in (quantities or {}).items()})


def requested(spec: Spec) -> Amounts:
    """Return what the scheduler sets aside for a pod."""
    running = _sum(spec.containers or ())
    if not spec.init_containers and not spec.overhead:
        return running
    most: Amounts = Counter()
    sidecars: Amounts = Counter()
    for container in spec.init_containers or ():
        own = amounts(container.resources.requests)
        if container.restart_policy == "Always":
            sidecars.update(own)
            most |= sidecars
        else:
            most |= sidecars + own
    running.update(sidecars)
    whole = running | most
    whole.update(amounts(spec.overhead))
    return whole


def _sum(containers: Iterable[Container]) -> Amounts:
    total: Amounts = Counter()
    for container in containers:
        if container.resources.requests:
            total.update(amounts(container.resources.requests))
    return total
