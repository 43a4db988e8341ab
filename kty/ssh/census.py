"""Who is here: counted anew for everybody who asks."""

from collections.abc import Collection

from kty.ssh.connection import Connection
from kty.ssh.crowd import Crowd
from kty.ssh.gate import Gate
from kty.ssh.opened import OpenedSession


class Census:
    """Counts the connections of a server (a `Counted`)."""

    def __init__(self, connections: Collection[Connection], gate: Gate, crowd: Crowd) -> None:
        self._connections = connections
        self._gate = gate
        self._crowd = crowd

    @property
    def authenticated(self) -> int:
        """How many connections there are on which somebody has logged in."""
        return sum(each.is_in for each in self._connections)

    @property
    def unauthenticated(self) -> int:
        """How many connections there are on which nobody has logged in yet."""
        return self._gate.standing

    @property
    def people(self) -> int:
        """How many people are here."""
        return self._crowd.people

    @property
    def penalized(self) -> int:
        """How many addresses have something against them."""
        return self._gate.penalized

    @property
    def sessions(self) -> int:
        """How many sessions there are."""
        return len(self.opened())

    @property
    def buffered(self) -> int:
        """How many bytes wait for all connections together, and for their sessions."""
        return sum(each.buffered for each in self.wired())

    def count(self) -> None:
        """Tell how many bytes went over all connections since the last time."""
        for each in self._connections:
            each.count()

    def wired(self) -> list[Connection]:
        """Return the connections that bytes may wait for."""
        return [each for each in self._connections if each.conn is not None]

    def opened(self) -> list[OpenedSession]:
        """Return all sessions."""
        return [opened for each in self._connections for opened in each.opened_sessions.values()]
