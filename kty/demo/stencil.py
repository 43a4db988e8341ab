"""The JSON of one object as a pattern for thousands: what differs between them are gaps."""

import re
from collections.abc import Mapping


class Stencil:
    """Made of an object's bytes, and of what stands there for each thing that differs."""

    def __init__(self, body: bytes, gaps: Mapping[str, str]) -> None:
        """`gaps` maps names to texts in the body: distinct, none within another, each safe in JSON."""
        texts = {text.encode(): name for name, text in gaps.items()}
        longest_first = sorted(texts, key=len, reverse=True)
        parts = re.split(b"(" + b"|".join(map(re.escape, longest_first)) + b")", body)
        self._parts = parts
        self._gaps = [(at, texts[parts[at]]) for at in range(1, len(parts), 2)]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """Return the bytes of another object."""
        parts = self._parts.copy()
        for at, name in self._gaps:
            parts[at] = values[name]
        return b"".join(parts)
