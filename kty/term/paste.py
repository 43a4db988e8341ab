"""Take pastes out of a stream of typed text, and keep each to a size that does not stall everybody else."""

from collections.abc import Iterator
from typing import NamedTuple

START = "\x1b[200~"
END = "\x1b[201~"
LIMIT = 1 << 20
"""Characters of one paste that are taken: more than the API server takes of most objects."""


class Paste(NamedTuple):
    """What was pasted in one go."""

    text: str
    """Without escapes and NULs: no key, and nothing that a terminal obeys, is to come out of it."""
    is_cut: bool
    """Whether there was more than is taken."""


class Pastes:
    """Tells bracketed pastes from keys, however the stream is cut.

    Textual's own parser reads them character by character: 100,000 hold the loop for 175 ms.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._body: list[str] = []
        self._size = 0
        self._is_cut = False
        self._inside = False
        self._tail = ""
        """What may begin a bracket; it is held back until more is there."""

    def __call__(self, text: str) -> Iterator[str | Paste]:
        """Yield what was typed, and what was pasted once all of it is there."""
        while text:
            if self._inside:
                text, paste = self._inner(text)
                if paste is not None:
                    yield paste
            else:
                passed, text = self._outer(text)
                if passed:
                    yield passed

    @property
    def held(self) -> str:
        """What is held back of what was typed. An escape is, too: ask for it back when it seems to be one."""
        return "" if self._inside else self._tail

    def give_back(self) -> str:
        """Return what is held back of what was typed: it begins no paste."""
        held = self.held
        if held:
            self._tail = ""
        return held

    def _outer(self, text: str) -> tuple[str, str]:
        """Return what is typed, and what follows the bracket that opens a paste."""
        seen = self._tail + text
        at = seen.find(START)
        if at < 0:
            held = _begun(seen, START)
            self._tail = seen[len(seen) - held :]
            return seen[: len(seen) - held], ""
        self._inside, self._tail = True, ""
        return seen[:at], seen[at + len(START) :]

    def _inner(self, text: str) -> tuple[str, Paste | None]:
        seen = self._tail + text
        at = seen.find(END)
        if at < 0:
            held = _begun(seen, END)
            self._tail = seen[len(seen) - held :]
            self._take(seen[: len(seen) - held])
            return "", None
        self._take(seen[:at])
        body = "".join(self._body).replace("\x1b", "").replace("\x00", "")
        paste = Paste(body, self._is_cut)
        self._body.clear()
        self._size, self._is_cut, self._inside, self._tail = 0, False, False, ""
        return seen[at + len(END) :], paste

    def _take(self, piece: str) -> None:
        room = self._limit - self._size
        self._is_cut |= len(piece) > room
        if piece := piece[:room]:
            self._body.append(piece)
            self._size += len(piece)


def _begun(text: str, bracket: str) -> int:
    """Return how many characters at the end of a text may begin a bracket."""
    return next(size for size in range(len(bracket) - 1, -1, -1) if text.endswith(bracket[:size]))
