"""Wakes the controllers. Nothing here looks at all objects: what changed names the keys, and those are looked at."""

import asyncio
import logging
from collections import Counter
from time import perf_counter

from kty.demo.journal import Change
from kty.demo.life.controller import EVERY_KIND, Controller
from kty.demo.life.controllers import controllers
from kty.demo.life.kubelet import Kubelet
from kty.demo.life.nodebook import NodeBook
from kty.demo.life.occupancy import Occupancy
from kty.demo.life.seen import Seen
from kty.demo.life.work import Work, WorkQueue
from kty.demo.life.world import World
from kty.demo.registry import Registry
from kty.demo.statuses import ApiError
from kty.kube.objects import Object

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # a terminal that somebody looks at is no place for it

SLICE = 0.01
"""Seconds of work after which requests get their turn."""
HASTE = 100
"""Looks at one key within a moment that show two parties at odds; then it is looked at once in each moment."""
MOMENT = 1.0
RETRIES = (0.1, 1.0, 5.0, 30.0, 120.0)
"""Seconds until a key that could not be made as it should be is looked at again, the more failures the later."""


class Life:
    """Keys are looked at in a fixed order: same start, seed and clock, same cluster."""

    def __init__(self, registry: Registry, *, pace: float = 1.0) -> None:
        self.world = World(registry, pace, seed=registry.random.getrandbits(32))
        self.occupancy = Occupancy(self.world)
        self._controllers: list[Controller] = list(controllers(self.world, NodeBook(self.world), self.occupancy))
        self._hearing: dict[str, list[tuple[int, Controller]]] = {}
        """Who hears of a kind."""
        self._queue = WorkQueue()
        self._acting: Work | None = None
        self._failures: Counter[Work] = Counter()
        self._looks: Counter[Work] = Counter()
        self._moment = 0.0
        self._woken = asyncio.Event()
        for known in registry.kinds:
            for held in registry.store.held(known.id):
                self._heard(Change("ADDED", known.id, held, None))
        registry.on_change(self._heard)

    def settle(self) -> None:
        """Let every controller act until nothing changes now."""
        while self._step():
            pass

    def exited(self, pod: Object, container: str, code: int) -> None:
        """Hear that a container's first process ended because somebody talked to it."""
        meta = pod["metadata"]
        self.world.exits[meta["uid"], container] = code
        for number, controller in enumerate(self._controllers):
            if isinstance(controller, Kubelet):
                self._queue.add((number, (meta["namespace"], meta["name"])))
        self._woken.set()

    def next_due(self) -> float | None:
        """Return when the next timer is due, in `clock.now()` seconds; None when nothing will happen by itself."""
        return self._queue.next_due()

    async def run(self) -> None:
        """Go on for ever: act on changes as they come, and when timers are due."""
        while True:
            self._woken.clear()
            await self._settle_between_requests()
            await self._rest()

    async def _settle_between_requests(self) -> None:
        started = perf_counter()
        while self._step():
            if perf_counter() - started > SLICE:
                await asyncio.sleep(0)
                started = perf_counter()

    async def _rest(self) -> None:
        due, clock = self._queue.next_due(), self.world.registry.clock
        waits: set[asyncio.Task[object]] = {asyncio.create_task(self._woken.wait())}
        if due is not None:
            waits.add(asyncio.create_task(clock.sleep(max(due - clock.now(), 0.001))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.wait(waits)  # raises nothing of theirs, and lets through whoever cancels us meanwhile

    def _heard(self, change: Change) -> None:
        """Queue whom a change concerns, but for the one who is making it."""
        seen = Seen(change)
        hearing = self._hearing.get(change.kind)
        if hearing is None:
            kinds = {change.kind, EVERY_KIND}
            hearing = [each for each in enumerate(self._controllers) if not kinds.isdisjoint(each[1].kinds)]
            self._hearing[change.kind] = hearing
        for number, controller in hearing:
            for key in controller.concerned(seen):
                if (number, key) != self._acting:
                    self._queue.add((number, key))
        self._woken.set()

    def _step(self) -> bool:
        """Look at the next key; False when there is none now."""
        now = self.world.now()
        self._queue.ripen(now)
        work = self._queue.take()
        if work is None:
            return False
        if self._is_hasty(work, now):
            self._queue.at(self._moment + MOMENT, work)
            return True
        due = self._look(work)
        if due is not None:
            self._queue.at(max(due, now), work)
        return True

    def _is_hasty(self, work: Work, now: float) -> bool:
        if not self._moment <= now < self._moment + MOMENT:
            self._moment = now
            self._looks.clear()
        self._looks[work] += 1
        return self._looks[work] > HASTE

    def _look(self, work: Work) -> float | None:
        number, key = work
        self._acting = work
        try:
            due = self._controllers[number].reconcile(key)
        except ApiError as error:
            log.debug("%s of %s: %s", type(self._controllers[number]).__name__, key, error)
        except Exception:  # an odd object must not end all life
            log.exception("%s failed at %s", type(self._controllers[number]).__name__, key)
        else:
            self._failures.pop(work, None)
            return due
        finally:
            self._acting = None
        retry = RETRIES[min(self._failures[work], len(RETRIES) - 1)]
        self._failures[work] += 1
        return self.world.now() + retry
