"""The watcher and the real client against a server that misbehaves.

Time is told by a clock that moves only while the watcher waits to try again: whatever it does without waiting
happens in one and the same moment, however slow the machine is.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kty.errors import (
    Expired,
    Invalid,
    KtyError,
    NotKubernetes,
    ServerFault,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from kty.kube.client import Client
from kty.kube.codecs import ObjectCodec
from kty.kube.config import Config
from kty.kube.connection import Query
from kty.kube.target import AuthInfo
from kty.runtime.events import Applied, Deleted, Event
from kty.runtime.store import Status, Store
from kty.runtime.watcher import watcher
from tests.runtime.fake_clock import FakeClock
from tests.runtime.fault_server import PATH, Asked, Fault, FaultServer, serving

GUARD = 20.0
"""Seconds after which a test that hangs is ended."""


class Impatient(Client):
    """Gives up a silent watch after a moment of real time, whatever it is told."""

    @asynccontextmanager
    async def watch(
        self, path: str, *, query: Query = (), headers: Mapping[str, str] | None = None, idle: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        assert 70 <= idle <= 75
        async with super().watch(path, query=query, headers=headers, idle=0.2) as lines:
            yield lines


@dataclass
class Scene:
    """A server, a watcher that looks at it, and all that was seen."""

    clock: FakeClock
    server: FaultServer
    store: Store
    events: list[Event] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait for it; time moves on only while the watcher waits to try again."""
        async with asyncio.timeout(GUARD):
            while not is_so():
                await asyncio.sleep(0.001)
                wait = (self.store.status.retry_at or 0.0) - self.clock.monotonic()
                if wait > 0:
                    await self.clock.advance(wait)

    async def sees_everything(self) -> None:
        """Wait until the watch is live and nothing is missing and nothing is there twice."""
        await self.until(lambda: self.store.status.phase == "live" and self.shown == self.server.objects)
        assert self.server.open_watches == 1

    @property
    def shown(self) -> dict[str, object]:
        return {name: json.loads(self.store.body((namespace, name)) or b"") for namespace, name in self.store.rows}

    @property
    def faults(self) -> list[KtyError]:
        """What the status said was wrong, one after the other."""
        errors = [status.error for status in self.statuses if status.error is not None]
        return [error for last, error in zip([None, *errors], errors, strict=False) if error is not last]

    def check(self, before: int) -> None:
        """Hold what holds after every fault; `before` is how many requests there had been."""
        after = self.server.requests[before:]
        assert worst_second(after) <= 2
        heard = Counter(
            (type(e), e.item.row.key, e.item.row.version) for e in self.events if isinstance(e, Applied | Deleted)
        )
        assert set(heard.values()) <= {1}


def worst_second(requests: list[Asked]) -> int:
    """Return how often the same request was sent in the second after the first of these, continuation pages apart."""
    same = Counter(asked.same_as for asked in requests if asked.kind != "page" and asked.at < requests[0].at + 1.0)
    return max(same.values(), default=0)


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with serving(FakeClock()) as server:
        for name in ("a", "b", "c"):
            server.put(name)
        yield server


@asynccontextmanager
async def watched(
    server: FaultServer, *, streaming: bool = False, auth: AuthInfo | None = None, connect: type[Client] = Client
) -> AsyncIterator[Scene]:
    clock = server._clock
    assert isinstance(clock, FakeClock)
    scene = Scene(clock, server, Store(clock))
    scene.store.on_change(lambda: scene.statuses.append(scene.store.status))
    config = Config("test", "test", "test", server.url, auth=auth or AuthInfo())
    client = connect(config, layers=())

    async def pump() -> None:
        events = watcher(client, PATH, ObjectCodec, page_size=2, streaming=streaming, clock=clock)
        async with aclosing(events):
            async for event in events:
                scene.events.append(event)
                scene.store.apply(event)

    pumping = asyncio.create_task(pump())
    try:
        yield scene
    finally:
        pumping.cancel()
        await asyncio.wait([pumping])
        await client.close()
    assert pumping.cancelled()


