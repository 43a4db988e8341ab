"""The filter language of logs: terms with spaces between them, all of which a line must meet.

timeout  "two words"     the line has it in it; without capitals, small and capital letters are the same
~get|post                a regular expression
level>=warn  level=error how bad the line says that it is; what says nothing goes with the line before it
status=503  ms>800       a field of JSON or logfmt: its text, or its number
!healthz  !level=debug   the lines that the term would leave out
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from kty.errors import UsageError
from kty.text import printable
from kty.widgets.log_reading import LEVELS, level_of, rank, record, show
from kty.widgets.log_ring import Chunk

Test: TypeAlias = Callable[[bytes], bool]

_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_TERM = re.compile(r'(!?)("(?:[^"]*)"?|~\S+|\S+)')
_COMPARED = re.compile(r'([A-Za-z_@][\w.@/-]*)(!=|>=|<=|[=<>])("[^"]*"?|\S*)')
_NO_NOTE = -1
_INFO = LEVELS.index("info")


class Needle(NamedTuple):
    """Bytes that are looked for; `folded`: they are in small letters, and so is what they are compared with."""

    text: bytes
    folded: bool

    @classmethod
    def of(cls, text: str) -> "Needle":
        return cls(text.encode("utf-8", "replace"), text == text.lower())

    def is_in(self, line: bytes) -> bool:
        return self.text in (line.lower() if self.folded else line)


class _Level(NamedTuple):
    holds: Callable[[float, float], bool]
    than: int
    wanted: bool
    """False where the term was negated."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Says which lines get through; notes always do. Equal texts make equal filters."""

    text: str
    needles: tuple[Needle, ...] = ()
    tests: tuple[Test, ...] = ()
    levels: tuple[_Level, ...] = ()
    pattern: re.Pattern[str] | None = None
    """What of a line that gets through made it do so."""

    def among(self, chunk: Chunk, start: int, stop: int) -> Iterator[int]:
        """Yield the indexes from `start` up to `stop` of the lines of a chunk that get through."""
        if self.needles and not self.levels:
            yield from self._found(chunk, start, stop)
            return
        last: dict[int, int] = {}
        for index in range(start, stop):
            source = chunk.sources[index]
            if source < 0:
                yield index
                continue
            line = chunk.text(index)
            if self.levels:
                level = level_of(line)
                if level is None:
                    level = last.get(source)
                    if level is None:
                        level = _level_before(chunk, index)
                last[source] = level
                if not all(each.holds(level, each.than) is each.wanted for each in self.levels):
                    continue
            if self.lets(line):
                yield index

    def _found(self, chunk: Chunk, start: int, stop: int) -> Iterator[int]:
        """The same where some bytes must be in the line: whole chunks are searched at once."""
        first = max(self.needles, key=lambda needle: len(needle.text))
        notes = [index for index in range(start, stop) if chunk.sources[index] < 0]
        found = set(chunk.holding(first.text, start, stop, folded=first.folded))
        for index in sorted(found.union(notes)):
            if chunk.sources[index] < 0 or self.lets(chunk.text(index)):
                yield index

    def lets(self, line: bytes) -> bool:
        """Say whether a line gets through, whatever its level."""
        return all(needle.is_in(line) for needle in self.needles) and all(test(line) for test in self.tests)


def _level_before(chunk: Chunk, index: int) -> int:
    """Return the level of the last line before that said one; info where the chunk has none."""
    source = chunk.sources[index]
    for before in range(index - 1, max(_NO_NOTE, index - 200), -1):
        if chunk.sources[before] == source and (level := level_of(chunk.text(before))) is not None:
            return level
    return _INFO


