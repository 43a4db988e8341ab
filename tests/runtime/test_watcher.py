"""The watcher against a script: each test is one course of events between it and an API server."""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from kty.errors import Unreachable
from kty.kube.codecs import ObjectCodec
from kty.kube.tables import TABLE, TableCodec
from kty.runtime import paging
from kty.runtime.events import Event, Interrupted, Page
from kty.runtime.watcher import watcher
from tests.runtime.fake_clock import FakeClock, settle
from tests.runtime.scripts import SILENCE, Answer, Line, Script, bookmark, error, failed, line, page, pages, thing
from tests.runtime.seeing import Seen, seeing

LIST = page(thing("a", 5), version=10)
HANG = 1e9
"""Seconds: a watch that stays open until the test is over."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(autouse=True)
def whole_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no page be cut in two because the machine was busy meanwhile."""
    monkeypatch.setattr(paging, "SLICE", math.inf)


def watching(script: Script, clock: FakeClock, **options: Any) -> AsyncGenerator[Event, None]:
    return watcher(script, "/api/v1/things", ObjectCodec, clock=clock, **options)


async def course(clock: FakeClock, script: Script, seconds: float, **options: Any) -> Seen:
    """Let the watcher run for so long."""
    async with seeing(watching(script, clock, **options)) as seen:
        await clock.advance(seconds)
        return seen


# --- the ordinary course ---------------------------------------------------------------------------------------


async def test_a_list_is_followed_by_a_watch_from_its_version(clock: FakeClock) -> None:
    script = Script(clock, LIST, [line("ADDED", thing("b", 11)), line("DELETED", thing("a", 12)), HANG])
    seen = await course(clock, script, 0)
    assert seen.words == ["started", "page a", "listed 10", "live", "applied b 11", "deleted a"]
    assert script.verbs == ["list", "watch"]
    assert script.requests[1].version == "10"
    assert script.requests[1].query["allowWatchBookmarks"] == "true"
    assert 300 <= int(script.requests[1].query["timeoutSeconds"]) < 600
    assert "resourceVersion" not in script.requests[0].query


async def test_the_first_page_is_small_and_the_others_are_not(clock: FakeClock) -> None:
    first, second, third = pages([thing(name, 5) for name in "abc"], 1)
    script = Script(clock, first, second, third, [HANG])
    seen = await course(clock, script, 0)
    assert [request.query.get("limit") for request in script.requests] == ["100", "500", "500", None]
    assert [request.query.get("continue") for request in script.requests] == [None, "1", "2", None]
    assert seen.words == ["started", "page a", "page b", "page c", "listed 10", "live"]


async def test_the_next_page_is_asked_for_before_this_one_is_handed_on(clock: FakeClock) -> None:
    first, second = pages([thing(name, 5) for name in "ab"], 1)
    script = Script(clock, first, second, [HANG])
    async with aclosing(watching(script, clock)) as events:
        async for event in events:
            if isinstance(event, Page):
                break
        await asyncio.sleep(0)
        assert script.verbs == ["list", "list"]


async def test_selectors_and_what_the_codec_needs_are_sent_with_list_and_watch(clock: FakeClock) -> None:
    table = b'{"kind":"Table","metadata":{"resourceVersion":"4"},"columnDefinitions":[],"rows":[]}'
    script = Script(clock, table, [HANG])
    events = watcher(script, "/x", TableCodec, labels="app=web", fields="spec.nodeName=n1", clock=clock)
    async with seeing(events):
        await settle()
    for request in script.requests:
        assert request.accept == TABLE
        assert request.query["labelSelector"] == "app=web"
        assert request.query["fieldSelector"] == "spec.nodeName=n1"
        assert request.query["includeObject"] == "Object"
    assert len(script.requests) == 2


async def test_an_object_without_metadata_is_left_out_and_harms_no_other(clock: FakeClock) -> None:
    listing = page(thing("a", 5), {"metadata": 7}, thing("b", 6))
    seen = await course(clock, Script(clock, listing, [HANG]), 0)
    assert "page a b" in seen.words


