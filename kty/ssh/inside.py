"""What asyncssh does not promise and the server needs: every such name is here, each with a test.

What asyncssh leaves to chance: whoever offers a key need not have it, and what comes in, goes out or waits grows in
memory without bound where the other side wants it to.
"""

import functools
import time
from collections.abc import Callable, Collection
from typing import Any

import asyncssh
from asyncssh.packet import PacketDecodeError

THEIRS = (asyncssh.Error, OSError, PacketDecodeError, UnicodeDecodeError)
"""How a connection ends by what the other side does; anything else is a mistake of ours, or of asyncssh."""
MOST_READ = 16 * 1024
"""Bytes of one connection that are taken at once: others have their turn, and asyncssh cuts packets off by copying."""
MOST_UNREAD = 320 * 1024
"""Bytes that came in and wait until an answer is worked out; more than the longest packet."""
MOST_UNSEEN = 64 * 1024
"""Bytes that wait for somebody who has not logged in."""
MOST_ASKED = 64
"""Requests that wait for their answers before no more are read."""
MOST_DEFERRED = 2000
"""Packets that wait for new keys: whoever asks for keys and does not take them is closed."""
MOST_PIECES = 256
"""Pieces in which keys wait for a session that does not read; more are put together."""
MOST_VARIABLES, MOST_ENVIRONMENT = 64, 16 * 1024
"""Variables, and bytes of them, that one session keeps."""
_LOGIN = b"ssh-userauth"
_DEAR = 0.005
"""Seconds of work that may be made by what is read at once; who makes more is read no more for twice as long."""
_LOOK_AGAIN = 0.02
"""Seconds until a connection is looked at again that sends faster than it is answered."""
_IGNORE = 2
"""SSH_MSG_IGNORE (RFC 4253). asyncssh puts one before each packet, which CBC wants (section 9.3.1 of RFC 4251): that is
not offered, and to encrypt and send two for one is half of what it costs to send anything."""
_DATA = (94, 95)
"""SSH_MSG_CHANNEL_DATA and SSH_MSG_CHANNEL_EXTENDED_DATA (RFC 4254)."""


