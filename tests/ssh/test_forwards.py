"""Ways through the server to somewhere else: there are none, and whoever asks for one is told of."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncssh
import pytest
from asyncssh.packet import Boolean, String, UInt32

from kty.ssh.facts import LONGEST, Refused
from tests.ssh.house import Known, house, new_key, sit, until

ANNA = new_key()
PEOPLE = Known(anna=ANNA)
REFUSED = asyncssh.ChannelOpenError, asyncssh.ChannelListenError, asyncssh.SFTPError


async def request(connection: asyncssh.SSHClientConnection, name: bytes, *more: bytes) -> None:
    """Ask something of a session, in the words of the protocol."""
    me = await sit(connection)
    channel: Any = me.channel
    assert not await channel._make_request(name, *more)


async def x11(connection: asyncssh.SSHClientConnection) -> None:
    more = Boolean(False), String("MIT-MAGIC-COOKIE-1"), String("00"), UInt32(0)
    await request(connection, b"x11-req", *more)


ASKS: dict[str, tuple[Callable[[asyncssh.SSHClientConnection], Awaitable[Any]], str, str]] = {
    "-L": (
        lambda it: it.open_connection("db.internal", 5432),
        "local-forward",
        "a connection to db.internal port 5432 was asked for",
    ),
    "-L of a socket": (
        lambda it: it.open_unix_connection("/run/docker\x1b[m.sock"),
        "local-forward",
        "a connection to the socket /run/docker\\x1b[m.sock was asked for",
    ),
    "-R": (
        lambda it: it.forward_remote_port("", 0, "127.0.0.1", 22),
        "remote-forward",
        "every address port 0 was to be listened on",
    ),
    "-R of a socket": (
        lambda it: it.forward_remote_path("/tmp/none", "/tmp/none"),
        "remote-forward",
        "the socket /tmp/none was to be listened on",
    ),
    "-w": (lambda it: it.open_tun(), "tunnel-device", "a network device (tun) was asked for"),
    "-w of Ethernet": (lambda it: it.open_tap(), "tunnel-device", "a network device (tap) was asked for"),
    "-X": (x11, "x11-forward", "X11 was to be forwarded"),
    "-A": (
        lambda it: request(it, b"auth-agent-req@openssh.com"),
        "agent-forward",
        "an agent was to be forwarded",
    ),
    "sftp": (lambda it: it.start_sftp_client(), "subsystem", "the subsystem sftp was asked for"),
    "scp": (lambda it: it.run("scp -t /tmp"), "command", "scp was asked for"),
    "anything": (lambda it: it.run("TOKEN=s3cret sh"), "command", "a command that there is not was asked for"),
}


@pytest.mark.parametrize("how", ASKS)
async def test_what_is_refused_is_told_of_with_what_was_asked_for(how: str) -> None:
    ask, reason, why = ASKS[how]
    async with house(PEOPLE) as it, it.connected(ANNA) as connection:
        if how in ("-X", "-A"):
            await ask(connection)  # which holds that it fails
        elif how in ("scp", "anything"):
            assert (await ask(connection)).exit_status == 127
        else:
            with pytest.raises(REFUSED):
                await ask(connection)
        await until(lambda: it.told(Refused))
        (refused,) = it.told(Refused)
        assert (refused.reason, refused.why) == (reason, why)
        assert (refused.person, refused.address) == ("anna", "127.0.0.1")
        assert refused.connection


async def test_nobody_fills_the_log_by_asking_again_or_at_length() -> None:
    async with house(PEOPLE) as it:
        for _ in range(2):
            async with it.connected(ANNA) as connection:
                for number in range(30):
                    with pytest.raises(asyncssh.ChannelOpenError, match="forwards no connections"):
                        await connection.open_connection(str(number) * 3000, 22)
        assert len(it.told(Refused)) == 1
    first, rest = it.told(Refused)
    assert (first.count, rest.count) == (1, 59)
    assert len(rest.why) <= LONGEST
