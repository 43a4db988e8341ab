"""What a program meant by a line of its log: the fields of JSON and logfmt, and how bad it is."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
"""From the least to the worst."""

_WORDS = {
    "trace": 0, "trc": 0, "finest": 0, "verbose": 1, "debug": 1, "dbg": 1, "debu": 1, "fine": 1, "d": 1,
    "info": 2, "inf": 2, "information": 2, "notice": 2, "log": 2, "i": 2, "warn": 3, "warning": 3, "wrn": 3, "w": 3,
    "error": 4, "err": 4, "erro": 4, "severe": 4, "e": 4, "fatal": 5, "critical": 5, "crit": 5, "panic": 5,
    "emerg": 5, "alert": 5, "dpanic": 5, "ftl": 5, "f": 5,
}  # fmt: skip
_NAMES = ("level", "severity", "lvl", "levelname", "log.level", "loglevel", "severity_text")
_MESSAGES = ("msg", "message", "event", "text", "body")
_TIMES = frozenset({"ts", "time", "timestamp", "@timestamp", "t", "datetime", "asctime"})

_LEVEL = re.compile(
    rb'"(?:level|severity|lvl|levelname|log\.level|loglevel|severity_text)" ?: ?"?(?P<json>\w+)'
    rb'|(?:^|[ \t])(?:level|severity|lvl)=["\']?(?P<logfmt>\w+)'
    rb"|^(?P<klog>[IWEF])\d{4} \d\d:"
    rb"|\b(?P<word>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|PANIC)\b"
    rb"|(?:^|\[)(?P<small>debug|info|notice|warn|warning|error|crit|critical|fatal|panic)[\]:]"
)
SEEN = 1024
"""Bytes from the start of a line in which a level is looked for."""


def level_of(line: bytes) -> int | None:
    """Return the place in LEVELS of what the line says about itself; None where it says nothing."""
    found = _LEVEL.search(line, 0, SEEN)
    return None if found is None else _rank(found[found.lastgroup or 0])


@lru_cache(maxsize=256)
def _rank(word: bytes) -> int | None:
    if word.isdigit():  # bunyan and pino: 10 is trace, 60 is fatal
        number = int(word[:4])
        return min(number // 10 - 1, 5) if number >= 10 else None
    return _WORDS.get(word.decode("ascii", "replace").lower())


def rank(word: str) -> int | None:
    """Return the place in LEVELS of a word for a level."""
    return _rank(word.encode("utf-8", "replace"))


class Record(NamedTuple):
    """A line that consists of fields."""

    fields: dict[str, Any]
    """In their order; those of an object inside another one are called `outer.inner` by `field`."""
    kind: str
    """`json` or `logfmt`."""

    def field(self, name: str) -> Any:
        """Return a field; None where it is not there."""
        if name in self.fields:
            return self.fields[name]
        value: Any = self.fields
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def pretty(self) -> list[tuple[str, str, str]]:
        """Return what a person reads first: (role, key, text), the role being `level`, `message` or `field`.

        Times are left out: a log has its own.
        """
        level = next((name for name in _NAMES if name in self.fields), "")
        message = next((name for name in _MESSAGES if name in self.fields), "")
        first = [("level", level, show(self.fields[level]))] if level else []
        if message:
            first.append(("message", message, show(self.fields[message])))
        return first + [
            ("field", name, show(value))
            for name, value in self.fields.items()
            if name not in (level, message) and name.lower() not in _TIMES
        ]


def show(value: Any) -> str:
    """Return a field as text: strings as they are, all else as JSON."""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|\Z)')
_PAIRS = 2
"""Pairs that make a line logfmt, where it has nothing but pairs."""


def record(line: bytes) -> Record | None:
    """Return the fields of a line; None where it is neither a JSON object nor logfmt."""
    text = line.strip()
    if text[:1] == b"{" and text[-1:] == b"}":
        try:
            fields = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return Record(fields, "json") if isinstance(fields, dict) else None
    if b"=" not in text or b"\x1b" in text:
        return None
    return _logfmt(text.decode("utf-8", "replace"))


def _logfmt(text: str) -> Record | None:
    fields: dict[str, str] = {}
    place = 0
    for found in _PAIR.finditer(text):
        if text[place : found.start()].strip():
            return None
        fields[found[1]] = _unquoted(found[2])
        place = found.end()
    return Record(fields, "logfmt") if len(fields) >= _PAIRS and not text[place:].strip() else None


def _unquoted(text: str) -> str:
    if text[:1] != '"':
        return text
    try:
        return str(msgspec.json.decode(text.encode("utf-8", "replace")))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return text[1:-1]