def parse(text: str) -> LogFilter | None:
    """Read a filter; None where it asks for everything. Raises UsageError."""
    needles: list[Needle] = []
    tests: list[Test] = []
    levels: list[_Level] = []
    marked: list[str] = []
    for sign, term in _TERM.findall(text):
        wanted = not sign
        if term.startswith("~"):
            tests.append(_matching(term[1:], wanted))
            marked += [_folded(term[1:], term[1:])] * wanted
        elif (compared := _COMPARED.fullmatch(term)) and not term.startswith('"'):
            name, comparison, value = compared[1], compared[2], compared[3].strip('"')
            if name == "level":
                levels.append(_level(comparison, value, wanted))
            elif value:
                tests.append(_comparing(name, comparison, value, wanted))
        else:
            needle = Needle.of(term.strip('"'))
            if not needle.text:
                continue
            if wanted:
                needles.append(needle)
                marked.append(_folded(re.escape(term.strip('"')), term))
            else:
                tests.append(lambda line, needle=needle: not needle.is_in(line))  # type: ignore[misc]
    if not (needles or tests or levels):
        return None
    return LogFilter(text, tuple(needles), tuple(tests), tuple(levels), _joined(marked))


def phrase(text: str) -> LogFilter | None:
    """Read what is searched for: the text as it stands, or a regular expression after a `~`. Raises UsageError."""
    if text.startswith("~") and len(text) > 1:
        return LogFilter(text, (), (_matching(text[1:], wanted=True),), (), _joined([_folded(text[1:], text)]))
    if not text:
        return None
    return LogFilter(text, (Needle.of(text),), (), (), _joined([_folded(re.escape(text), text)]))


def _folded(pattern: str, text: str) -> str:
    return f"(?i:{pattern})" if text == text.lower() else f"(?:{pattern})"


def _joined(patterns: list[str]) -> re.Pattern[str] | None:
    try:
        return re.compile("|".join(patterns)) if patterns else None
    except re.error:  # good for itself, but not beside others: then nothing is marked
        return None


def _matching(source: str, wanted: bool) -> Test:
    try:
        pattern = re.compile(source.encode(), 0 if source != source.lower() else re.IGNORECASE)
    except re.error as error:
        raise UsageError(f"~{printable(source)} is no regular expression: {error}") from error
    return lambda line: (pattern.search(line) is not None) is wanted


def _level(comparison: str, value: str, wanted: bool) -> _Level:
    found = rank(value)
    if found is None:
        near: Sequence[str] = [level for level in LEVELS if value and level.startswith(value.lower())]
        if not near:
            raise UsageError(f"there is no level {printable(value)!r}", hint=f"there are {', '.join(LEVELS)}")
        found = LEVELS.index(near[0])
    return _Level(_HOLDS[comparison], found, wanted)


def _comparing(name: str, comparison: str, value: str, wanted: bool) -> Test:
    holds, number = _HOLDS[comparison], _number(value)
    key = name.rpartition(".")[2].encode()
    if number is None and comparison not in ("=", "!="):
        raise UsageError(f"{printable(name)}{comparison} compares with a number, not with {printable(value)!r}")

    def test(line: bytes) -> bool:
        if key not in line:  # quicker than to read it
            return not wanted
        found = record(line)
        content = None if found is None else found.field(name)
        if content is None:
            return not wanted
        said = show(content)
        if number is not None and (content_number := _number(said)) is not None:
            return holds(content_number, number) is wanted
        return ((said == value) is (comparison == "=") and comparison in ("=", "!=")) is wanted

    return test


def _number(text: str) -> float | None:
    try:
        return float(text.removesuffix("ms").removesuffix("s"))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Both:
    """What a search finds among the lines that a filter lets through; notes are found as well."""

    search: LogFilter
    filter: LogFilter | None

    def among(self, chunk: Chunk, start: int, stop: int) -> Iterator[int]:
        allowed = None if self.filter is None else set(self.filter.among(chunk, start, stop))
        for index in self.search.among(chunk, start, stop):
            is_found = chunk.sources[index] >= 0 or self.search.lets(chunk.text(index))
            if is_found and (allowed is None or index in allowed):
                yield index
