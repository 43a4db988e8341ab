"""One cluster as one identity: its client, and what it said about itself."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

from kty.errors import KtyError
from kty.kube.codecs import Codec
from kty.kube.config import Config
from kty.kube.discovery import Discovery, discover, server_version, who_am_i
from kty.kube.discovery_cache import KeptDiscovery
from kty.kube.resource import Resource
from kty.runtime.access import Access
from kty.runtime.clock import SYSTEM, Clock
from kty.runtime.listeners import Listeners
from kty.runtime.shared import Lease, Shared
from kty.runtime.slumber import rest
from kty.runtime.usages import UsageLease

log = logging.getLogger(__name__)

RETRY = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries to learn what the cluster is, until it has answered once."""
EVERY = 120.0
"""Seconds after which the server is asked whether it has other kinds by now: mostly it says no more than that."""
SELDOM = 900.0
"""The same for a server that cannot say it in short."""
YOUNG = 10.0
"""Seconds for which an answer is young enough for a person who is about to name a kind."""
_HALVES = frozenset({"/api", "/apis"})
"""What discovery is asked for, and calls what it could not read."""


class Cluster:
    """What a session knows of the cluster it looks at. Nothing here waits for the cluster but `learn`."""

    def __init__(self, config: Config, shared: Shared, *, clock: Clock = SYSTEM) -> None:
        self.config = config
        self.client = shared.client(config)
        self.discovery: Discovery | None = None
        """None until the server has answered."""
        self.access = Access(self.client, clock=clock)
        self.version = ""
        self.user = config.user
        self.fault: KtyError | None = None
        """Why the server has not answered yet."""
        self._shared = shared
        self.clock = clock
        self._kinds: asyncio.Task[Discovery]
        self._said = KeptDiscovery(self.client, None)
        self._is_taken = False
        """Whether `discovery` is all that the server said."""
        self._asked_at = clock.monotonic()
        """When the server was asked last what kinds it has."""
        self._asking: asyncio.Task[None] | None = None
        self._tasks: tuple[asyncio.Task[Any], ...] = ()
        self._listeners = Listeners()

    def lease(
        self,
        resource: Resource,
        namespace: str,
        new_codec: Callable[[], Codec],
        *,
        labels: str = "",
        fields: str = "",
    ) -> Lease:
        """Return a live store of this kind in this namespace (empty: all of them); release it when done.

        `labels` and `fields` are selectors that the server applies.
        """
        return self._shared.lease(self.client, resource, namespace, new_codec, labels=labels, fields=fields)

    def usages(self, metrics: Resource, namespace: str) -> UsageLease | None:
        """Return what is measured in this namespace (empty: all of them), to be released when done.

        None where the server has no such metrics, or has not said yet whether it has.
        """
        known = self.discovery
        if known is None or not (
            known.named(metrics.api_version, metrics.kind) is not None or metrics.api_version in known.faults
        ):
            return None
        return self._shared.usages.lease(self.client, self.config.identity, metrics.path(namespace))

    def running(self, resource: Resource, namespace: str, new_codec: Callable[[], Codec]) -> tuple[Lease, str] | None:
        """Return a lease of a store that is kept already and has all of this kind there, as `Shared` does."""
        return self._shared.running(self.client, resource, namespace, new_codec)

    def on_change(self, tell: Callable[[], object]) -> Callable[[], None]:
        """Call `tell` whenever more is known; call the returned function to stop."""
        return self._listeners.add(tell)

    @property
    def is_started(self) -> bool:
        return bool(self._tasks)

    def start(self) -> None:
        """Begin to learn what the cluster is, in the background."""
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._kinds = loop.create_task(self._learn_kinds(), name=f"discover {self.config.context}")
            self._tasks = (
                self._kinds,
                loop.create_task(self._learn_names(self._kinds)),
                loop.create_task(self._keep_up(self._kinds), name=f"keep up with {self.config.context}"),
            )

    async def kinds(self) -> Discovery:
        """Return what can be asked of the cluster, waiting until it has said so."""
        self.start()
        first = await asyncio.shield(self._kinds)
        return self.discovery or first

    async def _learn_kinds(self) -> Discovery:
        for delay in chain(RETRY, repeat(RETRY[-1])):
            try:
                await self.relearn()
            except KtyError as error:
                log.warning("discovery of %s failed: %s", self.config.context, error)
                self.fault = error
                self._listeners.tell()
                await self.clock.sleep(delay)
            else:
                break
        return self.discovery or Discovery()

    async def _learn_names(self, kinds: "asyncio.Task[Discovery]") -> None:
        await asyncio.wait([kinds])
        for delay in RETRY:  # nice to know, but nothing depends on it
            with contextlib.suppress(KtyError):
                self.version = await server_version(self.client)
                self.user = await who_am_i(self.client) or self.user
                break
            self._listeners.tell()
            await self.clock.sleep(delay)
        self._listeners.tell()

    async def relearn(self) -> None:
        """Ask again what kinds there are: some may have come or gone since. Raises KtyError."""
        self._asked_at = self.clock.monotonic()
        if self._is_taken and await self._said.is_current():
            return
        self._is_taken = False
        found, known = await discover(self._said), self.discovery
        lost = _HALVES & found.faults.keys()
        if known is not None and lost - known.faults.keys():
            return  # that one half could not be read says nothing of the kinds in it
        self._is_taken = not lost
        if found != known:
            self.discovery, self.fault = found, None
            self._listeners.tell()

    def look_again(self) -> None:
        """Ask in the background whether there are other kinds by now, unless that was asked a moment ago."""
        is_young = self.clock.monotonic() - self._asked_at < YOUNG
        if self.discovery is not None and not is_young and (self._asking is None or self._asking.done()):
            self._asking = asyncio.get_running_loop().create_task(self._ask_again())

    async def _ask_again(self) -> None:
        try:
            await self.relearn()
        except KtyError as error:  # what is known stays; lists say that the server does not answer
            log.info("asking %s for other kinds failed: %s", self.config.context, error)

    async def _keep_up(self, kinds: "asyncio.Task[Discovery]") -> None:
        await asyncio.wait([kinds])
        while True:
            await rest(self.clock, EVERY if self._said.is_tagged else SELDOM)
            self.look_again()

    async def close(self) -> None:
        """End what runs in the background; the connection belongs to `Shared`."""
        tasks = [*self._tasks, *([] if self._asking is None else [self._asking])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
