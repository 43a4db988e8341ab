"""A text that is edited: its lines, the cursor, what is chosen, and the way back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias
from unicodedata import combining

MOST_KEPT = 8 << 20
"""Characters that are kept to undo changes; beyond, the oldest change can be undone no longer."""
INDENT = 2
"""Spaces of one level."""

_WORD = re.compile(r"\w+|[^\w\s]+")

Way: TypeAlias = Literal["typed", "back", "whole"]
"""How a change came about: what is typed, or deleted backwards, in one go is undone in one go."""


class Place(NamedTuple):
    """A line, and how many of its characters are before the cursor; both from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class _Change:
    start: Place
    removed: str
    added: str
    cursor: Place
    anchor: Place | None
    way: Way

    @property
    def size(self) -> int:
        return len(self.removed) + len(self.added)


class TextBuffer:
    """One text, changed at one cursor. Places beyond an end are taken for that end."""

    def __init__(self, text: str = "") -> None:
        self.lines: list[str] = text.split("\n")
        self.cursor = Place(0, 0)
        self.anchor: Place | None = None
        """Where what is chosen begins, or ends; None where nothing is."""
        self.version = 0
        """Another number after each change."""
        self._first: Sequence[str] = tuple(self.lines)
        self._done: list[_Change] = []
        self._undone: list[_Change] = []
        self._kept = 0
        self._is_open = False
        """Whether what is typed next belongs to the last change."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_changed(self) -> bool:
        """Say whether it is another text than at the beginning."""
        return len(self.lines) != len(self._first) or any(
            now is not then and now != then for now, then in zip(self.lines, self._first, strict=True)
        )

    @property
    def chosen(self) -> tuple[Place, Place] | None:
        """Return from where to where text is chosen; None where none is."""
        if self.anchor is None or self.anchor == self.cursor:
            return None
        return (self.anchor, self.cursor) if self.anchor < self.cursor else (self.cursor, self.anchor)

    @property
    def chosen_text(self) -> str:
        return self._between(*self.chosen) if self.chosen else ""

    # Changing

    def insert(self, text: str, way: Way = "whole") -> None:
        """Put a text in place of what is chosen, or where the cursor is."""
        start, end = self.chosen or (self.cursor, self.cursor)
        self._change(start, end, text, way)

    def new_line(self) -> None:
        """Begin a line, as far to the right as the one before it."""
        line, column = self.chosen[0] if self.chosen else self.cursor
        before = self.lines[line][:column]
        self.insert("\n" + " " * (len(before) - len(before.lstrip(" "))))

    def delete(self, by: int) -> None:
        """Delete what is chosen, or so many characters: forwards, or backwards where it is negative."""
        start, end = self.chosen or sorted((self.cursor, self.beside(self.cursor, by)))
        before = self.lines[end.line][: end.column]
        if by == -1 and not self.chosen and start.line == end.line and before.isspace() and end.column % INDENT == 0:
            start = Place(end.line, end.column - INDENT)
        self._change(start, end, "", "back" if by < 0 else "whole")

    def delete_to(self, place: Place) -> None:
        """Delete what is chosen, or what is between the cursor and another place."""
        start, end = self.chosen or sorted((self.cursor, place))
        self._change(start, end, "", "whole")

    def indent(self, by: int) -> None:
        """Move the lines that are chosen, or that of the cursor, to the right by levels, or to the left."""
        first, last = self.chosen or (self.cursor, self.cursor)
        end = last.line - (last.line > first.line and last.column == 0)
        old = self.lines[first.line : end + 1]
        new = [_indented(line, by) for line in old]
        if new == old:
            return
        anchor, cursor = self.anchor, self.cursor
        self._change(Place(first.line, 0), Place(end, len(old[-1])), "\n".join(new), "whole")
        grown = {first.line + at: len(now) - len(then) for at, (then, now) in enumerate(zip(old, new, strict=True))}

        def moved(place: Place) -> Place:
            return Place(place.line, max(0, place.column + grown.get(place.line, 0) * (place.column > 0 or not anchor)))

        self.cursor, self.anchor = moved(cursor), moved(anchor) if anchor else None

    def replace_all(self, text: str) -> None:
        """Put another text in place of all of it; that can be undone, too."""
        place = self.cursor
        self._change(Place(0, 0), self.end, text, "whole")
        self.move(place)

    def undo(self) -> bool:
        """Take the last change back; false where there is none."""
        if not self._done:
            return False
        change = self._done.pop()
        self._kept -= change.size
        self._put(change.start, _end(change.start, change.added), change.removed)
        self.cursor, self.anchor = change.cursor, change.anchor
        self._undone.append(change)
        self._is_open = False
        return True

    def redo(self) -> bool:
        """Make the change again that was taken back last; false where there is none."""
        if not self._undone:
            return False
        change = self._undone.pop()
        self._put(change.start, _end(change.start, change.removed), change.added)
        self.cursor, self.anchor = _end(change.start, change.added), None
        self._keep(change)
        self._is_open = False
        return True

    def _change(self, start: Place, end: Place, text: str, way: Way) -> None:
        removed = self._between(start, end)
        if not removed and not text:
            return
        change = _Change(start, removed, text, self.cursor, self.anchor, way)
        self._put(start, end, text)
        self.cursor, self.anchor = _end(start, text), None
        self._undone.clear()
        if joined := self._joined(change):
            self._kept -= self._done.pop().size
            change = joined
        self._keep(change)
        self._is_open = way != "whole"

    def _joined(self, change: _Change) -> _Change | None:
        """Return the last change and this one as one, where they belong together."""
        last = self._done[-1] if self._done and self._is_open else None
        if last is None or last.way != change.way:
            return None
        if change.way == "typed" and not change.removed and change.start == _end(last.start, last.added):
            return replace(last, added=last.added + change.added)
        if change.way == "back" and not last.added and _end(change.start, change.removed) == last.start:
            return replace(last, start=change.start, removed=change.removed + last.removed)
        return None

    def _keep(self, change: _Change) -> None:
        self._done.append(change)
        self._kept += change.size
        while self._kept > MOST_KEPT and len(self._done) > 1:
            self._kept -= self._done.pop(0).size

    def _put(self, start: Place, end: Place, text: str) -> None:
        self.version += 1
        head, tail = self.lines[start.line][: start.column], self.lines[end.line][end.column :]
        self.lines[start.line : end.line + 1] = (
            (head + text + tail).split("\n") if "\n" in text else [head + text + tail]
        )

    def _between(self, start: Place, end: Place) -> str:
        if start.line == end.line:
            return self.lines[start.line][start.column : end.column]
        first, last = self.lines[start.line][start.column :], self.lines[end.line][: end.column]
        return "\n".join([first, *self.lines[start.line + 1 : end.line], last])

    # Moving

    @property
    def end(self) -> Place:
        """Where the text ends."""
        return Place(len(self.lines) - 1, len(self.lines[-1]))

    def move(self, place: Place, *, choose: bool = False) -> None:
        """Move the cursor, and `choose` what is between; else nothing is chosen any more."""
        self.anchor = (self.anchor or self.cursor) if choose else None
        line = max(0, min(place.line, len(self.lines) - 1))
        self.cursor = Place(line, max(0, min(place.column, len(self.lines[line]))))
        self._is_open = False

    def choose_all(self) -> None:
        self.move(Place(0, 0))
        self.move(self.end, choose=True)

    def beside(self, place: Place, by: int) -> Place:
        """Return the place so many characters on, or back; a letter and the marks on it are one."""
        step = 1 if by > 0 else -1
        for _ in range(abs(by)):
            place = self._next(place, step)
            while 0 < place.column < len(line := self.lines[place.line]) and combining(line[place.column]):
                place = self._next(place, step)
        return place

    def _next(self, place: Place, step: int) -> Place:
        line, column = place.line, place.column + step
        if column < 0:
            return Place(line - 1, len(self.lines[line - 1])) if line else place
        if column > len(self.lines[line]):
            return Place(line + 1, 0) if line + 1 < len(self.lines) else place
        return Place(line, column)

    def place(self, way: str, *, choose: bool = False) -> Place:
        """Return where a key leads: left, right, word_left, word_right, home, end, first or last.

        Left and right lead to the ends of what is chosen, unless to `choose` goes on.
        """
        match way:
            case "left" | "right" if self.chosen and not choose:
                return self.chosen[way == "right"]
            case "left" | "right":
                return self.beside(self.cursor, 1 if way == "right" else -1)
            case "word_left" | "word_right":
                return self.word(1 if way == "word_right" else -1)
            case "home":
                return self.home()
            case "end":
                return Place(self.cursor.line, len(self.lines[self.cursor.line]))
        return Place(0, 0) if way == "first" else self.end

    def word(self, way: int) -> Place:
        """Return where the next word ends, or the one before begins; at an end of a line, what is beyond it."""
        line, column = self.cursor
        text = self.lines[line]
        if way > 0:
            found = next((each.end() for each in _WORD.finditer(text, column)), len(text))
            return Place(line, found) if column < len(text) else self.beside(self.cursor, 1)
        before = [each.start() for each in _WORD.finditer(text, 0, column)]
        return Place(line, before[-1] if before else 0) if column else self.beside(self.cursor, -1)

    def home(self) -> Place:
        """Return where the line's text begins; from there, where the line does."""
        text = self.lines[self.cursor.line]
        start = len(text) - len(text.lstrip(" "))
        return Place(self.cursor.line, 0 if self.cursor.column == start else start)


def _end(start: Place, text: str) -> Place:
    """Return where a text ends that begins there."""
    lines = text.count("\n")
    return (
        Place(start.line + lines, len(text) - text.rfind("\n") - 1)
        if lines
        else Place(start.line, start.column + len(text))
    )


def _indented(line: str, by: int) -> str:
    if by > 0:
        return " " * INDENT * by + line if line else line
    return line[min(len(line) - len(line.lstrip(" ")), INDENT * -by) :]
