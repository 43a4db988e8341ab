"""Find a text in lines, and step from match to match."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

MOST = 10_000
"""Matches that are looked for; nobody steps through more."""


class Match(NamedTuple):
    """Where the text was found: a line, and characters in it from `start` up to `end`."""

    line: int
    start: int
    end: int


def pattern(needle: str) -> re.Pattern[str]:
    """Return what finds the needle: exactly where it has capitals; else case does not matter."""
    return re.compile(re.escape(needle), 0 if needle != needle.lower() else re.IGNORECASE)


class TextSearch:
    """The matches of one needle in a text, one of them the current one.

    Capitals in the needle make it match exactly; without any, case does not matter.
    """

    def __init__(self, needle: str = "", lines: Sequence[str] = ()) -> None:
        self.needle = needle
        self.matches: list[Match] = []
        self.current: int | None = None
        """The place of the current match among the matches, from 0."""
        if needle:
            self._find(pattern(needle), lines)

    def _find(self, pattern: re.Pattern[str], lines: Sequence[str]) -> None:
        for number, line in enumerate(lines):
            for found in pattern.finditer(line):
                self.matches.append(Match(number, *found.span()))
                if len(self.matches) == MOST:
                    return

    @property
    def is_cut_off(self) -> bool:
        """True where there may be more matches than were looked for."""
        return len(self.matches) == MOST

    @property
    def match(self) -> Match | None:
        """The current match."""
        return None if self.current is None else self.matches[self.current]

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; empty while nothing is looked for."""
        if not self.needle:
            return ""
        return f"{0 if self.current is None else self.current + 1}/{len(self.matches)}{'+' * self.is_cut_off}"

    def count(self, first: int, last: int) -> int:
        """Return how many matches there are on these lines."""
        return self._from(last + 1) - self._from(first)

    def within(self, line: int, start: int, end: int) -> Sequence[Match]:
        """Return the matches in a line that have something between these characters."""
        return self.matches[self._from(line, start - len(self.needle) + 1) : self._from(line, end)]

    def go_to(self, line: int, start: int = 0) -> None:
        """Make the first match from there on the current one; the first of all where none follows."""
        self.current = self._from(line, start) % len(self.matches) if self.matches else None

    def step(self, by: int, line: int) -> None:
        """Go on by some matches, around the ends; from `line` where the current match is on another one."""
        if not self.matches:
            return
        if self.match is None or self.match.line != line:
            self.current = self._from(line) - (by > 0)
        self.current = ((self.current or 0) + by) % len(self.matches)

    def _from(self, line: int, start: int = 0) -> int:
        return bisect_left(self.matches, (line, start, 0))
