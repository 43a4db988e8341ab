"""The longest pause of kty's event loop while the pods of the cluster that KUBECONFIG names arrive.

A heartbeat runs beside kty's app in one loop, on a terminal in memory. A pause is by how much a beat came late;
its CPU share says how much of that was kty's own work, and not that of other programs on the machine.
"""

import asyncio
import time
from collections.abc import Sequence

from bench.cluster import Cluster
from kty.app import KtyApp, caches
from kty.kube.config import infer, load
from kty.screens.session import Session
from kty.settings import Settings
from kty.state import State
from kty.term.memory import MemoryTerminal, screen_text

BEAT = 0.002


async def _beat(pauses: list[tuple[float, float]]) -> None:
    while True:
        start, cpu = time.perf_counter(), time.thread_time()
        await asyncio.sleep(BEAT)
        pauses.append((time.perf_counter() - start - BEAT, time.thread_time() - cpu))


async def _measure(total: int) -> list[tuple[float, float]]:
    async with caches() as shared:  # with collections of garbage as kty has them
        session = Session(infer(), load(), shared, settings=Settings(), state=State(), namespaces=())
        app = KtyApp(MemoryTerminal(name="xterm-direct", size=(160, 45)), session)
        running = app.start()
        while "syncing" not in (text := screen_text(app) if app.screen_stack else "") and f"{total:,}" not in text:
            await asyncio.sleep(0.01)
        pauses: list[tuple[float, float]] = []
        beating = asyncio.create_task(_beat(pauses))
        while f"{total:,} of {total:,}" not in screen_text(app):
            await asyncio.sleep(0.5)  # to look is work, too
        await asyncio.sleep(1)
        beating.cancel()
        app.exit()
        await running
    return pauses


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    total = Cluster().pods()
    pauses = asyncio.run(_measure(total))
    wall, cpu = (sorted(each[at] for each in pauses) for at in (0, 1))
    print(
        "| pauses of the loop | kty | goal |",
        "|---|---|---|",
        f"| longest, while {total:,} pods arrive | {1000 * wall[-1]:.0f} ms | ≤ 50 ms |",
        f"| of it CPU, longest | {1000 * cpu[-1]:.0f} ms | |",
        f"| p99 | {1000 * wall[int(0.99 * len(wall))]:.0f} ms | |",
        sep="\n",
    )
    return 0
