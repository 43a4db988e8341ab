"""What a server tells over HTTP to those who watch over it: whether it lives, whether it is ready, and its metrics."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from kty.ssh.listening import listening
from kty.ssh.metrics import Metrics
from kty.text import printable

_TEXT = "text/plain; charset=utf-8"
_QUIET = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_MOST_OPEN = 64
"""Connections at once; those who watch have a few."""
_GOODBYE = 1.0
"""Seconds that an answer may still take once the server ends."""


class Watched(Protocol):
    """The server that is asked about."""

    @property
    def is_listening(self) -> bool: ...

    @property
    def is_draining(self) -> bool: ...


class Outside:
    """Answers `/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, server: Watched, metrics: Metrics, why_unreachable: Callable[[], str | None]) -> None:
        self._server = server
        self._metrics = metrics
        self._why_unreachable = why_unreachable

    def healthy(self, request: web.Request) -> web.Response:
        """The loop answers, or nobody does."""
        return web.Response(text="ok\n", headers=_QUIET)

    def ready(self, request: web.Request) -> web.Response:
        """Say whether somebody may be sent here.

        Whether the API server answers is said, and does not count: the screens say it, too, and all servers beside
        this one would have it no better.
        """
        checks = {"listening": self._server.is_listening, "not-draining": not self._server.is_draining}
        lines = [f"[{'+' if is_so else '-'}]{name} {'ok' if is_so else 'failed'}" for name, is_so in checks.items()]
        why = self._why_unreachable()
        cluster = "not asked yet" if why is None else f"failed: {printable(why)}" if why else "ok"
        lines.append(f"[{'-' if why else '+'}]cluster {cluster} (does not count)")
        is_ready = all(checks.values())
        lines.append(f"readyz check {'passed' if is_ready else 'failed'}")
        text = "".join(f"{line}\n" for line in lines)
        return web.Response(text=text, status=200 if is_ready else 503, headers=_QUIET)

    def measures(self, request: web.Request) -> web.Response:
        """Tell all metrics, as Prometheus or OpenMetrics wants them."""
        page, kind = self._metrics.page(request.headers.get("Accept", ""))
        return web.Response(body=page, headers={**_QUIET, "Content-Type": kind})


@asynccontextmanager
async def told_outside(outside: Outside, address: str, port: int) -> AsyncIterator[list[tuple[str, int]]]:
    """Answer there while the block lasts; yield where that is. Raises ConfigError where nobody can listen there."""
    app = web.Application()
    for path, answer in (("/healthz", outside.healthy), ("/readyz", outside.ready), ("/metrics", outside.measures)):
        app.router.add_get(path, _handler(answer))
    sockets = await listening(address, port, option="--http-port")
    runner = web.AppRunner(app, access_log=None, handle_signals=False, keepalive_timeout=30, shutdown_timeout=_GOODBYE)
    await runner.setup()
    try:
        for each in sockets:
            await web.SockSite(runner, each, backlog=_MOST_OPEN).start()
        yield [each.getsockname()[:2] for each in sockets]
    finally:
        await runner.cleanup()


def _handler(answer: Callable[[web.Request], web.Response]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    return handle
