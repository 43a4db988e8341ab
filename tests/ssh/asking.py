"""Send commands over SSH, and see what comes of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.ssh.house import Guest, House, sit
from tests.ssh.walker import ANNA


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    status: int | None
    out: bytes
    err: bytes


@asynccontextmanager
async def asking(it: House, line: str | None, *, username: str = "me", term: str = "") -> AsyncIterator[Guest]:
    """Log in with this name and send a line, or none; `term` is the terminal, where there is one."""
    async with it.connected(ANNA, username=username) as connection:
        yield await sit(connection, command=line, term=term)


async def asks(it: House, line: str | None, *, username: str = "me", typed: bytes = b"", term: str = "") -> Done:
    """Send a line and all that is typed, and wait for the end."""
    async with asking(it, line, username=username, term=term) as me:
        with suppress(OSError):  # it is over already
            me.channel.write(typed)
            if not term:
                me.channel.write_eof()
        status = await me.leaves()
        return Done(status, bytes(me.sent), bytes(me.errors))
