"""Read the log of one container as long as there is one, whatever the network and the container do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from kty.errors import Forbidden, Invalid, KtyError, NotFound, ServerFault, Unreachable
from kty.kube.streams.logs import LogOptions
from kty.runtime.backoff import Backoff
from kty.runtime.clock import Clock
from kty.runtime.log_pace import LogPace
from kty.runtime.log_place import LogPlace, Stamps
from kty.runtime.log_pods import Ran
from kty.runtime.slumber import rest, while_awake

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds before a log that ended is opened again, while the pod still says that its container runs."""

Phase: TypeAlias = Literal["queued", "waiting", "opening", "following", "reconnecting", "refused", "ended"]


@dataclass(frozen=True, slots=True)
class LogStatus:
    """How the log of a container stands."""

    phase: Phase
    """queued: others are read first. waiting: for the container to start. reconnecting: it broke off, and will be
    opened again. refused: this identity may not read it; asked again now and then."""
    reason: str = ""
    """Why it waits, in a word; or how it ended."""
    error: KtyError | None = None
    retry_at: float | None = None
    """When the next try is due, on the clock's `monotonic`."""


class LogSource:
    """One container, as a source of lines; `number` is its own among all sources of a screen."""

    def __init__(self, number: int, namespace: str, pod: str, uid: str, container: str) -> None:
        self.number = number
        self.namespace, self.pod, self.uid, self.container = namespace, pod, uid, container
        self.status = LogStatus("opening")
        self.lines = 0
        """How many came so far."""
        self.gaps = 0
        """In how many places lines may be missing."""
        self.ran: Ran | None = Ran()
        """None: the pod is gone."""
        self.changed = asyncio.Event()
        """Set whenever `ran` is another."""

    def saw(self, ran: Ran | None) -> None:
        """Hear what the pod says of the container; None: the pod is gone."""
        if ran != self.ran:
            self.ran = ran
            self.changed.set()


class LogSink(Protocol):
    """Where lines go. While it does not return, no more are read."""

    async def take(self, source: LogSource, times: list[int], lines: list[bytes]) -> None: ...

    def note(self, source: LogSource, text: str) -> None:
        """Hear something about a source that stands between its lines."""
        ...

    def changed(self) -> None:
        """Hear that the status of a source is another."""
        ...


class Batches(Protocol):
    """Lines as they come, several at once; none when the log is finished."""

    async def batch(self) -> list[bytes]: ...


OpenLog: TypeAlias = Callable[[str, str, LogOptions], AbstractAsyncContextManager[Batches]]
"""From a namespace, a pod and options to its log."""


@dataclass(frozen=True, slots=True)
class LogStart:
    """From where on a log is read when it is opened first."""

    tail: int | None = None
    """Lines; None for no bound."""
    since: datetime | None = None
    previous: bool = False
    """The run before this one, which has ended."""


