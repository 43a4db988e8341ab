"""See one collection as it is and as it changes, whatever the network and the server do.

The semantics are those of client-go's Reflector (tools/cache/reflector.go), except that a broken watch is resumed
from the last version seen, as kube-rs does.
"""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing

from msgspec import Struct

from kty.errors import (
    Expired,
    Forbidden,
    Invalid,
    KtyError,
    NotFound,
    NotKubernetes,
    ServerFault,
    StatusError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from kty.kube.codecs import Codec
from kty.kube.connection import Connection, Query
from kty.kube.watch_events import Bookmark, Fault, Gone, Redefined, Seen
from kty.runtime.backoff import Backoff
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.events import Applied, Deleted, Event, Interrupted, Listed, Live, Started
from kty.runtime.heap import give_back
from kty.runtime.paging import PAGE, Breath, pages
from kty.runtime.slumber import rest, while_awake

log = logging.getLogger(__name__)

POLL = 10.0
"""Seconds between two lists of what cannot be watched."""
IDLE = 70.0
"""Seconds of silence after which a watch is given up: the server sends a bookmark every 60."""
SHORT = 1.0
"""Seconds that a watch must last to be worth opening again at once."""
TIMEOUT = 300
"""Seconds, up to twice as many, after which the server is to end a watch."""


async def watcher(
    source: Connection,
    path: str,
    new_codec: Callable[[], Codec],
    *,
    page_size: int = PAGE,
    streaming: bool = False,
    labels: str = "",
    fields: str = "",
    clock: Clock = SYSTEM,
) -> AsyncGenerator[Event, None]:
    """Yield what is in the collection at `path` and then every change, for ever: nothing lost, nothing twice.

    `streaming` asks for lists as streams of events, where the server can do that. `labels` and `fields` are
    selectors. Faults are events too (Interrupted) and are mended here; only a bug raises.
    """
    collection = _Collection(source, path, new_codec(), _selectors(labels, fields), page_size)
    watch = _Watch(collection, streaming, clock)
    async with aclosing(_mended(path, watch.cycle, watch.after, clock)) as events:
        async for event in events:
            yield event


async def polling(
    source: Connection,
    path: str,
    new_codec: Callable[[], Codec],
    *,
    every: float = POLL,
    page_size: int = PAGE,
    labels: str = "",
    fields: str = "",
    clock: Clock = SYSTEM,
) -> AsyncGenerator[Event, None]:
    """Yield what is in a collection that cannot be watched, listed again every so many seconds."""
    collection = _Collection(source, path, new_codec(), _selectors(labels, fields), page_size)

    async def cycle() -> AsyncGenerator[Event, None]:
        async with aclosing(collection.list()) as events:
            async for event in events:
                yield event
        yield Live()
        await rest(clock, every)

    async with aclosing(_mended(path, cycle, Backoff(clock).after, clock)) as events:
        async for event in events:
            yield event


def _selectors(labels: str, fields: str) -> Query:
    return [(name, text) for name, text in (("labelSelector", labels), ("fieldSelector", fields)) if text]


async def _mended(
    path: str, cycle: Callable[[], AsyncGenerator[Event, None]], after: Callable[[KtyError], float], clock: Clock
) -> AsyncGenerator[Event, None]:
    """Run one cycle after the other; `after` says how long to wait when one failed."""
    while True:
        try:
            async with aclosing(cycle()) as events:
                async for event in events:
                    yield event
        except KtyError as error:
            delay = after(error)
            log.warning("%s: %s; next try in %.1f s", path, error, delay)
            yield Interrupted(error, delay)
            await rest(clock, delay)


class _Collection(Struct, frozen=True):
    """Where the objects are, and how to ask for them."""

    source: Connection
    path: str
    codec: Codec
    selectors: Query
    page_size: int

    def list(self) -> AsyncGenerator[Event, None]:
        return pages(self._fetch, self.codec, self.page_size)

    async def is_redefined(self) -> bool:
        """Ask whether the columns are others by now: a watch that is resumed would say so only with its next event."""
        before = self.codec.columns
        return before is not None and self.codec.page(await self._fetch(1, "")).columns != before

    async def _fetch(self, limit: int, token: str) -> bytes:
        paging = [("limit", str(limit))] if limit else []
        if token:
            paging.append(("continue", token))
        return await self.source.request(
            "GET",
            self.path,
            query=self._query(paging),
            headers=_accepting(self.codec.accept),
            timeout=60.0 if limit else 300.0,
        )

    def watch(self, version: str, timeout: int, idle: float) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open a watch from that version, or with the initial list as events where there is none."""
        start = (
            [("resourceVersion", version)]
            if version
            else [("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan")]
        )
        watching = [("watch", "1"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", str(timeout)), *start]
        headers = _accepting(self.codec.accept_watch)
        return self.source.watch(self.path, query=self._query(watching), headers=headers, idle=idle)

    def _query(self, more: Query) -> Query:
        return [*self.codec.query, *self.selectors, *more]


def _accepting(accept: str) -> dict[str, str]:
    return {"Accept": accept}


class _Watch:
    """How far we have seen, and what the next cycle must do."""

    def __init__(self, collection: _Collection, streaming: bool, clock: Clock) -> None:
        self._collection = collection
        self._clock = clock
        self._backoff = Backoff(clock)
        self._version = ""
        """Where to resume; empty: list first."""
        self._can_stream = streaming
        self._is_streaming = False
        """True while a list comes in as a stream."""
        self._must_page = False
        """True after a list failed that was a stream: the next one is paged."""
        self._opened: float | None = None
        self._has_heard = False
        """True once this watch brought anything at all."""
        self._silent = 0
        """How many watches brought nothing until they were given up, since the last bookmark."""
        self._last: KtyError | None = None
        """The fault that nothing has come after yet."""

    async def cycle(self) -> AsyncGenerator[Event, None]:
        """List where nothing is known, then watch until the server has had enough."""
        self._opened, self._has_heard = None, False
        if self._version and await self._collection.is_redefined():
            self._version = ""
        if not self._version:
            self._is_streaming = self._can_stream and not self._must_page
            if not self._is_streaming:
                async with aclosing(self._collection.list()) as events:
                    async for event in events:
                        if isinstance(event, Listed):
                            self._listed(event.version)
                        yield event
                give_back()
                if not self._version:
                    raise NotKubernetes("the list has no version, so it cannot be watched")
        async with aclosing(self._follow()) as events:
            async for event in events:
                yield event

    async def _follow(self) -> AsyncGenerator[Event, None]:
        breath = Breath()
        codec = self._collection.codec
        timeout = int(TIMEOUT * (1 + self._clock.random()))
        is_marked = self._silent < 2
        idle = IDLE + 5 * self._clock.random() if is_marked else timeout + 5.0
        async with self._collection.watch(self._version, timeout, idle) as raw_lines:
            opened = self._opened = self._clock.monotonic()
            yield Started() if self._is_streaming else Live()
            async with aclosing(while_awake(raw_lines, self._clock)) as lines:
                async for line in lines:
                    self._has_heard = True
                    match codec.event(line):
                        case Seen(item):
                            self._saw(item.row.version)
                            yield Applied(item)
                        case Gone(item):
                            self._saw(item.row.version)
                            yield Deleted(item)
                        case Bookmark(version, ends_list):
                            self._silent = 0
                            if self._is_streaming and ends_list:
                                self._listed(version)
                                yield Listed(version)
                                yield Live()
                            else:
                                self._saw(version)
                        case Fault(error):
                            raise error
                        case Redefined():
                            raise Expired("the server changed the columns of its table", code=410)
                    if breath.is_due():
                        await breath.take()
        if self._is_streaming:
            raise Unreachable("the list ended before it was complete")
        if self._clock.monotonic() - opened < SHORT:
            raise NotKubernetes("the watch was closed as soon as it was open")

    def _listed(self, version: str) -> None:
        self._version = version
        self._is_streaming = self._must_page = False

    def _saw(self, version: str) -> None:
        """Resume here; but the events of an initial list come in no order, so their versions say nothing."""
        if not self._is_streaming:
            self._version = version or self._version
            self._last = None

    def after(self, error: KtyError) -> float:
        """Decide what the next cycle does after this fault, and return how long to wait before it."""
        lasted = 0.0 if self._opened is None else self._clock.monotonic() - self._opened
        is_again, self._last = type(error) is type(self._last), error
        if self._is_streaming:
            self._is_streaming, self._must_page = False, True
            self._can_stream = not isinstance(error, Invalid)
            if isinstance(error, Invalid | Forbidden | NotFound | Expired):
                return 0.0
        match error:
            case Expired():
                self._version = ""
                if not is_again:
                    return 0.0
            case Unreachable() if lasted >= SHORT:
                if lasted >= IDLE and not self._has_heard:
                    # Either the server sends no bookmarks, or our version is from a future that it lost (a restored
                    # etcd): a list tells. If the next watch is silent as well, it was the former.
                    self._silent += 1
                    self._version = "" if self._silent == 1 else self._version
                return 0.0
            case NotKubernetes() if is_again:
                self._version = ""
            case TooManyRequests() | ServerFault() | Unauthorized():
                pass
            case StatusError():
                self._version = ""
        return self._backoff.after(error)
