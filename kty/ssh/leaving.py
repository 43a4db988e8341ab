"""See out who has to go, with the terminal whole, and no longer than that takes."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncssh

from kty.ssh.opened import OpenedSession
from kty.ssh.part import LAST_WORDS
from kty.ssh.session import ChannelSession


async def leave(conn: asyncssh.SSHServerConnection | None, sessions: Sequence[ChannelSession], said: str) -> None:
    """End what a connection shows, tell why, and close it once that is sent."""
    for session in sessions:
        session.end(said)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(session.gone() for session in sessions)), 2 * LAST_WORDS)
    if conn is not None:
        conn.disconnect(asyncssh.DISC_BY_APPLICATION, said)


async def put_out(conn: asyncssh.SSHServerConnection | None, opened: OpenedSession, why: str) -> None:
    """End one session, which takes nothing; its connection, too, where the client does not let go of it."""
    opened.session.end(why)
    opened.channel.abort()
    with suppress(TimeoutError):
        await asyncio.wait_for(opened.session.gone(), 2 * LAST_WORDS)
        return
    if conn is not None:
        conn.abort()
