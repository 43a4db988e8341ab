"""How much anybody may ask for: before they have logged in, and after."""

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import Any

import asyncssh
import pytest
from asyncssh.packet import String

from kty.ssh.algorithms import algorithms
from kty.ssh.connection import Connection
from kty.ssh.facts import Refused
from kty.ssh.inside import MOST_UNREAD
from kty.ssh.limits import Limits, network
from tests.ssh.house import Guest, House, Known, house, new_key, sit, until
from tests.term.apps import Echo
from tests.term.emulator import left_on

ANNA = new_key()
PEOPLE = Known(anna=ANNA)
MSG_IGNORE = 2


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1%eth0", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("/run/socket", "/run/socket"),
    ],
)
def test_who_counts_as_one(address: str, who: str) -> None:
    assert network(address) == who


async def stand(it: House, stack: AsyncExitStack) -> asyncio.StreamReader:
    """Connect, and say nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
    stack.callback(writer.close)
    return reader


async def test_who_stands_in_the_doorway_keeps_out_others_only_from_there() -> None:
    async with house(PEOPLE, unauthenticated=20, unauthenticated_per_address=3) as it, AsyncExitStack() as stack:
        inside = await sit(await stack.enter_async_context(it.connected(ANNA)))
        for _ in range(3):
            assert (await (await stand(it, stack)).readline()).startswith(b"SSH-2.0-kty_")
        assert b"have not logged in yet" in await (await stand(it, stack)).read()
        inside.press("x")
        await inside.sees("'x'.")
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port, local_addr=("127.0.0.2", 0))
        stack.callback(writer.close)
        assert (await reader.readline()).startswith(b"SSH-2.0-kty_")


async def test_a_crowd_that_comes_at_once_is_counted_one_by_one() -> None:
    loop = asyncio.get_running_loop()
    async with house(PEOPLE, unauthenticated_per_address=3) as it, AsyncExitStack() as stack:
        crowd = []
        for _ in range(12):  # they wait in the kernel: the server has not had its turn yet
            crowd.append(stack.enter_context(socket.create_connection(("127.0.0.1", it.port))))
            crowd[-1].setblocking(False)
        async with asyncio.timeout(30):
            heard = await asyncio.gather(*[loop.sock_recv(each, 1000) for each in crowd])
        assert sum(b"have not logged in yet" in said for said in heard) == 9


async def test_who_goes_makes_room() -> None:
    async with house(PEOPLE, unauthenticated_per_address=1) as it:
        async with AsyncExitStack() as stack:
            await (await stand(it, stack)).readline()
            assert b"have not logged in yet" in await (await stand(it, stack)).read()
        await until(lambda: it.server.gate.standing == 0)
        async with it.visited(ANNA) as me:
            await me.sees("no key yet")


async def test_who_says_nothing_is_put_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with house(PEOPLE, login_grace=1.5) as it, AsyncExitStack() as stack:
        reader = await stand(it, stack)
        await asyncio.wait_for(reader.read(), 30)
        await until(lambda: it.server.gate.standing == 0)
        async with it.visited(ANNA) as me:
            await asyncio.sleep(1.6)  # the grace is over, and who is in stays
            me.press("x")
            await me.sees("'x'.")
    assert "127.0.0.1 has not logged in" in caplog.text


async def test_who_comes_or_asks_once_it_is_ending_is_turned_away() -> None:
    async with house(PEOPLE) as it, AsyncExitStack() as stack:
        connection = await stack.enter_async_context(it.connected(ANNA))
        inside = await sit(connection)
        await inside.sees("no key yet")
        reader = await stand(it, stack)
        assert (await reader.readline()).startswith(b"SSH-2.0-kty_")
        draining = asyncio.ensure_future(it.server.drain())
        await until(lambda: b"This server is ending" in inside.sent)
        async with asyncio.timeout(30):
            assert b"this server is ending" in await reader.read()
        with pytest.raises(asyncssh.ChannelOpenError, match="this server is ending") as refused:
            await sit(connection)
        assert refused.value.code == asyncssh.OPEN_RESOURCE_SHORTAGE
        assert {each.reason for each in it.told(Refused)} == {"drain"}
        assert len(it.apps) == 1
        inside.channel.close()
        await draining


async def test_who_was_taken_too_early_to_be_closed_does_not_come_in() -> None:
    async with house(PEOPLE) as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
        assert (await reader.readline()).startswith(b"SSH-2.0-kty_")
        it.server.is_draining = True
        writer.write(b"SSH-2.0-nobody\r\n")
        async with asyncio.timeout(30):
            assert b"this server is ending" in await reader.read()
        writer.close()


async def test_who_was_on_the_way_in_once_it_is_ending_is_turned_away() -> None:
    async with house(PEOPLE) as it, AsyncExitStack() as stack:
        it.server.is_draining = True
        async with asyncio.timeout(30):
            assert b"this server is ending" in await (await stand(it, stack)).read()
        assert [each.reason for each in it.told(Refused)] == ["drain"]


async def test_who_asks_for_a_screen_in_a_session_from_before_it_was_ending_is_told() -> None:
    draining: list[asyncio.Future[None]] = []
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:

        def begins() -> Guest:
            draining.append(asyncio.ensure_future(it.server.drain()))
            return Guest((80, 24))

        _, guest = await connection.create_session(begins, term_type="xterm", term_size=(80, 24), encoding=None)
        assert isinstance(guest, Guest)
        assert await guest.leaves() == 1
        assert guest.errors == b"kty: this server is ending\r\n"
        assert not it.apps
        await draining[0]


async def test_a_connection_has_so_many_sessions_at_once() -> None:
    async with house(PEOPLE, channels=2) as it, it.connected(ANNA) as connection:
        first, second = await sit(connection), await sit(connection)
        await second.sees("no key yet")
        with pytest.raises(asyncssh.ChannelOpenError, match="2 sessions at once"):
            await sit(connection)
        first.channel.close()
        await first.leaves()
        await until(lambda: len(next(iter(it.server._connections)).sessions) == 1)
        await (await sit(connection)).sees("no key yet")


async def test_who_types_nothing_is_seen_out_with_the_terminal_whole() -> None:
    async with house(PEOPLE, idle=0.6) as it, it.visited(ANNA) as me:
        await me.sees("no key yet")
        loop = asyncio.get_running_loop()
        start = loop.time()
        for _ in range(4):
            me.press("x")
            await asyncio.sleep(0.2)
        await me.leaves()
        assert loop.time() - start >= 0.8 + 0.3
        assert b"kty: nothing was typed for 0.6 s" in me.errors
        assert left_on(bytes(me.sent)) == set()
        assert it.apps[0].crash is None


async def test_who_has_no_session_is_closed_as_well() -> None:
    async with house(PEOPLE, idle=0.2) as it, it.connected(ANNA) as connection:
        await asyncio.wait_for(connection.wait_closed(), 30)


async def test_a_client_that_opens_its_window_and_reads_nothing_costs_little() -> None:
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:
        me = await sit(connection, window=(1 << 31) - 1)
        await me.sees("no key yet")
        transport: Any = connection._transport
        transport.pause_reading()
        app, sent = it.apps[0], 0
        while not app._batch_count:  # until it is told to stop
            app.terminal.send(b"\0" * 65_536)
            sent += 65_536
            assert sent < 64 << 20, "nobody says stop"
            await asyncio.sleep(0)
        (server,) = it.server._connections
        assert server.conn is not None
        assert server.conn._transport is not None
        assert server.conn._transport.get_write_buffer_size() < 2 * Limits().buffered_per_connection
        transport.resume_reading()
        await until(lambda: not app._batch_count)
        me.press("x")
        await until(lambda: isinstance(app, Echo) and "key=x 'x'." in app.heard)


async def test_what_comes_while_an_answer_is_worked_out_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    is_free = asyncio.Event()

    async def begin_auth(self: Connection, username: str) -> bool:
        await is_free.wait()
        return True

    monkeypatch.setattr(Connection, "begin_auth", begin_auth)
    made: list[asyncssh.SSHClientConnection] = []

    class Client(asyncssh.SSHClient):
        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            made.append(conn)

    async with house(PEOPLE) as it:
        coming = asyncio.ensure_future(
            asyncssh.connect(
                "127.0.0.1", it.port, username="me", client_keys=[ANNA], known_hosts=None, config=None,
                agent_path=None, client_factory=Client,
            )
        )  # fmt: skip
        await until(lambda: it.server._connections and made and made[0]._auth_in_progress)
        (server,) = it.server._connections
        assert server.conn is not None
        client: Any = made[0]
        sent = 0
        while client._transport.get_write_buffer_size() < 4 * MOST_UNREAD:
            client.send_packet(MSG_IGNORE, String(b"x" * 30_000))
            sent += 30_000
            assert len(server.conn._inpbuf) < 2 * MOST_UNREAD, "it takes everything"
            assert sent < 64 << 20
            await asyncio.sleep(0)
        is_free.set()
        connection = await coming
        await (await sit(connection)).sees("no key yet")
        connection.close()
        await connection.wait_closed()


@pytest.mark.parametrize("strict_pq", [False, True])
async def test_only_what_is_on_the_list_is_agreed_on(strict_pq: bool) -> None:
    async with house(PEOPLE, strict_pq=strict_pq) as it:
        async with it.connected(ANNA, kex_algs=["mlkem768x25519-sha256"]) as connection:
            assert connection.get_extra_info("send_compression") == "none"
            assert connection.get_extra_info("send_cipher") in algorithms().encryption
        weaker: list[dict[str, Any]] = [
            {"kex_algs": ["diffie-hellman-group14-sha1"]},
            {"encryption_algs": ["aes128-cbc"]},
            {"mac_algs": ["hmac-sha1"], "encryption_algs": ["aes128-ctr"]},
            {"compression_algs": ["zlib@openssh.com"]},
            *([{"kex_algs": ["curve25519-sha256"]}] if strict_pq else []),
        ]
        for weak in weaker:
            with pytest.raises(asyncssh.KeyExchangeFailed):
                async with it.connected(ANNA, **weak):
                    pass
