"""A hundred people at one `kty serve`, on 10,000 pods of which 50 change every second.

The demo, `kty serve` and the clients are processes of their own. Each person types two keys a second: first they move
the cursor, then they search, page and sort. What is timed is from the key to the first bytes that come back, SSH and
the client's own work included.
"""

import asyncio
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import asyncssh
import psutil
from aiohttp import web

from bench.guests import (
    Guest,
    Key,
    Lag,
    Report,
    Serving,
    connect,
    habits,
    load,
    moves,
    new_keys,
    percentile,
    row,
    serving,
    sit,
)
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
class _Typed:
    """What came of it that all typed for a while."""

    answers: list[tuple[str, float]]
    unanswered: int
    cpu: float
    """Seconds of the server's CPU for each second."""
    own: float
    """Seconds of this process's CPU for each second."""
    bytes: float
    """What each person got, a second."""
    late: list[float]
    pauses: list[tuple[int, float]]
    objects: int

    @property
    def took(self) -> list[float]:
        return [seconds for _, seconds in self.answers]


@dataclass
class _Found:
    """What came of it all."""

    frames: list[float] = field(default_factory=list)
    """Seconds from login to the first frame."""
    rows: list[float] = field(default_factory=list)
    """Seconds from login to the first rows."""
    session: float = 0.0
    """MiB that each further session takes, right after it came."""
    later: float = 0.0
    """The same after all have typed."""
    login: float = 0.0
    """Seconds of CPU for each login with its first frame."""
    idle: float = 0.0
    """Seconds of the server's CPU for each second, while nobody types."""
    typed: dict[str, _Typed] = field(default_factory=dict)


async def _types(guest: Guest, number: int, what: Callable[[random.Random], Iterator[Key]]) -> None:
    chance = random.Random(number)
    await asyncio.sleep(PAUSE * chance.random())
    for key, name in what(chance):
        guest.press(key, name)
        await asyncio.sleep(PAUSE * chance.uniform(0.8, 1.2))


async def _comes(server: Serving, key: asyncssh.SSHKey, found: _Found) -> Guest:
    guest = await sit(await connect(server.port, key))
    found.frames.append(guest.first_frame.result())
    found.rows.append(guest.first_rows.result())
    return guest


async def _all_type(server: Serving, guests: Sequence[Guest], what: Callable[[random.Random], Iterator[Key]]) -> _Typed:
    await server.report()
    lag, me = Lag(), psutil.Process()
    lagging = asyncio.ensure_future(lag.run())
    before = [(len(guest.answers), guest.unanswered, guest.received) for guest in guests]
    worked, own = server.cpu, sum(me.cpu_times()[:2])
    typing = [asyncio.ensure_future(_types(guest, number, what)) for number, guest in enumerate(guests)]
    await asyncio.sleep(SECONDS)
    cpu, own = (server.cpu - worked) / SECONDS, (sum(me.cpu_times()[:2]) - own) / SECONDS
    for each in (lagging, *typing):
        each.cancel()
    await asyncio.sleep(1)  # the last answers; to report holds the server up
    report: Report = await server.report()
    return _Typed(
        answers=[each for guest, (count, _, _) in zip(guests, before, strict=True) for each in guest.answers[count:]],
        unanswered=sum(guest.unanswered - count for guest, (_, count, _) in zip(guests, before, strict=True)),
        bytes=sum(guest.received - got for guest, (_, _, got) in zip(guests, before, strict=True))
        / (SECONDS * len(guests)),
        cpu=cpu,
        own=own,
        late=lag.late,
        pauses=report.pauses,
        objects=report.objects,
    )


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
    for name, what in (("all move", moves), ("all search", habits)):
        found.typed[name] = await _all_type(server, guests, what)
        await asyncio.sleep(2)
    found.later = (server.memory - before) / (len(guests) - 1)
    return found


def _ms(values: Sequence[float], *shares: float) -> str:
    return " / ".join(f"{1000 * percentile(values, share):.0f}" for share in shares) + " ms"


def _print(found: _Found, verbose: bool) -> None:
    print(
        row(f"{PEOPLE} dashboards, {PODS:,} pods, {CHANGES} changes a second", "kty", "goal"),
        row("---", "---", "---"),
        row("memory of each further session, at rest", f"{found.session:.2f} MiB", "≤ 4 MiB"),
        row("the same after all have typed", f"{found.later:.2f} MiB", "≤ 4 MiB"),
        row("login → first frame, p50 / p95", _ms(found.frames, 0.5, 0.95), "≤ 150 ms / –"),
        row("login → first rows, p50 / p95", _ms(found.rows, 0.5, 0.95), ""),
        row("CPU of each login with all that follows", f"{1000 * found.login:.0f} ms", ""),
        row("CPU of a core, nobody types", f"{100 * found.idle:.0f} %", ""),
        sep="\n",
    )
    for name, typed in found.typed.items():
        print(
            row(f"key → bytes, {name}, p50 / p99 / most", _ms(typed.took, 0.5, 0.99, 1), "≤ 15 / 60 ms / –"),
            row("CPU of a core, the server / the clients", f"{100 * typed.cpu:.0f} / {100 * typed.own:.0f} %", ""),
            row("keys timed / not answered in time", f"{len(typed.took):,} / {typed.unanswered:,}", ""),
            row(
                "longest collection of garbage",
                f"{1000 * max((seconds for _, seconds in typed.pauses), default=0):.0f} ms",
                "",
            ),
            row("the clients' own lateness, p50 / p99", _ms(typed.late, 0.5, 0.99), ""),
            row("bytes a second for each", f"{typed.bytes:,.0f}", ""),
            sep="\n",
        )
        if verbose:
            print("objects:", typed.objects, "whole collections:", [s for g, s in typed.pauses if g == 2])
            for what in sorted({what for what, _ in typed.answers}):
                these = [seconds for each, seconds in typed.answers if each == what]
                print(f"{what}: {len(these)}, {_ms(these, 0.5, 0.95, 0.99, 1)}")
    print(row("load of the machine", load(), ""))


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
