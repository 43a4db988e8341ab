"""Write down what happens that a later question may be about: a JSON object for each, on a line of its own."""

import logging
from datetime import UTC, datetime

import msgspec

from kty.kube.deeds import Deed
from kty.ssh.facts import Changed, Entered, Fact, Tell
from kty.ssh.lines import Lines
from kty.text import printable

_log = logging.getLogger(__name__)
_MOST_WORDS, _LONGEST_WORD = 64, 256


class Audit:
    """Turns facts into lines."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def tell(self, fact: Fact) -> None:
        """Write it down."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._lines.write(msgspec.json.encode({"time": now, **msgspec.to_builtins(fact)}))


def lost(why: str) -> None:
    """Say that lines of the audit log are lost, or are written again."""
    _log.error("the audit log: %s", printable(why))


def together(*tells: Tell) -> Tell:
    """Tell all of them."""

    def tell(fact: Fact) -> None:
        for each in tells:
            each(fact)

    return tell


def as_fact(deed: Deed, **whence: str) -> Fact:
    """Return what somebody did to the cluster as a fact."""
    shown = {"namespace": printable(deed.namespace), "outcome": deed.outcome}
    if deed.verb == "connect":
        words = tuple(printable(word[:_LONGEST_WORD]) for word in deed.command[:_MOST_WORDS])
        container = printable(deed.container)
        return Entered(**whence, **shown, how=deed.part, pod=printable(deed.name), container=container, command=words)
    return Changed(
        **whence,
        **shown,
        verb=deed.verb,
        group=printable(deed.group),
        resource=printable(deed.resource),
        part=printable(deed.part),
        name=printable(deed.name),
    )
