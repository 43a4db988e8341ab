"""What asyncssh does not promise and the server needs: every such name is here, each with a test.

Three things that asyncssh leaves to chance: whoever offers a key need not have it, a connection that is not read
grows in memory without bound, and so does what comes in while an answer is being worked out.
"""

from collections.abc import Callable
from typing import Any

import asyncssh

MOST_UNREAD = 1 << 20
"""Bytes that wait to be sent, or to be understood, before the other side has to wait."""
_LOGIN = b"ssh-userauth"
_LOOK_AGAIN = 0.02
"""Seconds until a connection is looked at again that sends faster than it is answered."""


def on_proof(conn: asyncssh.SSHServerConnection, proven: Callable[[bytes], bool]) -> None:
    """Call `proven` with a public key (RFC 4253, section 6.6) once the other side signed with it; true lets them in."""
    validate = conn.validate_public_key

    async def validate_public_key(username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        is_valid = await validate(username, key_data, msg, signature)
        return is_valid and (not msg or proven(key_data))

    conn.validate_public_key = validate_public_key  # type: ignore[method-assign]


def on_failure(conn: asyncssh.SSHServerConnection, failed: Callable[[], bool]) -> None:
    """Call `failed` whenever the other side could not log in by something; false says that it ended the connection.

    The other side may try again, and may first ask again for the service that it logs in by.
    """
    send = conn.send_userauth_failure

    def send_userauth_failure(partial_success: bool) -> None:
        if failed():
            conn._next_service = _LOGIN  # paramiko asks for it anew before each try, and would be cut off
            send(partial_success)

    conn.send_userauth_failure = send_userauth_failure  # type: ignore[method-assign]


def press_back(conn: asyncssh.SSHServerConnection, pause: Callable[[], None], resume: Callable[[], None]) -> None:
    """Call `pause` while a connection is not read by the other side, and `resume` once it is; bound what comes in."""
    transport: Any = conn._transport
    transport.set_write_buffer_limits(high=MOST_UNREAD)
    conn.pause_writing = pause  # type: ignore[method-assign]
    conn.resume_writing = resume  # type: ignore[method-assign]
    receive = conn.data_received
    loop = conn._loop

    def data_received(data: bytes, datatype: asyncssh.DataType = None) -> None:
        receive(data, datatype)
        if len(conn._inpbuf) > MOST_UNREAD and not transport.is_closing():
            transport.pause_reading()
            loop.call_later(_LOOK_AGAIN, read_on)

    def read_on() -> None:
        if transport.is_closing():
            return
        if len(conn._inpbuf) > MOST_UNREAD:
            loop.call_later(_LOOK_AGAIN, read_on)
        else:
            transport.resume_reading()

    conn.data_received = data_received  # type: ignore[method-assign]
