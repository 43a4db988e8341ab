"""The keys that somebody offers to log in by: whose they would be, whose they are, and what is wrong with them."""

import logging

import asyncssh

from kty.ssh.algorithms import SIGNATURES
from kty.ssh.attempt import Attempt
from kty.ssh.facts import shown
from kty.ssh.login import Identity, Login, Nobody
from kty.text import printable

_log = logging.getLogger(__name__)


class OfferedKeys:
    """Asks the login, and tells the attempt what is wrong. A key that is offered need not be proven yet."""

    def __init__(self, login: Login, attempt: Attempt, address: str) -> None:
        self.owner: Identity | None = None
        """Whose key was proven last."""
        self._login = login
        self._attempt = attempt
        self._address = address
        self._known: dict[bytes, Identity] = {}
        """Those who would come in with a key that was offered, by the key."""

    def forget(self) -> None:
        """Begin anew, under another name."""
        self._known.clear()
        self.owner = None

    async def may_be_proven(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Say whether somebody comes in with this key, once it is proven."""
        found = await self._login.identity(username, key, self._address)
        if isinstance(found, Nobody):
            _log.info("%s offers the key %s: %s", self._address, key.get_fingerprint(), printable(found.why))
            self._attempt.refused(found.why)
            return False
        self._known[key.public_data] = found
        return True

    def certified(self, issuer: asyncssh.SSHKey) -> None:
        """Hear that a certificate of this issuer is offered."""
        self._attempt.refused(f"certificates are not taken (one of {issuer.get_fingerprint()} was offered)")

    def proven(self, public_data: bytes) -> bool:
        """Hear that a key is proven; say whether its owner comes in."""
        self.owner = self._known.get(public_data)
        return self.owner is not None

    def refused(self, public_data: bytes, signed_by: str) -> None:
        """Hear of a key that was refused, also of one that would have been somebody's."""
        if signed_by and signed_by not in SIGNATURES:
            self._attempt.refused(f"it signed by {shown(signed_by)}, which does not count")
        elif public_data in self._known:
            if signed_by:
                self._attempt.refused("the signature is not of the key that was offered")
        elif not self._attempt.is_explained:
            self._attempt.refused("its key is of a kind that is not known here")
