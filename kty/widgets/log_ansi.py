"""Escape sequences within a log line: colours are kept, all else that a terminal obeys is made harmless."""

import re
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color
from rich.style import Style

from kty.text import printable

_SEQUENCE = re.compile(r"\x1b\[([0-?]*)([ -/]*)([@-~])")
"""CSI: parameters, intermediate bytes, and the byte that says what is to be done."""
TAB = 8
_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
"""Blinking (5, 6) and hiding (8) are not honoured."""
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


class Painted(NamedTuple):
    """A text that is printable, and the styles of parts of it."""

    text: str
    spans: tuple[tuple[int, int, Style], ...] = ()
    """(first character, character after the last, style): in order, none overlapping."""


def paint(raw: str) -> Painted:
    """Read a line: sequences that set colours and attributes set them, others that only move a cursor or erase are
    dropped, and whatever else is not printable is shown as an escape."""
    if "\x1b" not in raw:
        return Painted(_shown(raw, 0))
    parts: list[str] = []
    spans: list[tuple[int, int, Style]] = []
    width = place = 0
    style = _PLAIN
    for found in _SEQUENCE.finditer(raw):
        width = _take(raw[place : found.start()], width, style, parts, spans)
        place = found.end()
        if found[3] == "m" and not found[2] and found[1][:1] not in tuple("<=>?"):
            style = _after(style, found[1])
    _take(raw[place:], width, style, parts, spans)
    return Painted("".join(parts), tuple(spans))


def _take(raw: str, width: int, style: "_State", parts: list[str], spans: list[tuple[int, int, Style]]) -> int:
    if not raw:
        return width
    text = _shown(raw, width)
    parts.append(text)
    end = width + len(text)
    if style is not _PLAIN:
        spans.append((width, end, style.style))
    return end


def _shown(raw: str, column: int) -> str:
    if "\t" not in raw:
        return printable(raw)
    parts: list[str] = []
    for number, piece in enumerate(raw.split("\t")):
        if number:
            parts.append(" " * (TAB - column % TAB))
            column += len(parts[-1])
        parts.append(printable(piece))
        column += len(parts[-1])
    return "".join(parts)


class _State(NamedTuple):
    """Colours and attributes that are set."""

    ink: Color | None = None
    ground: Color | None = None
    attributes: frozenset[str] = frozenset()

    @property
    def style(self) -> Style:
        return _style(self)


@lru_cache(maxsize=1024)
def _style(state: _State) -> Style:
    return Style(color=state.ink, bgcolor=state.ground, **dict.fromkeys(state.attributes, True))  # type: ignore[arg-type]


_PLAIN = _State()


def _after(state: _State, parameters: str) -> _State:
    """Return what is set after a sequence (ECMA-48, SGR; colours of 256 and of 24 bits as xterm has them)."""
    if len(parameters) > 200:
        return state
    codes = [int(code) if code.isdecimal() and len(code) < 6 else 0 for code in re.split("[;:]", parameters or "0")]
    at = 0
    while at < len(codes):
        code = codes[at]
        at += 1
        if code == 0:
            state = _PLAIN
        elif code in _ON:
            state = state._replace(attributes=state.attributes | {_ON[code]})
        elif code in _OFF:
            state = state._replace(attributes=state.attributes.difference(_OFF[code]))
        elif code in (38, 48):
            color, at = _extended(codes, at)
            state = state._replace(ink=color) if code == 38 else state._replace(ground=color)
        elif code in (39, 49):
            state = state._replace(ink=None) if code == 39 else state._replace(ground=None)
        elif (number := _basic(code % 10, code // 10)) is not None:
            is_ink = code // 10 in (3, 9)
            color = Color.from_ansi(number)
            state = state._replace(ink=color) if is_ink else state._replace(ground=color)
    return _PLAIN if state == _PLAIN else state


def _basic(digit: int, tens: int) -> int | None:
    if digit > 7 or tens not in (3, 4, 9, 10):
        return None
    return digit + 8 * (tens in (9, 10))


def _extended(codes: list[int], at: int) -> tuple[Color | None, int]:
    match codes[at : at + 1]:
        case [5] if at + 1 < len(codes):
            return Color.from_ansi(min(codes[at + 1], 255)), at + 2
        case [2] if at + 3 < len(codes):
            red, green, blue = (min(value, 255) for value in codes[at + 1 : at + 4])
            return Color.from_rgb(red, green, blue), at + 4
    return None, len(codes)