def on_proof(
    conn: asyncssh.SSHServerConnection,
    proven: Callable[[bytes], bool],
    refused: Callable[[bytes, str], None],
    signatures: Collection[str],
) -> None:
    """Call `proven` with a public key (RFC 4253, section 6.6) once the other side signed with it; true lets them in.

    `refused` hears of a key that was refused, and by which algorithm it had signed, where it had. Only these
    `signatures` count: asyncssh tells clients of them, and then takes any.
    """
    validate = conn.validate_public_key

    async def validate_public_key(username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        by = _algorithm(signature) if msg else ""
        is_valid = (not msg or by in signatures) and await validate(username, key_data, msg, signature)
        if is_valid and (not msg or proven(key_data)):
            return True
        refused(key_data, by)
        return False

    conn.validate_public_key = validate_public_key  # type: ignore[method-assign]


def _algorithm(signature: bytes) -> str:
    return signature[4 : 4 + int.from_bytes(signature[:4])].decode("ascii", "replace")


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


def on_keys(conn: asyncssh.SSHServerConnection, started: Callable[[], None], agreed: Callable[[], None]) -> None:
    """Call `started` whenever new keys are asked for, by whomever, and `agreed` once there are some."""
    ask, take = conn._send_kexinit, conn.send_newkeys

    def send_kexinit() -> None:
        started()
        ask()

    def send_newkeys(k: bytes, h: bytes) -> None:
        take(k, h)
        agreed()

    conn._send_kexinit = send_kexinit  # type: ignore[method-assign]
    conn.send_newkeys = send_newkeys  # type: ignore[method-assign]


def on_listeners(conn: asyncssh.SSHServerConnection, x11: Callable[[], None], agent: Callable[[], None]) -> None:
    """Listen on this machine neither for X11 nor for agents; call `x11` or `agent` where that is asked for."""

    async def attach_x11_listener(chan: Any, auth_proto: bytes, auth_data: bytes, screen: int) -> None:
        x11()

    async def create_agent_listener() -> bool:
        agent()
        return False

    conn.attach_x11_listener = attach_x11_listener  # type: ignore[method-assign]
    conn.create_agent_listener = create_agent_listener  # type: ignore[method-assign]


def bound_environment(channel: asyncssh.SSHServerChannel[bytes]) -> None:
    """Let a session keep so much of the environment that a client sends, and refuse the rest."""
    take = channel._process_env_request

    def process_env_request(packet: Any) -> bool:
        env: dict[bytes, bytes] = channel._env
        size = sum(len(name) + len(value) for name, value in env.items()) + len(packet.get_remaining_payload())
        return len(env) < MOST_VARIABLES and size <= MOST_ENVIRONMENT and bool(take(packet))

    channel._process_env_request = process_env_request  # type: ignore[method-assign]


class Wire:
    """What goes over one connection: counted, and bounded by one side waiting for the other.

    `pause` is called while the other side does not read, and `resume` once it does; `begin` with what comes first.
    Before somebody has logged in little may wait; `widen` says how much after that.
    """

    def __init__(
        self,
        conn: asyncssh.SSHServerConnection,
        pause: Callable[[], None],
        resume: Callable[[], None],
        begin: Callable[[bytes], None],
    ) -> None:
        self.received = 0
        """Bytes."""
        self.sent = 0
        """Bytes, those that still wait among them."""
        inner: Any = conn
        self._conn = inner
        self._transport = inner._transport
        self._loop = inner._loop
        self._is_reading = True
        self._begin = begin
        self._taken: dict[Any, int] = {}
        self._most = MOST_UNSEEN
        self._transport.max_size = MOST_READ
        self.widen(MOST_UNSEEN)
        inner.pause_writing, inner.resume_writing = pause, resume
        inner.data_received = functools.partial(self._receive, inner.data_received)
        inner._send = functools.partial(self._send, inner._send)
        inner.send_packet = functools.partial(self._send_packet, inner.send_packet)

    def widen(self, most: int) -> None:
        """Let so many bytes wait for the other side before it is full."""
        self._most = most
        self._transport.set_write_buffer_limits(high=most)

    @property
    def waiting(self) -> int:
        """Bytes that wait to be sent."""
        return int(self._transport.get_write_buffer_size())

    @property
    def taken(self) -> int:
        """Bytes that the system took, to send them."""
        return self.sent - self.waiting

    def taken_by(self, channel: asyncssh.SSHServerChannel[bytes]) -> int:
        """Return how many packets of a channel its client had room for."""
        return self._taken.get(channel, 0)

    def forget(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        """Count a channel no more."""
        self._taken.pop(channel, None)

    def _receive(self, receive: Callable[..., None], data: bytes, datatype: asyncssh.DataType = None) -> None:
        if not self.received:
            self._begin(data)
        self.received += len(data)
        began = time.perf_counter()
        receive(data, datatype)
        self._rests(time.perf_counter() - began)
        for channel in self._conn._channels.values():
            if len(channel._recv_buf) > MOST_PIECES:
                channel._recv_buf[:] = _together(channel._recv_buf)
        if len(self._conn._deferred_packets) > MOST_DEFERRED:
            self._conn.disconnect(asyncssh.DISC_PROTOCOL_ERROR, "New keys were asked for and not taken")
            self._conn.abort()
        elif self._is_too_much:
            self._read_later(_LOOK_AGAIN)

    def _rests(self, spent: float) -> None:
        """Take turns: a flood of small packets must not keep the loop from everybody else."""
        if spent > _DEAR:
            self._read_later(2 * spent)

    def _read_later(self, seconds: float) -> None:
        if self._is_reading and not self._transport.is_closing():
            self._is_reading = False
            self._transport.pause_reading()
            self._loop.call_later(seconds, self._read_on)

    @property
    def _is_too_much(self) -> bool:
        """Whether more comes in than is answered, or more is asked than the answers are read.

        What sessions say stops at `_most`; answers come on top of it.
        """
        conn = self._conn
        return (
            len(conn._inpbuf) > MOST_UNREAD
            or self.waiting > 2 * self._most
            or len(conn._global_request_queue) > MOST_ASKED
            or any(len(channel._request_queue) > MOST_ASKED for channel in conn._channels.values())
        )

    def _read_on(self) -> None:
        if self._transport.is_closing():
            return
        if self._is_too_much:
            self._loop.call_later(_LOOK_AGAIN, self._read_on)
        else:
            self._is_reading = True
            self._transport.resume_reading()

    def _send(self, send: Callable[[bytes], None], data: bytes) -> None:
        if self._transport.is_closing():  # asyncio would log each of what nobody gets any more
            return
        self.sent += len(data)
        send(data)

    def _send_packet(self, send: Callable[..., None], pkttype: int, *args: bytes, handler: Any = None) -> None:
        if pkttype == _IGNORE:
            return
        if pkttype in _DATA and handler is not None:
            self._taken[handler] = self._taken.get(handler, 0) + 1
        send(pkttype, *args, handler=handler)


def _together(pieces: list[tuple[bytes, asyncssh.DataType]]) -> list[tuple[bytes, asyncssh.DataType]]:
    """Return the same bytes in as few pieces as their kinds allow."""
    whole: list[tuple[list[bytes], asyncssh.DataType]] = []
    for data, kind in pieces:
        if whole and whole[-1][1] == kind:
            whole[-1][0].append(data)
        else:
            whole.append(([data], kind))
    return [(b"".join(each), kind) for each, kind in whole]
