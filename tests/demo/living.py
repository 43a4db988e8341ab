"""A cluster of the tests' own, on a clock that moves when it is told to, without any HTTP."""

from typing import Any

from kty.demo.demo import Demo
from kty.demo.registry import Registry
from kty.kube.objects import Object
from tests.runtime.fake_clock import FakeClock

NAMESPACE = "default"


class World:
    """Names its controllers' turns: nothing happens but by `live`."""

    def __init__(self, *, seed: int = 1, pace: float = 1.0, nodes: int = 1) -> None:
        self.clock = FakeClock()
        self.demo = Demo(clock=self.clock, seed=seed, pace=pace)
        for number in range(nodes):
            self.add_node(f"n{number}", number)
        self.live(0)

    @property
    def registry(self) -> Registry:
        return self.demo.registry

    def live(self, seconds: float) -> None:
        """Let time pass, stopping whenever something is due."""
        end = self.clock.now() + seconds
        life = self.demo.life
        life.settle()
        while (due := life.next_due()) is not None and due <= end:
            self.clock.move(max(due - self.clock.now(), 0.0))
            life.settle()
        self.clock.move(max(end - self.clock.now(), 0.0))
        life.settle()

    def add_node(self, name: str, number: int = 0, **labels: str) -> None:
        status = {
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": f"10.0.0.{number + 1}"}],
        }
        metadata = {"name": name, "labels": {"kubernetes.io/hostname": name, **labels}}
        spec = {"podCIDR": f"10.244.{number}.0/24"}
        self.registry.create("nodes", {"metadata": metadata, "spec": spec, "status": status})

    def make(self, kind: str, name: str, **parts: Any) -> Object:
        metadata = {"name": name, "namespace": NAMESPACE, **parts.pop("metadata", {})}
        return self.registry.create(kind, {"metadata": metadata, **parts})

    def pod(self, name: str, *command: str, image: str = "busybox:local", **parts: Any) -> Object:
        """Make a pod with one container named main."""
        container: Object = {"name": "main", "image": image, **parts.pop("container", {})}
        if command:
            container["command"] = list(command)
        spec = {"containers": [container], **parts.pop("spec", {})}
        return self.make("pods", name, spec=spec, **parts)

    def get(self, kind: str, name: str) -> Object:
        return self.registry.get(kind, NAMESPACE, name)

    def find(self, kind: str, name: str) -> Object | None:
        return self.registry.find(kind, NAMESPACE, name)

    def names(self, kind: str) -> list[str]:
        return [each["metadata"]["name"] for each in self.registry.list(kind, NAMESPACE)]

    def change(self, kind: str, name: str, mutate: Any, subresource: str = "") -> Object:
        return self.registry.change(kind, NAMESPACE, name, mutate, subresource=subresource)

    def events(self, name: str = "") -> list[tuple[str, int]]:
        """Return reason and count of the events about an object, in the order in which they began."""
        found = [
            each for each in self.registry.list("events", NAMESPACE) if name in ("", each["involvedObject"]["name"])
        ]
        found.sort(key=lambda each: int(each["metadata"]["resourceVersion"]) if not each.get("count") else 0)
        return [(each["reason"], each.get("count") or (each.get("series") or {}).get("count", 1)) for each in found]


def main(pod: Object) -> Object:
    """Return the status of a pod's first container."""
    return dict(pod["status"]["containerStatuses"][0])


def word(pod: Object) -> str:
    """Return how the first container is, in a word."""
    for kind, content in main(pod)["state"].items():
        return str(content.get("reason") or kind)
    return ""
