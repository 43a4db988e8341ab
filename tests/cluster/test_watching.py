"""The watcher against the real API server, on config maps in a namespace of its own."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kty.errors import Forbidden
from kty.kube.client import Client
from kty.kube.codecs import Codec, ObjectCodec
from kty.kube.config import infer
from kty.kube.resource import Resource
from kty.kube.tables import TableCodec
from kty.runtime.events import Applied, Deleted, Event, Listed, Live, Page, Started
from kty.runtime.store import Store
from kty.runtime.watcher import watcher
from tests.cluster.defined import defined
from tests.cluster.place import namespace_for_a_test

pytestmark = pytest.mark.cluster

GUARD = 60.0
CONFIG_MAPS = Resource("", "v1", "ConfigMap", "configmaps")
NAMESPACES = Resource("", "v1", "Namespace", "namespaces", namespaced=False)


@dataclass
class Place:
    """A namespace of the test's own, and what can be done in it."""

    client: Client
    namespace: str

    @property
    def path(self) -> str:
        return CONFIG_MAPS.path(self.namespace)

    async def _send(self, method: str, path: str, content: dict[str, Any] | None = None, patch: bool = False) -> None:
        headers = {"Content-Type": "application/merge-patch+json"} if patch else None
        body = json.dumps(content).encode() if content is not None else None
        await self.client.request(method, path, body=body, headers=headers)

    async def open(self) -> None:
        await self._send("POST", NAMESPACES.path(), {"metadata": {"name": self.namespace}})

    async def close(self) -> None:
        await self._send("DELETE", NAMESPACES.path(name=self.namespace))

    async def add(self, name: str, **data: str) -> None:
        labels = {"from": "the-test"}  # the controllers put a config map of their own into every namespace
        await self._send("POST", self.path, {"metadata": {"name": name, "labels": labels}, "data": data})

    async def change(self, name: str, **data: str) -> None:
        await self._send("PATCH", CONFIG_MAPS.path(self.namespace, name), {"data": data}, patch=True)

    async def remove(self, name: str) -> None:
        await self._send("DELETE", CONFIG_MAPS.path(self.namespace, name))


@dataclass
class Looking:
    """A store that a watcher fills, and the events it was filled with."""

    store: Store = field(default_factory=Store)
    events: list[Event] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {name for _, name in self.store.rows}

    def data(self, namespace: str, name: str) -> Any:
        return json.loads(self.store.body((namespace, name)) or b"{}").get("data")

    async def until(self, is_so: Callable[[], object]) -> None:
        changed = asyncio.Event()
        stop = self.store.on_change(changed.set)
        try:
            async with asyncio.timeout(GUARD):
                while not is_so():
                    await changed.wait()
                    changed.clear()
        finally:
            stop()

    def heard(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]


@pytest.fixture
async def place(cluster_kubeconfig: Callable[[str], Path]) -> AsyncIterator[Place]:
    place = Place(Client(infer(cluster_kubeconfig("admin"))), f"t-watching-{secrets.token_hex(4)}")
    await place.open()
    try:
        yield place
    finally:
        await place.close()
        await place.client.close()


@asynccontextmanager
async def looking(
    client: Client, path: str, new_codec: Callable[[], Codec] = ObjectCodec, **options: Any
) -> AsyncIterator[Looking]:
    look = Looking()

    async def pump() -> None:
        async with aclosing(watcher(client, path, new_codec, labels="from=the-test", **options)) as events:
            async for event in events:
                look.events.append(event)
                look.store.apply(event)

    pumping = asyncio.create_task(pump())
    try:
        yield look
    finally:
        pumping.cancel()
        await asyncio.wait([pumping])
    assert pumping.cancelled()


@pytest.mark.parametrize("streaming", [False, True], ids=["in pages", "as a stream"])
@pytest.mark.parametrize("new_codec", [ObjectCodec, TableCodec])
async def test_what_is_added_changed_and_removed_is_seen(
    place: Place, streaming: bool, new_codec: Callable[[], Codec]
) -> None:
    await place.add("before", size="1")
    async with looking(place.client, place.path, new_codec, streaming=streaming) as look:
        await look.until(lambda: look.store.status.phase == "live")
        assert look.names == {"before"}
        await place.add("later", size="1")
        await look.until(lambda: look.names == {"before", "later"})
        await place.change("before", size="2")
        await look.until(lambda: look.data(place.namespace, "before") == {"size": "2"})
        await place.remove("before")
        await look.until(lambda: look.names == {"later"})
        assert look.store.status.phase == "live"
        assert len(look.heard(Started, Listed)) == 2
        assert len(look.heard(Deleted)) == 1


async def test_fifty_objects_come_in_pages_of_seven(place: Place) -> None:
    names = {f"thing-{number:02}" for number in range(50)}
    await asyncio.gather(*(place.add(name, called=name) for name in names))
    async with looking(place.client, place.path, page_size=7) as look:
        await look.until(lambda: look.store.status.phase == "live")
        assert look.names == names
        assert len(look.heard(Page)) >= 8
        assert {name: look.data(place.namespace, name) for name in names} == {name: {"called": name} for name in names}
        await place.remove("thing-07")
        await look.until(lambda: look.names == names - {"thing-07"})


async def test_fifty_objects_come_as_a_stream(place: Place) -> None:
    names = {f"thing-{number:02}" for number in range(50)}
    await asyncio.gather(*(place.add(name) for name in names))
    async with looking(place.client, place.path, streaming=True) as look:
        await look.until(lambda: look.store.status.phase == "live")
        assert look.names == names
        assert [type(event) for event in look.events] == [Started, *[Applied] * 50, Listed, Live]


async def test_a_version_too_old_to_watch_from_is_followed_by_a_list(admin: Client) -> None:
    """What a watch hears that was away for too long: the server knows no version before the kind was defined."""

    class Forgetful(Client):
        """Asks for the first watch from a version that is gone."""

        asked = 0
        heard = b""

        @asynccontextmanager
        async def watch(self, path: str, *, query: Any = (), **options: Any) -> AsyncIterator[AsyncIterator[bytes]]:
            self.asked += 1
            is_first = self.asked == 1
            if is_first:
                query = [(name, "1" if name == "resourceVersion" else value) for name, value in query]
            async with super().watch(path, query=query, **options) as lines:
                yield self._overheard(lines) if is_first else lines

        async def _overheard(self, lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
            async for line in lines:
                self.heard += line
                yield line

    client = Forgetful(admin.config)
    try:
        async with namespace_for_a_test(admin) as place, defined(place) as gizmos:
            await place.create(gizmos, "before", labels={"from": "the-test"})
            async with looking(client, gizmos.path(place.namespace)) as look:
                await look.until(lambda: len(look.heard(Listed)) == 2 and look.store.status.phase == "live")
                assert b'"code":410' in client.heard
                assert look.names == {"before"}
    finally:
        await client.close()


async def test_who_may_not_list_is_told_so(place: Place, cluster_kubeconfig: Callable[[str], Path]) -> None:
    client = Client(infer(cluster_kubeconfig("nobody")))
    try:
        async with looking(client, place.path) as look:
            await look.until(lambda: look.store.status.phase == "refused")
            assert isinstance(look.store.status.error, Forbidden)
            assert "configmaps" in str(look.store.status.error)
    finally:
        await client.close()
