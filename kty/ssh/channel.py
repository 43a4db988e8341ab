"""Carry one terminal over one SSH channel."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress

import asyncssh

from kty.errors import UsageError

_LONGEST = 256
"""Characters of a value that a client sends; what is longer is none that we would know what to do with."""
_VARIABLES = frozenset(
    ("COLORFGBG", "COLORTERM", "ESCDELAY", "NO_COLOR", "STY", "TERM_PROGRAM", "TMUX"),
)
"""What `term` asks of the environment; nothing else that a client sends is kept."""


class ChannelTransport:
    """A `Transport`: what is sent to a channel that is gone is dropped."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = channel
        name = channel.get_extra_info("sockname")
        self.server: tuple[str, int] | None = (str(name[0]), int(name[1])) if isinstance(name, tuple) else None

    def send(self, frame: bytes) -> None:
        with suppress(OSError):
            self._channel.write(frame)

    def aside(self) -> AbstractContextManager[None]:
        raise UsageError("that needs a terminal on the machine where kty runs")

    def close(self) -> None:
        """Leave the channel open: its exit status is still to be said."""


def terminal_name(term_type: str) -> str:
    """Return what a client calls its terminal (TERM), or nothing where that can be no name."""
    return term_type if len(term_type) <= 64 and term_type.isascii() and term_type.isprintable() else ""


def environment(sent: Mapping[str, str]) -> dict[str, str]:
    """Return what of a client's environment says something about its terminal."""
    return {
        name: value
        for name, value in sent.items()
        if name in _VARIABLES and len(value) <= _LONGEST and value.isascii() and value.isprintable()
    }
