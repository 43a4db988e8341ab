"""Let libyaml write what a person wants to read, by showing it other characters while it writes."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from yaml.events import ScalarEvent

from kty.text import is_printable, printable

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_TRAILING_SPACE = re.compile(r" (?=\n|\Z)")


def is_shown(text: str) -> bool:
    """Say whether each line of the text is printed as it stands."""
    text = text.replace("\n", "")
    if text.isascii():
        return text.isprintable()
    return is_printable(text) and printable(text) == text and "\ufffe" not in text and "\uffff" not in text


class StandIns:
    """Private-use characters that the object does not contain, put in place of others while libyaml writes.

    libyaml escapes what YAML lets stand (tabs and trailing spaces in literal blocks, everything beyond the basic
    plane), and lets stand what no terminal must get (invisible and reordering characters, piles of marks).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        taken = {char for text in texts if not text.isascii() for char in _PRIVATE.findall(text)}
        self._free = (char for char in map(chr, range(0xE000, 0xF900)) if char not in taken)
        self._by_meaning: dict[str, str] = {}
        self._meanings: dict[str, str] = {}

    def put_into(self, event: ScalarEvent) -> None:
        """Replace what libyaml would not write as it should; leave all to libyaml once no stand-in is free."""
        chars = set(event.value)
        meanings = {char: char for char in chars if char > "\uffff"}
        if event.style == "|":
            meanings |= {char: char for char in chars if char == "\t"}
        elif not is_shown(event.value):
            event.style = '"'
            meanings |= {char: _escape(char) for char in chars if char > "\x7f" and not _stands_anywhere(char)}
        try:
            text = _replaced(event.value, {char: self._of(meaning) for char, meaning in meanings.items()})
            if event.style == "|" and _TRAILING_SPACE.search(text):
                text = _TRAILING_SPACE.sub(self._of(" "), text)
        except LookupError:
            return
        event.value = text

    def _of(self, meaning: str) -> str:
        if meaning not in self._by_meaning:
            stand_in = next(self._free, None)
            if stand_in is None:
                raise LookupError(meaning)
            self._by_meaning[meaning] = stand_in
            self._meanings[stand_in] = meaning
        return self._by_meaning[meaning]

    def taken_out(self, text: str) -> str:
        """Return what libyaml wrote with each stand-in turned into what it stands for."""
        return _replaced(text, self._meanings)


def _replaced(text: str, by: Mapping[str, str]) -> str:
    # str.translate takes ten times as long where few characters change, str.replace where many different ones do.
    return re.sub(f"[{re.escape(''.join(by))}]", lambda match: by[match[0]], text) if by else text


def _stands_anywhere(char: str) -> bool:
    return is_printable(char) and not unicodedata.combining(char)


def _escape(char: str) -> str:
    return f"\\U{ord(char):08x}" if char > "\uffff" else f"\\u{ord(char):04x}"
