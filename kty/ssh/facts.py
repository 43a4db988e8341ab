"""What happens at the server that somebody may want to know later: told once, to whoever counts or writes it down.

The names of these classes' tags and fields are those of the audit log (docs/serve.md), so they stay as they are. What
a client sent is in them only as printable text of bounded length.
"""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from kty.text import printable

LONGEST = 1024
"""Characters of a text that a client sent, at most."""


class Fact(Struct, frozen=True, kw_only=True, tag_field="event"):
    """One thing that happened, on a connection where there is one."""

    connection: str = ""
    """Another one for each connection; what happens on one has it in common."""
    address: str = ""
    """Where the person is, as far as it can be known."""
    person: str = ""
    """Who logged in; empty where nobody has."""


class Refused(Fact, frozen=True, kw_only=True, tag="refused"):
    """Something was not allowed, by a limit or since this server does no such thing."""

    reason: str
    """The name of the limit, or of the thing: a constant word."""
    why: str
    """The same as a sentence for people."""
    count: int = 1
    """How many times; like ones soon after one another are told together."""


class LoggedIn(Fact, frozen=True, kw_only=True, tag="login"):
    username: str
    """What they call themselves; it decides nothing."""
    method: str
    fingerprint: str


class LoginFailed(Fact, frozen=True, kw_only=True, tag="login-failed"):
    """A connection ended without a login."""

    username: str
    method: str
    """What was tried last; empty where nothing was."""
    tries: int
    fingerprints: tuple[str, ...]
    """Of the keys that were offered."""
    why: str


class LoggedOut(Fact, frozen=True, kw_only=True, tag="logout"):
    seconds: float
    why: str


class SessionOpened(Fact, frozen=True, kw_only=True, tag="session-opened"):
    session: int
    """Another one for each session of a connection."""


class SessionClosed(Fact, frozen=True, kw_only=True, tag="session-closed"):
    session: int
    seconds: float


class Entered(Fact, frozen=True, kw_only=True, tag="exec"):
    """Somebody ran a program in a container, attached to one, or opened a way to its ports."""

    how: str
    """The part of the pod that was asked for: `exec`, `attach`, `portforward`."""
    namespace: str
    pod: str
    container: str
    """Empty where the cluster chose."""
    command: tuple[str, ...]
    outcome: str
    """`ok`, or how the cluster refused it."""


class Changed(Fact, frozen=True, kw_only=True, tag="change"):
    """Somebody asked the cluster to change something."""

    verb: str
    group: str
    resource: str
    part: str
    """The subresource; empty for the object itself."""
    namespace: str
    name: str
    outcome: str
    """`ok`, or how the cluster refused it."""


Tell: TypeAlias = Callable[[Fact], None]
"""Takes what happened. It neither waits nor raises."""


def shown(text: str) -> str:
    """Return what a client sent as text that may be printed and is not too long."""
    return printable(text[:LONGEST])
