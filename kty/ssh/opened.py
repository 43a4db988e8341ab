"""What the server knows of a session from its request to its end."""

import time
from collections.abc import Callable
from typing import TypeAlias

import asyncssh

from kty.ssh.inside import Wire
from kty.ssh.session import ChannelSession

Close: TypeAlias = Callable[["OpenedSession", str, str], None]


class OpenedSession:
    """One session of a connection; a `Reader` of what waits for it."""

    def __init__(
        self,
        number: int,
        session: ChannelSession,
        channel: asyncssh.SSHServerChannel[bytes],
        wire: Wire,
        close: Close,
    ) -> None:
        self.number = number
        self.session = session
        self.channel = channel
        self.is_ending = False
        self._wire = wire
        self._close = close
        self._since = time.monotonic()

    @property
    def waiting(self) -> int:
        """Bytes that wait until its client has room for them."""
        return self.channel.get_write_buffer_size()

    @property
    def taken(self) -> int:
        """How many packets its client had room for."""
        return self._wire.taken_by(self.channel)

    @property
    def seconds(self) -> float:
        """How long it has been open."""
        return round(time.monotonic() - self._since, 3)

    def close(self, reason: str, why: str) -> None:
        """End it, by the limit of this name."""
        if not self.is_ending:
            self.is_ending = True
            self._close(self, reason, why)
