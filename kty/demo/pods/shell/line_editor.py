"""Typing at a prompt: the keys that move, erase and recall."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kty.demo.pods.terminal import Terminal

_KEY: Final = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|.)|.", re.DOTALL)
_MOST: Final = 500
"""Lines that are remembered."""


class Interrupted(Exception):
    """Ctrl-C at the prompt."""


class LineEditor:
    """Reads lines from a terminal; `history` is shared and grows."""

    def __init__(
        self, terminal: "Terminal", history: list[str], complete: "Callable[[str], tuple[str, list[str]]]"
    ) -> None:
        self._terminal = terminal
        self._history = history
        self._complete = complete
        self._pending = ""
        self._undecoded = b""
        self._prompt = ""
        self._line = ""
        self._at = 0
        self._recalled = 0
        self._row = 0

    async def read(self, prompt: str) -> str | None:
        """Return a line without its newline, None for Ctrl-D on an empty one. Raises Interrupted."""
        self._prompt, self._line, self._at, self._row = prompt, "", 0, 0
        self._recalled = len(self._history)
        with self._terminal.raw():
            await self._show(prompt)
            while True:
                key = await self._key()
                if key is None or (key == "\x04" and not self._line):
                    await self._show("\r\n")
                    return None
                if key in ("\r", "\n"):
                    await self._move(len(self._line))
                    await self._show("\r\n")
                    if self._line.strip() and self._history[-1:] != [self._line]:
                        self._history.append(self._line)
                        del self._history[:-_MOST]
                    return self._line
                if key == "\x03":
                    await self._show("^C\r\n")
                    raise Interrupted
                await self._press(key)

    async def _key(self) -> str | None:
        while not self._pending:
            data = await self._terminal.read()
            if not data:
                return None
            data = self._undecoded + data
            text = data.decode("utf-8", "ignore")
            whole = len(text.encode())
            self._undecoded = data[whole:] if len(data) - whole < 4 else b""
            self._pending = text
        found = _KEY.match(self._pending)
        key = found[0] if found else self._pending[0]
        self._pending = self._pending[len(key) :]
        return key

    async def _press(self, key: str) -> None:
        line, at = self._line, self._at
        match key:
            case "\x7f" | "\b" if at:
                await self._become(line[: at - 1] + line[at:], at - 1)
            case "\x04" | "\x1b[3~":
                await self._become(line[:at] + line[at + 1 :], at)
            case "\x1b[D" | "\x1bOD" | "\x02":
                await self._move(max(at - 1, 0))
            case "\x1b[C" | "\x1bOC" | "\x06":
                await self._move(min(at + 1, len(line)))
            case "\x1b[H" | "\x1bOH" | "\x1b[1~" | "\x01":
                await self._move(0)
            case "\x1b[F" | "\x1bOF" | "\x1b[4~" | "\x05":
                await self._move(len(line))
            case "\x1b[A" | "\x1bOA" | "\x10":
                await self._recall(-1)
            case "\x1b[B" | "\x1bOB" | "\x0e":
                await self._recall(1)
            case "\x15":
                await self._become(line[at:], 0)
            case "\x0b":
                await self._become(line[:at], at)
            case "\x17":
                start = len(line[:at].rstrip(" ").rpartition(" ")[0])
                start += 1 if " " in line[:at].rstrip(" ") else 0
                await self._become(line[:start] + line[at:], start)
            case "\x0c":
                await self._show("\x1b[H\x1b[J")
                self._row = 0
                await self._paint()
            case "\t":
                await self._completed()
            case _ if key.isprintable():
                await self._become(line[:at] + key + line[at:], at + 1)

    async def _completed(self) -> None:
        added, choices = self._complete(self._line[: self._at])
        if added:
            await self._become(self._line[: self._at] + added + self._line[self._at :], self._at + len(added))
        elif len(choices) > 1:
            await self._move(len(self._line))
            await self._show("\r\n" + "  ".join(choices) + "\r\n")
            self._row = 0
            await self._paint()

    async def _recall(self, step: int) -> None:
        wanted = self._recalled + step
        if 0 <= wanted <= len(self._history):
            self._recalled = wanted
            line = self._history[wanted] if wanted < len(self._history) else ""
            await self._become(line, len(line))

    async def _become(self, line: str, at: int) -> None:
        """Change the line; typing at its end shows no more than the key."""
        before, was = self._line, self._at
        self._line, self._at = line, at
        columns = self._terminal.columns
        if line[:-1] == before and was == len(before) and (len(self._prompt) + len(line)) % columns:
            await self._show(line[-1])
            return
        await self._paint()

    async def _move(self, at: int) -> None:
        if at != self._at:
            self._at = at
            await self._paint()

    async def _paint(self) -> None:
        """Write prompt and line anew over all rows that they take, and put the cursor where it belongs."""
        columns = self._terminal.columns
        end, place = len(self._prompt) + len(self._line), len(self._prompt) + self._at
        up = f"\x1b[{self._row}A" if self._row else ""
        text = f"{up}\r{self._prompt}{self._line}\x1b[J"
        if end and end % columns == 0:
            text += "\r\n"
        back = end // columns - place // columns
        text += (f"\x1b[{back}A" if back else "") + "\r" + (f"\x1b[{place % columns}C" if place % columns else "")
        self._row = place // columns
        await self._show(text)

    async def _show(self, text: str) -> None:
        await self._terminal.write(text.encode("utf-8", "surrogateescape"))
