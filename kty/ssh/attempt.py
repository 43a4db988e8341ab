"""What somebody tried who wants to log in: for limits, and for those who read the logs."""

import json
import time

import asyncssh

from kty.ssh.facts import LoggedIn, LoginFailed, shown

_MOST_FINGERPRINTS = 20
_MOST_REASONS = 5
_MOST_LAST = 200
_LEAVES = (
    asyncssh.DISC_CONNECTION_LOST,
    asyncssh.DISC_BY_APPLICATION,
    asyncssh.DISC_AUTH_CANCELLED_BY_USER,
    asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE,
)


def parting(error: Exception) -> str:
    """Return how a connection ended; nothing where its client only left, as all do that did not come in."""
    is_usual = (
        error.code in _LEAVES if isinstance(error, asyncssh.DisconnectError) else isinstance(error, ConnectionError)
    )
    return "" if is_usual else str(error)


class Attempt:
    """One connection's way from its first byte to a login, or to none."""

    def __init__(self, most: int) -> None:
        """`most` is how many ways may fail."""
        self._most = most
        self.began = time.monotonic()
        self.username = ""
        self.method = ""
        self.fingerprints: list[str] = []
        """Of the keys that were offered, as far as they are kept."""
        self.had_room = True
        """False once it had to make room for somebody else."""
        self._failures = -1  # every client tries `none` first, to hear what there is
        self._offers = 0
        self._reasons: list[str] = []
        """What was wrong with what was tried, each once."""

    def named(self, username: str) -> None:
        """Hear what they call themselves."""
        self.username = shown(username)

    def offered(self, fingerprint: str) -> bool:
        """Hear that a key is offered; false where that is enough.

        A key that may come in costs no try as long as nothing is signed with it, so offers have a limit of their own.
        """
        self.method = "publickey"
        self._offers += 1
        if fingerprint not in self.fingerprints and len(self.fingerprints) < _MOST_FINGERPRINTS:
            self.fingerprints.append(fingerprint)
        return self._offers <= 3 * self._most

    def refused(self, why: str) -> None:
        """Hear what is wrong with a key, or with how it is proven."""
        self.method = "publickey"
        if why not in self._reasons:
            self._reasons = [*self._reasons, why][-_MOST_REASONS:]

    @property
    def is_explained(self) -> bool:
        """Whether it is known why nothing that was tried was enough."""
        return bool(self._reasons)

    def failed(self) -> bool:
        """Hear that something failed; false where that is enough."""
        self._failures += 1
        return self._failures < self._most

    @property
    def failures(self) -> int:
        return max(0, self._failures)

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return time.monotonic() - self.began

    def as_login(self, **whence: str) -> LoggedIn:
        """Return it as one that came to a login."""
        fingerprint = self.fingerprints[-1] if self.fingerprints else ""
        return LoggedIn(**whence, username=self.username, method=self.method, fingerprint=fingerprint)

    def as_failure(self, end: str, last: str, **whence: str) -> LoginFailed:
        """Return it as one that came to nothing: `end` is why the server ended it.

        `last` is what the connection ended with. It may be the client's own words: they hide and feign nothing.
        """
        reasons = self._reasons or (["it offered no key"] if self.username and not self.fingerprints else [])
        quoted = f"it ended with {json.dumps(last[:_MOST_LAST])}" if last else ""
        why = "; ".join(filter(None, (end, *reasons, quoted))) or "it left"
        return LoginFailed(
            **whence,
            username=self.username,
            method=self.method,
            tries=self.failures,
            fingerprints=tuple(self.fingerprints),
            why=shown(why),
        )
