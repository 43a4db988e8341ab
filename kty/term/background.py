"""Whether the terminal is light or dark: asked of it (OSC 11), or told by its environment.

https://invisible-island.net/xterm/ctlseqs/ctlseqs.html (Operating System Commands, 11)
"""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

Ground: TypeAlias = Literal["dark", "light"]

ASK = "\x1b]11;?\x1b\\"
"""Ask for the background; a terminal that knows it answers as one types."""
PATIENCE = 2.0
"""Seconds after which an answer is no longer of use: a screen that somebody reads does not change its colours."""

_LONGEST = 4096
"""Characters that an answer may have; what is longer was none."""
_ANSWER = re.compile(r"\x1b\](\d+);([^\x07\x1b]*)(?:\x07|\x1b\\)")
_BEGINNING = re.compile(r"\x1b(?:\](?:\d+(?:;[^\x07\x1b]*\x1b?)?)?)?\Z")
_COLOR = re.compile(r"rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})(?:/[0-9a-f]{1,4})?", re.IGNORECASE)


def asked(name: str) -> bool:
    """Say whether a terminal of this TERM can be asked: those that cannot may print the question."""
    return not (name in ("", "dumb", "unknown", "linux") or name.startswith("vt"))


def told(env: Mapping[str, str]) -> Ground | None:
    """Return what COLORFGBG says (rxvt, Konsole: `15;0`, `0;default;15`); None where it says nothing."""
    number = env.get("COLORFGBG", "").rpartition(";")[2]
    if not number.isascii() or not number.isdecimal():
        return None
    return "light" if int(number) in (7, *range(9, 16)) else "dark"


def ground_of(color: str) -> Ground | None:
    """Return what a colour as X has it (`rgb:ffff/ffff/ffff`) is; None for what is no colour."""
    found = _COLOR.fullmatch(color)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    return "light" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else "dark"


class Answers:
    """Takes the answers of a terminal (OSC) out of what is typed, wherever it is cut."""

    def __init__(self) -> None:
        self.held = ""
        """The end of what came, where it may be the beginning of an answer."""
        self.ground: Ground | None = None
        """What the last answer about the background said."""
        self.is_awaited = False
        """Whether one is due: only then may an escape be the beginning of it, and has to wait."""

    def take(self, text: str) -> str:
        """Return the text without answers, and without what may become one."""
        text, self.held, is_awaited = self.held + text, "", self.is_awaited
        text = _ANSWER.sub(self._read, text)
        start = _BEGINNING.search(text[-_LONGEST:])
        if start is not None and (is_awaited or len(start[0]) > len("\x1b]")):
            text, self.held = text[: len(text) - len(start[0])], start[0]
        return text

    def give_back(self) -> str:
        """Return what was held, once nothing came after it: escape is a key, and so is alt+]. No answer is."""
        if self.held.startswith("\x1b]") and len(self.held) > 2:
            return ""
        text, self.held = self.held, ""
        return text

    def _read(self, answer: re.Match[str]) -> str:
        if answer[1] == "11":
            self.ground = ground_of(answer[2]) or self.ground
            self.is_awaited = False
        return ""
