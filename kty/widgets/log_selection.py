"""Which lines of a log a person chose: from one line to another, whichever comes first."""


class LogSelection:
    """Two lines by their numbers, and all between them; or none."""

    def __init__(self) -> None:
        self._anchor: int | None = None
        self._end = 0

    def __bool__(self) -> bool:
        return self._anchor is not None

    def __contains__(self, number: int) -> bool:
        return self._anchor is not None and self.first <= number <= self.last

    @property
    def first(self) -> int:
        return self._end if self._anchor is None else min(self._anchor, self._end)

    @property
    def last(self) -> int:
        return self._end if self._anchor is None else max(self._anchor, self._end)

    @property
    def end(self) -> int:
        """The line that moves."""
        return self._end

    def begin(self, number: int) -> None:
        """Choose one line."""
        self._anchor = self._end = number

    def extend(self, number: int) -> None:
        """Choose all lines up to this one, from the one that was chosen first."""
        if self._anchor is None:
            self._anchor = number
        self._end = number

    def clear(self) -> None:
        """Choose none."""
        self._anchor = None
