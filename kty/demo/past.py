"""Live through the past: a cluster's clock is set back, and goes forward to the present in jumps."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from kty.demo.life.engine import Life
from kty.demo.registry import Registry


class Past:
    """A Clock that stands still until it is told where to go."""

    def __init__(self, registry: Registry, life: Life) -> None:
        self._registry = registry
        self._life = life
        self._now = self.present = registry.clock.now()

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def random(self) -> float:
        return 0.5

    async def sleep(self, seconds: float) -> None:
        raise RuntimeError("nobody waits in the past")

    def go(self, ago: float) -> None:
        """Be so many seconds before the present, forward or back, without anybody having acted."""
        self._now = self.present - ago

    def act(self) -> None:
        """Let the cluster do whatever is to be done by now; what was due meanwhile is done late."""
        self._life.settle()

    def until(self, ago: float) -> None:
        """Go on to so many seconds before the present, stopping whenever something is due."""
        end = self.present - ago
        self._life.settle()
        while (due := self._life.next_due()) is not None and due <= end:
            self._now = max(due, self._now)
            self._life.settle()
        self._now = end
        self._life.settle()


@contextmanager
def past(registry: Registry, life: Life) -> Iterator[Past]:
    """Let the cluster live in the past, untracked; then set its clock to the present again."""
    present, track, world = registry.clock, registry.track, life.world
    pace, horizon = world.pace, world.horizon
    then = Past(registry, life)
    registry.clock, registry.track = then, None
    collects = gc.isenabled()
    gc.disable()  # all that comes to be here stays: looking for garbage again and again costs a tenth
    try:
        yield then
    finally:
        if collects:
            gc.enable()
        registry.clock, registry.track = present, track
        world.pace, world.horizon = pace, horizon
