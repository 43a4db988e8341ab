"""Answers that are given up before their end."""

import aiohttp


class AbruptResponse(aiohttp.ClientResponse):
    """Ends the connection at once when it is closed early.

    A TLS connection that is closed in the polite way waits, out of sight, until the server says goodbye, too: for 30 s
    where it is busy or gone.
    """

    def close(self) -> None:
        connection = self.connection
        transport = None if connection is None else connection.transport
        super().close()
        if transport is not None:
            transport.abort()
