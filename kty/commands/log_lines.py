"""How the lines of a log are printed: whose they are, when they were said, and what a terminal may be told."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from kty.text import printable

_KEPT = re.compile(r"\x1b\[[0-9;:]*m|\t")
"""Colours, and tabs: of what terminals obey, no more."""
_PLAIN = "\x1b[0m"
_SECOND = 10**9


def shown(line: bytes) -> bytes:
    """Return a line as a terminal may have it: its colours end with it, all else that terminals obey is escaped."""
    text = line.decode("utf-8", "replace").removesuffix("\r")
    kept = list(_KEPT.finditer(text))
    if not kept:
        return printable(text).encode()
    parts: list[str] = []
    at = 0
    for each in kept:
        parts += [printable(text[at : each.start()]), each[0]]
        at = each.end()
    parts.append(printable(text[at:]))
    if any(each[0] != "\t" for each in kept):
        parts.append(_PLAIN)
    return "".join(parts).encode()


def stamp(at: int) -> bytes:
    """Write a time in nanoseconds since the epoch as the kubelet does."""
    return f"{datetime.fromtimestamp(at // _SECOND, UTC):%Y-%m-%dT%H:%M:%S}.{at % _SECOND:09d}Z".encode()


def composed(lines: Sequence[bytes], *, times: Sequence[int] = (), prefix: bytes = b"", is_safe: bool) -> bytes:
    """Return lines to print, one below the other; `times` stand before them, and `prefix` before all else."""
    if is_safe:
        lines = [shown(line) for line in lines]
    if times:
        lines = [stamp(at) + b" " + line if at else line for at, line in zip(times, lines, strict=True)]
    if prefix:
        lines = [prefix + line for line in lines]
    return b"\n".join(lines) + b"\n"
