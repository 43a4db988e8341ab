"""New keys for a connection: how often it may want some, and how long it may take to agree on them."""

import asyncio
from collections.abc import Callable

from kty.ssh.limits import Limits
from kty.ssh.rate import Rate


class Rekeying:
    """Hears when keys are asked for and agreed on, and calls `close` with the limit's name and a sentence."""

    def __init__(self, limits: Limits, close: Callable[[str, str], None]) -> None:
        self.is_first = True
        """Whether there were no keys yet."""
        self._limits = limits
        self._close = close
        self._rate = Rate(limits.key_exchanges / 60, limits.key_exchanges, 1)
        self._waiting: asyncio.TimerHandle | None = None

    def asked(self) -> None:
        """Hear that keys are asked for, by whomever."""
        if not self._rate.takes(""):
            most = self._limits.key_exchanges
            self._close("key-exchanges", f"it wants new keys more than {most} times a minute")
        elif not self.is_first and self._waiting is None:
            said = "it wanted new keys, and took none"
            loop = asyncio.get_running_loop()
            self._waiting = loop.call_later(self._limits.login_grace, self._close, "login-grace", said)

    def agreed(self) -> None:
        """Hear that there are keys."""
        self.is_first = False
        self.stop()

    def stop(self) -> None:
        """Wait for none any more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
