"""Logs while they pour: the demo with one pod that prints without end, kty on a pseudo-terminal, kubectl beside it."""

import asyncio
import os
import re
import select
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from bench.serving import Everybody, served
from bench.terminal import Terminal
from kty.demo.demo import Demo
from kty.demo.server import Server

RATE = 20_000
SECONDS = int(os.environ.get("KTY_BENCH_SECONDS", "60"))
"""How long it pours."""
POD = "postgres-0"
PER_TICK = RATE // 50
KEYS = 100
TEXT = b"level=info msg=request method=GET path=/api/v1/things/%09d status=200 duration=12ms trace=8f3a9c0de4b1"


@web.middleware
async def _pour(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer for one pod: a first line at once, then so many a second, all of them numbered; then it is silent."""
    if not request.path.endswith(f"/pods/{POD}/log"):
        return await handler(request)
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    with suppress(ConnectionError):
        await _lines(answer, stamped="timestamps" in request.query)
    return answer


async def _lines(answer: web.StreamResponse, *, stamped: bool) -> None:
    number, begun = 0, time.monotonic()
    while number < RATE * SECONDS:
        head = (datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z ").encode() if stamped else b""
        await answer.write(b"".join([head + TEXT % (number + index) + b"\n" for index in range(PER_TICK)]))
        number += PER_TICK
        await asyncio.sleep(max(0.0, begun + number / RATE - time.monotonic()))
    await asyncio.Event().wait()


async def _serve() -> None:
    demo = Demo()
    demo.users = Everybody({})
    demo.furnish()
    app = Server(demo).application()
    app.middlewares.append(_pour)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _kubectl(kubeconfig: str) -> float | None:
    """Return the seconds that kubectl takes to its first line, the median of five; None where there is none."""
    command = shlex.split(os.environ.get("KTY_BENCH_KUBECTL", "kubectl"))
    if shutil.which(command[0]) is None:
        return None
    took = []
    for _ in range(5):
        started = time.perf_counter()
        arguments = ["--kubeconfig", kubeconfig, "logs", "-f", "--tail=1000", POD]
        with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE) as kubectl:
            assert kubectl.stdout is not None
            assert kubectl.stdout.readline().startswith(b"level=")
            took.append(time.perf_counter() - started)
            kubectl.kill()
    return statistics.median(took)


def _press(kty: Terminal, key: bytes, wanted: bytes) -> float:
    """Return the seconds from a key to the bytes that tell what it did."""
    sent = kty.press(key)
    came = b""
    while wanted not in came:
        if not select.select([kty._fd], [], [], 10)[0]:
            raise TimeoutError(f"{wanted!r} does not come")
        came = came[-100:] + os.read(kty._fd, 1 << 16)
    return time.perf_counter() - sent


def _drain(kty: Terminal, seconds: float) -> str:
    """Read for so long, and no screen from it, which would take longer than to draw it; return the last text."""
    end = time.perf_counter() + seconds
    came = b""
    while (left := end - time.perf_counter()) > 0:
        if select.select([kty._fd], [], [], left)[0]:
            came = came[-(1 << 17) :] + os.read(kty._fd, 1 << 16)
    return re.sub(r"\x1b\[[0-9;]*m", "", came.decode("utf-8", "replace"))


def _select(kty: Terminal) -> None:
    """Put the cursor on the pod."""
    kty.until(lambda text: POD in text and "● live" in text)
    kty.press(b"/" + POD.encode())
    kty.until(lambda text: "pods 1 of" in text)
    kty.press(b"\r")
    kty.until(lambda text: text.rstrip().splitlines()[-1].startswith(" enter open"))
    kty.quiet(0.5)


def _first_lines(environment: dict[str, str], runs: int) -> float:
    took = []
    for _ in range(runs):
        kty = Terminal([sys.executable, "-m", "kty"], environment)
        try:
            _select(kty)
            sent = kty.press(b"l")
            took.append(kty.until(lambda text: "level=info msg=request" in text) - sent)
        finally:
            kty.close()
    return statistics.median(took)


def _keys_and_lines(environment: dict[str, str]) -> tuple[list[float], int, float, float]:
    """Return how long keys took while lines poured, how many lines were told in the end, and MiB before and at most."""
    kty = Terminal([sys.executable, "-m", "kty"], environment)
    try:
        _select(kty)
        before, _ = kty.memory()
        kty.press(b"l")
        started = time.perf_counter()
        _drain(kty, 2)
        took = []
        for _ in range(KEYS // 2):
            for wanted in (b"paused, ", b"following"):
                took.append(_press(kty, b"s", wanted))
                _drain(kty, 0.05)
        _drain(kty, max(1.0, started + SECONDS + 5 - time.perf_counter()))
        kty.press(b"s")
        told = _drain(kty, 1)
        found = re.findall(r"([\d,]+) lines(?: +([\d,]+) older ones dropped)?", told)
        assert found, told
        lines = sum(int(number.replace(",", "")) for number in found[-1] if number)
        return took, lines, before, kty.memory()[1]
    finally:
        kty.close()


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures as a table."""
    if arguments == ["serve"]:
        asyncio.run(_serve())
        return 0
    with served("logs") as environment:
        first = _first_lines(environment, 5)
        peer = _kubectl(environment["KUBECONFIG"])
        took, lines, before, most = _keys_and_lines(environment)
    ordered = sorted(took)
    print("| measure | kty | goal |\n|---|---|---|")
    print(f"| `l` → first line | {first * 1000:.0f} ms | ≤ 150 ms above kubectl |")
    print(f"| `kubectl logs` → first line | {'none here' if peer is None else f'{peer * 1000:.0f} ms'} | |")
    p50, p99 = ordered[len(ordered) // 2], ordered[round(0.99 * (len(ordered) - 1))]
    print(f"| key → screen at {RATE:,} lines/s, p50 / p99 | {p50 * 1000:.0f} / {p99 * 1000:.0f} ms | – / ≤ 100 ms |")
    print(f"| lines told of {RATE * SECONDS:,} | {lines:,} | all |")
    print(f"| memory before / at most | {before:.0f} / {most:.0f} MiB | the ring's 64 MiB above |")
    return 0
