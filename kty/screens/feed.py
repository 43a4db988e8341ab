"""The stores behind one screen, and one quiet voice for all their changes."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Protocol, TypeAlias
from weakref import WeakValueDictionary

from kty.runtime.store import Status, Store

FRAME = 0.05
"""Seconds between two paintings that data asks for: the first change shows at once, then at most 20 times a second."""
SYNCING = 0.2
"""The same while a first list comes in: to paint it more often would only make it late."""
TOGETHER = 8
"""Of those who look at the same, how many are told in one turn of the loop."""

Tell: TypeAlias = Callable[[], object]


class Renewable(Protocol):
    """What a feed asks of the leases behind its stores."""

    def release(self) -> None: ...
    def renew(self) -> None: ...


class _Pulse:
    """When everybody who looks at the same stores hears of their changes: together, so that each is looked at once."""

    def __init__(self, stores: tuple[Store, ...], watched: tuple[Store, ...]) -> None:
        self.watched = watched
        self._of = stores, watched
        self._loop = asyncio.get_running_loop()
        self._hear: dict[Tell, None] = {}
        self._waiting: dict[Tell, None] = {}
        """Who is still to be told of the last changes."""
        self._due: asyncio.TimerHandle | None = None
        self._last = -SYNCING
        self._stops = [store.on_change(self._changed) for store in {*stores, *watched}]

    def add(self, hear: Tell) -> None:
        self._hear[hear] = None

    def remove(self, hear: Tell) -> None:
        """Tell this one no longer; who was the last one has it all end."""
        self._hear.pop(hear, None)
        self._waiting.pop(hear, None)
        if not self._hear:
            _pulses.pop(self._of, None)
            for stop in self._stops:
                stop()
            if self._due is not None:
                self._due.cancel()

    def _changed(self) -> None:
        if self._due is None:
            is_complete = all(store.status.is_complete for store in self.watched)
            wait = max(0.0, self._last + (FRAME if is_complete else SYNCING) - self._loop.time())
            self._due = self._loop.call_later(wait, self._speak)

    def _speak(self) -> None:
        self._due = None
        self._last = self._loop.time()
        is_busy = bool(self._waiting)
        self._waiting.update(self._hear)
        if not is_busy:
            self._tell_some()

    def _tell_some(self) -> None:
        """Tell a few at a time: what they paint of it must not hold up everybody's keys."""
        for hear in tuple(islice(self._waiting, TOGETHER)):
            del self._waiting[hear]
            self._loop.call_soon(hear)
        if self._waiting:
            self._loop.call_soon(self._tell_some)


_pulses: WeakValueDictionary[tuple[tuple[Store, ...], tuple[Store, ...]], _Pulse] = WeakValueDictionary()
"""Those that a feed listens to."""


class Feed:
    """Listens to stores and calls `tell` at most once a frame, until it is closed.

    `tell` is called in the context of whoever changed the store, so it may post a message and nothing else.
    """

    def __init__(
        self,
        stores: Sequence[Store],
        tell: Callable[[], object],
        *,
        watched: Sequence[Store] | None = None,
        leases: Sequence[Renewable] = (),
    ) -> None:
        """`watched` are the stores whose status counts, where `stores` are only derived from them."""
        self.stores = tuple(stores)
        self._leases = leases
        self._tell = tell
        self.is_worth_telling: Callable[[], bool] = lambda: True
        """Asked before `tell`, and in the same context: whether anything is to be painted."""
        of = self.stores, self.stores if watched is None else tuple(watched)
        self._pulse = _pulses.get(of) or _pulses.setdefault(of, _Pulse(*of))
        self._is_open = True
        self._pulse.add(self._hear)

    @property
    def statuses(self) -> tuple[Status, ...]:
        return tuple([store.status for store in self._pulse.watched])

    @property
    def is_complete(self) -> bool:
        """Whether all that there is has been seen once."""
        return all(store.status.is_complete for store in self._pulse.watched)

    def _hear(self) -> None:
        if self._is_open and self.is_worth_telling():
            self._tell()

    def renew(self) -> None:
        """List and watch anew."""
        for lease in self._leases:
            lease.renew()

    def close(self) -> None:
        """Listen no longer, and let the watches end when nobody else needs them."""
        self._is_open = False
        self._pulse.remove(self._hear)
        for lease in self._leases:
            lease.release()
