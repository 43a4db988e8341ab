"""What a terminal does with keys while no program takes them as they are: lines that can be mended, ctrl-c, ctrl-d.

A client that has a terminal hands on every key: what its own machine would have done, termios(3) calls it the
canonical mode, is left to the server.
"""

import signal
from collections.abc import Callable

LONGEST = 4095
"""Bytes of a line; Linux takes as many (MAX_CANON)."""
_INTERRUPTS = {0x03: signal.SIGINT, 0x1C: signal.SIGQUIT}
_END, _KILL, _BELL, _TAB = 0x04, 0x15, b"\a", 0x09
_ERASES = (0x7F, 0x08)
_NEWLINES = (0x0D, 0x0A)


class CookedInput:
    """Makes lines of keys, and shows what is typed."""

    def __init__(
        self,
        echo: Callable[[bytes], None],
        line: Callable[[bytes], None],
        end: Callable[[], None],
        interrupt: Callable[[int], None],
    ) -> None:
        """`line` hears each line with its newline, `end` the end of all input, and `interrupt` a signal's number."""
        self._echo = echo
        self._line = line
        self._end = end
        self._interrupt = interrupt
        self._typed = bytearray()

    def take(self, data: bytes) -> None:
        """Take keys, cut anywhere."""
        shown = bytearray()
        for byte in data:
            shown += self._key(byte)
        if shown:
            self._echo(bytes(shown))

    def rest(self) -> bytes:
        """Return what was typed of a line that is not finished, and forget it."""
        typed = bytes(self._typed)
        self._typed.clear()
        return typed

    def _key(self, byte: int) -> bytes:
        """Do what a key does, and return what is shown of it."""
        if byte in _NEWLINES:
            self._line(self.rest() + b"\n")
            return b"\r\n"
        if byte in _INTERRUPTS:
            self._typed.clear()
            self._interrupt(_INTERRUPTS[byte])
            return _caret(byte)
        if byte == _END:
            if self._typed:
                self._line(self.rest())
            else:
                self._end()
            return b""
        if byte in _ERASES:
            return self._erased()
        if byte == _KILL:
            return b"".join(iter(self._erased, b""))
        if len(self._typed) >= LONGEST:
            return _BELL
        self._typed.append(byte)
        return _caret(byte) if byte < 0x20 and byte != _TAB else bytes((byte,))

    def _erased(self) -> bytes:
        """Take back the last character, and return what does so on the screen; nothing where there is none."""
        if not self._typed:
            return b""
        last = self._typed.pop()
        while 0x80 <= last < 0xC0 and self._typed:  # the first byte of a character in UTF-8 is none of these
            last = self._typed.pop()
        return b"\b \b" * (2 if last < 0x20 else 1)


def _caret(byte: int) -> bytes:
    return b"^" + bytes((byte ^ 0x40,))
