"""How wide the columns of a table are, and which of them are on screen."""

from collections.abc import Callable, Collection, Sequence
from itertools import accumulate
from typing import NamedTuple

SETTLE = 3.0
"""Seconds for which a column must have had room to spare before it gives it up."""

SPARE = 2
"""Cells that are not worth moving the columns for."""

GAP = 2
"""Cells between two columns, at least."""

WIDEST_GAP = 4

GLIMPSE = 8
"""Cells that are worth to be filled with the beginning of a column."""


class Widths:
    """The cells that each column asks for: more at once, less only when it has settled, so that nothing jitters."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._peaks: list[int] = []
        self._since = 0.0
        self.wanted: list[int] = []
        self.is_settled = True
        """Whether no column has room to spare: it is as wide as it will be while the needs are the same."""

    def fit(self, needs: Sequence[int]) -> None:
        """Take note of the cells that each column needs for what is on screen now."""
        now = self._clock()
        if len(needs) != len(self.wanted):
            self.wanted, self._peaks, self._since = list(needs), list(needs), now
            self.is_settled = True
            return
        self._peaks = [max(pair) for pair in zip(self._peaks, needs, strict=True)]
        if now - self._since >= SETTLE:
            self.wanted = [
                peak if wanted - peak > SPARE else wanted for wanted, peak in zip(self.wanted, self._peaks, strict=True)
            ]
            self._peaks, self._since = list(needs), now
        self.wanted = [max(pair) for pair in zip(self.wanted, needs, strict=True)]
        self.is_settled = all(wanted - need <= SPARE for wanted, need in zip(self.wanted, needs, strict=True))


class Slot(NamedTuple):
    """One column on screen."""

    column: int
    x: int
    width: int


class Layout(NamedTuple):
    """The columns on screen, from left to right."""

    slots: tuple[Slot, ...] = ()
    gap: int = GAP
    skipped: int = 0
    """Columns that are scrolled out at the left, after the frozen ones."""
    hidden: int = 0
    """Columns for which there is no room at the right."""
    cut: bool = False
    """Something is narrower than it asked for, or hidden at the right."""

    def column_at(self, x: int) -> int | None:
        """Say which column is at this cell; the gap behind a column belongs to it."""
        return next((slot.column for slot in self.slots if slot.x <= x < slot.x + slot.width + self.gap), None)


def lay_out(wanted: Sequence[int], room: int, *, frozen: int, skip: int, sentences: Collection[int] = ()) -> Layout:
    """Place as many columns as there is room for; the first `frozen` stay when `skip` others are scrolled out.

    Where room is short, columns are cut to what is enough for them, the widest first and names last, or first once
    somebody scrolled to see the others; those for which there is no room even so stay outside at the right. No more is
    skipped than it takes to see the last column whole. Columns of `sentences` need more room than names do.
    """
    frozen = min(frozen, len(wanted))
    for skipped in range(max(0, min(skip, len(wanted) - frozen - 1)) + 1):
        columns = [*range(frozen), *range(frozen + skipped, len(wanted))]
        layout = _place(columns, wanted, room, frozen, skipped, sentences)
        if layout.hidden:  # the mark that says so stands apart from the last heading
            layout = _place(columns, wanted, room - 1, frozen, skipped, sentences)
        if not layout.cut:
            break
    return layout


def _place(
    columns: Sequence[int], wanted: Sequence[int], room: int, frozen: int, skipped: int, sentences: Collection[int]
) -> Layout:
    full = [wanted[column] for column in columns]
    enough = [min(wanted[column], _enough(column, frozen, room, sentences)) for column in columns]
    ends = accumulate(width + GAP for width in enough)
    fitting = max(1, sum(end - GAP <= room for end in ends))
    widths = [min(width, max(0, room)) for width in full[:fitting]]
    left = room - sum(widths) - GAP * len(widths)
    if left >= GLIMPSE and fitting < len(full):
        widths.append(min(left, full[fitting]))
    spare = room - sum(widths) - GAP * (len(widths) - 1)
    positions, name = range(len(widths)), max(0, frozen - 1)
    namely = positions[:name], positions[name:frozen]
    others = [position for position in positions[frozen:] if columns[position] not in sentences]
    said = [position for position in positions[frozen:] if columns[position] in sentences]
    for yielding in (*namely, others, said) if skipped else (others, *namely, said):
        spare += _squeeze(widths, enough, yielding, -spare)
    cut = widths != full
    gap = GAP if cut else min(WIDEST_GAP, GAP + spare // max(1, len(widths) - 1))
    starts = accumulate((width + gap for width in widths), initial=0)
    slots = tuple(map(Slot, columns, starts, widths))
    return Layout(slots, gap, skipped, hidden=len(columns) - len(slots), cut=cut)


def _enough(column: int, frozen: int, room: int, sentences: Collection[int]) -> int:
    """Return the cells that say enough of a column: names (the last frozen) need most, what is before them least.

    Where there is a sentence to read, the name is the lesser part.
    """
    if column in sentences:
        return max(20, room // 4)
    if column == frozen - 1:
        return max(20, room // (6 if sentences else 3))
    return max(10, room // 8) if column < frozen else max(16, room // 6)


def _squeeze(widths: list[int], enough: Sequence[int], positions: Sequence[int], over: int) -> int:
    """Take up to `over` cells from these columns, from the widest and level by level; return how many were taken."""
    left = over
    while left > 0 and (yielding := [position for position in positions if widths[position] > enough[position]]):
        widest = max(widths[position] for position in yielding)
        highest = [position for position in yielding if widths[position] == widest]
        level = max((widths[position] for position in yielding if widths[position] < widest), default=0)
        step = max(1, min(widest - level, left // len(highest)))
        for position in highest:
            taken = min(step, left, widths[position] - enough[position])
            widths[position] -= taken
            left -= taken
    return over - left if over > 0 else 0
