"""Fit text into a number of terminal cells."""

from typing import NamedTuple

from rich.cells import cell_len

ELLIPSIS = "…"


def size(text: str) -> int:
    """Return how many cells a printable text takes."""
    return len(text) if text.isascii() else cell_len(text)


class Fitted(NamedTuple):
    """A text that takes exactly the cells it was given."""

    text: str
    shift: int = 0
    """Characters of padding before the text."""
    cut: tuple[int, int] = (0, 0)
    """The characters of the original, first and after the last, whose place the ellipsis took."""

    def place(self, index: int) -> int:
        """Say where a character of the original stands now; one that was cut stands at the ellipsis."""
        first, end = self.cut
        if index < first or first == end:
            return self.shift + index
        return self.shift + (first if index < end else first + 1 + index - end)


def fit(text: str, room: int, *, right: bool = False, middle: bool = False) -> Fitted:
    """Pad or cut a text to `room` cells; `middle` keeps its end too, which is where generated names differ."""
    taken = size(text)
    if taken <= room:
        padding = " " * (room - taken)
        return Fitted(padding + text, len(padding)) if right else Fitted(text + padding)
    if room <= 0:
        return Fitted("", cut=(0, len(text)))
    tail = (room - 1) * 2 // 5 if middle else 0
    first = _head(text, room - 1 - tail)
    end = _tail(text, tail)
    shown = text[:first] + ELLIPSIS + text[end:]
    return Fitted(shown + " " * (room - size(shown)), cut=(first, end))


def _head(text: str, room: int) -> int:
    """Return how many characters from the left fit, marks that combine with the last one included."""
    if text.isascii():
        return room
    end = min(room, len(text))
    while end < len(text) and cell_len(text[: end + 1]) <= room:
        end += 1
    while cell_len(text[:end]) > room:
        end -= 1
    return end


def _tail(text: str, room: int) -> int:
    """Return the first character from which the rest fits; it is none that would combine with what stands before."""
    if text.isascii():
        return len(text) - room
    start = len(text)
    while start and cell_len(text[start - 1 :]) <= room:
        start -= 1
    while start < len(text) and not cell_len(text[start]):
        start += 1
    return start
