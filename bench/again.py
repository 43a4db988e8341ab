"""What the first frame of a further app costs in a process that had some already, as each login over SSH is one.

No cluster is asked: the frame is the empty list that is there before a server has answered. CPU of the loop's thread.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from unittest.mock import patch

from kty.app import KtyApp, collect_in_portions
from kty.kube.config import Kubeconfig, infer, loads
from kty.runtime.shared import Shared
from kty.screens.session import Session
from kty.settings import Settings
from kty.state import State
from kty.term.memory import MemoryTerminal

APPS = 40
_NOWHERE = {
    "current-context": "nowhere",
    "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nobody"}}],
    "clusters": [{"name": "nowhere", "cluster": {"server": "http://127.0.0.1:9"}}],
    "users": [{"name": "nobody", "user": {}}],
}


async def _first_frame(kubeconfig: Kubeconfig) -> float:
    """Return the CPU (ms) from nothing to the first frame of an app."""
    shared, terminal = Shared(), MemoryTerminal(size=(120, 40))
    before = time.thread_time()
    app = KtyApp(terminal, Session(infer(known=kubeconfig), kubeconfig, shared, settings=Settings(), state=State()))
    running = app.start()
    while not any(b"all namespaces" in frame for frame in terminal.frames):
        await asyncio.sleep(0)
    took = 1000 * (time.thread_time() - before)
    app.exit()
    await running
    await shared.close()
    return took


async def _measure() -> list[float]:
    collect_in_portions()
    kubeconfig = loads(json.dumps(_NOWHERE))
    with patch.object(KtyApp, "_start"):  # which would connect
        return [await _first_frame(kubeconfig) for _ in range(1 + APPS)]


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    first, *further = asyncio.run(_measure())
    print(
        "| first frame of 120 × 40, CPU | kty | goal |",
        "|---|---|---|",
        f"| first app of the process, modules imported | {first:.0f} ms | |",
        f"| further apps, least / p50 / p95 of {APPS} | {min(further):.0f} / {statistics.median(further):.0f} / "
        f"{statistics.quantiles(further, n=20)[-1]:.0f} ms | p50 ≤ 150 ms, login included |",
        sep="\n",
    )
    return 0
