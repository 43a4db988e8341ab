"""Bytes from a cluster become printable text here, and nowhere else.

Names, labels, messages and logs are data that somebody else wrote. Characters that a terminal obeys, and
those that reorder or hide text, are shown as the escapes that YAML and JSON use: `\\x1b`, `\\u202e`.
"""

import re
import unicodedata

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1 controls: what a terminal obeys
    "\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, or reorders
    "\ud800-\udfff"  # lone surrogates cannot be encoded
    "\U000e0000-\U000e0fff"  # tags and variation selectors beyond the plane: invisible
    "]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


def is_printable(text: str) -> bool:
    """Say whether `printable` would leave the text as it is."""
    return _UNSAFE.search(text) is None


def printable(text: str) -> str:
    """Return the text on one line with every unsafe character shown as an escape.

    Combining marks that pile up without a letter to stand on are dropped: at most four follow one character.
    """
    if text.isascii() and text.isprintable():
        return text
    return _flatten(_UNSAFE.sub(_escape, text))


def _flatten(text: str) -> str:
    if not any(map(unicodedata.combining, text)):
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= 4:
            kept.append(char)
    return "".join(kept)


def decode(raw: bytes) -> str:
    """Decode bytes from a cluster: UTF-8, with what is not UTF-8 shown as U+FFFD, and printable."""
    return printable(raw.decode("utf-8", "replace"))
