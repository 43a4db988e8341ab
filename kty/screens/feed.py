"""The stores behind one screen, and one quiet voice for all their changes."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from kty.runtime.store import Status, Store

FRAME = 0.05
"""Seconds between two paintings that data asks for: the first change shows at once, then at most 20 times a second."""
SYNCING = 0.2
"""The same while a first list comes in: to paint it more often would only make it late."""


class Renewable(Protocol):
    """What a feed asks of the leases behind its stores."""

    def release(self) -> None: ...
    def renew(self) -> None: ...


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
        self._watched = self.stores if watched is None else tuple(watched)
        self._leases = leases
        self._tell = tell
        self.is_worth_telling: Callable[[], bool] = lambda: True
        """Asked before `tell`, and in the same context: whether anything is to be painted."""
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._last = -SYNCING
        self._stops = [store.on_change(self._changed) for store in {*self.stores, *self._watched}]

    @property
    def statuses(self) -> tuple[Status, ...]:
        return tuple(store.status for store in self._watched)

    @property
    def is_complete(self) -> bool:
        """Whether all that there is has been seen once."""
        return all(store.status.is_complete for store in self._watched)

    def _changed(self) -> None:
        if self._due is None:
            wait = max(0.0, self._last + (FRAME if self.is_complete else SYNCING) - self._loop.time())
            self._due = self._loop.call_later(wait, self._speak)

    def _speak(self) -> None:
        self._due = None
        self._last = self._loop.time()
        if self.is_worth_telling():
            self._tell()

    def renew(self) -> None:
        """List and watch anew."""
        for lease in self._leases:
            lease.renew()

    def close(self) -> None:
        """Listen no longer, and let the watches end when nobody else needs them."""
        for stop in self._stops:
            stop()
        if self._due is not None:
            self._due.cancel()
        for lease in self._leases:
            lease.release()
