"""Who may not come in hears why, in words that every client shows; and nothing that would help to come in."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncssh
import pytest

from kty.ssh.goodbye import _WORDS, MOST, Goodbyes
from tests.ssh.house import Known, house, new_key
from tests.ssh.serving import HAS_OPENSSH


@asynccontextmanager
async def refusing(reason: str) -> AsyncIterator[int]:
    """Listen, and turn one client away; yield the port."""
    goodbyes = Goodbyes()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        async def turn_away() -> None:
            sock, _ = await asyncio.get_running_loop().sock_accept(listener)
            goodbyes.say(sock, reason)

        turning = asyncio.ensure_future(turn_away())
        yield listener.getsockname()[1]
        await turning
        goodbyes.close()


@pytest.mark.parametrize("reason", _WORDS)
async def test_a_client_hears_the_words(reason: str) -> None:
    code, said = _WORDS[reason]
    async with refusing(reason) as port:
        with pytest.raises(asyncssh.DisconnectError) as heard:
            await asyncssh.connect("127.0.0.1", port, known_hosts=None, config=None, client_keys=None)
    assert heard.value.code == code
    assert heard.value.reason.startswith(said)


@HAS_OPENSSH
async def test_openssh_shows_what_the_server_says() -> None:
    async with house(Known(anna=new_key()), connections=1) as it:
        _, writer = await asyncio.open_connection("127.0.0.1", it.port)
        process = await asyncio.create_subprocess_exec(
            *("ssh", "-F", "none", "-p", str(it.port), "127.0.0.1"), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, errors = await process.communicate()
        assert b"there are too many connections; try again later" in errors
        assert b"1 connections" not in errors
        writer.close()


async def test_a_crowd_keeps_nothing_open() -> None:
    goodbyes = Goodbyes()
    pairs = [socket.socketpair() for _ in range(MOST + 5)]
    for here, _ in pairs:
        goodbyes.say(here, "rate")
    assert [here.fileno() == -1 for here, _ in pairs] == [False] * MOST + [True] * 5
    goodbyes.close()
    assert all(here.fileno() == -1 for here, _ in pairs)
    for _, there in pairs:
        assert there.recv(1000).startswith(b"SSH-2.0-kty_")
        there.close()


def test_who_breaks_another_limit_or_is_gone_hears_nothing() -> None:
    for reason in ("proxy-protocol", "rate"):
        here, there = socket.socketpair()
        if reason == "rate":
            there.close()
        Goodbyes().say(here, reason)
        assert here.fileno() == -1
        if reason != "rate":
            assert there.recv(100) == b""
            there.close()
