"""How a JSONPath template is written (client-go, util/jsonpath): from text to nodes, each with its place.

Text stands for itself, and what is in braces leads to values: `{.metadata.name}`, `{.items[*]['kind']}`,
`{.a[-1]}`, `{.a[0:4:2]}`, `{.a[0,2]}`, `{..name}`, `{.a[?(@.ready==true)]}`, `{range .items[*]}…{end}`, `{"\\n"}`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kty.kube.jsonpath_nodes import (
    Body,
    Field,
    Filter,
    Loop,
    Node,
    Number,
    Path,
    PathMistake,
    Recursive,
    Slice,
    Text,
    Union,
    Wildcard,
    mistake,
)
from kty.text import printable

_ENDS = frozenset(" \t\r\n.,[]$@{}")
_DEEPEST = 20
"""How many ranges may stand within one another."""
_SLICE = re.compile(r"(-?[0-9]{0,18})(:-?[0-9]{0,18})?(:-?[0-9]{0,18})?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)")
_SIGNS = ("==", "!=", "<", "<=", ">", ">=")
_NUMBER = re.compile(r"[+-]?[0-9.]*")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class _Range(Node):
    """Begin to go through the values that the rest of its path leads to."""


@dataclass(frozen=True, slots=True)
class _End(Node):
    """End what the last `range` began."""


def read(text: str) -> Body:
    """Read a template. Raises PathMistake."""
    said: list[Path | Loop] = []
    loops: list[tuple[Path, list[Path | Loop]]] = []
    """Those that are open, and what was said before each."""
    for path in _parts(text):
        keywords = [node for node in path if isinstance(node, _Range | _End)]
        if len(keywords) > 1:
            raise mistake("braces hold one range or end, not two", path[0].start, path[-1].end)
        if not keywords:
            said.append(path)
        elif isinstance(keywords[0], _Range):
            if len(loops) == _DEEPEST:
                raise mistake("ranges stand too deep", path[0].start, path[-1].end)
            loops.append((path, said))
            said = []
        elif loops:
            over, before = loops.pop()
            rest = tuple([node for node in over if not isinstance(node, _Range)])
            said = [*before, Loop(over[0].start, path[-1].end, rest, tuple(said))]
        else:
            raise mistake("it ends a range that none began", path[0].start, path[-1].end)
    if loops:
        begin = loops[-1][0][0]
        raise mistake("a range has no end", begin.start, begin.end, "close it with {end}")
    return tuple(said)


def _parts(text: str) -> Iterator[Path]:
    at = 0
    while at < len(text):
        opens = text.find("{", at)
        if opens == at:
            reader = _Reader(text, at + 1, len(text))
            yield reader.path()
            at = reader.at + 1
        else:
            stop = opens if opens > 0 else len(text)
            yield (Text(at, stop, text[at:stop]),)
            at = stop


class _Reader:
    """Reads what is between braces, or a part of that which stands between other signs."""

    def __init__(self, text: str, start: int, end: int, *, is_part: bool = False) -> None:
        self.text = text
        self.at = start
        self._end = end
        self._is_part = is_part

    def _wrong(self, message: str, start: int, end: int | None = None, hint: str = "") -> PathMistake:
        return mistake(message, start, self.at if end is None else end, hint)

    @property
    def _next(self) -> str:
        return self.text[self.at] if self.at < self._end else ""

    def _begins(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at, self._end)

    def path(self) -> Path:
        """Read up to the closing brace, or to the end of a part."""
        opened = self.at - 1
        nodes: list[Node] = []
        while not self._begins("}"):
            char = self._next
            if not char and self._is_part:
                break
            if not char or char in "\r\n":
                raise self._wrong("a brace is not closed", opened, opened + 1)
            if char in " @$":
                self.at += 1
            elif self._begins("[?("):
                nodes.append(self._filter())
            elif self._begins(".."):
                nodes += self._recursive(nodes)
            elif char == "[":
                nodes += self._brackets()
            elif char in "\"'":
                nodes.append(self._quoted())
            elif char == ".":
                self.at += 1
                nodes.append(self._field(self.at - 1))
            elif char in "+-" or char.isdigit():
                nodes.append(self._number())
            elif char.isalpha() or char == "_":
                nodes.append(self._word())
            else:
                raise self._wrong(
                    f"{printable(char)!r} stands where a field should",
                    self.at,
                    self.at + 1,
                    "a field begins with a dot: {.metadata.name}",
                )
        return tuple(nodes)

    def _field(self, start: int) -> Node:
        begin = self.at
        while self._next and self._next not in _ENDS:
            self.at += 2 if self._next == "\\" else 1
        self.at = min(self.at, self._end)
        name = self.text[begin : self.at]
        return Wildcard(start, self.at) if name == "*" else Field(start, self.at, name.replace("\\", ""))

    def _recursive(self, before: list[Node]) -> list[Node]:
        start = self.at
        self.at += 2
        if before and isinstance(before[-1], Recursive):
            raise self._wrong("it descends twice", before[-1].start)
        node: Node = Recursive(start, self.at)
        return [node, self._field(self.at)] if self._next == "_" or self._next.isalnum() else [node]

    def _word(self) -> Node:
        start = self.at
        while self._next and self._next not in _ENDS:
            self.at += 1
        word = self.text[start : self.at]
        if word in ("true", "false"):
            return Number(start, self.at, word == "true")
        if word in ("range", "end") and not self._is_part:
            return _Range(start, self.at) if word == "range" else _End(start, self.at)
        hint = f"a field begins with a dot, text stands in quotes: .{printable(word)[:20]} or '{printable(word)[:20]}'"
        raise self._wrong(f"{printable(word)[:60]!r} is no word that it knows", start, hint=hint)

    def _number(self) -> Node:
        start = self.at
        found = _NUMBER.match(self.text, start, self._end)
        self.at = found.end() if found else start
        try:
            number = float(self.text[start : self.at])
        except ValueError as error:
            raise self._wrong("this is no number", start, max(self.at, start + 1)) from error
        whole = "." not in self.text[start : self.at] and abs(number) < 2**63
        return Number(start, self.at, int(self.text[start : self.at]) if whole else number)

    def _quoted(self) -> Node:
        start, quote = self.at, self._next
        self.at += 1
        while not (self._next == quote and self.text[self.at - 1] != "\\"):
            if not self._next or self._next == "\n":
                raise self._wrong("a quoted text is not closed", start)
            self.at += 1
        self.at += 1
        return Text(start, self.at, self._unquoted(start, quote))

    def _unquoted(self, start: int, quote: str) -> str:
        """Return what a quoted text says, with Go's escapes."""

        def char(found: re.Match[str]) -> str:
            code = found[1] or found[2] or found[3]
            number = int(code, 16) if code else int(found[4], 8) if found[4] else None
            if number is not None and number < 0x110000 and not 0xD800 <= number < 0xE000:
                return chr(number)
            if found[5] == quote or found[5] in _ESCAPED:
                return _ESCAPED.get(found[5], quote)
            place = start + 1 + found.start()
            raise self._wrong(f"{printable(found[0])!r} is no escape", place, place + len(found[0]))

        return _ESCAPE.sub(char, self.text[start + 1 : self.at - 1])

    def _brackets(self) -> list[Node]:
        start = self.at
        stop = self.text.find("]", start, self._end)
        line = self.text.find("\n", start, self._end)
        if stop < 0 or 0 <= line < stop:
            raise self._wrong("a bracket is not closed", start, start + 1)
        self.at = stop + 1
        inside = self.text[start + 1 : stop]
        if "," in inside:
            return [Union(start, self.at, tuple(self._branches(start + 1, inside)))]
        return self._place(start + 1, stop)

    def _branches(self, at: int, inside: str) -> list[Path]:
        branches = []
        for part in inside.split(","):
            begin = at + len(part) - len(part.lstrip(" "))
            branches.append(tuple(self._place(begin, begin + len(part.strip(" ")))))
            at += len(part) + 1
        return branches

    def _place(self, start: int, end: int) -> list[Node]:
        """Read what stands between brackets, or between commas there: a quoted name, an index, or a slice."""
        inside = self.text[start:end]
        if len(inside) > 1 and inside[0] == inside[-1] == "'" and "'" not in inside[1:-1]:
            part = _Reader(self.text, start + 1, end - 1, is_part=True)
            return [part._field(start), *part.path()]
        found = _SLICE.fullmatch(":" if inside == "*" else inside)
        bounds = [bound.lstrip(":") for bound in found.groups("")] if found else ["-"]
        if "-" in bounds or not (found and found[0]):
            raise self._wrong(
                f"{printable(inside)[:60]!r} is neither an index nor a slice",
                start,
                end,
                "a name stands in single quotes, and a dot in it behind a backslash: ['example\\.com/a']",
            )
        first, last, step = [int(bound) if bound else None for bound in bounds]
        if step is not None and step <= 0:
            raise self._wrong("a step must be more than nothing", start, end)
        return [Slice(start - 1, end + 1, first, last, 1 if step is None else step, found[2] is None)]

    def _filter(self) -> Node:
        start = self.at
        self.at += len("[?(")
        begin, quote, is_closed = self.at, "", True
        while not (self._next == ")" and is_closed):
            char = self._next
            if not char or char == "\n":
                raise self._wrong("a filter is not closed", start, start + 3)
            if char in "\"'" and not quote:
                quote, is_closed = char, False
            elif char == quote and self.text[self.at - 1] != "\\":
                is_closed = True
            self.at += 1
        stop = self.at
        self.at += 1
        if self._next != "]":
            raise self._wrong("a filter ends with )]", start, stop + 1)
        self.at += 1
        found = _COMPARISON.fullmatch(self.text, begin, stop)
        if found is None:
            return Filter(start, self.at, self._side(begin, stop), "", ())
        if found[2] not in _SIGNS:
            raise self._wrong(
                f"{found[2]!r} compares nothing", found.start(2), found.end(2), f"one of {' '.join(_SIGNS)}"
            )
        return Filter(start, self.at, self._side(*found.span(1)), found[2], self._side(*found.span(3)))

    def _side(self, start: int, end: int) -> Path:
        return _Reader(self.text, start, end, is_part=True).path()
