"""What controllers act in: the registry, the time, chance, and how quickly things go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from kty.demo.options import DeleteOptions, Options
from kty.demo.registry import Registry
from kty.demo.times import timestamp
from kty.kube.objects import Object

MANAGER = Options(field_manager="kube-controller-manager")
KUBELET = Options(field_manager="kubelet")
SCHEDULER = Options(field_manager="kube-scheduler")


@dataclass
class World:
    """One for each cluster, shared by its controllers."""

    registry: Registry
    pace: float = 1.0
    """What durations of the cluster's own are multiplied by: pulls, starts, back-off, grace; not cron or TTLs."""
    exits: dict[tuple[str, str], int] = field(default_factory=dict)
    """The codes with which containers ended that somebody talked to, by the pod's uid and their name."""
    horizon: float = field(default=0.0)
    """Events before this time are not written: the API server would have dropped them by now."""

    seed: int = 0
    """What usage follows from, besides names and time."""

    @property
    def random(self) -> Random:
        return self.registry.random

    def report(self, kind: str, obj: Object, write: Callable[[Object], None]) -> None:
        """Let `write` bring the status of an object up to date, and store it where that changed anything."""
        write(obj)
        self.registry.report(kind, obj, MANAGER)

    def delete(self, kind: str, obj: Object, propagation: str | None = None) -> None:
        """Delete this very object, and none that has its name meanwhile."""
        meta = obj["metadata"]
        options = DeleteOptions(propagation=propagation, uid=meta["uid"])
        self.registry.delete(kind, meta.get("namespace", ""), meta["name"], options)

    def now(self) -> float:
        return self.registry.clock.now()

    def stamp(self) -> str:
        """Return the time now as objects carry it."""
        return timestamp(self.now())

    def after(self, seconds: float) -> float:
        """Return the time at which something is over that takes so long at pace 1."""
        return self.now() + seconds * self.pace
