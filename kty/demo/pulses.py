"""Who waits for the next change of a kind."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from kty.demo.journal import Change


class Pulses:
    """Hear a change once, wake all watches of its kind; they read the journal for themselves."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def of(self, kind: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set after every change of the kind, until it is cleared."""
        pulse = asyncio.Event()
        self._waiting[kind].add(pulse)
        try:
            yield pulse
        finally:
            self._waiting[kind].discard(pulse)

    def count(self, kind: str) -> int:
        """Return how many watch this kind now."""
        return len(self._waiting.get(kind, ()))

    def changed(self, change: Change) -> None:
        self.beat(change.kind)

    def beat(self, kind: str) -> None:
        for pulse in self._waiting.get(kind, ()):
            pulse.set()
