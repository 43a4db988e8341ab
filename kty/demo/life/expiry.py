"""Events that nobody wrote to for an hour go, as the API server lets them."""

from collections.abc import Iterable

from kty.demo.life.events import TTL
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import World


class EventExpiry:
    """Keys are events."""

    kinds = ("events",)

    def __init__(self, world: World) -> None:
        self._world = world
        self._ends: dict[Key, float] = {}

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.is_gone:
            self._ends.pop(seen.key, None)
            return ()
        self._ends[seen.key] = self._world.now() + TTL
        return (seen.key,) if seen.type == "ADDED" else ()

    def reconcile(self, key: Key) -> float | None:
        ends = self._ends.get(key)
        if ends is None or ends > self._world.now():
            return ends
        self._world.registry.delete("events", *key)
        return None
