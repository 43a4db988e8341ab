"""Who may come in. The server asks; what is behind it, a file or later a cluster or an issuer, is a `Login`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asyncssh import SSHKey


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a key belongs to."""

    name: str
    """For people: what logs call them."""
    folder: str
    """The name of the directory for what is remembered for them: of letters and digits, another for everybody else."""
    denied: frozenset[str] = frozenset()
    """What their key may not be used for, in words of authorized_keys without the `no-`: `pty`."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """Whoever comes with a key that opens nothing."""

    why: str
    """What is wrong with it, for the logs of the server: whoever offers it is not told."""


class Login(Protocol):
    """Decides who may come in; it is asked by many connections at once."""

    async def identity(self, username: str, key: "SSHKey", address: str) -> Identity | Nobody:
        """Return who comes in with this key from this address, or why nobody does.

        It is asked before the key is proven, too: whoever offers a public key need not have the private one.
        """