async def test_what_the_server_says_remains_is_handed_on(clock: FakeClock) -> None:
    first = page(thing("a", 5), token="t", remaining=1)
    seen = await course(clock, Script(clock, first, page(thing("b", 5)), [HANG]), 0)
    assert [event.remaining for event in seen if isinstance(event, Page)] == [1, 0]


async def test_a_watch_that_the_server_ends_is_opened_again_at_once_and_is_no_fault(clock: FakeClock) -> None:
    script = Script(clock, LIST, [line("ADDED", thing("b", 11)), 400.0], [HANG])
    seen = await course(clock, script, 400)
    assert script.requests[-1].version == "11"
    assert script.times == [0, 0, 400]
    assert seen.words[-2:] == ["applied b 11", "live"]


async def test_a_bookmark_moves_the_version_to_resume_from(clock: FakeClock) -> None:
    script = Script(clock, LIST, [60.0, bookmark(90), 60.0], [HANG])
    await course(clock, script, 120)
    assert script.requests[-1].version == "90"


async def test_closing_the_watcher_leaves_no_request_behind(clock: FakeClock) -> None:
    script = Script(clock, LIST, [HANG])
    async with seeing(watching(script, clock)):
        await settle()
        assert script.open == 1
    assert script.open == 0


async def test_closing_the_watcher_between_pages_ends_the_page_that_was_asked_for_ahead(clock: FakeClock) -> None:
    first, _ = pages([thing(name, 5) for name in "ab"], 1)
    script = Script(clock, first)
    async with aclosing(watching(script, clock)) as events:
        async for event in events:
            if isinstance(event, Page):
                break
        await asyncio.sleep(0)
        assert script.open == 1
    assert script.open == 0


async def test_the_watch_begins_at_the_version_of_the_first_page(clock: FakeClock) -> None:
    script = Script(clock, page(thing("a", 5), version=10, token="t"), page(thing("b", 12), version=13), [HANG])
    await course(clock, script, 0)
    assert script.requests[-1].version == "10"


# --- a list as a stream ----------------------------------------------------------------------------------------


async def test_a_streaming_list_ends_at_its_mark_and_goes_on_as_the_watch(clock: FakeClock) -> None:
    stream: list[Line] = [
        line("ADDED", thing("b", 9)),
        line("ADDED", thing("a", 5)),
        line("DELETED", thing("b", 11)),
        bookmark(12, ends_list="true"),
        line("MODIFIED", thing("a", 13)),
        2.0,
        Unreachable("cut"),
    ]
    script = Script(clock, stream, [HANG])
    seen = await course(clock, script, 2, streaming=True)
    listing = ["started", "applied b 9", "applied a 5", "deleted b", "listed 12", "live"]
    assert seen.words == [*listing, "applied a 13", "interrupted Unreachable 0.0", "live"]
    first, second = script.requests
    assert first.query["sendInitialEvents"] == "true"
    assert first.query["resourceVersionMatch"] == "NotOlderThan"
    assert first.query["allowWatchBookmarks"] == "true"
    assert first.version is None
    assert second.version == "13"
    assert "sendInitialEvents" not in second.query


async def test_only_the_marked_bookmark_ends_a_streaming_list(clock: FakeClock) -> None:
    script = Script(clock, [line("ADDED", thing("a", 5)), bookmark(8), bookmark(9, ends_list="false"), HANG])
    seen = await course(clock, script, 0, streaming=True)
    assert seen.words == ["started", "applied a 5"]


async def test_a_streaming_list_that_breaks_off_is_begun_anew_in_pages(clock: FakeClock) -> None:
    """The versions of its events come in no order: none of them is resumed from."""
    script = Script(clock, [line("ADDED", thing("a", 9)), Unreachable("cut")], LIST, [HANG])
    seen = await course(clock, script, 1.2, streaming=True)
    assert script.verbs == ["watch", "list", "watch"]
    assert script.times == pytest.approx([0, 1.2, 1.2])
    assert script.requests[-1].version == "10"
    assert seen.words[-4:] == ["started", "page a", "listed 10", "live"]


async def test_a_streaming_list_that_ends_before_its_mark_is_begun_anew_in_pages(clock: FakeClock) -> None:
    script = Script(clock, [line("ADDED", thing("a", 9)), 5.0], LIST, [HANG])
    seen = await course(clock, script, 5, streaming=True)
    assert script.verbs == ["watch", "list", "watch"]
    assert seen.words[:3] == ["started", "applied a 9", "interrupted Unreachable 0.0"]


