"""From text that somebody else wrote to string literals and docstrings: whatever it holds, it stays text."""

import re
import textwrap

from kty.text import printable

WIDTH = 120
"""Columns of a line."""


def quoted(text: str) -> str:
    """Return a string literal in ASCII, in double quotes where that takes no more escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    pieces = [(f"\\{char}" if char == quote else char) if char in "'\"" else ascii(char)[1:-1] for char in text]
    return quote + "".join(pieces) + quote


def docstring(text: str, indent: str = "    ") -> str:
    """Return the text as a docstring, its lines wrapped; empty for empty text."""
    lines = _wrapped(text, indent)
    if not lines:
        return ""
    if lines[0].startswith('"'):
        lines[0] = f" {lines[0]}"
    if len(lines) > 1:
        body = "\n".join([lines[0], *[f"{indent}{line}" if line else "" for line in lines[1:]]])
        return f'{indent}"""{body}\n{indent}"""'
    end = " " if lines[0].endswith('"') else ""
    return f'{indent}"""{lines[0]}{end}"""'


def _wrapped(text: str, indent: str) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines():
        line = printable(" ".join(line.split())).replace("\\", "\\\\")
        line = re.sub('"{2,}', lambda match: "'" * len(match[0]), line)
        # what is no ASCII may be two columns wide
        width = (WIDTH - 10 if line.isascii() else WIDTH // 2 - 5) - len(indent)
        wrapped = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
        if wrapped or (lines and lines[-1]):
            lines += wrapped or [""]
    while lines and not lines[-1]:
        lines.pop()
    return lines
