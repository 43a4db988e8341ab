"""What pods ask for and may use at most: the sum of the containers, or the hungriest step of their start."""

from collections.abc import Iterable
from typing import TypeAlias

from kty.kube.objects import Object
from kty.kube.quantity import Quantity, QuantityMistake
from kty.views.reading import listed, mapped

Demand: TypeAlias = dict[str, Quantity]
"""By the resource's name."""


def demand(pod: Object, key: str) -> Demand:
    """Return what a pod demands; `key` is `requests` or `limits`.

    Sidecars run beside what starts after them and beside the containers; other init containers run one by one.
    """
    if whole := mapped(pod, "spec", "resources", key):
        return {**_pod_of_containers(pod, key), **amounts(whole)}
    return _pod_of_containers(pod, key)


def _pod_of_containers(pod: Object, key: str) -> Demand:
    running = total([amounts(mapped(each, "resources", key)) for each in listed(pod, "spec", "containers")])
    most: Demand = {}
    sidecars: Demand = {}
    for container in listed(pod, "spec", "initContainers"):
        own = amounts(mapped(container, "resources", key))
        if container.get("restartPolicy") == "Always":
            sidecars = total([sidecars, own])
            most = _larger(most, sidecars)
        else:
            most = _larger(most, total([sidecars, own]))
    found = _larger(total([running, sidecars]), most)
    overhead = amounts(mapped(pod, "spec", "overhead"))
    if key == "limits":
        overhead = {name: each for name, each in overhead.items() if name in found}
    return total([found, overhead])


def total(demands: Iterable[Demand]) -> Demand:
    """Return the sum, by resource."""
    found: Demand = {}
    for each in demands:
        for name, quantity in each.items():
            found[name] = found[name] + quantity if name in found else quantity
    return found


def _larger(one: Demand, other: Demand) -> Demand:
    return {
        name: max(one.get(name, other.get(name, Quantity())), other.get(name, Quantity())) for name in {*one, *other}
    }


def amounts(quantities: Object) -> Demand:
    """Read the quantities of a mapping; what is none is left out."""
    found: Demand = {}
    for name, quantity in quantities.items():
        try:
            found[name] = Quantity.parse(str(quantity))
        except QuantityMistake:
            continue
    return found


def share(part: Quantity, whole: Quantity | None) -> str:
    """Write an amount and how much of the whole that is: `250m (6%)`."""
    return f"{part} ({int(part / whole * 100) if whole else 0}%)"