async def test_the_list_after_a_broken_one_is_a_stream_again(clock: FakeClock) -> None:
    script = Script(clock, [Unreachable("cut")], LIST, [5.0, error(410)], [HANG])
    await course(clock, script, 10, streaming=True)
    assert script.verbs == ["watch", "list", "watch", "watch"]
    assert "sendInitialEvents" in script.requests[-1].query


@pytest.mark.parametrize("code", [400, 422])
async def test_a_server_that_streams_no_lists_is_asked_for_pages_at_once_and_from_then_on(
    clock: FakeClock, code: int
) -> None:
    script = Script(clock, failed(code), LIST, [5.0, error(410)], LIST, [HANG])
    seen = await course(clock, script, 5, streaming=True)
    assert script.verbs == ["watch", "list", "watch", "list", "watch"]
    assert script.times[:3] == [0, 0, 0]
    assert seen.words[0] == "interrupted Invalid 0.0"


async def test_who_may_list_but_not_watch_gets_pages_where_a_stream_is_refused(clock: FakeClock) -> None:
    script = Script(clock, failed(403), LIST)
    await course(clock, script, 0, streaming=True)
    assert script.verbs == ["watch", "list", "watch"]
    assert script.times == [0, 0, 0]


# --- resuming --------------------------------------------------------------------------------------------------


async def test_a_watch_that_breaks_is_resumed_at_once_from_the_last_version(clock: FakeClock) -> None:
    script = Script(clock, LIST, [line("ADDED", thing("b", 11)), 3.0, Unreachable("reset")], [HANG])
    seen = await course(clock, script, 3)
    assert script.verbs == ["list", "watch", "watch"]
    assert script.requests[-1].version == "11"
    assert script.times[-1] == 3
    assert seen.words[-2:] == ["interrupted Unreachable 0.0", "live"]


async def test_a_watch_that_breaks_and_finds_nobody_waits(clock: FakeClock) -> None:
    refused = Unreachable("connection refused")
    script = Script(clock, LIST, [3.0, Unreachable("reset")], refused, refused, [HANG])
    await course(clock, script, 10)
    assert script.times == pytest.approx([0, 0, 3, 3 + 1.2, 3 + 1.2 + 2.4])


async def test_a_watch_that_breaks_as_soon_as_it_is_open_waits(clock: FakeClock) -> None:
    script = Script(clock, LIST, [0.9, Unreachable("reset")], [HANG])
    seen = await course(clock, script, 2.1)
    assert script.times == pytest.approx([0, 0, 0.9 + 1.2])
    assert "interrupted Unreachable 1.2" in seen.words


@pytest.mark.parametrize("lines", [[], [line("ADDED", thing("b", 11))]], ids=["empty", "with an event"])
async def test_a_watch_that_is_closed_as_soon_as_it_is_open_waits(clock: FakeClock, lines: list[Line]) -> None:
    script = Script(clock, LIST, lines, [HANG])
    seen = await course(clock, script, 1.2)
    assert script.verbs == ["list", "watch", "watch"]
    assert script.times == pytest.approx([0, 0, 1.2])
    assert "interrupted NotKubernetes 1.2" in seen.words


async def test_a_server_that_is_away_is_asked_ever_more_rarely_and_never_for_a_list(clock: FakeClock) -> None:
    away = [Unreachable("connection refused")] * 9
    script = Script(clock, LIST, *away, [HANG])
    await course(clock, script, 300)
    assert script.verbs == ["list"] + ["watch"] * 10
    waits = [later - sooner for sooner, later in zip(script.times[1:], script.times[2:], strict=False)]
    assert waits == pytest.approx([1.2, 2.4, 4.8, 9.6, 19.2, 22.5, 22.5, 22.5, 22.5])
    assert {request.version for request in script.requests[1:]} == {"10"}


