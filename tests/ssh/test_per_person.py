"""What one person, one address, and everybody together may have of a server that listens."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import asyncssh
import pytest

from kty.ssh.facts import Fact, LoggedIn, LoggedOut, LoginFailed, Refused, SessionClosed, SessionOpened
from kty.ssh.limits import Penalties
from tests.ssh.house import House, Known, house, new_key, sit, until
from tests.term.apps import Echo

ANNA, BEN = new_key(), new_key()
PEOPLE = Known(anna=ANNA, ben=BEN)
HERE = "127.0.0.1"


class Told(asyncssh.SSHClient):
    """Keeps why the server closed the connection."""

    why: Exception | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self.why = exc


async def greeting(it: House, address: str = HERE) -> bool:
    """Connect from there, and say whether the server waits for more; where it does not, it says goodbye at once."""
    reader, writer = await asyncio.open_connection(HERE, it.port, local_addr=(address, 0))
    try:
        said = await asyncio.wait_for(reader.read(1000), 30)
        assert said.startswith(b"SSH-2.0-kty_")
        return said.endswith(b"\r\n")
    finally:
        writer.close()


async def test_who_comes_too_often_waits_and_others_do_not() -> None:
    async with house(PEOPLE, rate_per_address=0.001, burst_per_address=3, exempt=()) as it:
        assert [await greeting(it) for _ in range(5)] == [True, True, True, False, False]
        assert await greeting(it, "127.0.0.2")
        assert [(each.reason, each.address) for each in it.told(Refused)] == [("rate", HERE)]  # the second waits


async def test_who_is_exempt_comes_as_often_as_they_like() -> None:
    async with house(PEOPLE, rate_per_address=0.001, burst_per_address=1) as it:
        assert all([await greeting(it) for _ in range(5)])


async def test_who_fails_to_log_in_is_kept_out_for_a_while_and_nobody_else() -> None:
    few = Penalties(authfail=20, noauth=0)
    async with house(PEOPLE, exempt=(), penalties=few, burst_per_address=100) as it:
        assert await greeting(it)
        with pytest.raises(asyncssh.PermissionDenied):
            async with it.connected(new_key()):
                pass
        await until(lambda: it.told(LoginFailed, 2))
        assert not await greeting(it)
        await until(lambda: it.told(Refused))
        (refused,) = it.told(Refused)
        assert refused.reason == "penalty"
        assert "nobody there could log in" in refused.why
        assert await greeting(it, "127.0.0.2")


@pytest.mark.parametrize(
    ("penalties", "limits"),
    [
        (Penalties(noauth=20, grace_exceeded=0), {}),
        (Penalties(noauth=0, grace_exceeded=20), {"login_grace": 0.1}),
    ],
)
async def test_who_does_nothing_or_takes_too_long_is_kept_out(penalties: Penalties, limits: dict[str, Any]) -> None:
    async with house(PEOPLE, exempt=(), penalties=penalties, **limits) as it:
        reader, writer = await asyncio.open_connection(HERE, it.port)
        assert (await reader.readline()).startswith(b"SSH-2.0-kty_")
        if not limits:
            writer.close()
        await reader.read()
        await until(lambda: it.told(LoginFailed))
        assert not await greeting(it)
        writer.close()


async def test_what_breaks_the_server_is_told_and_costs_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async def identity(self: Known, username: str, key: asyncssh.SSHKey, address: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Known, "identity", identity)
    async with house(PEOPLE, exempt=()) as it:
        with pytest.raises((asyncssh.Error, OSError)):
            async with it.connected(ANNA):
                pass
        await until(lambda: it.told(LoginFailed))
        assert not await greeting(it)
        (failed,) = it.told(LoginFailed)
        assert failed.why == "RuntimeError: a bug"


async def test_one_person_has_so_many_sessions_over_all_connections_and_another_has_theirs() -> None:
    async with house(PEOPLE, sessions_per_person=2) as it, AsyncExitStack() as stack:
        first, second, third = [await stack.enter_async_context(it.connected(ANNA)) for _ in range(3)]
        one = await sit(first)
        await sit(second)
        with pytest.raises(asyncssh.ChannelOpenError, match="one person may have 2 sessions at once"):
            await sit(third)
        await (await sit(await stack.enter_async_context(it.connected(BEN)))).sees("no key yet")
        one.channel.close()
        await one.leaves()
        await until(lambda: len(it.told(SessionClosed)) == 1)
        await (await sit(third)).sees("no key yet")
        await until(lambda: it.told(Refused))
        assert it.told(Refused)[0].person == "anna"


async def test_one_person_has_so_many_connections() -> None:
    async with house(PEOPLE, connections_per_person=1) as it:
        async with it.connected(ANNA):
            for _ in range(5):
                told = Told()
                async with it.connected(ANNA, client_factory=lambda told=told: told) as another:
                    await another.wait_closed()
                assert "one person may have 1 connections" in str(told.why)
            async with it.connected(BEN):
                pass
            assert {each.person for each in it.told(Refused)} == {"anna"}
            assert not it.told(LoginFailed)
            assert len(it.told(LoggedIn)) == 2
        await until(lambda: it.server.crowd.people == 0)
        async with it.connected(ANNA):
            pass


async def test_there_are_so_many_connections_in_all() -> None:
    async with house(PEOPLE, connections=1) as it:
        async with it.connected(ANNA):
            assert not await greeting(it)
        await until(lambda: not it.server._connections)
        assert await greeting(it)


async def test_channels_that_are_asked_for_in_one_go_count_before_they_are_there() -> None:
    async with house(PEOPLE, channels=3) as it, it.connected(ANNA) as connection:
        opening = [
            connection.create_session(asyncssh.SSHClientSession, encoding=None, term_type="vt100") for _ in range(20)
        ]
        results = await asyncio.gather(*opening, return_exceptions=True)
        refused = [each for each in results if isinstance(each, asyncssh.ChannelOpenError)]
        assert len(refused) == 17
        assert it.server.census.sessions == 3


async def test_who_opens_no_window_is_closed_and_the_app_ends() -> None:
    async with house(PEOPLE, stalled=0.5) as it, it.connected(ANNA) as connection:
        me = await sit(connection, window=10)
        me.channel.pause_reading()
        await until(lambda: it.apps and it.apps[0].is_running)
        await until(lambda: not it.server.census.sessions)
        assert it.told(Refused)[0].reason == "stalled"
        await until(lambda: not it.apps[0].is_running)


async def test_who_reads_nothing_at_all_is_closed() -> None:
    async with house(PEOPLE, stalled=0.5) as it, it.connected(ANNA) as connection:
        me = await sit(connection, window=(1 << 31) - 1)
        await me.sees("no key yet")
        transport: Any = connection._transport
        transport.pause_reading()
        app = it.apps[0]
        while not app._batch_count:
            app.terminal.send(b"\0" * 65_536)
            await asyncio.sleep(0)
        await until(lambda: not it.server._connections)
        assert it.told(Refused)[0].reason == "stalled"
        transport.resume_reading()


async def test_who_reads_slowly_stays() -> None:
    async with house(PEOPLE, stalled=1.5) as it, it.connected(ANNA) as connection:
        me = await sit(connection, window=200)
        me.channel.pause_reading()
        app = it.apps[0]
        loop = asyncio.get_running_loop()
        end = loop.time() + 4
        while loop.time() < end:
            app.terminal.send(b"\0" * 50)
            me.channel.resume_reading()
            await asyncio.sleep(0.05)
            me.channel.pause_reading()
            await asyncio.sleep(0.2)
        assert it.server.census.sessions == 1
        assert not it.told(Refused)
        me.channel.resume_reading()


async def test_where_too_much_waits_in_all_the_one_with_the_most_goes() -> None:
    async with house(PEOPLE, buffered=1 << 20, buffered_per_connection=2 << 20) as it, AsyncExitStack() as stack:
        greedy = await stack.enter_async_context(it.connected(ANNA))
        modest = await sit(await stack.enter_async_context(it.connected(BEN)))
        await modest.sees("no key yet")
        me = await sit(greedy, window=(1 << 31) - 1)
        await me.sees("no key yet")
        transport: Any = greedy._transport
        transport.pause_reading()
        while not it.apps[1]._batch_count:
            it.apps[1].terminal.send(b"\0" * 65_536)
            await asyncio.sleep(0)
        await until(lambda: len(it.server._connections) == 1)
        refused = it.told(Refused)[0]
        assert (refused.reason, refused.person) == ("buffered", "anna")
        modest.press("x")
        await modest.sees("'x'.")
        transport.resume_reading()


async def test_what_happens_is_told_with_who_it_was() -> None:
    async with house(PEOPLE) as it:
        async with it.visited(ANNA) as me:
            await me.sees("no key yet")
        await until(lambda: it.told(LoggedOut))
        kinds: list[type[Fact]] = [LoggedIn, SessionOpened, SessionClosed, LoggedOut]
        assert [type(each) for each in it.facts] == kinds
        assert {(each.connection, each.address, each.person) for each in it.facts} == {
            (it.facts[0].connection, HERE, "anna")
        }
        came = it.told(LoggedIn)[0]
        assert (came.method, came.fingerprint, came.username) == ("publickey", ANNA.get_fingerprint(), "me")
        assert isinstance(it.apps[0], Echo)


async def test_who_did_not_come_in_is_told_with_what_they_tried() -> None:
    async with house(PEOPLE) as it:
        key = new_key()
        with pytest.raises(asyncssh.PermissionDenied):
            async with it.connected(key, username="root"):
                pass
        await until(lambda: it.told(LoginFailed))
        (failed,) = it.told(LoginFailed)
        assert failed.fingerprints == (key.get_fingerprint(),)
        assert (failed.method, failed.tries, failed.person) == ("publickey", 1, "")
        assert failed.username == "root"


async def test_a_key_that_signs_by_sha1_is_nobodys() -> None:
    carl = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    async with house(Known(carl=carl)) as it:
        async with it.connected(carl):
            pass
        with pytest.raises(asyncssh.PermissionDenied):
            async with it.connected(carl, signature_algs=["ssh-rsa"]):
                pass
