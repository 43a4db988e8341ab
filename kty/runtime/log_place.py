"""How far in a log we are: when its last line was said, and how to go on after it without doubles."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate

_SECOND = 10**9
_END = 1 << 62
"""Times from here on are taken for none: with some room left, all others fit into 64 bits."""
_MOST = 1000
"""Lines that a place remembers, or a few more."""


class Stamps:
    """Cuts the times off lines that were asked for with timestamps.

    The kubelet writes RFC 3339 with nanoseconds, and one blank behind; most lines share their second with the last.
    """

    def __init__(self) -> None:
        self._second = b""
        self._at = 0

    def cut(self, lines: Sequence[bytes]) -> tuple[list[int], list[bytes]]:
        """Return the times, in nanoseconds since the epoch, and the lines; what has no time gets that of the line
        before it."""
        times: list[int] = []
        texts: list[bytes] = []
        last = self._at
        for line in lines:
            stamp, _, text = line.partition(b" ")
            try:
                last = self._read(stamp)
            except (ValueError, OverflowError):
                text = line
            times.append(last)
            texts.append(text)
        self._at = last
        return times, texts

    def _read(self, stamp: bytes) -> int:
        if stamp[19:20] == b"." and stamp[-1:] == b"Z" and stamp[:19] == self._second:
            return self._whole + int(stamp[20:-1].ljust(9, b"0")[:9])
        if len(stamp) < 20 or len(stamp) > 35 or stamp[10:11] != b"T":
            raise ValueError("no time")
        text = stamp.decode("ascii")
        fraction = ""
        if text[19] == ".":
            end = next((at for at in range(20, len(text)) if not text[at].isdigit()), len(text))
            fraction, text = text[20:end], text[:19] + text[end:]
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        whole = int(moment.timestamp()) * _SECOND
        if not 0 <= whole < _END:
            raise ValueError("no time that a log has")
        if text[19:] == "Z":
            self._second, self._whole = stamp[:19], whole
        return whole + int(fraction.ljust(9, "0")[:9])

    _whole = 0


class LogPlace:
    """Remembers the last line of a log, and leaves out what was seen when the log is opened again.

    A log can be opened from a whole second on only, so that lines come again; several may have the same time. Times go
    back now and then, as each stream of a container is stamped on its own: here each line counts as said when the
    latest of those up to it was.
    """

    def __init__(self) -> None:
        self.at = 0
        """When the last line was said; 0 where none was."""
        self.begun = 0
        """When the first line was said of those that came without a gap between them; 0 where none was."""
        self._last: Counter[int] = Counter()
        """How often each line came that was said at that very time, by its hash."""
        self._oldest = 0
        """The least time that one of these is stamped with."""
        self._risen = 0
        """The latest time since the log was opened."""
        self._missing: Counter[int] | None = None
        """While lines come again: those that must come before there is anything new."""

    @property
    def since(self) -> datetime | None:
        """Where to open the log to go on; None for its beginning."""
        return datetime.fromtimestamp(self._oldest // _SECOND, UTC) if self.at else None

    def again(self) -> None:
        """The log was opened again, from `since` on."""
        self._risen = 0
        self._missing = Counter(self._last) if self.at else None

    def anew(self) -> None:
        """The log is another one."""
        self.at = self.begun = self._risen = 0
        self._last, self._missing = Counter(), None

    def take(self, times: list[int], lines: list[bytes]) -> tuple[list[int], list[bytes], bool]:
        """Return what is new, and whether lines between may be lost: the last line we knew did not come again."""
        gap = False
        rising = self._rise(times)
        if self._missing is not None:
            start, gap = self._skip(self._missing, rising, lines)
            times, rising, lines = times[start:], rising[start:], lines[start:]
        if gap or not self.begun:
            self.begun = next(filter(None, times), 0)
        self._remember(times, rising, lines)
        if len(self._last) > _MOST and any(times):  # a clock was set back: go by what it says now
            self.at, self._last, self._risen = 0, Counter(), 0
            self._remember(times, self._rise(times), lines)
        return times, lines, gap

    def _rise(self, times: list[int]) -> list[int]:
        rising = list(accumulate(times, max, initial=self._risen))
        self._risen = rising[-1]
        return rising[1:]

    def _skip(self, missing: Counter[int], rising: list[int], lines: list[bytes]) -> tuple[int, bool]:
        for index, at in enumerate(rising):
            if 0 < at < self.at:
                continue
            known = hash(lines[index])
            if at == self.at and missing[known]:
                missing[known] -= 1
                if not missing.total():
                    self._missing = None
                    return index + 1, False
                continue
            is_seen = missing.total() < self._last.total()
            self._missing = None
            return index, not is_seen
        return len(rising), False

    def _remember(self, times: list[int], rising: list[int], lines: list[bytes]) -> None:
        if rising and rising[-1] > self.at:
            self.at = self._oldest = rising[-1]
            self._last = Counter()
        for index in range(len(rising) - 1, -1, -1):
            if rising[index] != self.at:
                break
            if times[index]:  # the kubelet says what went wrong in a line without a time
                self._last[hash(lines[index])] += 1
                self._oldest = min(self._oldest, times[index])