class LogFollower:
    """Reads one source into a sink: nothing lost that the cluster still has, nothing twice.

    What cannot be known is said: lines that may be missing where the log was cut while nobody read it.
    """

    def __init__(
        self,
        open_log: OpenLog,
        source: LogSource,
        sink: LogSink,
        start: LogStart,
        slots: asyncio.Semaphore,
        clock: Clock,
        pace: LogPace | None = None,
    ) -> None:
        """`slots` bounds how many logs are open at once; `pace` is that of all logs that are read together."""
        self._open_log = open_log
        self._source = source
        self._sink = sink
        self._start = start
        self._slots = slots
        self._pace = pace or LogPace()
        self._clock = clock
        self._backoff = Backoff(clock)
        self._place = LogPlace()
        self._run: str | None = None
        """The run whose log was read last."""
        self._restarts = 0
        self._was_cut = False
        """True after the log broke off."""

    def _enter(self, status: LogStatus) -> None:
        if status != self._source.status:
            self._source.status = status
            self._sink.changed()

    async def run(self) -> None:
        """Read until there is nothing more to come, or until cancelled."""
        while True:
            self._source.changed.clear()
            ran = self._source.ran
            if ran is None:
                self._enter(LogStatus("ended", "the pod is gone"))
                return
            if not self._has_log(ran):
                if ran.is_over:
                    self._enter(LogStatus("ended", "it never ran"))
                    return
                self._start = replace(self._start, tail=None)  # it will be read from its first line on
                self._enter(LogStatus("waiting", ran.waits_for))
                await self._source.changed.wait()
                continue
            try:
                read = await self._slot()
            except KtyError as error:
                if not await self._mend(error):
                    return
                continue
            if read is None:
                continue
            if self._start.previous:
                self._enter(LogStatus("ended"))
                return
            if not await self._goes_on(read):
                return

    def _has_log(self, ran: Ran) -> bool:
        return bool(ran.run) or self._start.previous

    async def _slot(self) -> Ran | None:
        """Read when it is our turn; return the run that was read, None where there is none any more."""
        if self._slots.locked():
            self._enter(LogStatus("queued"))
        async with self._slots:
            ran = self._source.ran  # it may be another than before the wait
            if ran is None or not self._has_log(ran):
                return None
            await self._turn_to(ran)
            await self._read(self._options())
            self._was_cut = False
            return ran

    async def _turn_to(self, ran: Ran) -> None:
        """Say when the container was restarted, and read before what the run before said last."""
        if self._run not in (None, ran.run) and not self._start.previous:
            await self._pass_restart(ran)
        self._run = ran.run  # not before: where nobody answered, the end is asked for again
        self._restarts = ran.restarts

    async def _pass_restart(self, ran: Ran) -> None:
        restarts = self._restarts
        said = "restarted" if ran.restarts <= restarts + 1 else f"restarted {ran.restarts - restarts} times"
        if 0 < ran.started <= self._place.begun:  # it is being read since before the pod told of it
            self._sink.note(self._source, f"{self._name()} {said}")
            return
        if self._was_cut and ran.restarts == restarts + 1:
            try:
                await self._read(replace(self._options(), previous=True, follow=False))
                self._was_cut = False
            except (Invalid, NotFound, ServerFault):
                pass  # it has gone: then lines may be missing
        self._place.anew()
        self._start = LogStart()
        is_gap = self._was_cut or ran.restarts > restarts + 1
        self._source.gaps += is_gap
        missing = "; what it said last before may be missing" * is_gap
        self._sink.note(self._source, f"{self._name()} {said}{missing}")

    def _options(self) -> LogOptions:
        since = self._place.since
        return LogOptions(
            container=self._source.container,
            follow=not self._start.previous,
            previous=self._start.previous,
            timestamps=True,
            tail_lines=None if since else self._start.tail,
            since_time=since or self._start.since,
        )

    async def _read(self, options: LogOptions) -> None:
        if not self._was_cut:
            self._enter(LogStatus("opening"))
        stamps = Stamps()
        async with self._open_log(self._source.namespace, self._source.pod, options) as log_lines:
            self._enter(LogStatus("following"))
            self._place.again()
            async for batch in while_awake(_batches(log_lines), self._clock):
                async with self._pace.working():
                    times, lines, gap = self._place.take(*stamps.cut(batch))
                    if gap:
                        self._source.gaps += 1
                        self._sink.note(
                            self._source, f"{self._name()}: the log was cut meanwhile; lines may be missing"
                        )
                    if lines:
                        self._source.lines += len(lines)
                        await self._sink.take(self._source, times, lines)

    async def _mend(self, error: KtyError) -> bool:
        """Wait until it is worth another try; say whether it ever is."""
        delay = self._backoff.after(error)
        match error:
            case NotFound() if self._source.ran is None or self._start.previous:
                self._enter(LogStatus("ended", "the pod is gone"))
                return False
            case Invalid() if self._start.previous:
                self._enter(LogStatus("ended", str(error), error))
                return False
            case Invalid():  # not started yet, or between two runs: the pod will say when that is over
                self._enter(LogStatus("waiting", self._waits_for(), error))
            case Forbidden():
                self._enter(LogStatus("refused", "", error, self._clock.monotonic() + delay))
            case _:
                self._was_cut = self._was_cut or isinstance(error, Unreachable)
                log.warning("log of %s: %s; next try in %.1f s", self._name(), error, delay)
                self._enter(LogStatus("reconnecting", "", error, self._clock.monotonic() + delay))
        await self._rest(delay)
        return True

    def _waits_for(self) -> str:
        return (self._source.ran.waits_for if self._source.ran is not None else "") or "its log"

    async def _goes_on(self, ran: Ran) -> bool:
        """Wait after the end of a log until there is another one to read; say whether there will be."""
        while True:
            now = self._source.ran
            self._source.changed.clear()
            if now is None:
                self._enter(LogStatus("ended", "the pod is gone"))
                return False
            if now.run != ran.run:
                return True
            if now.is_running:  # the pod has not said yet that it ended, or the stream was closed by somebody between
                self._enter(LogStatus("waiting", "more"))
                await self._rest(max(AGAIN, self._backoff.next()))
                now = self._source.ran
                if now is None or now.is_running or now.run != ran.run:
                    return True
                continue
            if now.is_over:
                self._enter(LogStatus("ended"))
                return False
            self._enter(LogStatus("waiting", now.waits_for))
            await self._source.changed.wait()

    async def _rest(self, seconds: float) -> None:
        """Wait so long, or until the pod says something new."""
        resting = asyncio.ensure_future(rest(self._clock, seconds))
        hearing = asyncio.ensure_future(self._source.changed.wait())
        try:
            await asyncio.wait({resting, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            resting.cancel()
            hearing.cancel()

    def _name(self) -> str:
        return f"{self._source.pod}/{self._source.container}"


async def _batches(lines: Batches) -> AsyncIterator[list[bytes]]:
    while batch := await lines.batch():
        yield batch
