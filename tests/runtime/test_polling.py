"""Collections that can be listed but not watched."""

import pytest

from kty.errors import Unreachable
from kty.kube.codecs import ObjectCodec
from kty.runtime.store import Store
from kty.runtime.watcher import polling
from tests.runtime.fake_clock import FakeClock
from tests.runtime.scripts import Script, failed, page, thing
from tests.runtime.seeing import seeing


async def test_it_is_listed_every_ten_seconds_and_never_watched() -> None:
    clock = FakeClock()
    script = Script(clock, page(thing("a", ""), version=""), page(thing("b", ""), version=""))
    async with seeing(polling(script, "/x", ObjectCodec, clock=clock)) as seen:
        await clock.advance(20)
    assert seen.words == ["started", "page a", "listed ", "live", "started", "page b", "listed ", "live", "started"]
    assert script.verbs == ["list"] * 3
    assert script.times == [0, 10, 20]


@pytest.mark.parametrize(
    ("fault", "wait"), [(Unreachable("refused"), 1.2), (failed(403), 45.0), (failed(429, retry_after=20.0), 20.0)]
)
async def test_a_fault_is_waited_out(fault: Exception, wait: float) -> None:
    clock = FakeClock()
    script = Script(clock, fault, page(thing("a", 1)))
    async with seeing(polling(script, "/x", ObjectCodec, clock=clock)) as seen:
        await clock.advance(wait)
    assert script.times == pytest.approx([0, wait])
    assert seen.words[-1] == "live"


async def test_objects_without_versions_count_as_changed_only_when_they_are() -> None:
    clock = FakeClock()
    store = Store(clock)
    first, second = page(thing("a", ""), thing("b", "")), page(thing("a", ""), thing("b", "", size=2))
    script = Script(clock, first, second)
    async with seeing(polling(script, "/x", ObjectCodec, clock=clock)) as seen:
        await clock.advance(0)
        for event in seen:
            store.apply(event)
        before, count = store.revision, len(seen)
        await clock.advance(10)
        for event in seen[count:]:
            store.apply(event)
    assert store.changes(before) == {("n", "b")}
    assert b'"size"' in (store.body(("n", "b")) or b"")
