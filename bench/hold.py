"""List 10,000 pods and hold them: as kty's rows, as its Structs, as dicts, and as kubernetes_asyncio's models.

Every way is a process of its own, which reads the same pages of 500 from the same server (`bench.replay`). What it
imports, opens and builds once is done before the clock starts: a list of one pod has warmed it up.
"""

import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, NamedTuple

from bench.replay import PAGE, PATH, PODS
from kty.runtime.heap import give_back

RUNS = 3
Hold = Callable[[int], Awaitable[object]]
"""Lists so many pods and returns what holds them."""


class Held(NamedTuple):
    """What one process took."""

    cpu: float
    """Seconds, of the whole process, from the first request until all pods are held."""
    memory: float
    """MiB of its own (PSS) above what it had before, while the pods are held."""
    needed: float
    """The same once free memory went back to the system: what the pods themselves take."""
    highest: float
    """MiB above what it had before, at its highest."""


async def _rows(server: str) -> Hold:
    from kty.kube.client import Client
    from kty.kube.target import Config
    from kty.runtime.events import Live
    from kty.runtime.store import Store
    from kty.runtime.watcher import watcher
    from kty.views.pods import VIEW

    client = Client(Config("bench", "bench", "bench", server))

    async def hold(count: int) -> object:
        store = Store()
        async with aclosing(watcher(client, PATH, VIEW.new_codec, page_size=min(PAGE, count))) as events:
            async for event in events:
                store.apply(event)
                if isinstance(event, Live):
                    break
        assert len(store.rows) == count
        key = next(iter(store.rows))
        assert json.loads(store.body(key) or b"")["metadata"]["name"] == key[1]
        return store

    return hold


async def _api(server: str, kind: Any) -> Hold:
    from kty.kube.api import Api
    from kty.kube.client import Client
    from kty.kube.kinds import Pod
    from kty.kube.target import Config

    client = Client(Config("bench", "bench", "bench", server))
    pods: Api[Any] = Api(client, Pod.resource, kind=kind or Pod)

    async def hold(count: int) -> object:
        found = await pods.list(page_size=min(PAGE, count))
        assert len(found.items) == count
        return found

    return hold


async def _structs(server: str) -> Hold:
    return await _api(server, None)


async def _dicts(server: str) -> Hold:
    return await _api(server, dict)


async def _models(server: str) -> Hold:
    from kubernetes_asyncio import client

    api: Any = client.CoreV1Api(client.ApiClient(client.Configuration(host=server)))

    async def hold(count: int) -> object:
        items, token = [], None
        while True:
            more: dict[str, Any] = {"_continue": token} if token else {}
            page = await api.list_pod_for_all_namespaces(limit=min(PAGE, count), **more)
            items += page.items
            token = page.metadata._continue
            if not token:
                break
        assert len(items) == count
        return items

    return hold


WAYS: dict[str, tuple[str, Callable[[str], Awaitable[Hold]]]] = {
    "rows": ("kty's rows, with compressed objects", _rows),
    "structs": ("kty's Structs", _structs),
    "dicts": ("dicts", _dicts),
    "models": ("kubernetes_asyncio's models", _models),
}


def _mib(name: str) -> float:
    lines = Path("/proc/self/smaps_rollup" if name == "Pss" else "/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


async def _measure(way: str, server: str) -> None:
    """Print what one way took, and end the process: to tidy up hundreds of MiB would measure nothing."""
    hold = await WAYS[way][1](server)
    await hold(1)
    gc.collect()
    before, cpu = _mib("Pss"), time.process_time()
    held = await hold(PODS)
    cpu = time.process_time() - cpu
    gc.collect()
    after, highest = _mib("Pss"), _mib("VmHWM")
    give_back()  # what is free, but not yet the system's: less for kty, which does it by itself
    needed = _mib("Pss")
    assert held is not None
    print(json.dumps(Held(cpu, after - before, needed - before, highest - before)), flush=True)
    os._exit(0)


def _run(way: str, server: str) -> Held:
    command = [sys.executable, "-m", "bench.hold", way, server]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    held = Held(*json.loads(done.stdout.splitlines()[-1]))
    print(f"{way}: {held.cpu:.2f} s, {held.memory:.1f} MiB", file=sys.stderr, flush=True)
    return held


def _medians(runs: Sequence[Held]) -> Held:
    return Held(*[statistics.median(each[at] for each in runs) for at in range(4)])


def main(arguments: Sequence[str]) -> int:
    """Print the table. `--quick` measures each way once."""
    rounds = 1 if "--quick" in arguments else RUNS
    with subprocess.Popen([sys.executable, "-m", "bench.replay"], stdout=subprocess.PIPE, text=True) as replay:
        try:
            assert replay.stdout is not None
            told = json.loads(replay.stdout.readline())
            server = f"http://127.0.0.1:{told['port']}"
            runs = [{way: _run(way, server) for way in WAYS} for _ in range(rounds)]
        finally:
            replay.kill()
    took = {way: _medians([each[way] for each in runs]) for way in WAYS}
    models = took["models"]
    print(
        f"{PODS:,} pods of {told['origin']}, {told['size'] / 1000:.1f} kB each; medians of {rounds}",
        "",
        "| held as | CPU | memory | of it in use | highest | CPU, models / it | memory | in use |",
        "|---|---|---|---|---|---|---|---|",
        sep="\n",
    )
    for way, (name, _) in WAYS.items():
        cpu, memory, needed, highest = took[way]
        ratios = " | ".join(f"{models[at] / took[way][at]:.1f} ×" for at in range(3))
        print(f"| {name} | {cpu:.2f} s | {memory:.1f} MiB | {needed:.1f} MiB | {highest:.0f} MiB | {ratios} |")
    print("| goal for rows | | | | | ≥ 10 × | ≥ 50 × | |")
    return 0


if __name__ == "__main__":
    asyncio.run(_measure(*sys.argv[1:]))
