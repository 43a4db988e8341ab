"""How far in a log we are: when its last line was said, and how to go on after it without doubles."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

_SECOND = 10**9


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
        if text[19:] == "Z":
            self._second, self._whole = stamp[:19], whole
        return whole + int(fraction.ljust(9, "0")[:9])

    _whole = 0


class LogPlace:
    """Remembers the last line of a log, and leaves out what was seen when the log is opened again.

    A log can be opened from a whole second on only, so that lines come again; several may have the same time.
    """

    def __init__(self) -> None:
        self.at = 0
        """When the last line was said; 0 where none was."""
        self._last: Counter[int] = Counter()
        """How often each line came that was said at that very time, by its hash."""
        self._missing: Counter[int] | None = None
        """While lines come again: those that must come before there is anything new."""

    @property
    def since(self) -> datetime | None:
        """Where to open the log to go on; None for its beginning."""
        return datetime.fromtimestamp(self.at // _SECOND, UTC) if self.at else None

    def again(self) -> None:
        """The log was opened again, from `since` on."""
        self._missing = Counter(self._last) if self.at else None

    def anew(self) -> None:
        """The log is another one."""
        self.at, self._last, self._missing = 0, Counter(), None

    def take(self, times: list[int], lines: list[bytes]) -> tuple[list[int], list[bytes], bool]:
        """Return what is new, and whether lines between may be lost: the last line we knew did not come again."""
        gap = False
        if self._missing is not None:
            start, gap = self._skip(self._missing, times, lines)
            times, lines = times[start:], lines[start:]
        self._remember(times, lines)
        return times, lines, gap

    def _skip(self, missing: Counter[int], times: list[int], lines: list[bytes]) -> tuple[int, bool]:
        for index, at in enumerate(times):
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
        return len(times), False

    def _remember(self, times: list[int], lines: list[bytes]) -> None:
        if not times or not times[-1]:  # the kubelet says what went wrong in a line without a time
            return
        if times[-1] != self.at:
            self.at, self._last = times[-1], Counter()
        for index in range(len(times) - 1, -1, -1):
            if times[index] != self.at:
                break
            self._last[hash(lines[index])] += 1