def world_changes(server: FaultServer) -> None:
    """Let an object come, one change and one go, while nobody looks."""
    server.put("d")
    server.put("b", size=2)
    server.delete("a")


REFUSALS: dict[Fault, type[KtyError]] = {
    Fault.TOO_MANY_REQUESTS: TooManyRequests,
    Fault.BAD_GATEWAY: ServerFault,
    Fault.SIGN_IN: NotKubernetes,
    Fault.EMPTY: NotKubernetes,
    Fault.GONE: Expired,
    Fault.UNAUTHORIZED: Unauthorized,
    Fault.TRUNCATED: Unreachable,
}
BREAKS: dict[Fault, type[KtyError]] = {
    Fault.TRUNCATED: Unreachable,
    Fault.RUBBISH: NotKubernetes,
    Fault.ERROR_410: Expired,
    Fault.ERROR_500: ServerFault,
    Fault.ERROR_401: Unauthorized,
}


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("fault", REFUSALS, ids=lambda fault: fault.name)
async def test_a_list_that_fails(server: FaultServer, fault: Fault, times: int) -> None:
    server.fail("list", *[fault] * times)
    async with watched(server) as scene:
        await scene.until(lambda: scene.faults)
        await scene.sees_everything()
        scene.check(before=1)
        assert [type(seen) for seen in scene.faults] == [REFUSALS[fault]] * times


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("fault", REFUSALS | BREAKS, ids=lambda fault: fault.name)
async def test_a_watch_that_fails_when_it_is_opened(server: FaultServer, fault: Fault, times: int) -> None:
    server.fail("watch", *[fault] * times)
    async with watched(server) as scene:
        await scene.until(lambda: scene.faults)
        world_changes(server)
        await scene.sees_everything()
        first = next(index for index, asked in enumerate(server.requests) if asked.kind == "watch")
        scene.check(before=first + 1)
        assert type(scene.faults[0]) is (REFUSALS | BREAKS)[fault]


@pytest.mark.parametrize("lived", [0.0, 10.0], ids=["young", "old"])
@pytest.mark.parametrize("fault", BREAKS, ids=lambda fault: fault.name)
async def test_a_watch_that_breaks(server: FaultServer, fault: Fault, lived: float) -> None:
    async with watched(server) as scene:
        await scene.sees_everything()
        server.put("b", size=1)
        await scene.sees_everything()
        await scene.clock.advance(lived)
        before = len(server.requests)
        server.break_watches(fault)
        world_changes(server)
        await scene.until(lambda: scene.faults)
        await scene.sees_everything()
        scene.check(before)
        assert type(scene.faults[0]) is (REFUSALS | BREAKS)[fault]
        server.put("e")
        await scene.sees_everything()


@pytest.mark.parametrize("at", ["open", "later"])
async def test_a_watch_that_falls_silent(server: FaultServer, at: str) -> None:
    if at == "open":
        server.fail("watch", Fault.SILENCE)
    async with watched(server, connect=Impatient) as scene:
        await scene.until(lambda: server.open_watches)
        if at == "later":
            server.put("b", size=1)
            await scene.until(lambda: scene.shown == server.objects)
            server.break_watches(Fault.SILENCE)
        await scene.clock.advance(75)
        before = len(server.requests)
        world_changes(server)
        await scene.until(lambda: scene.faults)
        await scene.sees_everything()
        scene.check(before)
        assert type(scene.faults[0]) is Unreachable


async def test_an_expired_version_is_followed_by_list_and_watch_at_once(server: FaultServer) -> None:
    async with watched(server) as scene:
        await scene.sees_everything()
        broke, before = scene.clock.monotonic(), len(server.requests)
        server.break_watches(Fault.ERROR_410)
        world_changes(server)
        await scene.until(lambda: scene.faults)
        await scene.sees_everything()
        assert [(asked.kind, asked.at - broke) for asked in server.requests[before:]] == [
            ("list", 0.0),
            ("page", 0.0),
            ("watch", 0.0),
        ]


