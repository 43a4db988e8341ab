"""Watches: from a version on, with bookmarks, initial events, selectors, and an end."""

import asyncio
from urllib.parse import quote

import pytest

from tests.cluster.defined import defined
from tests.cluster.place import Place
from tests.contract.asking import Asking
from tests.contract.conftest import Cluster

OURS = "labelSelector=of%3Dus"


def maps(place: Place) -> str:
    return f"/api/v1/namespaces/{place.namespace}/configmaps"


def ours(name: str) -> dict[str, object]:
    return {"metadata": {"name": name, "labels": {"of": "us"}}}


async def version_of(ask: Asking, place: Place) -> str:
    version: str = (await ask.get(maps(place)))["metadata"]["resourceVersion"]
    return version


async def test_a_watch_tells_what_happens_after_its_version(ask: Asking, place: Place) -> None:
    await ask.create(maps(place), ours("before"))
    version = await version_of(ask, place)
    made = await ask.create(maps(place), ours("one"))
    async with ask.watch(f"{maps(place)}?resourceVersion={version}") as events:
        added = await events.next()
        assert (added["type"], added["object"]) == ("ADDED", made)
        changed = await ask.merge(f"{maps(place)}/one", {"data": {"a": "b"}})
        modified = await events.next()
        assert (modified["type"], modified["object"]) == ("MODIFIED", changed)
        await ask("DELETE", f"{maps(place)}/one")
        deleted = await events.next()
        assert (deleted["type"], deleted["object"]["data"]) == ("DELETED", {"a": "b"})
        versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in (added, modified, deleted)]
        assert versions == sorted(set(versions))
        assert "deletionTimestamp" not in deleted["object"]["metadata"]


@pytest.mark.parametrize("version", ["", "&resourceVersion=0"])
async def test_without_a_version_it_begins_with_what_there_is(ask: Asking, place: Place, version: str) -> None:
    for name in ("b", "a"):
        await ask.create(maps(place), ours(name))
    async with ask.watch(f"{maps(place)}?{OURS}{version}") as events:
        assert sorted(await events.told(2)) == [("ADDED", "a"), ("ADDED", "b")]
        await ask.create(maps(place), ours("c"))
        assert await events.told(1) == [("ADDED", "c")]


