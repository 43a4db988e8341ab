"""How well a few typed letters fit a name."""

import re
from functools import lru_cache
from typing import NamedTuple

EXACT, PREFIX, WORD, INSIDE, SCATTERED = range(5)

_words = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+").finditer


class Fit(NamedTuple):
    """Compares: the smaller one is the better fit."""

    kind: int
    """EXACT; PREFIX; WORD: from the start of a word in the name, or its initials; INSIDE; SCATTERED in this order."""
    rest: int
    """Within one kind: how much of the name was not typed, or came before or between what was."""


@lru_cache(maxsize=1 << 14)
def _parts(name: str) -> tuple[str, frozenset[int], str]:
    """Return the name in lower case, where its words start, and their initials: `PodMonitor`, `kube-system`."""
    lower = name.lower()
    starts = [word.start() for word in _words(name)]
    return lower, frozenset(starts), "".join([lower[start] for start in starts])


def fit(typed: str, name: str, *, scattered: bool = True) -> Fit | None:
    """Return how well the letters fit the name, in any case; None where they do not.

    Scattered letters fit where the first of them starts a word: `kbs` fits `kube-system`, `bs` does not. Nothing typed
    fits every name alike.
    """
    if not typed:
        return Fit(PREFIX, 0)
    typed = typed.lower()
    lower, starts, initials = _parts(name)
    at = lower.find(typed)
    if at == 0:
        rest = len(lower) - len(typed)
        return Fit(PREFIX if rest else EXACT, rest)
    first = at
    while at > 0:
        if at in starts:
            return Fit(WORD, at)
        at = lower.find(typed, at + 1)
    if typed in initials:
        return Fit(WORD, len(lower))
    if first > 0:
        return Fit(INSIDE, first)
    return _scattered(typed, lower, starts) if scattered else None


def _scattered(typed: str, lower: str, starts: frozenset[int]) -> Fit | None:
    best: Fit | None = None
    for start in starts:
        if lower[start] != typed[0]:
            continue
        at = start
        for letter in typed[1:]:
            at = lower.find(letter, at + 1)
            if at < 0:
                break
        else:
            found = Fit(SCATTERED, at - start + 1 - len(typed))
            best = found if best is None else min(best, found)
    return best
