"""Free what people leave behind: widgets point at each other, and what old people leave no short collection finds."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from kty.term.app import TerminalApp

EVERY = 10.0
"""Seconds between two looks."""
SHARE = 4
"""One that is left behind for so many that are in use is worth a collection, which holds up everybody: some 10 ms for
each of them.
"""


class Departures:
    """Knows the apps of a process, without keeping them."""

    def __init__(self, freed: Callable[[], object] = lambda: None) -> None:
        """`freed` is called after each collection."""
        self._freed = freed
        self._apps: WeakSet[TerminalApp[Any]] = WeakSet()
        self._left = 0
        """How many the last collection could not free: Textual's caches keep a few, whichever they are."""

    def add(self, app: TerminalApp[Any]) -> None:
        """Look after this one, too."""
        self._apps.add(app)

    def sweep(self) -> bool:
        """Free those that ended, where there are enough of them; say whether there were."""
        ended = sum(app.has_ended for app in self._apps)
        new = ended - self._left
        if new <= 0 or new * SHARE < len(self._apps) - ended:
            return False
        gc.collect()
        self._freed()
        self._left = sum(app.has_ended for app in self._apps)
        return True

    async def sweep_on(self) -> None:
        """Look now and then, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            self.sweep()