async def test_a_fault_after_two_quiet_minutes_counts_as_the_first(clock: FakeClock) -> None:
    away = [Unreachable("connection refused")] * 4
    script = Script(clock, LIST, *away, [line("ADDED", thing("b", 11)), 130.0, error(500)], [HANG])
    seen = await course(clock, script, 200)
    assert seen.words[-2:] == ["interrupted ServerFault 1.2", "live"]


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (failed(500), 1.2),
        (failed(503), 1.2),
        (failed(503, retry_after=6.0), 6.0),
        (failed(429), 1.2),
        (failed(429, retry_after=7.0), 7.0),
        (failed(401), 2.0),
    ],
    ids=["500", "503", "503 with Retry-After", "429", "429 with Retry-After", "401"],
)
async def test_a_watch_that_is_refused_for_now_waits_and_resumes_without_a_list(
    clock: FakeClock, fault: Exception, wait: float
) -> None:
    script = Script(clock, LIST, fault, [HANG])
    seen = await course(clock, script, wait)
    assert script.verbs == ["list", "watch", "watch"]
    assert script.times == pytest.approx([0, 0, wait])
    assert script.requests[-1].version == "10"
    assert isinstance(seen[-2], Interrupted)


@pytest.mark.parametrize("code", [500, 429, 401])
async def test_an_error_event_waits_and_resumes_from_the_last_version(clock: FakeClock, code: int) -> None:
    script = Script(clock, LIST, [line("ADDED", thing("b", 11)), 5.0, error(code)], [HANG])
    await course(clock, script, 5 + 2)
    assert script.verbs == ["list", "watch", "watch"]
    assert 0.8 <= script.times[-1] - 5 <= 2.0
    assert script.requests[-1].version == "11"


@pytest.mark.parametrize("code", [400, 405])
async def test_a_watch_that_is_not_understood_waits_and_lists(clock: FakeClock, code: int) -> None:
    script = Script(clock, LIST, failed(code), LIST, [HANG])
    await course(clock, script, 1.2)
    assert script.verbs == ["list", "watch", "list", "watch"]
    assert script.times == pytest.approx([0, 0, 1.2, 1.2])


async def test_a_line_that_is_no_event_waits_and_resumes_and_lists_when_it_comes_again(clock: FakeClock) -> None:
    rubbish: list[Line] = [b"<html>sign in</html>"]
    script = Script(clock, LIST, rubbish, rubbish, LIST, [HANG])
    await course(clock, script, 1.2 + 2.4)
    assert script.verbs == ["list", "watch", "watch", "list", "watch"]
    assert script.times == pytest.approx([0, 0, 1.2, 3.6, 3.6])


async def test_a_list_that_fails_half_way_is_begun_anew(clock: FakeClock) -> None:
    first, second = pages([thing(name, 5) for name in "ab"], 1)
    script = Script(clock, first, Unreachable("reset"), first, second, [HANG])
    seen = await course(clock, script, 1.2)
    assert seen.words[:3] == ["started", "page a", "interrupted Unreachable 1.2"]
    assert seen.words[3:] == ["started", "page a", "page b", "listed 10", "live"]


async def test_a_list_that_says_no_version_cannot_be_watched(clock: FakeClock) -> None:
    script = Script(clock, page(thing("a", 5), version=""))
    seen = await course(clock, script, 1.2)
    assert script.verbs == ["list", "list"]
    assert "interrupted NotKubernetes 1.2" in seen.words


# --- what expired ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [[3.0, error(410)], failed(410)], ids=["ERROR event", "HTTP status"])
async def test_a_version_that_expired_calls_for_a_list_at_once(clock: FakeClock, fault: Answer) -> None:
    script = Script(clock, LIST, fault, page(thing("b", 20), version=21), [HANG])
    seen = await course(clock, script, 3)
    assert script.verbs == ["list", "watch", "list", "watch"]
    assert script.times[1:] in ([0, 0, 0], [0, 3, 3])
    assert script.requests[-1].version == "21"
    assert seen.words[-5:] == ["interrupted Expired 0.0", "started", "page b", "listed 21", "live"]


async def test_a_version_that_expires_twice_in_a_row_waits(clock: FakeClock) -> None:
    script = Script(clock, LIST, failed(410), LIST, failed(410), LIST, failed(410), LIST, [HANG])
    await course(clock, script, 1.2 + 2.4)
    assert script.times == pytest.approx([0, 0, 0, 0, 1.2, 1.2, 3.6, 3.6])


