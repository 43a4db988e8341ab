"""Say why to a client that may not come in, before anything is agreed on with it.

It hears words that are the same for everybody: neither how much there may be of what, nor how long it has to wait.
"""

import asyncio
import socket
import struct

import asyncssh

from kty import __version__

VERSION = f"kty_{__version__}"
"""What the server calls itself."""
MOMENT = 1.0
"""Seconds for which a socket stays open, that its client may read."""
MOST = 32
"""Sockets that stay open; more are closed at once."""
_MSG_DISCONNECT = 1
_LATER = "try again later"
_WORDS = {
    "connections": (asyncssh.DISC_TOO_MANY_CONNECTIONS, f"there are too many connections; {_LATER}"),
    "unauthenticated": (asyncssh.DISC_TOO_MANY_CONNECTIONS, f"too many others are logging in just now; {_LATER}"),
    "unauthenticated-per-address": (
        asyncssh.DISC_TOO_MANY_CONNECTIONS,
        "too many connections from your address have not logged in yet",
    ),
    "rate": (asyncssh.DISC_TOO_MANY_CONNECTIONS, f"your address connects too often; {_LATER}"),
    "penalty": (asyncssh.DISC_HOST_NOT_ALLOWED_TO_CONNECT, f"your address is kept out for a while; {_LATER}"),
    "drain": (asyncssh.DISC_BY_APPLICATION, "this server is ending"),
}
"""By the limit's name."""


def words_for(reason: str) -> str:
    """Return what somebody who has not logged in is told of a limit; of most of them no more than its name."""
    return _WORDS[reason][1] if reason in _WORDS else f"closed: {reason}"


class Goodbyes:
    """Says why, and closes sockets; it waits for nobody.

    A socket on which the other side still writes is reset once it is closed, and clients give up before they have read
    why: so a few stay open for a moment.
    """

    def __init__(self) -> None:
        self._lingering: dict[socket.socket, asyncio.TimerHandle] = {}

    def say(self, sock: socket.socket, reason: str) -> None:
        """Say why, where there are words for the limit of this name, and close the socket."""
        if reason not in _WORDS:
            sock.close()
            return
        try:
            sock.send(_disconnect(*_WORDS[reason]))
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            sock.close()
            return
        if len(self._lingering) < MOST:
            self._lingering[sock] = asyncio.get_running_loop().call_later(MOMENT, self._close, sock)
        else:
            sock.close()

    def _close(self, sock: socket.socket) -> None:
        self._lingering.pop(sock).cancel()
        sock.close()

    def close(self) -> None:
        """Close what is still open."""
        for sock in tuple(self._lingering):
            self._close(sock)


def _disconnect(code: int, said: str) -> bytes:
    """Return the server's version (RFC 4253, section 4.2) and a disconnect message (section 11.1)."""
    words = said.encode()
    payload = struct.pack(f">BII{len(words)}sI", _MSG_DISCONNECT, code, len(words), words, 0)
    padding = 4 + -(5 + len(payload) + 4) % 8
    packet = struct.pack(">IB", 1 + len(payload) + padding, padding) + payload + bytes(padding)
    return f"SSH-2.0-{VERSION}\r\n".encode() + packet
