"""Read the bytes that a terminal was sent, as the terminal would."""

import re
from collections.abc import Iterator

import pyte

_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>]\d*u|\x1b\[\?2026\$p|\x1b\]22;[^\x07]*\x07")
_SGR = re.compile(rb"\x1b\[([\d;]*)m")
_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")
_KITTY = re.compile(rb"\x1b\[([<>])\d*u")


_BEGUN = re.compile(rb"\x1b(?:\[[\d;<>?$]*|\][^\x07\x1b]*)?\Z")
"""A sequence of which more is to come."""


class Emulator:
    """A terminal of one size that is sent its bytes as they come: what was drawn is not drawn again."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.seen = 0
        """How many bytes it was sent."""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._begun = b""

    def feed(self, data: bytes) -> None:
        self.seen += len(data)
        data = self._begun + data
        begun = _BEGUN.search(data)
        end = begun.start() if begun else len(data)
        self._begun = data[end:]
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[:end]))

    @property
    def text(self) -> str:
        """What it shows, a line each."""
        return "\n".join(line.rstrip() for line in self._screen.display)


def _screen(sent: bytes, size: tuple[int, int]) -> pyte.Screen:
    screen = pyte.Screen(*size)
    pyte.ByteStream(screen).feed(_UNKNOWN_TO_PYTE.sub(b"", sent))
    return screen


def shown(sent: bytes, size: tuple[int, int]) -> str:
    """Return what a terminal of that size shows after it was sent all this, a line each."""
    return "\n".join(line.rstrip() for line in _screen(sent, size).display)


def reversed_text(sent: bytes, size: tuple[int, int]) -> str:
    """Return what such a terminal shows in reverse."""
    rows = _screen(sent, size).buffer
    return "".join(rows[y][x].data for y in range(size[1]) for x in range(size[0]) if rows[y][x].reverse)


def colors(sent: bytes) -> set[str]:
    """Return which kinds of color were asked for: `16`, `256`, `truecolor`, and `default` for their absence."""
    return {kind for match in _SGR.finditer(sent) for kind in _kinds(match[1])}


def _kinds(parameters: bytes) -> Iterator[str]:
    numbers = iter([int(it or 0) for it in parameters.split(b";")])
    for number in numbers:
        if number in (38, 48):
            if next(numbers) == 5:
                next(numbers)
                yield "256"
            else:
                yield f"truecolor{''.join('' for _ in zip(range(3), numbers, strict=False))}"
        elif number in (39, 49):
            yield "default"
        elif 30 <= number <= 47 or 90 <= number <= 107:
            yield "16"


def left_on(sent: bytes) -> set[str]:
    """Return the modes that are not as a shell wants them: `1049` and such, `kitty` for its keys."""
    modes = {number.decode(): letter == b"h" for number, letter in _MODE.findall(sent)}
    wanted = {"25", "7"}  # the cursor and line wrap
    on = {number for number, is_on in modes.items() if is_on is (number not in wanted)}
    depth = sum(1 if letter == b">" else -1 for letter in _KITTY.findall(sent))
    return on | ({"kitty"} if depth else set())
