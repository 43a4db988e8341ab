"""One watch for everybody who may see the same: the process owns clients and caches, keyed by identity."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from kty.kube.client import Client
from kty.kube.codecs import Codec
from kty.kube.config import Config
from kty.kube.resource import Resource
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.events import Event
from kty.runtime.lease import Leased
from kty.runtime.reflector import reflect
from kty.runtime.store import Store
from kty.runtime.usages import SharedUsages
from kty.runtime.watcher import polling, watcher

GRACE = 30.0
"""Seconds that a watch goes on after the last one left: people come back."""

_Subject: TypeAlias = tuple[str, str, str, str, Callable[[], Codec], str, str]
"""Identity, kind, version, namespace, how objects are read, and the selectors of labels and fields."""


def unretried(config: Config) -> Client:
    """Return a client that asks once: refusals are on screen at once, and watchers have pauses of their own."""
    return Client(config, layers=())


class Lease(Leased):
    """The right to look at a store that others may look at too."""

    def __init__(self, store: Store, leave: Callable[[], None], renew: Callable[[], None]) -> None:
        super().__init__(leave, renew)
        self.store = store


@dataclass(slots=True, eq=False)
class _Cache:
    store: Store
    watch: Callable[[], asyncio.Task[None]]
    """Starts another task that fills the store."""
    task: asyncio.Task[None]
    grace: float
    """Seconds that it goes on after the last one left."""
    users: int = 0
    ending: asyncio.Task[None] | None = None
    """Counts down while nobody looks."""


class Shared:
    """The caches of this process. Those of different identities are never the same."""

    def __init__(
        self, *, grace: float = GRACE, clock: Clock = SYSTEM, connect: Callable[[Config], Client] = unretried
    ) -> None:
        self._grace = grace
        self._clock = clock
        self._connect = connect
        self._clients: dict[str, Client] = {}
        self._caches: dict[_Subject, _Cache] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.usages = SharedUsages(self._spawn, clock)
        """What is measured is polled: no store, no watch."""

    def client(self, config: Config) -> Client:
        """Return the one client of this identity. It is closed by `close` and by nobody else: caches outlive users."""
        client = self._clients.get(config.identity)
        if client is None:
            client = self._clients[config.identity] = self._connect(config)
        return client

    @property
    def stores(self) -> int:
        """How many stores are kept, each by a watch."""
        return len(self._caches)

    @property
    def leases(self) -> int:
        """How many leases of them there are."""
        return sum(cache.users for cache in self._caches.values())

    def lease(
        self,
        client: Client,
        resource: Resource,
        namespace: str,
        new_codec: Callable[[], Codec],
        *,
        labels: str = "",
        fields: str = "",
    ) -> Lease:
        """Return a live store of this kind in this namespace (empty: all of them); release the lease when done.

        `labels` and `fields` are selectors that the server applies. Leases share a store where identity, kind,
        namespace, `new_codec` and selectors are the same. The client must live as long as `Shared` does: take it
        from `client`.
        """
        subject = (client.config.identity, resource.id, resource.version, namespace, new_codec, labels, fields)
        cache = self._caches.get(subject)
        if cache is None:
            cache = self._caches[subject] = self._open(client, resource, namespace, new_codec, labels, fields)
        if cache.ending is not None:
            cache.ending.cancel()
            cache.ending = None
        cache.users += 1
        return Lease(cache.store, partial(self._leave, subject, cache), partial(self._renew, cache))

    def running(
        self, client: Client, resource: Resource, namespace: str, new_codec: Callable[[], Codec]
    ) -> tuple[Lease, str] | None:
        """Return a lease of a store that has all of this kind in this namespace, where one is being kept already.

        With it comes the namespace that is watched: this one, or empty where the store has all of them.
        """
        for wider in dict.fromkeys((namespace, "")):
            subject = (client.config.identity, resource.id, resource.version, wider, new_codec, "", "")
            if subject in self._caches:
                return self.lease(client, resource, wider, new_codec), wider
        return None

    def _open(
        self,
        client: Client,
        resource: Resource,
        namespace: str,
        new_codec: Callable[[], Codec],
        labels: str,
        fields: str,
    ) -> _Cache:
        store = Store(self._clock)
        path = resource.path(namespace)
        follow = watcher if resource.is_watchable else polling

        def events() -> AsyncGenerator[Event, None]:
            return follow(client, path, new_codec, labels=labels, fields=fields, clock=self._clock)

        def watch() -> asyncio.Task[None]:
            return self._spawn(reflect(events, store, clock=self._clock), f"reflect {path}")

        # What is polled is asked for only while somebody looks.
        return _Cache(store, watch, watch(), self._grace if resource.is_watchable else 0.0)

    def _renew(self, cache: _Cache) -> None:
        if cache in self._caches.values():
            cache.task.cancel()
            cache.task = cache.watch()

    def _leave(self, subject: _Subject, cache: _Cache) -> None:
        cache.users -= 1
        if cache.users == 0 and self._caches.get(subject) is cache:
            cache.ending = self._spawn(self._end(subject, cache), f"end {cache.task.get_name()}")

    async def _end(self, subject: _Subject, cache: _Cache) -> None:
        await self._clock.sleep(cache.grace)
        del self._caches[subject]
        cache.task.cancel()

    async def close(self) -> None:
        """End all watches at once, and close the clients."""
        self._caches.clear()
        self.usages.clear()
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        clients = [*self._clients.values()]
        self._clients.clear()
        for client in clients:
            await client.close()

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        # An empty context: what a session keeps in context variables (Textual's active app) stays out of it.
        task = asyncio.get_running_loop().create_task(work, name=name, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
