"""Who shares a watch with whom, and when it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import pytest

from kty.kube.client import Client
from kty.kube.codecs import Codec, ObjectCodec
from kty.kube.config import Config, Impersonation
from kty.kube.connection import Query
from kty.kube.resource import Resource
from kty.kube.tables import TableCodec
from kty.runtime.shared import GRACE, Lease, Shared
from tests.runtime.fake_clock import FakeClock, settle
from tests.runtime.scripts import page, thing

ALICE = Config(context="a", cluster="c", user="alice", server="http://cluster.invalid")
BOB = replace(ALICE, user="bob")
PODS = Resource("", "v1", "Pod", "pods")
NODES = Resource("", "v1", "Node", "nodes", namespaced=False)
METRICS = Resource("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", verbs=frozenset({"get", "list"}))

active_app: ContextVar[str] = ContextVar("active_app", default="none")


class Quiet(Client):
    """Answers every list with one object and every watch with silence."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.lists: list[str] = []
        self.queries: list[Query] = []
        self.open_watches: list[str] = []
        self.apps: set[str] = set()
        self.was_closed = False

    async def request(self, method: str, path: str, *, query: Query = (), **_: Any) -> bytes:
        self.lists.append(path)
        self.queries.append(query)
        self.apps.add(active_app.get())
        return page(thing("a", 5))

    @asynccontextmanager
    async def watch(
        self, path: str, *, query: Query = (), headers: Mapping[str, str] | None = None, idle: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        self.open_watches.append(path)
        self.queries.append(query)
        self.apps.add(active_app.get())
        try:
            yield self._silence()
        finally:
            self.open_watches.remove(path)

    async def _silence(self) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    async def close(self) -> None:
        assert not self.open_watches
        self.was_closed = True
        await super().close()


class Office:
    """One process and its clients."""

    def __init__(self, clock: FakeClock) -> None:
        self.clients: list[Quiet] = []
        self.shared = Shared(clock=clock, connect=self._connect)

    def _connect(self, config: Config) -> Quiet:
        self.clients.append(Quiet(config))
        return self.clients[-1]

    def lease(
        self,
        config: Config = ALICE,
        resource: Resource = PODS,
        namespace: str = "",
        new_codec: Callable[[], Codec] = ObjectCodec,
        *,
        labels: str = "",
        fields: str = "",
    ) -> Lease:
        client = self.shared.client(config)
        return self.shared.lease(client, resource, namespace, new_codec, labels=labels, fields=fields)

    @property
    def watches(self) -> list[str]:
        return [path for client in self.clients for path in client.open_watches]

    @property
    def queries(self) -> list[set[tuple[str, str]]]:
        """The query of each list and each watch."""
        return [set(query) for client in self.clients for query in client.queries]

    @property
    def lists(self) -> list[str]:
        return [path for client in self.clients for path in client.lists]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def office(clock: FakeClock) -> AsyncIterator[Office]:
    office = Office(clock)
    yield office
    await office.shared.close()


async def test_two_who_look_at_the_same_share_one_watch(office: Office) -> None:
    first, second = office.lease(), office.lease()
    await settle()
    assert first.store is second.store
    assert office.watches == ["/api/v1/pods"]
    assert first.store.status.phase == "live"


@pytest.mark.parametrize(
    "other",
    [
        {"config": BOB},
        {"config": replace(ALICE, impersonate=Impersonation(user="bob"))},
        {"namespace": "n"},
        {"resource": NODES},
        {"resource": replace(PODS, version="v2")},
        {"resource": replace(PODS, group="other.example")},
        {"new_codec": TableCodec},
        {"labels": "app=web"},
        {"fields": "metadata.name=a"},
    ],
    ids=["user", "impersonation", "namespace", "kind", "version", "group", "codec", "labels", "fields"],
)
async def test_what_is_not_the_same_is_not_shared(office: Office, other: dict[str, Any]) -> None:
    assert office.lease().store is not office.lease(**other).store
    await settle()
    assert len(office.watches) == 2


async def test_selectors_are_the_servers_to_apply(office: Office) -> None:
    first, second = (office.lease(labels="app=web", fields="metadata.name=a") for _ in range(2))
    assert first.store is second.store
    await settle()
    asked = {("labelSelector", "app=web"), ("fieldSelector", "metadata.name=a")}
    assert len(office.queries) == 2
    assert all(asked <= query for query in office.queries)


async def test_an_identity_has_one_client(office: Office) -> None:
    same = replace(ALICE, context="another name for it", namespace="n")
    assert office.shared.client(ALICE) is office.shared.client(same)
    assert office.shared.client(ALICE) is not office.shared.client(BOB)


async def test_a_watch_goes_on_while_anybody_looks(office: Office, clock: FakeClock) -> None:
    first, second = office.lease(), office.lease()
    first.release()
    first.release()
    await clock.advance(GRACE * 3)
    assert len(office.watches) == 1
    second.release()
    await clock.advance(GRACE)
    assert office.watches == []


async def test_who_comes_back_within_the_grace_finds_everything_as_it_was(office: Office, clock: FakeClock) -> None:
    lease = office.lease()
    await clock.advance(1)
    lease.release()
    await clock.advance(GRACE - 1)
    again = office.lease()
    assert again.store is lease.store
    assert again.store.rows
    await clock.advance(GRACE * 3)
    assert len(office.watches) == 1
    assert len(office.lists) == 1


async def test_who_comes_back_later_begins_anew(office: Office, clock: FakeClock) -> None:
    lease = office.lease()
    lease.release()
    await clock.advance(GRACE)
    again = office.lease()
    assert again.store is not lease.store
    await settle()
    assert len(office.watches) == 1


async def test_each_leaving_has_its_own_grace(office: Office, clock: FakeClock) -> None:
    office.lease().release()
    await clock.advance(GRACE - 1)
    office.lease().release()
    await clock.advance(GRACE - 1)
    assert len(office.watches) == 1
    await clock.advance(1)
    assert office.watches == []


async def test_nothing_of_a_session_is_visible_to_what_is_shared(office: Office, clock: FakeClock) -> None:
    """Textual finds the active app in a context variable: one person's must not be found by another's watch."""
    active_app.set("alice's screen")
    lease = office.lease()
    seen: list[str] = []
    lease.store.on_change(lambda: seen.append(active_app.get()))
    await settle()
    assert office.clients[0].apps == {"none"}
    assert set(seen) == {"none"}


async def test_nothing_is_listed_while_nothing_happens(office: Office, clock: FakeClock) -> None:
    office.lease()
    await clock.advance(3600)
    assert office.lists == ["/api/v1/pods"]


async def test_what_cannot_be_watched_is_polled_while_somebody_looks(office: Office, clock: FakeClock) -> None:
    lease = office.lease(resource=METRICS, namespace="n")
    await clock.advance(25)
    assert office.lists == ["/apis/metrics.k8s.io/v1beta1/namespaces/n/pods"] * 3
    lease.release()
    await clock.advance(GRACE)
    count = len(office.lists)
    await clock.advance(60)
    assert len(office.lists) == count
    assert office.watches == []


async def test_closing_ends_every_watch_and_then_the_clients(clock: FakeClock) -> None:
    office = Office(clock)
    held, left = office.lease(), office.lease(namespace="n")
    office.lease(config=BOB)
    await settle()
    left.release()
    await office.shared.close()
    assert office.watches == []
    assert [client.was_closed for client in office.clients] == [True, True]
    held.release()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_lease_that_is_renewed_lists_again_into_the_same_store(office: Office) -> None:
    first, second = office.lease(), office.lease()
    await settle()
    rows = second.store.rows
    first.renew()
    await settle()
    assert office.lists == ["/api/v1/pods"] * 2
    assert office.watches == ["/api/v1/pods"]
    assert second.store.rows == rows
    assert second.store.status.phase == "live"


async def test_who_has_left_renews_nothing(office: Office) -> None:
    first, _ = office.lease(), office.lease()
    await settle()
    first.release()
    first.renew()
    await settle()
    assert office.lists == ["/api/v1/pods"]


async def test_what_is_polled_is_asked_for_only_while_somebody_looks(office: Office, clock: FakeClock) -> None:
    lease = office.lease(resource=METRICS)
    await settle()
    lease.release()
    await settle()
    before = len(office.lists)
    await clock.advance(GRACE)
    assert len(office.lists) == before
