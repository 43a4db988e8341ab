"""What a client can pile up on the server, looked at from inside while it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncssh
from asyncssh.packet import Boolean, String

from kty.ssh import inside
from kty.ssh.facts import Refused
from tests.ssh.attacks import (
    MSG_CHANNEL_DATA,
    MSG_GLOBAL_REQUEST,
    Attack,
    _unstarted,
    hold_still,
    wants_new_keys_all_the_time,
    wants_new_keys_and_takes_none,
)
from tests.ssh.house import House, Known, house, new_key, until

ANNA = new_key()
PEOPLE = Known(anna=ANNA)


@asynccontextmanager
async def during(it: House, attack: Attack) -> AsyncIterator[None]:
    attacking = asyncio.ensure_future(attack(it.port, ANNA))
    try:
        yield
    finally:
        attacking.cancel()
        with suppress(asyncio.CancelledError, asyncssh.Error, OSError):
            await attacking


async def test_answers_that_nobody_reads_make_it_read_no_questions() -> None:
    async with house(PEOPLE) as it, it.connected(ANNA) as client:
        (connection,) = it.server._connections
        conn: Any = connection.conn
        asking: Any = client
        hold_still(asking)
        conn._transport.write(bytes(16 << 20))  # as many answers would be
        assert connection.waiting > 2 * it.server._limits.buffered_per_connection
        assert conn._transport.is_reading()
        asking.send_packet(MSG_GLOBAL_REQUEST, String("keepalive@openssh.com"), Boolean(True))
        await until(lambda: not conn._transport.is_reading())
        for _ in range(20):
            await asyncio.sleep(0.01)
            assert not conn._transport.is_reading()
        client.abort()


async def test_keys_in_pieces_of_a_byte_are_put_together() -> None:
    async with house(PEOPLE) as it, it.connected(ANNA) as client:
        channel = await _unstarted(client)
        for _ in range(5000):
            channel.send_packet(MSG_CHANNEL_DATA, String(b"x"))
        (connection,) = it.server._connections
        conn: Any = connection.conn
        await until(lambda: conn._channels)
        (other,) = conn._channels.values()
        await until(lambda: sum(len(data) for data, _ in other._recv_buf) == 5000)
        assert len(other._recv_buf) < 1000


async def test_who_makes_much_work_rests_and_goes_on() -> None:
    async with house(PEOPLE) as it, it.visited(ANNA) as me:
        await me.sees("no key yet")
        (connection,) = it.server._connections
        transport: Any = connection.wire._transport
        connection.wire._rests(inside._DEAR / 2)
        assert transport.is_reading()
        connection.wire._rests(0.05)
        assert not transport.is_reading()
        await until(transport.is_reading)
        me.press("x")
        await me.sees("'x'.")


async def test_new_keys_are_agreed_on_only_so_often() -> None:
    async with house(PEOPLE, key_exchanges=3) as it, during(it, wants_new_keys_all_the_time):
        await until(lambda: it.told(Refused))
        assert it.told(Refused)[0].reason == "key-exchanges"


async def test_who_wants_new_keys_and_takes_none_is_closed() -> None:
    async with house(PEOPLE, login_grace=3) as it, during(it, wants_new_keys_and_takes_none):
        await until(lambda: [each for each in it.server._connections if each.is_in])
        (connection,) = it.server._connections
        await until(lambda: connection not in it.server._connections)
        conn: Any = connection.conn
        assert len(conn._deferred_packets) <= inside.MOST_DEFERRED + 1000
