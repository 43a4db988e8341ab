"""pods/log: what a container has said, and what it goes on to say."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web

from kty.demo.call import Call
from kty.demo.journal import Change
from kty.demo.pods.log_lines import Line, Lines
from kty.demo.pods.log_options import LogOptions
from kty.demo.pods.log_sources import lines_of
from kty.demo.pods.runs import Run, chosen, run_to_log
from kty.demo.racing import racing
from kty.demo.statuses import ApiError, method_not_allowed

if TYPE_CHECKING:
    from kty.demo.demo import Demo

AT_ONCE: Final = 1 << 15
"""Bytes that are written together, where there are so many."""
_WAITING: Final = 256
"""Lines that wait to be written before no more are made."""


async def answer(call: Call) -> web.StreamResponse:
    if call.verb != "get":
        raise method_not_allowed()
    options = LogOptions.read(call.query, call.name)
    pod = call.demo.registry.get("pods", call.namespace, call.name)
    name = chosen(pod, options.container)
    if not pod["spec"].get("nodeName"):
        return web.Response(status=204, headers={"Cache-Control": "no-cache, private"})
    run = run_to_log(pod, name, previous=options.previous)
    response = web.StreamResponse(headers={"Cache-Control": "no-cache, private"})
    response.content_type = "text/plain"
    response.enable_chunked_encoding()
    await response.prepare(call.request)
    writer = _Writer(response, options, call.demo.clock.now())
    lines = lines_of(call.demo, pod, name, run)
    if options.follow and run.finished is None:
        await _follow(call, name, run, lines, writer)
    else:
        await writer.copy(lines, until=call.demo.clock.now())
    return response


async def _follow(call: Call, name: str, run: Run, lines: Lines, writer: "_Writer") -> None:
    """Write lines as they come, until the run is over; then what it said last."""
    demo = call.demo
    with _end_of(demo, call.namespace, call.name, name, run) as ended:
        async with racing(writer.copy(lines, until=float("inf")), ended.wait()) as (copying, ending):
            if copying.done():
                copying.result()
                if not writer.is_full:
                    await ending  # it says nothing more, but it runs
    if writer.is_full:
        return
    pod = demo.registry.find("pods", call.namespace, call.name)
    over = Run(run.id, run.started, demo.clock.now(), 137)
    for previous in (False, True):
        try:
            known = run_to_log(pod, name, previous=previous) if pod is not None else over
        except ApiError:
            continue
        over = known if known.id == run.id and known.finished is not None else over
    if pod is not None:
        lines = lines_of(demo, pod, name, over)
        await writer.copy(lines, until=over.finished or demo.clock.now(), goes_on=True)


@contextmanager
def _end_of(demo: "Demo", namespace: str, pod: str, name: str, run: Run) -> Iterator[asyncio.Event]:
    """Yield an event that is set when this run of a container is over."""
    ended = asyncio.Event()

    def changed(change: Change) -> None:
        if (change.kind, change.namespace, change.name) != ("pods", namespace, pod):
            return
        obj = None if change.type == "DELETED" else demo.registry.find("pods", namespace, pod)
        try:
            now = run_to_log(obj, name, previous=False) if obj is not None else None
        except ApiError:
            now = None
        if now is None or now.id != run.id or now.finished is not None:
            ended.set()

    stop: Callable[[], None] = demo.registry.on_change(changed)
    try:
        yield ended
    finally:
        stop()


class _Writer:
    """Writes lines as the options have it, several at once where there are several."""

    def __init__(self, response: web.StreamResponse, options: LogOptions, now: float) -> None:
        self._response = response
        self._options = options
        self._left = options.limit
        self._place: int | None = None
        self._since = options.since or 0.0
        if options.since_seconds is not None:
            self._since = now - options.since_seconds
        self._now = now
        self._is_at_start = True

    @property
    def is_full(self) -> bool:
        """Say whether as many bytes are written as were asked for."""
        return self._left == 0

    async def copy(self, lines: Lines, *, until: float, goes_on: bool = False) -> None:
        """Write the lines up to a time; `goes_on` from where the last call came to."""
        tail = self._options.tail
        if not goes_on:
            self._place = 0 if tail is None else await lines.tail(tail, self._now)
        waiting: asyncio.Queue[Line | None] = asyncio.Queue(_WAITING)
        reading = asyncio.ensure_future(self._read(lines, until, waiting))
        try:
            ended = False
            while not ended and not self.is_full:
                chunk = bytearray()
                line = await waiting.get()
                while line is not None:
                    chunk += self._shown(line)
                    if waiting.empty() or len(chunk) >= AT_ONCE:
                        break
                    line = waiting.get_nowait()
                ended = line is None
                if self._left is not None:
                    del chunk[self._left :]
                    self._left -= len(chunk)
                if chunk:
                    await self._response.write(bytes(chunk))
            if ended:
                await reading  # raises what went wrong
        finally:
            reading.cancel()

    async def _read(self, lines: Lines, until: float, waiting: "asyncio.Queue[Line | None]") -> None:
        try:
            async with aclosing(lines.read(since=self._place or 0, until=until)) as coming:
                async for line in coming:
                    await waiting.put(line)
        except Exception:
            await waiting.put(None)
            raise
        await waiting.put(None)

    def _shown(self, line: Line) -> bytes:
        self._place = line.place
        if line.at < self._since:
            return b""
        begins, self._is_at_start = self._is_at_start, line.data.endswith(b"\n")
        return _stamp(line.at) + line.data if self._options.timestamps and begins else line.data


def _stamp(at: float) -> bytes:
    """Return a time with nanoseconds, as the kubelet writes it."""
    whole = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{int(at % 1 * 1e9):09}Z ".encode()
