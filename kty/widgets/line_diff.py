"""Where the lines of a text went when it changed."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

MOST = 4000
"""Lines, of both texts together, between the first and the last difference, that are compared one by one."""


class _Block(NamedTuple):
    """Old lines from `old` on became new lines from `new` on, up to the next block."""

    old: int
    new: int
    new_end: int
    same: bool


class LineDiff:
    """What became of each old line, and which of the new ones were not there before."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.changed: set[int] = set()
        """New lines that are not among the old ones."""
        self._last = len(new) - 1
        self._old_end = len(old)
        shorter = min(len(old), len(new))
        start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
        tail = next((at for at in range(shorter - start) if old[-1 - at] != new[-1 - at]), shorter - start)
        self._blocks = [_Block(0, 0, start, same=True)]
        self._compare(old[start : len(old) - tail], new[start : len(new) - tail], start)
        self._blocks.append(_Block(len(old) - tail, len(new) - tail, len(new), same=True))

    def _compare(self, old: Sequence[str], new: Sequence[str], start: int) -> None:
        if len(old) + len(new) > MOST:
            codes = [("replace", 0, len(old), 0, len(new))]
        else:
            codes = list(SequenceMatcher(None, old, new).get_opcodes())
        for what, first, _, new_first, new_end in codes:
            same = what == "equal"
            self._blocks.append(_Block(start + first, start + new_first, start + new_end, same))
            if not same:
                self.changed.update(range(start + new_first, start + new_end))

    def differences(self) -> Iterator[tuple[range, range]]:
        """Yield the old lines that went, and the new lines that came in their place, from the top down."""
        for block, after in pairwise([*self._blocks, _Block(self._old_end, self._last + 1, 0, same=True)]):
            if not block.same:
                yield range(block.old, after.old), range(block.new, block.new_end)

    def stays(self, line: int) -> int | None:
        """Return where the old line is now; None where it is not the same any more."""
        block = self._block(line)
        return block.new + line - block.old if block.same else None

    def follow(self, line: int) -> int:
        """Return where the old line is now, or what stands in its place."""
        block = self._block(line)
        place = block.new + line - block.old
        return min(place if block.same else max(block.new, min(place, block.new_end - 1)), self._last)

    def _block(self, line: int) -> _Block:
        return self._blocks[bisect_right(self._blocks, line, key=lambda block: block.old) - 1]


class Hunk(NamedTuple):
    """Differences that are close to each other, with the lines around them."""

    line: int
    """The first line of the new text that differs, or stands where old ones went."""
    lines: list[tuple[str, str]]
    """Each line with what it is: `-` went, `+` came, and a blank for what stayed."""


def hunks(old: Sequence[str], new: Sequence[str], *, context: int = 3) -> Iterator[Hunk]:
    """Yield how one text became the other, with so many lines around each difference."""
    near: list[tuple[range, range]] = []
    for difference in LineDiff(old, new).differences():
        if near and difference[1].start - near[-1][1].stop > 2 * context:
            yield _hunk(old, new, near, context)
            near = []
        near.append(difference)
    if near:
        yield _hunk(old, new, near, context)


def _hunk(old: Sequence[str], new: Sequence[str], near: Sequence[tuple[range, range]], context: int) -> Hunk:
    at = max(0, near[0][1].start - context)
    lines: list[tuple[str, str]] = []
    for went, came in near:
        lines += [(" ", line) for line in new[at : came.start]]
        lines += [("-", old[line]) for line in went]
        lines += [("+", new[line]) for line in came]
        at = came.stop
    lines += [(" ", line) for line in new[at : at + context]]
    return Hunk(near[0][1].start, lines)
