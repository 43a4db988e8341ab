"""Strips that were painted already, and where the mark of the position stands beside them."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from textual.strip import Strip

Key = TypeVar("Key", bound=Hashable)

MOST = 256
"""Strips of one frame: more than lines are on most screens."""


class Strips(Generic[Key]):
    """What this frame and the one before it show, by what they look like: what looks the same is painted once.

    A frame that is mended again and again, and never begun anew, counts as another one now and then.
    """

    def __init__(self) -> None:
        self._strips: dict[Key, Strip] = {}
        self._before: dict[Key, Strip] = {}

    def turn(self) -> None:
        """Begin another frame: what the last one did not show is forgotten."""
        self._before, self._strips = self._strips, {}

    def kept(self, key: Key, paint: Callable[[], Strip]) -> Strip:
        """Return the strip of this look; the last frame's, where it was there."""
        if (strip := self._strips.get(key)) is None:
            if len(self._strips) >= MOST:
                self.turn()
            strip = self._strips[key] = self._before.get(key) or paint()
        return strip


def thumb(top: int, rows: int, total: int) -> range:
    """Return the rows beside which the position mark stands; none where all lines are on screen."""
    if total <= rows:
        return range(0)
    length = max(1, rows * rows // total)
    first = top * (rows - length) // (total - rows)
    return range(first, first + length)
