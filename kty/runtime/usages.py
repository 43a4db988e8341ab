"""What pods and nodes use right now and used a while ago: listed every 15 s, but only while somebody looks."""

import asyncio
import logging
from array import array
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from kty.errors import Forbidden, KtyError, NotFound, StatusError
from kty.kube.connection import Connection
from kty.kube.objects import Key
from kty.kube.usage import Usage, read_usages
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.lease import Leased
from kty.runtime.listeners import Listeners
from kty.runtime.paging import Breath
from kty.runtime.slumber import rest

log = logging.getLogger(__name__)

EVERY = 15.0
"""Seconds between two lists."""
PATIENCE = 15.0
"""Seconds after which no answer is a failure."""
LATE = 3.0
"""Seconds of waiting for an answer that are worth telling, and after which what is known counts as old."""
REFUSED = 60.0
"""Seconds until what is forbidden or missing is asked for again."""
SAMPLES = 60
"""How many samples of each object are kept."""
KEPT = 300.0
"""Seconds that samples are kept after the last one left; nothing is asked meanwhile."""
_LEFT = 8
"""Lists after which the samples of what is no longer in them are dropped."""

Measure: TypeAlias = Literal["cpu", "memory"]
"""Cores, or bytes."""


class Polled(Struct, frozen=True):
    """How it went, with times on the clock's `monotonic`."""

    answered: float | None = None
    """When the last good answer came."""
    asked: float | None = None
    """Since when an answer is awaited; None while none is."""
    error: KtyError | None = None
    """Why the last answer was none."""
    retry_at: float | None = None

    @property
    def is_missing(self) -> bool:
        """Whether the server says that it has no such kind."""
        return isinstance(self.error, NotFound)

    def is_old(self, now: float) -> bool:
        """Whether what is known is older than it should be."""
        return self.error is not None or self.answered is None or now - self.answered > EVERY + LATE


@dataclass(slots=True, eq=False)
class _Track:
    """The samples of one object, the oldest first: for each the cores of all parts, then their bytes."""

    key: Key
    parts: tuple[str, ...]
    samples: "array[float]"
    at: float
    seen: int
    """The number of the list that had it last."""

    def add(self, usage: Usage, number: int) -> None:
        samples, width = self.samples, 2 * len(self.parts)
        if self.seen < number - 1:
            samples.fromlist([float("nan")] * width)
        if usage.at != self.at or not usage.at:
            samples.fromlist([*usage.cpu, *usage.memory])
        if len(samples) > (SAMPLES + 16) * width:
            del samples[: len(samples) - SAMPLES * width]
        self.at, self.seen = usage.at, number


class Usages:
    """Written by one poll, read by any number of screens."""

    def __init__(self) -> None:
        self.latest: Mapping[Key, Usage] = {}
        """What the last good answer said. To read only, and anew each time."""
        self.polled = Polled()
        self.revision = 0
        """Grows with every good answer."""
        self._tracks: dict[Key, _Track] = {}
        self._lists = 0
        self._listeners = Listeners()

    def on_change(self, tell: Callable[[], object]) -> Callable[[], None]:
        """Call `tell` after every answer, and when one is asked for; call the returned function to stop."""
        return self._listeners.add(tell)

    @property
    def readers(self) -> int:
        """How many are told."""
        return len(self._listeners)

    def samples(self, key: Key, measure: Measure, part: str | None = None) -> Sequence[float]:
        """Return the last samples of an object, or of a part of it, the oldest first; NaN where some are missing."""
        track = self._tracks.get(key)
        if track is None or (part is not None and part not in track.parts):
            return ()
        number = len(track.parts)
        first = 0 if measure == "cpu" else number
        chosen = range(first, first + number) if part is None else [first + track.parts.index(part)]
        width, samples = 2 * number, track.samples[-2 * number * SAMPLES :]
        return [sum([samples[at + each] for each in chosen]) for at in range(0, len(samples), width)]

    async def take(self, body: bytes, now: float) -> None:
        """Take in an answer; readers see all of it at once. Raises NotKubernetes."""
        breath = Breath()
        found: dict[Key, Usage] = {}
        for read, usage in read_usages(body):
            key = read if (track := self._tracks.get(read)) is None else track.key  # no second one for ever so many
            found[key] = usage
            if len(found) % 64 == 0 and breath.is_due():
                await breath.take()
        self._lists += 1
        for number, (key, usage) in enumerate(found.items(), 1):
            self._keep(key, usage)
            if number % 64 == 0 and breath.is_due():
                await breath.take()
        for key in [key for key, track in self._tracks.items() if track.seen < self._lists - _LEFT]:
            del self._tracks[key]
        self.latest = found
        self.revision += 1
        self.say(Polled(answered=now))

    def _keep(self, key: Key, usage: Usage) -> None:
        track = self._tracks.get(key)
        if track is None or track.parts != usage.parts:
            track = self._tracks[key] = _Track(key, usage.parts, array("f"), -1.0, self._lists)
        track.add(usage, self._lists)

    def miss(self) -> None:
        """Note that there are no samples of this time."""
        self._lists += 1

    def say(self, polled: Polled) -> None:
        """Tell how it goes from now on."""
        self.polled = polled
        self._listeners.tell()