async def test_after_something_was_seen_an_expired_version_counts_as_the_first_again(clock: FakeClock) -> None:
    progress: list[Line] = [bookmark(11), 2.0, error(410)]
    script = Script(clock, LIST, progress, LIST, progress, LIST, [HANG])
    await course(clock, script, 4)
    assert script.times == [0, 0, 2, 2, 4, 4]


async def test_a_continue_token_that_expired_calls_for_the_whole_list_at_once(clock: FakeClock) -> None:
    first, _ = pages([thing(name, 5) for name in "ab"], 1)
    whole = page(thing("b", 6), thing("c", 7), version=12)
    script = Script(clock, first, failed(410), whole, [HANG])
    seen = await course(clock, script, 0)
    assert seen.words == ["started", "page a", "started", "page b c", "listed 12", "live"]
    assert "limit" not in script.requests[2].query
    assert "continue" not in script.requests[2].query
    assert script.requests[3].version == "12"


async def test_a_whole_list_that_expires_as_well_is_no_endless_loop(clock: FakeClock) -> None:
    first, _ = pages([thing(name, 5) for name in "ab"], 1)
    script = Script(clock, first, failed(410), failed(410), failed(410), LIST, [HANG])
    seen = await course(clock, script, 1.2)
    assert script.times == pytest.approx([0, 0, 0, 0, 1.2, 1.2])
    assert seen.words[-1] == "live"


def table(*columns: str) -> bytes:
    definitions = ",".join(f'{{"name":"{name}","type":"string"}}' for name in columns)
    return f'{{"kind":"Table","metadata":{{"resourceVersion":"4"}},"columnDefinitions":[{definitions}]}}'.encode()


async def test_columns_that_changed_call_for_a_list_at_once(clock: FakeClock) -> None:
    changed = b'{"type":"ADDED","object":' + table("Name", "Phase") + b"}"
    script = Script(clock, table("Name"), [2.0, changed], table("Name", "Phase"), [HANG])
    async with seeing(watcher(script, "/x", TableCodec, clock=clock)) as seen:
        await clock.advance(2)
    assert script.times == [0, 0, 2, 2]
    last = [event for event in seen if isinstance(event, Page)][-1]
    assert [column.name for column in last.columns or ()] == ["Name", "Phase"]


async def test_columns_that_changed_while_nobody_watched_call_for_a_list_as_well(clock: FakeClock) -> None:
    one, two = table("Name"), table("Name", "Phase")
    script = Script(clock, one, [2.0], one, [2.0], two, two, [HANG])
    async with seeing(watcher(script, "/x", TableCodec, clock=clock)) as seen:
        await clock.advance(4)
    assert script.verbs == ["list", "watch"] * 2 + ["list", "list", "watch"]
    assert [request.query.get("limit") for request in script.requests if request.verb == "list"][1:3] == ["1", "1"]
    columns = [[column.name for column in event.columns or ()] for event in seen if isinstance(event, Page)]
    assert columns == [["Name"], ["Name", "Phase"]]


# --- what may not be seen, or is not there ---------------------------------------------------------------------


@pytest.mark.parametrize(("code", "name"), [(403, "Forbidden"), (404, "NotFound")])
async def test_a_refused_list_is_asked_for_again_now_and_then(clock: FakeClock, code: int, name: str) -> None:
    script = Script(clock, failed(code), failed(code), LIST, [HANG])
    seen = await course(clock, script, 90)
    assert script.times == [0, 45, 90, 90]
    assert seen.words[:4] == ["started", f"interrupted {name} 45.0"] * 2
    assert seen.words[-1] == "live"


@pytest.mark.parametrize("code", [403, 404])
async def test_a_refused_watch_is_begun_again_with_a_list_now_and_then(clock: FakeClock, code: int) -> None:
    script = Script(clock, LIST, failed(code), LIST, [HANG])
    await course(clock, script, 45)
    assert script.verbs == ["list", "watch", "list", "watch"]
    assert script.times == [0, 0, 45, 45]


