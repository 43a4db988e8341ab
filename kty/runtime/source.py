"""What a watcher needs of a client, so that a test can answer from a script."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

Query: TypeAlias = Sequence[tuple[str, str]]


class Source(Protocol):
    """Bytes of lists and watches, as `kty.kube.client.Client` gives them."""

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
        """Return the whole answer. Raises KtyError for everything else."""
        ...

    def watch(
        self, path: str, *, query: Query = (), headers: Mapping[str, str] | None = None, idle: float
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open a stream of lines. Raises KtyError where it does not open, and where it breaks or is silent too long."""
        ...