async def test_a_server_that_streams_no_lists_is_asked_for_pages_at_once(server: FaultServer) -> None:
    server.fail("watch", Fault.INVALID)
    async with watched(server, streaming=True) as scene:
        await scene.sees_everything()
        assert [asked.kind for asked in server.requests] == ["watch", "list", "page", "watch"]
        assert len({asked.at for asked in server.requests}) == 1
        assert [type(seen) for seen in scene.faults] == [Invalid]


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.TRUNCATED, Fault.EMPTY, Fault.TOO_MANY_REQUESTS])
async def test_a_streaming_list_that_fails(server: FaultServer, fault: Fault) -> None:
    server.fail("watch", fault)
    async with watched(server, streaming=True) as scene:
        await scene.until(lambda: scene.faults)
        world_changes(server)
        await scene.sees_everything()
        scene.check(before=1)


async def test_a_streaming_list_shows_everything_with_one_request(server: FaultServer) -> None:
    async with watched(server, streaming=True) as scene:
        await scene.sees_everything()
        world_changes(server)
        await scene.sees_everything()
        assert [asked.kind for asked in server.requests] == ["watch"]
        assert not scene.faults


async def test_a_continue_token_that_expires_on_the_way(server: FaultServer) -> None:
    server.fail("page", Fault.GONE)
    async with watched(server) as scene:
        await scene.sees_everything()
        assert [asked.kind for asked in server.requests] == ["list", "page", "list", "watch"]
        assert "limit" not in dict(server.requests[2].query)


async def test_a_page_that_breaks_off_on_the_way(server: FaultServer) -> None:
    server.fail("page", Fault.TRUNCATED)
    async with watched(server) as scene:
        await scene.until(lambda: scene.faults)
        server.delete("a")
        await scene.sees_everything()
        scene.check(before=2)


async def test_an_object_of_five_megabytes(server: FaultServer) -> None:
    async with watched(server) as scene:
        await scene.sees_everything()
        server.put("big", data="x" * 5_000_000)
        server.put("after")
        await scene.sees_everything()
        assert not scene.faults


async def test_a_watch_whose_time_is_over_shows_nothing(server: FaultServer) -> None:
    async with watched(server) as scene:
        await scene.sees_everything()
        await scene.clock.advance(300)
        before = len(server.requests)
        server.end_watches()
        await scene.until(lambda: len(server.requests) > before)
        world_changes(server)
        await scene.sees_everything()
        assert [asked.kind for asked in server.requests[before:]] == ["watch"]
        assert not scene.faults


async def test_a_token_that_expires_under_a_running_watch(server: FaultServer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first")
    server.token = "first"
    async with watched(server, auth=AuthInfo(token_file=str(file))) as scene:
        await scene.sees_everything()
        before = len(server.requests)
        server.token = "second"
        server.break_watches(Fault.ERROR_401)
        await scene.until(lambda: len(scene.faults) >= 2)
        world_changes(server)
        assert scene.store.status.phase == "stale"
        file.write_text("the-second-one")
        server.token = "the-second-one"
        await scene.sees_everything()
        scene.check(before)
        assert {asked.kind for asked in server.requests[before:]} == {"watch"}


async def test_a_server_that_is_stopped_and_started_again(server: FaultServer) -> None:
    """Nothing listens for a while: the same port answers later."""
    async with watched(server) as scene:
        await scene.sees_everything()
        await scene.clock.advance(10)
        before = len(server.requests)
        await server.stop()
        world_changes(server)
        await scene.until(lambda: len(scene.faults) >= 4)
        assert scene.store.status.phase == "stale"
        assert len(server.requests) == before
        await server.start()
        await scene.sees_everything()
        scene.check(before)
