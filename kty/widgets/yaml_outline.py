"""What encloses what in a YAML text, told by indentation alone."""

import re
from collections.abc import Sequence

_LONGEST_HEAD = 2000
"""Characters: what begins a block is short, as YAML allows 1,024 for a key."""
_BLOCK_HEAD = re.compile(
    r"""
    (?P<marks> \ * (?: [-?:] \ + )* )
    (?P<key> (?: "(?:[^"\\]|\\.)*" | '(?:[^']|'')*' | [^\ "'\#].*? ) :\ + )?
    [|>] [-+1-9]{0,2} (?: \ +\#.* )?
    """,
    re.VERBOSE,
)
_LAST_OF_HEADS = frozenset("|>-+123456789")
_FAR_RIGHT = 1 << 30
"""A column beyond all."""


class Outline:
    """The lines of a YAML text, and for each the line that encloses it and the last one that it encloses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: Sequence[str] = text.removesuffix("\n").split("\n")
        self.parents: list[int] = []
        """The line that encloses each; -1 for those at the top."""
        self.ends: list[int] = list(range(len(self.lines)))
        """The last line that each encloses; itself where it encloses none."""
        self._bodies = bytearray(len(self.lines))
        self._places: list[int] = []
        self._read()

    def is_body(self, line: int) -> bool:
        """Say whether the line is text inside a literal block, whatever it looks like."""
        return bool(self._bodies[line])

    def is_head(self, line: int) -> bool:
        """Say whether the line encloses others."""
        return self.ends[line] > line

    def enclosing(self, line: int) -> list[int]:
        """Return the lines that enclose this one, the innermost first."""
        found = []
        while (line := self.parents[line]) >= 0:
            found.append(line)
        return found

    def path(self, line: int) -> tuple[str, ...]:
        """Return what leads to this line: keys, and places in lists. It outlives what changes elsewhere."""
        return tuple(self._step(each) for each in reversed([line, *self.enclosing(line)]))

    def _step(self, line: int) -> str:
        text = self.lines[line][:_LONGEST_HEAD].strip()
        return str(self._places[line]) if _is_item(text) else text.partition(": ")[0].removesuffix(":")

    def _read(self) -> None:
        stack: list[tuple[int, int]] = []  # (level, line) of what is open
        items: dict[int, int] = {}
        body_of, body_column = -1, 0
        for number, line in enumerate(self.lines):
            content = line.lstrip(" ")
            column = len(line) - len(content)
            if body_of >= 0 and (not content or column > body_column):
                self._bodies[number] = 1
                self._add(number, body_of, 0)
                continue
            body_of = -1
            # A list stands under its key in the same column, and so does the value of a key on a line of its own.
            is_item = _is_item(content)
            level = 2 * column + (is_item or content.startswith(": "))
            while content and stack and stack[-1][0] >= level:
                self.ends[stack.pop()[1]] = number - 1
            parent = stack[-1][1] if stack else -1
            items[parent] = items.get(parent, -1) + is_item
            self._add(number, parent, items[parent])
            if content:
                stack.append((level, number))
            if (begun := _block(line)) is not None:
                body_of, body_column = number, begun
        for _, number in stack:
            self.ends[number] = len(self.lines) - 1

    def _add(self, number: int, parent: int, place: int) -> None:
        self.parents.append(parent)
        self._places.append(place)


def _block(line: str) -> int | None:
    """Return the column beyond which the text of a literal block is that begins on this line; None where none does."""
    if line[-1:] not in _LAST_OF_HEADS or (head := _BLOCK_HEAD.fullmatch(line[:_LONGEST_HEAD])) is None:
        return None
    return len(head["marks"]) if head["key"] else len(head["marks"].rstrip()) - 1


def bodies(lines: Sequence[str], first: int, last: int) -> list[bool]:
    """Say for the lines from `first` up to `last` whether each is text inside a literal block.

    Only what is before them is looked at, and of that only as much as tells.
    """
    column = _block_around(lines, first)
    found = []
    for line in lines[first:last]:
        content = line.lstrip(" ")
        if content and column is not None and len(line) - len(content) <= column:
            column = None
        found.append(column is not None)
        if column is None:
            column = _block(line)
    return found


def _block_around(lines: Sequence[str], number: int) -> int | None:
    """Return the column of the outermost literal block that this line is in; None where it is in none."""
    found, limit = None, _FAR_RIGHT
    for at in range(number, -1, -1):
        line = lines[at]
        content = line.lstrip(" ")
        column = len(line) - len(content)
        if at < number and column < limit and (begun := _block(line)) is not None and begun < limit:
            found = begun
        if content and column < limit:
            limit = column
        if not limit:
            break
    return found


def _is_item(content: str) -> bool:
    return content.startswith("- ") or content == "-"
