"""From a description to lines of printable text, aligned, toned, and broken where a person reads."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from kty.text import printable
from kty.views.describing import Block, Description, Entry, Line, Moment, Part, Piece, Prose, Table

INDENT = 2
NAMES = 25
"""Cells that names may take, or a third of the line; behind longer ones the values stand as they come."""
READABLE = 32
"""Cells that a text for reading needs; where a table leaves fewer, it stands beneath its row."""


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
        lines = list(_lines(entry.lines, width - start, now))
        if not lines:
            yield name
        for at, line in enumerate(lines):
            if at == 0:
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


def _plain(line: str) -> str:
    return printable(line.expandtabs(4) if "\t" in line else line)


def _shown(line: Line, now: float) -> tuple[str, str, bool]:
    match line:
        case Moment():
            return line.shown(now), "", False
        case Piece(text, tone, wraps):
            return text, tone, wraps
        case str():
            return line, "", False


def _lines(lines: Iterable[Line], room: int, now: float) -> Iterator[Span]:
    for line in lines:
        text, tone, wraps = _shown(line, now)
        for each in text.split("\n"):
            for part in _wrapped(_plain(each), room) if wraps else (_plain(each),):
                yield Span(part, tone)


def _wrapped(text: str, room: int) -> Sequence[str]:
    if len(text) <= room:
        return (text,)
    return textwrap.wrap(text, max(READABLE, room), break_on_hyphens=False, drop_whitespace=True) or ("",)


def _table(table: Table, indent: int, width: int, now: float) -> Iterator[Laid]:
    rows = [[_shown(cell, now) for cell in row] for row in table.rows]
    titles = [printable(title) for title in table.titles]
    last = len(titles) - 1
    shown = [[(_flat(text), tone) for text, tone, _ in row] for row in rows]
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
            yield tuple(spans)
        elif lines:
            yield (*spans, Span(lines[0], tone))
            lines = lines[1:]
        else:
            yield tuple(spans)
        for line in lines:
            yield (Span(" " * margin), Span(line, tone))


def _flat(text: str) -> str:
    return printable(" ".join(text.split("\n")))
