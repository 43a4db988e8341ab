"""Six hundred people come to one `kty serve` and go, each in their own way: what is left of them, after 300 and 600.

The demo and `kty serve` are processes of their own. Most leave by ctrl+c; others are cut off while a log streams, while
a shell is open, or before they saw anything, and some are not let in at all.
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import asyncssh
from aiohttp import web

from bench.guests import PATIENCE, Guest, Report, Serving, connect, load, new_keys, row, serving, sit
from bench.serving import Everybody, served
from kty.demo.demo import Demo
from kty.demo.server import Server

LOGINS = int(os.environ.get("KTY_BENCH_LOGINS", "600"))
"""How many come; half of them before the first look."""
PEOPLE = 20
"""How many different ones."""
SETTLED = 35.0
"""Seconds until watches end that nobody looks at any more, and programs in containers with those who ran them."""


async def _serve() -> None:
    demo = Demo()
    demo.users = Everybody({})
    demo.furnish()
    runner = web.AppRunner(Server(demo).application(), handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await demo.life.run()


async def _says(guest: Guest, text: bytes) -> None:
    """Wait until something was drawn that has this text."""
    async with asyncio.timeout(PATIENCE):
        while text not in re.sub(rb"\x1b\[[0-9;]*[mHK]", b"", bytes(guest.kept)):
            await asyncio.sleep(0.01)


async def _finds(guest: Guest, name: str) -> None:
    """Put the cursor on a pod."""
    guest.press(f"/{name}")
    await _says(guest, b"pods 1 of")
    guest.kept.clear()
    guest.press("\r")
    await _says(guest, name.encode())  # the list, with the room that the prompt took


async def _comes_and_goes(server: Serving, key: asyncssh.SSHKey, number: int) -> None:
    async with await connect(server.port, key) as connection:
        if number % 10 == 3:  # cut off before anything was seen
            await connection.create_session(Guest, term_type="xterm-256color", term_size=(120, 40), encoding=None)
            connection.abort()
            return
        guest = await sit(connection)
        match number % 10:
            case 5:
                await _finds(guest, "postgres-0")
                guest.press("l")
                await _says(guest, b"following")
                connection.abort()
            case 7:
                await _finds(guest, "postgres-0")
                guest.press("s")
                await _says(guest, b"# ")
                connection.abort()
            case _:
                guest.press("jj")
                await asyncio.sleep(0.05)
                guest.press("\x03")
                await asyncio.wait_for(guest.is_over.wait(), PATIENCE)


async def _come(server: Serving, keys: Sequence[asyncssh.SSHKey], stranger: asyncssh.SSHKey, count: int) -> None:
    for number in range(count):
        if number % 10 == 9:
            with suppress(asyncssh.Error):
                await connect(server.port, stranger)
        else:
            with suppress(asyncssh.ConnectionLost):
                await _comes_and_goes(server, keys[number % len(keys)], number)


@dataclass
class _Left:
    report: Report
    resident: float


async def _look(server: Serving) -> _Left:
    await asyncio.sleep(SETTLED)
    return _Left(await server.report(), server.resident)


async def _measure(server: Serving, keys: Sequence[asyncssh.SSHKey], stranger: asyncssh.SSHKey) -> tuple[_Left, _Left]:
    await _come(server, keys, stranger, LOGINS // 2)
    half = await _look(server)
    await _come(server, keys, stranger, LOGINS - LOGINS // 2)
    return half, await _look(server)


def main(arguments: Sequence[str]) -> int:
    """Print the table. `-v` tells which objects became more."""
    if arguments == ["serve"]:
        asyncio.run(_serve())
        return 0
    keys, (stranger,) = new_keys(PEOPLE), new_keys(1)
    with served("leaving", namespace="") as environment, serving(environment, keys) as server:
        half, whole = asyncio.run(_measure(server, keys, stranger))
    print(
        row(f"of {LOGINS} logins", f"after {LOGINS // 2}", f"after {LOGINS}", "goal"),
        row("---", "---", "---", "---"),
        row("tasks", len(half.report.tasks), len(whole.report.tasks), "as before"),
        row("files and sockets", half.report.fds, whole.report.fds, "as before"),
        row("memory", f"{half.resident:.1f} MiB", f"{whole.resident:.1f} MiB", "± 5 MiB"),
        row("objects", f"{half.report.objects:,}", f"{whole.report.objects:,}", ""),
        row("load of the machine", "", load(), ""),
        sep="\n",
    )
    if "-v" in arguments:
        before = Counter(dict(half.report.types))
        print("more:", [(name, count - before[name]) for name, count in whole.report.types if count > before[name]])
        print("tasks:", sorted(set(whole.report.tasks)))
    return 0
