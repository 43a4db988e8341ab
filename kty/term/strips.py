"""Lines as they go to the terminal."""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual.strip import Strip


class _NothingKept:
    """A cache without anything in it."""

    def get(self, key: object, default: None = None) -> None:
        return default

    def __setitem__(self, key: object, value: object) -> None:
        pass


_NOTHING_KEPT = _NothingKept()


class LineStrip(Strip):
    """A line as wide as its widget, that is painted again and again and seldom cut.

    Textual's own has seven caches, each two objects to make and for collections of garbage to look at; and it keeps
    itself as the only part of itself, so that only a collection of garbage frees it.
    """

    def __init__(self, segments: Iterable[Segment], cell_length: int) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = _NOTHING_KEPT  # type: ignore[assignment] # all that is asked of them
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NOTHING_KEPT  # type: ignore[assignment]
        self._render_cache = self._link_ids = self._cell_count = None

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        cuts = list(cuts)
        return [self] if cuts == [self.cell_length] else super().divide(cuts)
