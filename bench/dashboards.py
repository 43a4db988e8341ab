"""A hundred people at one `kty serve`, on 10,000 pods of which 50 change every second.

The demo, `kty serve` and the clients are processes of their own. Each person types two keys a second; what is timed
is from the key to the first bytes that come back, SSH and the client's own work included.
"""

import asyncio
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncssh
import psutil
from aiohttp import web

from bench.guests import Guest, Lag, Report, Serving, connect, habits, load, new_keys, percentile, row, serving, sit
from bench.serving import Everybody, served
from kty.demo.demo import Demo
from kty.demo.server import Server

PODS = int(os.environ.get("KTY_BENCH_PODS", "10000"))
CHANGES = 50
"""Pods that change every second."""
PEOPLE = int(os.environ.get("KTY_BENCH_PEOPLE", "100"))
SECONDS = float(os.environ.get("KTY_BENCH_SECONDS", "60"))
"""How long they type."""
PAUSE = 0.5
"""Seconds between two keys of one person."""


async def _change(demo: Demo) -> None:
    """Let containers of pods restart, one pod after the other."""
    store, chance = demo.registry.store, random.Random(7)
    names = [(each.namespace, each.name) for each in store.held("pods") if each.namespace.startswith("team-")]
    while True:
        await asyncio.sleep(1 / CHANGES)
        pod = demo.registry.get("pods", *chance.choice(names))
        for status in pod["status"]["containerStatuses"]:
            status["restartCount"] += 1
        store.put("pods", pod)


async def _serve() -> None:
    demo = Demo()
    demo.users = Everybody({})
    demo.furnish(PODS)
    runner = web.AppRunner(Server(demo).application(), handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await _change(demo)


@dataclass
class _Found:
    """What came of it."""

    frames: list[float] = field(default_factory=list)
    """Seconds from login to the first frame."""
    rows: list[float] = field(default_factory=list)
    """Seconds from login to the first rows."""
    answers: list[tuple[str, float]] = field(default_factory=list)
    unanswered: int = 0
    session: float = 0.0
    """MiB that each further session takes, right after it came."""
    later: float = 0.0
    """The same after all have typed for a while."""
    login: float = 0.0
    """Seconds of CPU for each login with its first frame."""
    cpu: float = 0.0
    """Seconds of the server's CPU for each second, while all type."""
    idle: float = 0.0
    """The same while nobody does."""
    own: float = 0.0
    """Seconds of this process's CPU for each second, while all type."""
    late: list[float] = field(default_factory=list)
    pauses: list[tuple[int, float]] = field(default_factory=list)
    objects: int = 0
    bytes: float = 0.0
    """What each person got, a second."""


async def _types(guest: Guest, number: int) -> None:
    chance = random.Random(number)
    await asyncio.sleep(PAUSE * chance.random())
    for key, what in habits(chance):
        guest.press(key, what)
        await asyncio.sleep(PAUSE * chance.uniform(0.8, 1.2))


async def _comes(server: Serving, key: asyncssh.SSHKey, found: _Found) -> Guest:
    guest = await sit(await connect(server.port, key))
    found.frames.append(guest.first_frame.result())
    found.rows.append(guest.first_rows.result())
    return guest


async def _measure(server: Serving, keys: Sequence[asyncssh.SSHKey]) -> _Found:
    found = _Found()
    guests = [await _comes(server, keys[0], found)]
    await asyncio.sleep(5)
    found.frames.clear()  # the first one waited for the cluster
    found.rows.clear()
    before, worked = server.memory, server.cpu
    for key in keys[1:]:
        guests.append(await _comes(server, key, found))
        await asyncio.sleep(0.1)
    found.login = (server.cpu - worked) / len(found.frames)
    await asyncio.sleep(5)
    found.session = (server.memory - before) / len(found.frames)
    worked = server.cpu
    await asyncio.sleep(10)
    found.idle = (server.cpu - worked) / 10
    await server.report()
    lag, me = Lag(), psutil.Process()
    lagging = asyncio.ensure_future(lag.run())
    typing = [asyncio.ensure_future(_types(guest, number)) for number, guest in enumerate(guests)]
    worked, own, got = server.cpu, sum(me.cpu_times()[:2]), sum(guest.received for guest in guests)
    await asyncio.sleep(SECONDS)
    found.cpu, found.own = (server.cpu - worked) / SECONDS, (sum(me.cpu_times()[:2]) - own) / SECONDS
    found.bytes = (sum(guest.received for guest in guests) - got) / SECONDS / len(guests)
    for each in (lagging, *typing):
        each.cancel()
    report: Report = await server.report()
    found.pauses, found.objects = report.pauses, report.objects
    found.late, found.later = lag.late, (server.memory - before) / (len(guests) - 1)
    found.answers = [answer for guest in guests for answer in guest.answers]
    found.unanswered = sum(guest.unanswered for guest in guests)
    return found


def _ms(values: Sequence[float], *shares: float) -> str:
    return " / ".join(f"{1000 * percentile(values, share):.0f}" for share in shares) + " ms"


def _print(found: _Found, verbose: bool) -> None:
    took = [seconds for _, seconds in found.answers]
    whole = [seconds for generation, seconds in found.pauses if generation == 2]
    print(
        row(f"{PEOPLE} dashboards, {PODS:,} pods, {CHANGES} changes a second", "kty", "goal"),
        row("---", "---", "---"),
        row("memory of each further session, at rest", f"{found.session:.2f} MiB", "≤ 4 MiB"),
        row("the same after all have typed", f"{found.later:.2f} MiB", "≤ 4 MiB"),
        row("key → bytes, p50 / p99 / most", _ms(took, 0.5, 0.99, 1), "≤ 15 / 60 ms / –"),
        row("login → first frame, p50 / p95", _ms(found.frames, 0.5, 0.95), "≤ 150 ms / –"),
        row("login → first rows, p50 / p95", _ms(found.rows, 0.5, 0.95), ""),
        row("CPU of each login with all that follows", f"{1000 * found.login:.0f} ms", ""),
        row("CPU of a core, all typing / nobody", f"{100 * found.cpu:.0f} / {100 * found.idle:.0f} %", ""),
        row(
            "collections of garbage, the longest / whole ones",
            f"{1000 * max((seconds for _, seconds in found.pauses), default=0):.0f} ms / {len(whole)}",
            "",
        ),
        row("the clients' own lateness, p50 / p99", _ms(found.late, 0.5, 0.99), ""),
        row("CPU of a core, the clients", f"{100 * found.own:.0f} %", ""),
        row("keys timed / never answered", f"{len(took):,} / {found.unanswered}", ""),
        row("bytes a second for each", f"{found.bytes:,.0f}", ""),
        row("load of the machine", load(), ""),
        sep="\n",
    )
    if verbose:
        print("objects:", found.objects, "collections:", [(g, round(1000 * s)) for g, s in found.pauses][-40:])
        for what in sorted({what for what, _ in found.answers}):
            these = [seconds for each, seconds in found.answers if each == what]
            print(f"{what}: {len(these)}, {_ms(these, 0.5, 0.95, 0.99, 1)}")


def main(arguments: Sequence[str]) -> int:
    """Print the table. `-v` tells more."""
    if arguments == ["serve"]:
        asyncio.run(_serve())
        return 0
    keys = new_keys(PEOPLE + 1)
    with served("dashboards", namespace="") as environment, serving(environment, keys) as server:
        found = asyncio.run(_measure(server, keys))
    _print(found, "-v" in arguments)
    sys.stdout.flush()
    return 0