async def poll(source: Connection, path: str, usages: Usages, *, wait: float = 0.0, clock: Clock = SYSTEM) -> None:
    """List what is at `path` into `usages`, for ever, the first time after `wait` seconds. Faults are told there."""
    await rest(clock, wait)
    while True:
        asked = clock.monotonic()
        before = usages.polled
        usages.say(Polled(before.answered, asked, before.error))
        try:
            body = await source.request("GET", path, headers={"Accept": "application/json"}, timeout=PATIENCE)
            await usages.take(body, clock.monotonic())
        except KtyError as error:
            fault = error
        except Exception as error:  # a fault of kty's own: said, and begun anew
            log.exception("listing %s failed", path)
            fault = KtyError(f"kty failed ({type(error).__name__}: {error})", hint="please report it")
        else:
            await rest(clock, EVERY)
            continue
        delay = _delay(fault)
        log.warning("%s: %s; next try in %.0f s", path, fault, delay)
        usages.miss()
        usages.say(Polled(before.answered, None, fault, clock.monotonic() + delay))
        await rest(clock, delay)


def _delay(error: KtyError) -> float:
    if isinstance(error, Forbidden | NotFound):
        return REFUSED
    asked = error.retry_after if isinstance(error, StatusError) else None
    return max(EVERY, min(asked or 0.0, REFUSED))


class UsageLease(Leased):
    """The right to look at usages that others may look at too."""

    def __init__(self, usages: Usages, leave: Callable[[], None], renew: Callable[[], None]) -> None:
        super().__init__(leave, renew)
        self.usages = usages


class _Shelf:
    """Usages with the poll that fills them while somebody looks."""

    def __init__(self, ask: Callable[[Usages, float], "asyncio.Task[None]"], clock: Clock) -> None:
        """`ask` starts a poll that asks for the first time after so many seconds."""
        self.usages = Usages()
        self._ask = ask
        self._clock = clock
        self.users = 0
        self.poll: asyncio.Task[None] | None = None
        self.ending: asyncio.Task[None] | None = None

    def enter(self) -> None:
        """Begin, where nobody looked: not at once after an answer that is young, so that nobody asks more often."""
        if self.poll is None:
            polled, now = self.usages.polled, self._clock.monotonic()
            answered = None if polled.is_old(now) else polled.answered
            self.begin(0.0 if answered is None else max(0.0, answered + EVERY - now))

    def begin(self, wait: float = 0.0) -> None:
        self.end()
        self.poll = self._ask(self.usages, wait)

    def end(self) -> None:
        for task in (self.poll, self.ending):
            if task is not None:
                task.cancel()
        self.poll = self.ending = None
        self.usages.polled = replace(self.usages.polled, asked=None)


class SharedUsages:
    """One poll for everybody who may see the same, and none while nobody looks."""

    def __init__(
        self, spawn: "Callable[[Coroutine[Any, Any, None], str], asyncio.Task[None]]", clock: Clock = SYSTEM
    ) -> None:
        """`spawn` starts a task with a name, and ends it when all is closed."""
        self._spawn = spawn
        self._clock = clock
        self._shelves: dict[tuple[str, str], _Shelf] = {}

    def lease(self, source: Connection, identity: str, path: str) -> UsageLease:
        """Return the usages that this path lists to this identity; release the lease when done."""
        subject = identity, path
        shelf = self._shelves.get(subject)
        if shelf is None:

            def ask(usages: Usages, wait: float) -> "asyncio.Task[None]":
                return self._spawn(poll(source, path, usages, wait=wait, clock=self._clock), f"poll {path}")

            shelf = self._shelves[subject] = _Shelf(ask, self._clock)
        shelf.users += 1
        shelf.enter()

        def leave() -> None:
            shelf.users -= 1
            if shelf.users == 0 and self._shelves.get(subject) is shelf:
                shelf.end()
                shelf.usages.miss()
                shelf.ending = self._spawn(self._forget(subject), f"forget {path}")

        def renew() -> None:
            if self._shelves.get(subject) is shelf:
                shelf.begin()

        return UsageLease(shelf.usages, leave, renew)

    async def _forget(self, subject: tuple[str, str]) -> None:
        await self._clock.sleep(KEPT)
        del self._shelves[subject]

    def clear(self) -> None:
        """Forget everything; the tasks are ended by whoever spawned them."""
        self._shelves.clear()
