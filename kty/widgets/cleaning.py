"""Make of a text that a person brings one that can stand in YAML, with nothing in it that is not seen."""

from typing import NamedTuple

from kty.text import is_printable, printable
from kty.widgets.text_buffer import INDENT


class Cleaned(NamedTuple):
    """What of a text from elsewhere can stand in YAML."""

    text: str
    tabs: int
    """Tabs that became spaces: YAML knows none in what is before a value."""
    escapes: int
    """Characters that no terminal shows, and that became the escapes that YAML has for them."""


def cleaned(text: str) -> Cleaned:
    """Return a text with lines that end with newlines only, and with nothing in it that cannot be seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tabs = text.count("\t")
    text = text.replace("\t", " " * INDENT)
    lines = text.split("\n")
    if all(map(is_printable, lines)):
        return Cleaned(text, tabs, 0)
    escapes = sum(not is_printable(char) for line in lines for char in line)
    return Cleaned("\n".join(map(printable, lines)), tabs, escapes)
