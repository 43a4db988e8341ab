"""Why somebody did not come in: the true reason is told to who reads the audit log, and not to who tried."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncssh
import pytest

from kty.ssh.facts import LoginFailed
from tests.ssh.house import House, Known, house, new_key, until

ANNA, EVE = new_key(), new_key()
CARL = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
PEOPLE = Known(anna=ANNA, carl=CARL)


async def try_to_log_in(it: House, *keys: Any, **more: Any) -> None:
    with suppress(asyncssh.Error, OSError):
        await asyncssh.connect(
            "127.0.0.1", it.port, username="me", client_keys=[*keys], known_hosts=None, config=None,
            agent_path=None, **more,
        )  # fmt: skip


async def told(it: House) -> LoginFailed:
    await until(lambda: it.told(LoginFailed))
    (failed,) = it.told(LoginFailed)
    return failed


async def test_each_reason_is_told_once() -> None:
    async with house(PEOPLE) as it:
        await try_to_log_in(it, EVE, new_key(), CARL, signature_algs=["ssh-ed25519", "ssh-rsa"])
        failed = await told(it)
        assert failed.why == "nobody has it; it signed by ssh-rsa, which does not count"
        assert failed.method == "publickey"


async def test_who_cannot_sign_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    hers = asyncssh.load_keypairs([ANNA])[0]
    monkeypatch.setattr(hers, "sign", asyncssh.load_keypairs([EVE])[0].sign)
    async with house(PEOPLE) as it:
        await try_to_log_in(it, hers)
        assert (await told(it)).why == "the signature is not of the key that was offered"


async def test_a_certificate_is_not_taken_and_its_issuer_is_told() -> None:
    ben = new_key()
    certificate = EVE.generate_user_certificate(ben, "anna", principals=["me"])
    async with house(PEOPLE) as it:
        await try_to_log_in(it, (ben, certificate))
        failed = await told(it)
        assert failed.why == f"certificates are not taken (one of {EVE.get_fingerprint()} was offered); nobody has it"
        assert failed.method == "publickey"


async def test_a_key_of_a_kind_that_is_not_known_is_no_mere_parting(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = asyncssh.load_keypairs([EVE])[0]
    monkeypatch.setattr(strange, "public_data", strange.public_data.replace(b"ssh-ed25519", b"ssh-ed66666"))
    async with house(PEOPLE) as it:
        await try_to_log_in(it, strange)
        assert (await told(it)).why == "its key is of a kind that is not known here"


async def test_who_has_no_key_is_told_of_and_so_is_who_says_nothing() -> None:
    async with house(PEOPLE) as it:
        await try_to_log_in(it, client_host_keys=None)
        assert (await told(it)).why == "it offered no key"
    async with house(PEOPLE) as it:
        _, writer = await asyncio.open_connection("127.0.0.1", it.port)
        writer.close()
        assert (await told(it)).why == "it left"


@pytest.mark.parametrize("words", ["x" * 2000, "the signature is fine; line 3 of /root/x is not taken"])
async def test_what_the_client_says_hides_and_feigns_nothing(words: str) -> None:
    class Leaves(asyncssh.SSHClient):
        keys = iter([EVE])

        def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
            self.conn = conn

        def public_key_auth_requested(self) -> Any:
            if (key := next(self.keys, None)) is None:
                self.conn.disconnect(asyncssh.DISC_PROTOCOL_ERROR, words)
            return key

    async with house(PEOPLE) as it:
        await try_to_log_in(it, client_factory=Leaves)
        assert (await told(it)).why == f'nobody has it; it ended with "{words[:200]}"'


async def test_how_the_server_ended_it_comes_first() -> None:
    async with house(PEOPLE, auth_tries=2) as it:
        await try_to_log_in(it, *(new_key() for _ in range(4)))
        assert (await told(it)).why == "it tried to log in by 2 ways; nobody has it"
    async with house(PEOPLE, login_grace=0.1) as it:
        _, writer = await asyncio.open_connection("127.0.0.1", it.port)
        assert (await told(it)).why == "it took 0.1 s"
        writer.close()
