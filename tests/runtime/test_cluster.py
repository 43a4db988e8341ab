"""A cluster keeps up with the kinds that its server has, and asks for them no more often than is polite."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kty.errors import StatusError
from kty.kube.client import Client
from kty.kube.config import Config
from kty.kube.exchange import Request
from kty.kube.mock import MockTransport
from kty.kube.reply import Reply
from kty.kube.tagged import Tagged
from kty.runtime.cluster import EVERY, RETRY, SELDOM, YOUNG, Cluster
from kty.runtime.shared import Shared
from tests.runtime.fake_clock import FakeClock, settle

KINDS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "kube/discovery/aggregated.json").read_text())
REVIEW = {"kind": "SelfSubjectReview", "status": {"userInfo": {"username": "jane"}}}
CONFIG = Config("dev", "here", "me", "http://cluster.invalid")
WIDGETS = {
    "metadata": {"name": "example.dev"},
    "versions": [
        {
            "version": "v1",
            "resources": [{"resource": "widgets", "responseKind": {"kind": "Widget"}, "scope": "Namespaced"}],
        }
    ],
}


class Server(Client):
    """Says what kinds it has, with an ETag; `said` is what it had to say, `spared` what it had not."""

    def __init__(self) -> None:
        super().__init__(CONFIG, layers=())
        self.answers = dict(KINDS)
        self.faults: set[str] = set()
        self.is_tagging = True
        self.said: list[str] = []
        self.spared: list[str] = []

    async def revalidate(
        self, path: str, *, tag: str = "", headers: Mapping[str, str] | None = None, timeout: float = 30.0
    ) -> Tagged | None:
        if path in self.faults:
            raise StatusError("it is busy", code=503, reason="ServiceUnavailable")
        body = json.dumps(self.answers[path]).encode()
        own = f'"{hash(body)}"' if self.is_tagging else ""
        if tag and tag == own:
            self.spared.append(path)
            return None
        self.said.append(path)
        return Tagged(body, own)

    async def request(self, *args: Any, **kwargs: Any) -> bytes:
        return b"{}"

    def gain(self) -> None:
        """Have a kind more."""
        apis = self.answers["/apis"]
        self.answers["/apis"] = {**apis, "items": [*apis["items"], WIDGETS]}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def cluster(server: Server, clock: FakeClock) -> AsyncIterator[Cluster]:
    cluster = Cluster(CONFIG, Shared(clock=clock, connect=lambda config: server), clock=clock)
    cluster.start()
    await cluster.kinds()
    await settle()
    yield cluster
    await cluster.close()
    await server.close()


def knows(cluster: Cluster, word: str) -> bool:
    return cluster.discovery is not None and bool(cluster.discovery.find(word))


async def test_what_is_as_before_is_asked_for_in_short_and_nobody_is_told(
    cluster: Cluster, server: Server, clock: FakeClock
) -> None:
    told: list[None] = []
    cluster.on_change(lambda: told.append(None))
    before = cluster.discovery
    await clock.advance(3 * EVERY)
    assert sorted(server.said) == ["/api", "/apis"]
    assert sorted(server.spared) == ["/api"] * 3 + ["/apis"] * 3
    assert cluster.discovery is before
    assert not told


async def test_a_kind_that_comes_later_is_known(cluster: Cluster, server: Server, clock: FakeClock) -> None:
    told: list[None] = []
    cluster.on_change(lambda: told.append(None))
    server.gain()
    await clock.advance(EVERY - 1)
    assert not knows(cluster, "widgets")
    await clock.advance(6)
    assert knows(cluster, "widgets")
    assert knows(cluster, "deployments")
    assert told == [None]


async def test_who_is_about_to_name_a_kind_need_not_wait_and_cannot_ask_at_every_key(
    cluster: Cluster, server: Server, clock: FakeClock
) -> None:
    server.gain()
    cluster.look_again()
    await settle()
    assert not knows(cluster, "widgets")
    await clock.advance(YOUNG)
    cluster.look_again()
    cluster.look_again()
    await settle()
    assert knows(cluster, "widgets")
    assert server.said.count("/apis") == 3  # at the start, that it is another one, and what it is


async def test_half_an_answer_takes_no_kinds_away_and_the_rest_comes_later(
    cluster: Cluster, server: Server, clock: FakeClock
) -> None:
    server.gain()
    server.faults = {"/api"}
    await clock.advance(EVERY + 5)
    assert knows(cluster, "pods")
    assert not knows(cluster, "widgets")
    server.faults = set()
    await clock.advance(EVERY + 5)
    assert knows(cluster, "widgets")


async def test_a_server_that_does_not_answer_changes_nothing(
    cluster: Cluster, server: Server, clock: FakeClock
) -> None:
    server.faults = {"/api", "/apis"}
    before = cluster.discovery
    await clock.advance(EVERY + 5)
    assert cluster.discovery is before
    assert cluster.fault is None


async def test_a_server_that_cannot_say_it_in_short_is_asked_seldom(clock: FakeClock, server: Server) -> None:
    server.is_tagging = False
    cluster = Cluster(CONFIG, Shared(clock=clock, connect=lambda config: server), clock=clock)
    cluster.start()
    await cluster.kinds()
    try:
        await clock.advance(SELDOM - 1)
        assert server.said.count("/apis") == 1
        server.gain()
        await clock.advance(6)
        assert knows(cluster, "widgets")
    finally:
        await cluster.close()
        await server.close()


async def test_who_we_are_is_asked_again_where_the_server_failed() -> None:
    answers = [Reply.refusal(500, "etcd is away"), Reply.json(REVIEW)]

    def answer(request: Request) -> Reply:
        if request.path == "/version":
            return Reply.json({"gitVersion": "v1.36.3"})
        if request.path.endswith("/selfsubjectreviews"):
            return answers.pop(0)
        return Reply.json({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": []})

    clock = FakeClock()
    shared = Shared(clock=clock, connect=lambda config: Client(config, layers=(), transport=MockTransport(answer)))
    cluster = Cluster(CONFIG, shared, clock=clock)
    try:
        await cluster.kinds()
        await settle()
        assert (cluster.version, cluster.user) == ("v1.36.3", "me")
        await clock.advance(RETRY[0])
        await settle()
        assert cluster.user == "jane"
    finally:
        await cluster.close()
        await shared.close()
