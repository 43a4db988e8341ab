"""What is searched for in a log: the lines that have it, and which of them is the current one."""

from kty.widgets.log_filter import Both, LogFilter
from kty.widgets.log_ring import LogRing
from kty.widgets.log_sieve import LogSieve


class LogSearch:
    """The lines among those that a filter lets through in which something is found."""

    def __init__(self, ring: LogRing, wanted: LogFilter, within: LogFilter | None) -> None:
        self.wanted = wanted
        self.match: int | None = None
        """The number of the line that is the current match."""
        self._sieve = LogSieve(ring, Both(wanted, within))
        self._near: int | None = None

    def work(self, seconds: float) -> bool:
        """Look at lines for about so long; say whether there are more of them."""
        return self._sieve.work(seconds)

    @property
    def found(self) -> str:
        """Which match of how many is the current one, such as `3/17`; `…` while more may be found."""
        place = 0 if self.match is None else self._sieve.at_or_after(self.match) + 1
        return f"{place}/{len(self._sieve):,}" + ("" if self._sieve.is_complete else "…")

    def begin(self, near: int) -> None:
        """Let the last match up to a line be the current one, as soon as it is found; the first where none is."""
        self._near = near

    def begun(self) -> int | None:
        """Return the current match that `begin` asked for, once, when it is found."""
        if self._near is None or not len(self._sieve):
            return None
        index = self._sieve.after(self._near) - 1
        if index < 0 and not self._sieve.is_complete:
            return None
        self._near = None
        self.match = self._sieve[max(0, index)]
        return self.match

    def step(self, by: int, near: int) -> int | None:
        """Go to the next match, or the one before, around the ends; from `near` where there is no current one."""
        self._near = None
        if not len(self._sieve):
            return None
        if self.match is None:
            index = self._sieve.at_or_after(near) - (by < 0)
        else:
            index = self._sieve.after(self.match) if by > 0 else self._sieve.at_or_after(self.match) - 1
        self.match = self._sieve[index % len(self._sieve)]
        return self.match
