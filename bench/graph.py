"""The graph of a deployment with a thousand pods: the demo with such a one, kty on a pseudo-terminal."""

import asyncio
import re
import statistics
import sys
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from aiohttp import web

from bench.serving import Everybody, served
from bench.terminal import Terminal
from kty.demo.demo import Demo
from kty.demo.server import Server

PODS = 1000
FAILING = 7
RUNS = 5


def _crowd(demo: Demo) -> None:
    """Let the shop's deployment `web` have so many pods, of which some fail."""
    store = demo.registry.store
    deployment = next(each for each in demo.registry.list("deployments.apps") if each["metadata"]["name"] == "web")
    owned = [each for each in demo.registry.list("replicasets.apps") if _is_of(each, deployment)]
    sets = [each for each in owned if each["spec"]["replicas"]]
    pattern = next(each for each in demo.registry.list("pods") if _is_of(each, sets[0]))
    for number in range(PODS - sum(_is_of(each, sets[0]) for each in demo.registry.list("pods"))):
        pod = deepcopy(pattern)
        pod["metadata"] |= {"name": f"{sets[0]['metadata']['name']}-{number:05}", "uid": f"uid-{number}"}
        if number < FAILING:
            waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
            for status in pod["status"]["containerStatuses"]:
                status |= {"ready": False, "state": waiting}
        store.put("pods", pod)


def _is_of(obj: dict[str, Any], owner: dict[str, Any]) -> bool:
    return any(each["uid"] == owner["metadata"]["uid"] for each in obj["metadata"].get("ownerReferences", ()))


async def _serve() -> None:
    demo = Demo()
    demo.users = Everybody({})
    demo.furnish()
    _crowd(demo)
    runner = web.AppRunner(Server(demo).application(), handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _graph(environment: dict[str, str]) -> tuple[float, float, float, float]:
    """Return the seconds from the key to the whole graph with its thousand pods, kty's own of these, the same from
    reopening, and MiB at most.
    """
    kty = Terminal([sys.executable, "-m", "kty"], environment)
    try:
        kty.until(lambda text: "pods " in text and "● live" in text)
        kty.idle(2)  # what is loaded beside all else is there by now
        kty.press(b":deploy /name:web\r")
        kty.until(lambda text: "deployments 1 of" in text and "● live" in text)
        kty.quiet(0.5)

        def is_whole(text: str) -> bool:
            groups = re.search(rf"{FAILING} pods +CrashLoopBackOff.*\n(.*\n)+.*9\d\d pods +Running", text) is not None
            return groups and "used by" in text and "kube-root-ca.crt" in text

        worked = kty.cpu()
        opened = kty.press(b"T")
        first = kty.until(is_whole) - opened
        worked = kty.cpu() - worked
        kty.until(lambda text: "● live" in text)
        kty.press(b"\x1b")
        kty.until(lambda text: "deployments 1 of" in text)
        kty.quiet(0.5)
        opened = kty.press(b"T")
        again = kty.until(is_whole) - opened
        return first, worked, again, kty.memory()[1]
    finally:
        kty.close()


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures as a table."""
    if arguments == ["serve"]:
        asyncio.run(_serve())
        return 0
    with served("graph") as environment:
        runs = [_graph(environment) for _ in range(RUNS)]
    first, worked, again = (1000 * statistics.median(run[at] for run in runs) for at in (0, 1, 2))
    print("| measure | kty | goal |\n|---|---|---|")
    print(f"| `T` on a deployment of {PODS:,} pods → its graph, whole | {first:.0f} ms | ≤ 500 ms |")
    print(f"| kty's own CPU of that | {worked:.0f} ms | |")
    print(f"| the same again within 30 s | {again:.0f} ms | |")
    print(f"| memory at most | {max(run[3] for run in runs):.0f} MiB | |")
    return 0
