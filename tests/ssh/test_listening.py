"""Whoever listens loses nobody who came."""

import asyncio
import socket

import pytest

from kty.ssh.listening import accepted, listening
from tests.ssh.house import PATIENCE


@pytest.mark.parametrize("turns", range(6))
async def test_who_came_while_it_was_cancelled_is_there_for_the_next(turns: int) -> None:
    (listener,) = await listening("127.0.0.1", 0)
    with listener, socket.socket() as guest:
        accepting = asyncio.ensure_future(accepted(listener))
        await asyncio.sleep(0)
        guest.connect(listener.getsockname())
        for _ in range(turns):
            await asyncio.sleep(0)
        accepting.cancel()
        try:
            sock, peer = await accepting
        except asyncio.CancelledError:
            sock, peer = await asyncio.wait_for(accepted(listener), PATIENCE)
        with sock:
            assert peer == guest.getsockname()
            assert not sock.getblocking()
