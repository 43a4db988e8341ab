"""Join a server with those who watch over it: the audit log, the metrics, and what is told over HTTP."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from kty.ssh.audit import Audit, lost, together
from kty.ssh.behind import Behind, Reach, measure_lag
from kty.ssh.facts import Tell
from kty.ssh.lines import Lines
from kty.ssh.options import JSON, STDERR, Options

if TYPE_CHECKING:
    from kty.ssh.metrics import Metrics
    from kty.ssh.server import Server


class Watch:
    """What hears of everything that happens at a server."""

    def __init__(self, tells: list[Tell], metrics: "Metrics | None") -> None:
        self.tell = together(*tells, *([metrics.tell] if metrics else []))
        self.agreed: Callable[[float], None] = metrics.agreed if metrics else lambda seconds: None
        self.counted: Callable[[int, int], None] = metrics.counted if metrics else lambda received, sent: None
        self._metrics = metrics

    @asynccontextmanager
    async def told_outside(
        self, server: "Server", behind: Behind, options: Options
    ) -> AsyncIterator[list[tuple[str, int]]]:
        """Tell health and metrics while the block lasts; yield where that is. Raises ConfigError."""
        if self._metrics is None or options.http_port is None:
            yield []
            return
        from kty.ssh.http import Outside, told_outside

        reach = Reach(behind, server.spawn)
        self._metrics.server = server.census
        self._metrics.kept = lambda: behind.kept
        self._metrics.why_unreachable = reach.why_unreachable
        server.spawn(measure_lag(self._metrics.lagged), "measure how late the loop comes")
        outside = Outside(server, self._metrics, reach.why_unreachable)
        async with told_outside(outside, options.http_address, options.http_port) as where:
            yield where


@contextmanager
def watching(options: Options, stderr: Lines | None) -> Iterator[Watch]:
    """Yield what watches as the options say. Raises ConfigError where the audit log cannot be written."""
    metrics = None
    if options.http_port is not None:
        from kty.ssh.metrics import Metrics

        metrics = Metrics()
    target = options.audit_log or (STDERR if options.log_format == JSON else None)
    lines = stderr if target == STDERR else Lines(target, lost) if target else None
    try:
        yield Watch([Audit(lines).tell] if lines else [], metrics)
    finally:
        if lines is not None and lines is not stderr:
            lines.close()
