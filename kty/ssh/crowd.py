"""What each person has at once, over all of their connections."""

from collections import Counter

from kty.ssh.limits import Limits


class Crowd:
    """Counts connections and sessions by person; whoever is told why not may not have one more."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._connections: Counter[str] = Counter()
        self._sessions: Counter[str] = Counter()

    @property
    def people(self) -> int:
        """How many people are here."""
        return len(self._connections)

    def why_no_connection(self, person: str) -> str:
        """Say why this person may not have one more connection; empty where they may."""
        most = self._limits.connections_per_person
        return f"one person may have {most} connections at once" if self._connections[person] >= most else ""

    def why_no_session(self, person: str) -> str:
        """Say why this person may not have one more session; empty where they may."""
        most = self._limits.sessions_per_person
        return f"one person may have {most} sessions at once" if self._sessions[person] >= most else ""

    def came(self, person: str) -> None:
        """Count a connection of this person."""
        self._connections[person] += 1

    def left(self, person: str) -> None:
        """Hear that one of their connections is over."""
        _less(self._connections, person)

    def opened(self, person: str) -> None:
        """Count a session of this person."""
        self._sessions[person] += 1

    def closed(self, person: str) -> None:
        """Hear that one of their sessions is over."""
        _less(self._sessions, person)


def _less(counter: Counter[str], person: str) -> None:
    counter[person] -= 1
    if counter[person] <= 0:
        del counter[person]
