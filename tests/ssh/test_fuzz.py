"""Whatever comes over a connection, before a login or after, the server lives on and its memory stays as it was."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import asyncssh
import pytest
from asyncssh.packet import String, UInt32

from tests.ssh.attacks import before_login, inside
from tests.ssh.house import new_key
from tests.ssh.victim import Victim, victim

ATTACKER, HONEST = new_key(), new_key()
CONNECTIONS = 25
PACKETS = 60
MOST = 64 << 20
TYPES = (*range(1, 8), 12, *range(20, 35), *range(50, 67), *range(80, 83), *range(90, 101), 127, 192, 255)
NAMES = (
    *(b"session", b"direct-tcpip", b"tun@openssh.com", b"direct-streamlocal@openssh.com", b"x11", b"nonsense"),
    *(b"pty-req", b"shell", b"exec", b"subsystem", b"env", b"window-change", b"signal", b"break", b"xon-xoff"),
    *(b"x11-req", b"auth-agent-req@openssh.com", b"eow@openssh.com", b"exit-status", b"keepalive@openssh.com"),
    *(b"tcpip-forward", b"cancel-tcpip-forward", b"hostkeys-prove-00@openssh.com", b"no-more-sessions@openssh.com"),
    *(b"none", b"publickey", b"password", b"keyboard-interactive", b"hostbased", b"gssapi-with-mic"),
    *(b"ssh-userauth", b"ssh-connection", b"me", b"\xff\xfe", b"", b"x" * 2000),
)


def body(chance: random.Random) -> Iterator[bytes]:
    """Yield parts of a packet: what its type may mean, and what it may not."""
    for _ in range(chance.randrange(7)):
        match chance.randrange(6):
            case 0:
                yield String(chance.choice(NAMES))
            case 1:
                yield UInt32(chance.choice((0, 1, 2, 9, 100, 1 << 15, (1 << 31) - 1, (1 << 32) - 1)))
            case 2:
                yield bytes((chance.randrange(256),))
            case 3:
                yield String(chance.randbytes(chance.randrange(300)))
            case 4:
                yield chance.randbytes(chance.randrange(40))
            case _:
                yield UInt32(chance.randrange(1 << 32)) + chance.randbytes(chance.randrange(8))


async def noise(connection: Any, chance: random.Random) -> None:
    """Send packets of all kinds, well sealed, until the server has enough."""
    for _ in range(PACKETS):
        if connection._transport is None:
            return
        connection._kex_complete = connection._auth_complete = True  # nothing is kept back here
        connection.send_packet(chance.choice(TYPES), *body(chance))
        if not chance.randrange(5):
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)


async def raw(it: Victim, chance: random.Random) -> None:
    """Send bytes that are packets, or nearly so, without keys."""
    reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
    with suppress(OSError):
        writer.write(
            chance.choice((b"SSH-2.0-x\r\n", b"SSH-1.99-x\n", b"\xff\r\n", b"", b"SSH-2.0-" + b"x" * 300 + b"\n"))
        )
        for _ in range(chance.randrange(1, 20)):
            payload = bytes((chance.choice(TYPES),)) + b"".join(body(chance))
            pad = chance.choice((4, 8, 0, 255, -(len(payload) + 5) % 8 + 4))
            size = chance.choice((len(payload) + pad + 1,) * 6 + (0, 1, 0xFFFFFFFF, 256 * 1024))
            writer.write(UInt32(size) + bytes((pad,)) + payload + bytes(pad))
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read()
    writer.close()


async def logged_in(it: Victim, chance: random.Random) -> None:
    async with inside(it.port, ATTACKER) as connection:
        if chance.randrange(2):
            await connection.create_session(asyncssh.SSHClientSession, encoding=None, term_type="xterm")
        await noise(connection, chance)


async def not_logged_in(it: Victim, chance: random.Random) -> None:
    async with before_login(it.port) as connection:
        await noise(connection, chance)


@pytest.mark.parametrize("attempt", [raw, not_logged_in, logged_in])
async def test_noise_leaves_it_alive(attempt: Any) -> None:
    seed = random.randrange(1 << 32)
    async with victim(ATTACKER, HONEST) as it:
        async with inside(it.port, HONEST):
            pass
        rest = it.memory
        for number in range(CONNECTIONS):
            with suppress(asyncssh.Error, OSError):
                await attempt(it, random.Random(f"{seed} {number}"))
        async with inside(it.port, HONEST, here="127.0.0.9") as connection:
            process = await connection.create_process(term_type="xterm", encoding=None)
            assert await process.stdout.readuntil(b"no key yet"), seed
            process.close()
        assert it.memory - rest < MOST, seed
