"""Keep a paste to a size that does not stall everybody else."""

START = "\x1b[200~"
END = "\x1b[201~"
LIMIT = 16_384
"""Characters of one paste that are taken. Textual reads it character by character: 100,000 hold the loop for 175 ms."""


class PasteLimit:
    """Cuts bracketed pastes in a stream of typed text, however the stream is cut itself."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._left = 0
        self._inside = False
        self._tail = ""
        """Outside a paste the last few characters passed on, inside one those held back: either may begin a bracket."""

    def __call__(self, text: str) -> str:
        """Return the text less what is beyond the limit within a paste; empty where nothing is to be said yet."""
        passed: list[str] = []
        while text:
            text = self._inner(text, passed) if self._inside else self._outer(text, passed)
        return "".join(passed)

    def _outer(self, text: str, passed: list[str]) -> str:
        seen = self._tail + text
        at = seen.find(START)
        if at < 0:
            passed.append(text)
            self._tail = seen[-(len(START) - 1) :]
            return ""
        rest = seen[at + len(START) :]
        passed.append(text[: len(text) - len(rest)])
        self._inside, self._left, self._tail = True, self._limit, ""
        return rest

    def _inner(self, text: str, passed: list[str]) -> str:
        seen = self._tail + text
        at = seen.find(END)
        if at < 0:
            kept = next(n for n in range(len(END) - 1, -1, -1) if seen.endswith(END[:n]))
            self._tail = seen[len(seen) - kept :]
            self._take(seen[: len(seen) - kept], passed)
            return ""
        self._take(seen[:at], passed)
        passed.append(END)
        self._inside, self._tail = False, ""
        return seen[at + len(END) :]

    def _take(self, body: str, passed: list[str]) -> None:
        body = body[: self._left]
        self._left -= len(body)
        passed.append(body.replace("\x1b", ""))  # an escape would start a key within the paste