async def test_initial_events_end_with_a_mark(ask: Asking, place: Place) -> None:
    for name in ("b", "a"):
        await ask.create(maps(place), ours(name))
    query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    async with ask.watch(f"{maps(place)}?{query}&{OURS}") as events:
        assert await events.told(2) == [("ADDED", "a"), ("ADDED", "b")]
        mark = await events.next()
        assert (mark["type"], mark["object"]["kind"]) == ("BOOKMARK", "ConfigMap")
        assert mark["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert mark["object"]["metadata"]["resourceVersion"].isdigit()
        await ask.create(maps(place), ours("c"))
        assert await events.told(1) == [("ADDED", "c")]


async def test_initial_events_can_be_declined(ask: Asking, place: Place) -> None:
    await ask.create(maps(place), ours("a"))
    query = "sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion="
    async with ask.watch(f"{maps(place)}?{query}&{OURS}") as events:
        await asyncio.sleep(0.3)
        await ask.create(maps(place), ours("b"))
        assert await events.told(1) == [("ADDED", "b")]


async def test_a_watch_ends_when_its_time_is_over_and_says_how_far_it_came(ask: Asking, place: Place) -> None:
    version = await version_of(ask, place)
    started = asyncio.get_running_loop().time()
    query = f"resourceVersion={version}&timeoutSeconds=3&allowWatchBookmarks=true"
    async with ask.watch(f"{maps(place)}?{query}") as events:
        rest = await events.rest()
    assert 2.5 < asyncio.get_running_loop().time() - started < 8
    assert {event["type"] for event in rest} <= {"BOOKMARK"}
    for event in rest:
        assert int(event["object"]["metadata"]["resourceVersion"]) >= int(version)


async def test_what_enters_and_leaves_a_selection_is_added_and_deleted(ask: Asking, place: Place) -> None:
    version = await version_of(ask, place)
    async with ask.watch(f"{maps(place)}?resourceVersion={version}&{OURS}") as events:
        await ask.create(maps(place), {"metadata": {"name": "one"}})
        await ask.merge(f"{maps(place)}/one", {"metadata": {"labels": {"of": "us"}}, "data": {"a": "1"}})
        await ask.merge(f"{maps(place)}/one", {"data": {"a": "2"}})
        left = await ask.merge(f"{maps(place)}/one", {"metadata": {"labels": {"of": "them"}}, "data": {"a": "3"}})
        added, modified, deleted = [await events.next() for _ in range(3)]
        assert [event["type"] for event in (added, modified, deleted)] == ["ADDED", "MODIFIED", "DELETED"]
        # As it was last seen in the selection, with the version in which it left.
        assert deleted["object"]["data"] == {"a": "2"}
        assert deleted["object"]["metadata"]["resourceVersion"] == left["metadata"]["resourceVersion"]
        await ask("DELETE", f"{maps(place)}/one")  # it was out already
        await ask.create(maps(place), ours("end"))
        assert await events.told(1) == [("ADDED", "end")]


async def test_fields_select_too(ask: Asking, place: Place) -> None:
    pods = f"/api/v1/namespaces/{place.namespace}/pods"
    selector = quote("status.phase=Running")
    version = (await ask.get(pods))["metadata"]["resourceVersion"]
    async with ask.watch(f"{pods}?resourceVersion={version}&fieldSelector={selector}") as events:
        await place.pod("one", phase="Running")
        assert await events.told(1) == [("ADDED", "one")]
        await place.pod("two", phase="Succeeded")
        await ask.merge(f"{pods}/one/status", {"status": {"phase": "Failed"}})
        assert await events.told(1) == [("DELETED", "one")]


async def test_one_object_can_be_watched_by_its_name(ask: Asking, place: Place) -> None:
    await ask.create(maps(place), ours("one"))
    async with ask.watch(f"{maps(place)}?fieldSelector=metadata.name%3Done") as events:
        assert await events.told(1) == [("ADDED", "one")]
        await ask.create(maps(place), ours("two"))
        await ask.merge(f"{maps(place)}/one", {"data": {"a": "b"}})
        assert await events.told(1) == [("MODIFIED", "one")]


async def test_a_version_that_is_forgotten_is_an_error_event(cluster: Cluster, ask: Asking, place: Place) -> None:
    async with defined(place) as gizmos:  # the real server knows no version before the kind was defined
        if cluster.demo is not None:
            cluster.demo.registry.store.journal.compact(cluster.demo.registry.store.version)
        async with ask.watch(f"{gizmos.path(place.namespace)}?resourceVersion=1&timeoutSeconds=5") as events:
            event = await events.next()
            assert event["type"] == "ERROR"
            status = event["object"]
            assert (status["kind"], status["code"], status["reason"]) == ("Status", 410, "Expired")
            assert status["message"].startswith("too old resource version: 1 (")
            assert await events.next() is None


async def test_a_version_of_the_future_is_silence(ask: Asking, place: Place) -> None:
    async with ask.watch(f"{maps(place)}?resourceVersion=9000000000&timeoutSeconds=1") as events:
        await ask.create(maps(place), ours("one"))
        assert await events.rest() == []


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (
            "sendInitialEvents=true",
            "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ),
        (
            "resourceVersionMatch=NotOlderThan&resourceVersion=5",
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is "
            "provided",
        ),
    ],
)
async def test_what_is_asked_must_make_sense(ask: Asking, place: Place, query: str, why: str) -> None:
    answer = await ask("GET", f"{maps(place)}?watch=true&{query}")
    assert answer.refusal == (422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: {why}')


async def test_numbers_must_be_numbers(ask: Asking, place: Place) -> None:
    answer = await ask("GET", f"{maps(place)}?watch=1&timeoutSeconds=soon")
    assert answer.refusal == (400, "BadRequest", 'strconv.ParseInt: parsing "soon": invalid syntax')
    answer = await ask("GET", f"{maps(place)}?watch=1&resourceVersion=abc")
    assert (
        answer.refusal[2] == 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'
    )


@pytest.mark.parametrize("watch", ["watch=1", "watch=yes", "watch", "watch=True"])
async def test_whatever_does_not_say_no_is_a_watch(ask: Asking, place: Place, watch: str) -> None:
    await ask.create(maps(place), ours("one"))
    answer = await ask("GET", f"{maps(place)}?{watch}&{OURS}&timeoutSeconds=1")
    assert answer.body.startswith(b'{"type":"ADDED"')
    answer = await ask("GET", f"{maps(place)}?watch=false&{OURS}&timeoutSeconds=1")
    assert answer.content["kind"] == "ConfigMapList"


async def test_a_watch_is_never_compressed(ask: Asking, place: Place) -> None:
    answer = await ask("GET", f"{maps(place)}?watch=1&timeoutSeconds=1", Accept_Encoding="gzip")
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Type"] == "application/json"
