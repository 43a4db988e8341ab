"""Collect the garbage of many people in one process: a little at a time while they are there, and what they leave."""

import asyncio
import gc
import itertools
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from kty.term.app import TerminalApp

EVERY = 10.0
"""Seconds between two looks at who left."""
OFTEN = 0.1
"""Seconds between two collections of what is young."""
CROWD = 10
"""People whose screens change so much that Python's own collections come late, and look at much at once."""
SHARE = 4
"""One that is left behind for so many that are in use is worth a collection, which holds up everybody: some 10 ms for
each of them.
"""


class Departures:
    """Knows the apps of a process, without keeping them.

    Widgets point at each other, so what old people leave behind is found by a collection of everything only.
    """

    def __init__(self, freed: Callable[[], object] = lambda: None) -> None:
        """`freed` is called after each collection."""
        self._freed = freed
        self._apps: WeakSet[TerminalApp[Any]] = WeakSet()
        self._left = 0
        """How many the last collection could not free: Textual's caches keep a few, whichever they are."""

    def add(self, app: TerminalApp[Any]) -> None:
        """Look after this one, too."""
        self._apps.add(app)

    @property
    def _here(self) -> int:
        return sum(not app.has_ended for app in self._apps)

    def sweep(self) -> bool:
        """Free those that ended, where there are enough of them; say whether there were."""
        ended = len(self._apps) - self._here
        new = ended - self._left
        if new <= 0 or new * SHARE < self._here:
            return False
        gc.collect()
        self._freed()
        self._left = len(self._apps) - self._here
        return True

    async def sweep_on(self) -> None:
        """Look now and then, for ever."""
        while True:
            await asyncio.sleep(EVERY)
            self.sweep()

    async def collect_on(self) -> None:
        """Collect what is young before it is much, while many are here, for ever.

        Python counts what was made less what was freed since, and a frame that replaces another one is no occasion.
        """
        for generation in itertools.cycle((0, 0, 1)):
            await asyncio.sleep(OFTEN)
            if self._here >= CROWD:
                gc.collect(generation)
