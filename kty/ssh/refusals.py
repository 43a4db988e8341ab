"""Tell what was refused: the first at once, and what follows soon after it together, so that no flood fills a disk."""

import asyncio
import logging
from dataclasses import dataclass

from kty.ssh.facts import Refused, Tell
from kty.ssh.forwards import AGENT, X11
from kty.text import printable

TOGETHER = 10.0
"""Seconds whose like refusals are told together."""
MOST = 1000
"""Addresses that are told apart meanwhile."""
_EVERYDAY = frozenset({X11, AGENT, "command", "subsystem"})
"""What many people's own settings ask for, or a slip of the finger."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Repeated:
    last: Refused
    count: int
    timer: asyncio.TimerHandle
    connection: str
    """Whose they all are; empty for several."""


class Refusals:
    """Hands on what is refused, like ones together: of one reason, from one address."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._recent: dict[tuple[str, str], _Repeated] = {}

    def add(self, refused: Refused) -> None:
        """Tell this, now or within `TOGETHER` seconds."""
        subject = refused.reason, refused.person or refused.address
        if subject not in self._recent and len(self._recent) >= MOST:
            subject = refused.reason, ""
        recent = self._recent.get(subject)
        if recent is not None:
            recent.connection = refused.connection if recent.connection == refused.connection else ""
            recent.last, recent.count = refused, recent.count + 1
            return
        timer = asyncio.get_running_loop().call_later(TOGETHER, self._flush, subject)
        self._recent[subject] = _Repeated(refused, 0, timer, refused.connection)
        self._say(refused)

    def _flush(self, subject: tuple[str, str]) -> None:
        recent = self._recent.pop(subject)
        if recent.count:
            last = recent.last
            address = last.address if subject[1] else "many addresses"
            told = Refused(
                connection=recent.connection,
                address=address,
                person=last.person,
                reason=last.reason,
                why=last.why,
                count=recent.count,
            )
            self._say(told)

    def _say(self, refused: Refused) -> None:
        whom = " of ".join(filter(None, (refused.address, refused.person)))
        times = f", {refused.count} times" if refused.count > 1 else ""
        level = logging.INFO if refused.reason in _EVERYDAY else logging.WARNING
        what = "is refused something" if refused.person else "is turned away"
        _log.log(level, "%s %s%s: %s", printable(whom), what, times, printable(refused.why))
        self._tell(refused)

    def close(self) -> None:
        """Tell now what was still to be told."""
        for subject, recent in tuple(self._recent.items()):
            recent.timer.cancel()
            self._flush(subject)