# --- silence and sleep -----------------------------------------------------------------------------------------


async def test_a_watch_that_falls_silent_is_resumed_at_once(clock: FakeClock) -> None:
    script = Script(clock, LIST, [line("ADDED", thing("b", 11)), SILENCE], [HANG])
    seen = await course(clock, script, 75)
    assert 70 <= script.requests[1].idle <= 75
    assert script.verbs == ["list", "watch", "watch"]
    assert script.requests[-1].version == "11"
    assert seen.words[-2:] == ["interrupted Unreachable 0.0", "live"]


async def test_a_watch_that_was_silent_from_the_start_calls_for_a_list_once(clock: FakeClock) -> None:
    """A version from a future that the server lost is answered with silence; so is one without bookmarks."""
    heard: list[Line] = [line("ADDED", thing("b", 11)), 50.0]
    script = Script(clock, LIST, heard, [SILENCE], LIST, [SILENCE], [HANG])
    await course(clock, script, 250)
    assert script.verbs == ["list", "watch", "watch", "list", "watch", "watch"]
    last = script.requests[-1]
    assert last.idle == int(last.query["timeoutSeconds"]) + 5


async def test_a_bookmark_restores_the_belief_in_bookmarks(clock: FakeClock) -> None:
    script = Script(clock, LIST, [SILENCE], LIST, [SILENCE], [60.0, bookmark(20), 30.0], [HANG])
    await course(clock, script, 300)
    assert 70 <= script.requests[-1].idle <= 75


async def test_a_machine_that_slept_resumes_within_seconds_of_waking(clock: FakeClock) -> None:
    script = Script(clock, LIST, [line("ADDED", thing("b", 11)), HANG], [HANG])
    async with seeing(watching(script, clock)) as seen:
        await clock.advance(12)
        clock.suspend(3600)
        await clock.advance(5)
        assert script.verbs == ["list", "watch", "watch"]
        assert script.requests[-1].version == "11"
        assert seen.words[-2:] == ["interrupted Unreachable 0.0", "live"]
        assert script.open == 1


async def test_a_machine_that_slept_while_it_waited_to_try_again_tries_at_once(clock: FakeClock) -> None:
    script = Script(clock, failed(403), LIST, [HANG])
    async with seeing(watching(script, clock)):
        await clock.advance(2)
        clock.suspend(3600)
        await clock.advance(5)
        assert script.verbs == ["list", "list", "watch"]


async def test_short_naps_cut_nothing(clock: FakeClock) -> None:
    script = Script(clock, LIST, [HANG], [HANG])
    async with seeing(watching(script, clock)):
        await clock.advance(2)
        clock.suspend(50)
        await clock.advance(20)
        clock.suspend(50)
        await clock.advance(20)
        assert script.verbs == ["list", "watch"]


# --- the loop breathes -----------------------------------------------------------------------------------------


async def turns_of_others(run: Callable[[], AsyncGenerator[Event, None]], until: str) -> tuple[int, Seen]:
    """Count how often another task had its turn between the first event and the one that is named."""
    turns = 0
    begun = -1
    seen = Seen()

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    events = run()
    async for event in events:
        seen.append(event)
        begun = turns if begun < 0 else begun
        if seen.words[-1] == until:
            break
    await events.aclose()
    task.cancel()
    return turns - begun, seen


@pytest.fixture
def _short_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "SLICE", 0.0)


@pytest.mark.usefixtures("_short_breath")
async def test_others_have_their_turn_while_a_page_is_decoded(clock: FakeClock) -> None:
    script = Script(clock, page(*(thing(str(n), 5) for n in range(20))), [HANG])
    turns, seen = await turns_of_others(lambda: watching(script, clock), "listed 10")
    assert turns >= 20
    assert sum(isinstance(event, Page) for event in seen) >= 20


@pytest.mark.usefixtures("_short_breath")
async def test_others_have_their_turn_in_a_burst_of_changes(clock: FakeClock) -> None:
    burst = [line("MODIFIED", thing("a", version)) for version in range(100, 120)]
    script = Script(clock, LIST, [*burst, HANG])
    turns, _ = await turns_of_others(lambda: watching(script, clock), "applied a 119")
    assert turns >= 19
