"""Read the logs of many containers: those of the pods that are wanted, as they come and go."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Sequence, Set
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from kty.errors import KtyError
from kty.kube.objects import Key, Row
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.log_follower import LogFollower, LogSink, LogSource, LogStart, LogStatus, OpenLog
from kty.runtime.log_pace import LogPace
from kty.runtime.log_pods import Ran, read_pod
from kty.runtime.paging import Breath
from kty.runtime.store import Store

log = logging.getLogger(__name__)

MOST = 50
"""Logs that are open at once."""
GRACE = 10.0
"""Seconds that the log of a pod that is gone may go on."""


@dataclass(eq=False, slots=True)
class _Pod:
    uid: str
    sources: dict[str, LogSource] = field(default_factory=dict)


class LogGroup:
    """Follows the containers of the pods in some stores. Pods that come later join, those that end leave."""

    def __init__(
        self,
        stores: Sequence[Store],
        wanted: Callable[[Row], bool],
        open_log: OpenLog,
        sink: LogSink,
        *,
        containers: Collection[str] = (),
        picks: Callable[[bytes], Collection[str]] | None = None,
        beside: Sequence[Store] = (),
        first: Callable[[Row], Any] = lambda row: row.key,
        start: LogStart,
        most: int = MOST,
        clock: Clock = SYSTEM,
    ) -> None:
        """`wanted` says whose logs are read, by their rows; `containers` which of each pod, empty for all; `picks`
        says the same of each pod by its JSON.

        `beside` are other stores that `wanted` looks at: what changes there may make more pods wanted. `first` orders
        pods that are there already: the least are read first where not all can be.
        """
        self.sources: list[LogSource] = []
        """All that there were so far, by their numbers."""
        self.most = most
        self._stores = tuple(stores)
        self._wanted = wanted
        self._open_log = open_log
        self._sink = sink
        self._containers = frozenset(containers)
        self._picks = picks or (lambda _: self._containers)
        self._beside = tuple(beside)
        self._first = first
        self._start = start
        self._clock = clock
        self._slots = asyncio.Semaphore(most)
        self._pace = LogPace()
        self._pods: dict[Key, _Pod] = {}
        self._poked = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading: dict[int, asyncio.Task[None]] = {}
        self._stops: list[Callable[[], None]] = []
        self._was_complete = False
        """Whether all pods were seen once, so that another one is a new one."""

    def start(self) -> None:
        """Begin; nothing is read before."""
        self._stops = [store.on_change(self._poked.set) for store in (*self._stores, *self._beside)]
        self._poked.set()
        self._spawn(self._keep_up(), "follow pods")

    @property
    def is_complete(self) -> bool:
        """Whether every pod was seen, and whatever it has to tell is being read."""
        return self._was_complete

    def end(self) -> None:
        """Read no more, as soon as whoever reads has his turn."""
        for stop in self._stops:
            stop()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """Read no more from now on."""
        tasks = [*self._tasks]
        self.end()
        if tasks:
            await asyncio.wait(tasks)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        # An empty context: what a session keeps in context variables (Textual's active app) stays out of it.
        task = asyncio.get_running_loop().create_task(work, name=name, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _keep_up(self) -> None:
        seen, known = [-1] * len(self._stores), [-1] * len(self._beside)
        while True:
            await self._poked.wait()
            self._poked.clear()
            is_complete = all(store.status.is_complete for store in (*self._stores, *self._beside))
            before, known = known, [store.revision for store in self._beside]
            if before != known:  # any pod may be wanted now
                seen = [-1] * len(self._stores)
            for index, store in enumerate(self._stores):
                since, seen[index] = seen[index], store.revision
                changed = None if since < 0 else store.changes(since)
                await self._look(store, store.rows.keys() | self._pods.keys() if changed is None else changed)
            if is_complete and not self._was_complete:
                self._was_complete = True
                self._sink.changed()

    async def _look(self, store: Store, keys: Set[Key]) -> None:
        breath = Breath()
        rows = store.rows
        present = [row for key in keys if (row := rows.get(key)) is not None]
        present.sort(key=lambda row: (self._first(row), row.key))
        for key in (*(keys - rows.keys()), *[row.key for row in present]):
            self._see(store, key)
            if breath.is_due():
                await breath.take()

    def _see(self, store: Store, key: Key) -> None:
        row, pod = store.rows.get(key), self._pods.get(key)
        if pod is not None and (row is None or row.uid != pod.uid):
            if row is None and not self._is_at_home(store, key):
                return
            del self._pods[key]
            for gone in pod.sources.values():
                self._leave(gone)
            pod = None
        if row is None or (pod is None and not self._wanted(row)):
            return
        if pod is None:
            pod = self._pods[key] = _Pod(row.uid)
        body = store.body(key) or b""
        picked = self._picks(body)
        for container, ran in read_pod(body).containers.items():
            if not picked or container in picked:
                if (source := pod.sources.get(container)) is not None:
                    source.saw(ran)
                else:
                    pod.sources[container] = self._join(key, row.uid, container, ran)

    def _is_at_home(self, store: Store, key: Key) -> bool:
        """Say whether it would be this store that has the pod."""
        return not any(key in other.rows for other in self._stores if other is not store)

    def _join(self, key: Key, uid: str, container: str, ran: Ran) -> LogSource:
        source = LogSource(len(self.sources), *key, uid, container)
        source.saw(ran)  # before the task is there: from Python 3.12 on Textual lets tasks start at once
        self.sources.append(source)
        if self._was_complete:
            self._sink.note(source, f"{source.pod}/{container} joined")
        reading = self._spawn(self._follow(source), f"log of {source.pod}/{container}")
        if not reading.done():
            self._reading[source.number] = reading
        self._sink.changed()
        return source

    def _leave(self, source: LogSource) -> None:
        source.saw(None)
        if source.status.phase == "ended":
            self._say_left(source)
        else:
            self._spawn(self._end_in_time(source), f"end {source.pod}/{source.container}")

    async def _end_in_time(self, source: LogSource) -> None:
        await self._clock.sleep(GRACE)
        if (reading := self._reading.get(source.number)) is not None:
            reading.cancel()

    async def _follow(self, source: LogSource) -> None:
        follower = LogFollower(self._open_log, source, self._sink, self._start, self._slots, self._clock, self._pace)
        try:
            await follower.run()
        except asyncio.CancelledError:
            source.status = LogStatus("ended", "the pod is gone")
            self._sink.changed()
            raise
        except Exception as error:
            log.exception("a log could not be followed")
            fault = KtyError(f"kty failed ({type(error).__name__}: {error})", hint="please report it")
            source.status = LogStatus("ended", fault.sentence(), fault)
            self._sink.changed()
        finally:
            self._reading.pop(source.number, None)
        if source.ran is None:
            self._say_left(source)

    def _say_left(self, source: LogSource) -> None:
        if source.lines:  # whoever said nothing is not missed
            self._sink.note(source, f"{source.pod}/{source.container} left")
