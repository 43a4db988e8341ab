"""Split a stream of bytes into lines of any length."""


class LineSplitter:
    """Takes chunks as they come and gives the lines that they complete. Each byte is copied twice at most."""

    def __init__(self) -> None:
        self._begun: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that this chunk completes, without their newlines; empty ones are dropped."""
        first, *rest = chunk.split(b"\n")
        self._begun.append(first)
        if not rest:
            return []
        lines = [b"".join(self._begun), *rest]
        self._begun = [lines.pop()]
        return [line for line in lines if line]

    @property
    def is_within_line(self) -> bool:
        """True while a line has begun and its newline has not come."""
        return any(self._begun)
