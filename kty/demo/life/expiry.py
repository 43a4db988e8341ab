"""Events that nobody wrote to for an hour go, as the API server lets them."""

from collections.abc import Iterable

from kty.demo.life.events import TTL
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import World
from kty.kube.objects import Object, epoch


class EventExpiry:
    """Keys are events."""

    kinds = ("events",)

    def __init__(self, world: World) -> None:
        self._world = world

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return () if seen.is_gone else (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        event = self._world.registry.find("events", *key)
        if event is None:
            return None
        due = _last_written(event) + TTL
        if due > self._world.now():
            return due
        self._world.registry.delete("events", *key)
        return None


def _last_written(event: Object) -> float:
    times = (
        event["metadata"].get("creationTimestamp"),
        event.get("lastTimestamp"),
        event.get("eventTime"),
        (event.get("series") or {}).get("lastObservedTime"),
    )
    return max(epoch(time) or 0.0 for time in times)
