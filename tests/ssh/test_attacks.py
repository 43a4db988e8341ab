"""A server that is attacked: its memory stays bounded, and whoever means well comes in. The bench has the numbers."""

import asyncio
import sys
from contextlib import suppress

import asyncssh
import pytest

from tests.ssh.attacks import ATTACKS, inside
from tests.ssh.house import new_key
from tests.ssh.victim import Victim, victim

ATTACKER, HONEST = new_key(), new_key()
SECONDS = 1.5
MOST = 64 << 20
"""Bytes above its rest."""
PATIENCE = 60.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.0/8 is all loopback on Linux only")


async def highest(it: Victim) -> int:
    """Return what it has in memory at most, for some seconds."""
    most = it.memory
    for _ in range(int(SECONDS / 0.05)):
        await asyncio.sleep(0.05)
        most = max(most, it.memory)
    return most


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_costs_little_and_keeps_nobody_out(name: str) -> None:
    async with victim(ATTACKER, HONEST) as it:
        async with inside(it.port, HONEST):
            pass
        rest = it.memory
        attacking = asyncio.ensure_future(ATTACKS[name](it.port, ATTACKER))
        try:
            await asyncio.sleep(0.3)
            measuring = asyncio.ensure_future(highest(it))
            async with asyncio.timeout(PATIENCE), inside(it.port, HONEST, here="127.0.0.9") as connection:
                process = await connection.create_process(term_type="xterm", encoding=None)
                assert b"no key yet" in await process.stdout.readuntil(b"no key yet")
                process.close()
            assert await measuring - rest < MOST
        finally:
            attacking.cancel()
            with suppress(asyncio.CancelledError, asyncssh.Error, OSError):
                await attacking
