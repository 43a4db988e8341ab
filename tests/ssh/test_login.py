"""Who is let in: those who prove that they have the key, as whom the key belongs to, and nobody else."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncssh
import pytest

from tests.ssh.house import Known, house, new_key, sit, until
from tests.term.apps import Echo

ANNA, BEN, EVE = new_key(), new_key(), new_key()


async def test_a_key_that_nobody_has_is_refused() -> None:
    async with house(Known(anna=ANNA)) as it:
        with pytest.raises(asyncssh.PermissionDenied):
            async with it.connected(EVE):
                pass
        assert not it.apps


@pytest.mark.parametrize("username", ["me", "root", "системный", "CORP+b", "x" * 200])
async def test_the_name_that_is_given_means_nothing(username: str) -> None:
    async with house(Known(anna=ANNA)) as it, it.connected(ANNA, username) as connection:
        await (await sit(connection)).sees("no key yet")


@pytest.mark.parametrize("method", ["password", "kbdint", "none"])
async def test_nothing_else_than_a_key_is_taken(method: str) -> None:
    async with house(Known(anna=ANNA)) as it:
        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1", it.port, username="me", password="secret", client_keys=None, known_hosts=None, config=None
            )


async def test_a_public_key_alone_opens_nothing_and_makes_nobody_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2024-45337: Eve offers Anna's public key, which is known, and then logs in with her own."""
    people = Known(anna=ANNA, eve=EVE)
    who: list[str] = []

    class Named(Echo):
        pass

    def make(terminal: Any, identity: Any) -> Echo:
        who.append(identity.name)
        return Named(terminal)

    async with house(people, make) as it:
        pair = asyncssh.load_keypairs([EVE])[0]
        offered = iter([asyncssh.load_keypairs([ANNA])[0], pair])

        class Client(asyncssh.SSHClient):
            def public_key_auth_requested(self) -> Any:
                key = next(offered, None)
                if key is not None and key is not pair:
                    monkeypatch.setattr(key, "sign", pair.sign)
                return key

        async with asyncssh.connect(
            "127.0.0.1",
            it.port,
            username="me",
            client_factory=Client,
            client_keys=None,
            known_hosts=None,
            config=None,
            agent_path=None,
        ) as connection:
            await (await sit(connection)).sees("no key yet")
    assert people.asked[0] == "anna"
    assert who == ["eve"]


async def test_a_signature_of_another_key_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with house(Known(anna=ANNA)) as it:
        mine, hers = asyncssh.load_keypairs([EVE])[0], asyncssh.load_keypairs([ANNA])[0]
        monkeypatch.setattr(hers, "sign", mine.sign)
        with pytest.raises(asyncssh.PermissionDenied):
            await asyncssh.connect(
                "127.0.0.1", it.port, username="me", client_keys=[hers], known_hosts=None, config=None, agent_path=None
            )


async def test_who_tries_too_often_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    keys = [new_key() for _ in range(6)]
    async with house(Known(anna=ANNA), auth_tries=3) as it:
        with pytest.raises(asyncssh.DisconnectError, match="Too many authentication failures"):
            await asyncssh.connect(
                "127.0.0.1", it.port, username="me", client_keys=keys, known_hosts=None, config=None, agent_path=None
            )
        async with it.visited(ANNA) as me:
            await me.sees("no key yet")
    assert "tried to log in by 3 ways" in caplog.text


async def test_an_agent_with_some_keys_comes_in_by_the_right_one() -> None:
    async with (
        house(Known(anna=ANNA), auth_tries=3) as it,
        asyncssh.connect(
            "127.0.0.1",
            it.port,
            username="me",
            client_keys=[new_key(), new_key(), ANNA],
            known_hosts=None,
            config=None,
            agent_path=None,
        ) as connection,
    ):
        await (await sit(connection)).sees("no key yet")


async def test_what_is_sent_before_the_login_reaches_nothing() -> None:
    """CVE-2018-7749: requests of the connection protocol before anybody has logged in."""
    async with house(Known(anna=ANNA)) as it:

        class Client(asyncssh.SSHClient):
            def connection_made(self, conn: Any) -> None:
                conn._auth_complete = True  # it sends what only those may send who are in

        async def come() -> None:
            connection = await asyncssh.connect(
                "127.0.0.1",
                it.port,
                username="me",
                client_factory=Client,
                client_keys=None,
                known_hosts=None,
                config=None,
                agent_path=None,
                login_timeout=5,
            )
            await sit(connection)

        with pytest.raises((asyncssh.Error, OSError)):
            await come()
        assert not it.apps


async def test_raw_noise_leaves_the_server_as_it_was() -> None:
    async with house(Known(anna=ANNA)) as it:
        for noise in (b"", b"\r\n", b"SSH-2.0-x\r\n" + b"\xff" * 5000, b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 70_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
            writer.write(noise)
            writer.write_eof()
            with suppress(ConnectionResetError):  # it left the rest unread
                await reader.read()
            writer.close()
        async with it.visited(ANNA) as me:
            await me.sees("no key yet")
        await until(lambda: it.server.gate.standing == 0)
