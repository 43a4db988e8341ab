"""What changed a moment ago."""

from collections.abc import Callable, Hashable, Iterable

FLASH = 1.5
"""Seconds for which something that changed is marked."""


class Flashes:
    """Keys that are marked for a moment, the first to end first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends: dict[Hashable, float] = {}

    def __bool__(self) -> bool:
        return bool(self._ends)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._ends

    def add(self, keys: Iterable[Hashable]) -> None:
        """Mark these from now on; one that is marked already is marked anew."""
        end = self._clock() + FLASH
        for key in keys:
            self._ends.pop(key, None)
            self._ends[key] = end

    def left(self, keys: Iterable[Hashable]) -> float | None:
        """Return the seconds until the first of these ends; None where none of them is marked."""
        ends = [self._ends[key] for key in keys if key in self._ends] if self._ends else []
        return max(0.0, min(ends) - self._clock()) if ends else None

    def expire(self) -> float | None:
        """Forget those that ended; return the seconds until the next one ends, None where none is left."""
        now = self._clock()
        while self._ends:
            key, end = next(iter(self._ends.items()))
            if end > now:
                return end - now
            del self._ends[key]
        return None
