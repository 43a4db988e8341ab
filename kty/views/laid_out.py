"""From a description to lines of printable text, aligned, toned, and broken where a person reads."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from kty.text import printable
from kty.views.describing import Block, Description, Entry, Line, Moment, Part, Piece, Prose, Table

INDENT = 2
NAMES = 25
"""Cells that names may take, or a third of the line; behind longer ones the values stand as they come."""
READABLE = 32
"""Cells that a text for reading needs; where a name or a row leaves fewer, it stands beneath."""
UNBROKEN = 1 << 32
"""Cells in which no line is broken."""
_BLANKS = re.compile(" *")


class Span(NamedTuple):
    """A printable text and its tone; names and the titles of columns are `name` and `title`."""

    text: str
    ink: str = ""


Laid: TypeAlias = tuple[Span, ...]
"""One line."""


class Layout:
    """Lays out one description after the other; what cannot look different is laid out once."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[int, int], tuple[Block, list[Laid]]] = {}
        self._before = self._blocks

    def lines(self, description: Description, *, width: int, now: float) -> list[Laid]:
        """Return the lines for so many cells, as of now (seconds since the epoch)."""
        self._before, self._blocks = self._blocks, {}
        return list(self._parts(description, 0, max(20, width), now))

    def _parts(self, parts: Sequence[Part], indent: int, width: int, now: float) -> Iterator[Laid]:
        names = [len(printable(part.name)) for part in parts if isinstance(part, Entry) and part.lines]
        most = min(NAMES, width // 3)
        column = indent + max([size for size in names if size <= most], default=0) + 3
        for part in parts:
            match part:
                case Entry():
                    yield from self._entry(part, indent, column, width, now)
                case Table():
                    yield from _table(part, indent, width, now)
                case Prose(text, tone):
                    for line in _wrapped(printable(text), width - indent):
                        yield (Span(" " * indent), Span(line, tone))
                case Block():
                    yield from self._block(part, indent)

    def _entry(self, entry: Entry, indent: int, column: int, width: int, now: float) -> Iterator[Laid]:
        name = (Span(" " * indent), Span(f"{printable(entry.name)}:", "name"))
        used = indent + len(name[1].text)
        start = max(column, used + 2)
        texts = list(_texts(entry.lines, now))
        is_beneath = width - start < min(READABLE, max([len(text) for text, _ in texts], default=0))
        if is_beneath:
            start = indent + 2 * INDENT
        lines = [Span(part, tone) for text, tone in texts for part in _wrapped(text, width - start)]
        if is_beneath or not lines:
            yield name
        for at, line in enumerate(lines):
            if at == 0 and not is_beneath:
                yield (*name, Span(" " * (start - used)), line) if line.text else name
            else:
                yield (Span(" " * start), line)
        yield from self._parts(entry.parts, indent + INDENT, width, now)

    def _block(self, block: Block, indent: int) -> list[Laid]:
        """Return a line for each of the block's; a large one is not looked at again while it is shown."""
        key = (id(block), indent)
        known = self._before.get(key)
        if known is None:
            margin = Span(" " * indent)
            known = block, [(margin, Span(_plain(line))) for line in block.text.removesuffix("\n").split("\n")]
        self._blocks[key] = known  # it is kept with its lines, so that no other one can have its id
        return known[1]


def unbroken(description: Description, now: float) -> str:
    """Return the description as text that no width breaks."""
    return as_text(Layout().lines(description, width=UNBROKEN, now=now))


def as_text(lines: Iterable[Laid]) -> str:
    return "\n".join(["".join([span.text for span in line]).rstrip() for line in lines])


def _plain(line: str) -> str:
    return printable(line.expandtabs(4) if "\t" in line else line)


def _shown(line: Line, now: float) -> tuple[str, str]:
    match line:
        case Moment():
            return line.shown(now), ""
        case Piece(text, tone):
            return text, tone
        case str():
            return line, ""


def _texts(lines: Iterable[Line], now: float) -> Iterator[tuple[str, str]]:
    for line in lines:
        text, tone = _shown(line, now)
        for each in text.split("\n"):
            yield _plain(each), tone


def _blanks(text: str, at: int) -> int:
    """Return where the blanks end that stand at a place."""
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _wrapped(text: str, room: int) -> Sequence[str]:
    """Break a text between words; a word that is too long behind a comma, or anywhere. It may be a megabyte long."""
    room = max(READABLE, room)
    lines, at = [], 0
    while len(text) - at > room:
        end = text.rfind(" ", at + 1, at + room + 1)
        if end < 0 or not text[at:end].strip():
            end = text.rfind(",", at, at + room) + 1 or at + room
        lines.append(text[at:end].rstrip())
        at = _blanks(text, end)
    return (*lines, text[at:]) if at < len(text) or not lines else lines


def _table(table: Table, indent: int, width: int, now: float) -> Iterator[Laid]:
    rows = [[_shown(cell, now) for cell in row] for row in table.rows]
    titles = [printable(title) for title in table.titles]
    last = len(titles) - 1
    shown = [[(_flat(text), tone) for text, tone in row] for row in rows]
    widths = [max(len(titles[at]), *[len(row[at][0]) for row in shown], 0) for at in range(last)]
    start = indent + sum(widths) + 2 * last
    needed = max([len(row[last][0]) for row in shown], default=0)
    is_beneath = width - start < min(READABLE, needed)
    heads = [title.ljust(size) for title, size in zip(titles, widths, strict=False)]
    yield (Span(" " * indent), Span("  ".join([*heads, titles[last]]), "title"))
    for row in shown:
        spans = [Span(" " * indent)]
        for (text, tone), size in zip(row, widths, strict=False):
            spans += [Span(text, tone), Span(" " * (size - len(text) + 2))]
        text, tone = row[last]
        room, margin = (width - indent - 4, indent + 4) if is_beneath else (width - start, start)
        lines = _wrapped(text, room) if text else ()
        if is_beneath:
            yield tuple(spans[:-1])
        elif lines:
            yield (*spans, Span(lines[0], tone))
            lines = lines[1:]
        else:
            yield tuple(spans[:-1])
        for line in lines:
            yield (Span(" " * margin), Span(line, tone))


def _flat(text: str) -> str:
    return printable(" ".join(text.split("\n")))
