"""What the parts of this package, and watchers, ask through: a `Client`, or a test that answers from a script."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

Query: TypeAlias = Sequence[tuple[str, str]]


class Connection(Protocol):
    """Requests to one API server as one identity; bytes in, bytes out. Raises KtyError for all that goes wrong."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,
    ) -> bytes:
        """Return the whole answer."""
        ...

    def watch(
        self, path: str, *, query: Query = (), headers: Mapping[str, str] | None = None, idle: float
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open a stream of lines. Raises KtyError where it does not open, and where it breaks or is silent too long."""
        ...
