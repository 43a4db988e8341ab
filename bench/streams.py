"""How fast logs and commands stream: kty beside bare aiohttp on the same server, which is a process of its own."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from aiohttp import ClientSession, web

from kty.kube.client import Client
from kty.kube.streams.channels import V5
from kty.kube.streams.exec import STDIN, STDOUT, execute
from kty.kube.streams.logs import logs
from kty.kube.target import Config

LINES, LINE = (
    1_000_000,
    b"2026-01-01T00:00:00Z INFO request served path=/api/v1/things status=200 in 12 ms " + b"x" * 15,
)
PIECE, PIECES = 1 << 16, 1024
"""64 MiB there and back."""
POD = "/api/v1/namespaces/default/pods/one"


async def _log(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await answer.prepare(request)
    block = (LINE + b"\n") * 1000
    for _ in range(LINES // 1000):
        await answer.write(block)
    await answer.write_eof()
    return answer


async def _cat(request: web.Request) -> web.StreamResponse:
    socket = web.WebSocketResponse(protocols=(V5,), max_msg_size=0, compress=False)
    await socket.prepare(request)
    async for message in socket:
        if message.data[0] != STDIN:
            break
        await socket.send_bytes(bytes((STDOUT,)) + message.data[1:])
    with suppress(ConnectionError):  # bare aiohttp has left by then
        await socket.send_bytes(b'\x03{"status":"Success"}')
    return socket


async def _serve() -> None:
    app = web.Application()
    app.add_routes([web.get(f"{POD}/log", _log), web.get(f"{POD}/exec", _cat)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _timed(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def _bare_log(server: str) -> None:
    async with ClientSession() as http, http.get(f"{server}{POD}/log") as answer:
        async for _ in answer.content.iter_any():
            pass


async def _lines(client: Client) -> None:
    count = 0
    async with logs(client, "default", "one") as lines:
        async for _ in lines:
            count += 1
    assert count == LINES


async def _both(send: Callable[[], Awaitable[None]], receive: Callable[[], Awaitable[int]]) -> None:
    sending = asyncio.ensure_future(send())
    left = PIECE * PIECES
    while left > 0:
        left -= await receive()
    await sending


async def _bare_cat(server: str) -> None:
    async with ClientSession() as http, http.ws_connect(f"{server}{POD}/exec", max_msg_size=0) as socket:

        async def send() -> None:
            for _ in range(PIECES):
                await socket.send_bytes(bytes(PIECE + 1))

        async def receive() -> int:
            return len((await socket.receive()).data) - 1

        await _both(send, receive)


async def _through_cat(client: Client) -> None:
    async with execute(client, "default", "one", ["cat"], stdin=True, stderr=False) as process:

        async def send() -> None:
            for _ in range(PIECES):
                await process.stdin.write(bytes(PIECE))

        async def receive() -> int:
            return len(await process.stdout.read())

        await _both(send, receive)


async def _measure(server: str) -> None:
    client = Client(Config("bench", "bench", "bench", server))
    bare, ours = await _timed(_bare_log(server)), await _timed(_lines(client))
    there, back = await _timed(_bare_cat(server)), await _timed(_through_cat(client))
    await client.close()
    mib = PIECE * PIECES / (1 << 20)
    print(
        "| streams | kty | bare aiohttp | goal |",
        "|---|---|---|---|",
        f"| lines of a log | {LINES / ours:,.0f} a second | {LINES / bare:,.0f}, not split | ≥ 50,000 |",
        f"| through cat, each way | {mib / back:.0f} MiB/s | {mib / there:.0f} MiB/s | |",
        sep="\n",
    )


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    with subprocess.Popen([sys.executable, "-m", "bench.streams"], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            asyncio.run(_measure(f"http://127.0.0.1:{server.stdout.readline().strip()}"))
        finally:
            server.kill()
    return 0


if __name__ == "__main__":
    asyncio.run(_serve())
