"""What an Api makes of answers: pages, odd objects, watches that end, and what is no answer."""

import json
from contextlib import aclosing
from typing import Any

import pytest
from aiohttp import web

from kty.errors import Expired, Malformed, NotFound, NotKubernetes
from kty.kube.api import Api
from kty.kube.changes import Added, Deleted, Modified, Odd
from kty.kube.kinds import ConfigMap, Pod
from kty.kube.objects import Object
from kty.kube.shapes import PartialObject, TableRow
from kty.kube.watch_events import Bookmark
from tests.kube.asking import Remember, against, refusal, status

GOOD = {"metadata": {"name": "good", "namespace": "shop"}, "data": {"a": "b"}}
ODD = {"metadata": {"name": "odd", "namespace": "shop"}, "data": ["not", "a", "map"]}
NAMELESS = {"metadata": ["nothing"], "data": 3}


def page(*items: Object, token: str = "", remaining: int | None = None) -> web.Response:
    meta: Object = {"resourceVersion": "7", "continue": token}
    meta |= {} if remaining is None else {"remainingItemCount": remaining}
    return web.json_response({"kind": "ConfigMapList", "apiVersion": "v1", "metadata": meta, "items": list(items)})


def lines(*events: Any) -> web.Response:
    return web.Response(body=b"".join([json.dumps(event).encode() + b"\n" for event in events]))


def named(name: str) -> Object:
    return {"metadata": {"name": name}}


async def test_a_list_fetches_all_its_pages() -> None:
    remember = Remember(page(named("a"), named("b"), token="next", remaining=1), page(named("c")))
    async with against(remember) as client:
        found = await Api.of(client, ConfigMap, "shop").list(labels="x", version="5", page_size=2)
    assert [each.name for each in found] == ["a", "b", "c"]
    assert (len(found), found[0].name, found.version, found.token, found.faults) == (3, "a", "7", "", [])
    asked = [request.query_string for request in remember.requests]
    assert asked == ["labelSelector=x&limit=2&resourceVersion=5", "labelSelector=x&limit=2&continue=next"]


async def test_pages_come_one_by_one() -> None:
    remember = Remember(page(named("a"), token="next", remaining=1), page(named("b")))
    async with against(remember) as client, aclosing(Api.of(client, ConfigMap, "shop").pages(page_size=1)) as pages:
        first = await anext(pages)
        assert ([each.name for each in first], first.token, first.remaining) == (["a"], "next", 1)
        assert len(remember.requests) == 1
        assert [[each.name for each in page] async for page in pages] == [["b"]]


async def test_a_list_whose_pages_expire_is_fetched_in_one_piece() -> None:
    remember = Remember(page(named("old"), ODD, token="next"), status(410, "too old"), page(named("a"), named("b")))
    async with against(remember) as client:
        found = await Api.of(client, ConfigMap, "shop").list()
    assert ([each.name for each in found], found.faults) == (["a", "b"], [])
    assert remember.requests[2].query_string == ""


async def test_pages_that_expire_say_so() -> None:
    remember = Remember(page(named("a"), token="next"), status(410, "too old"))
    async with against(remember) as client, aclosing(Api.of(client, ConfigMap, "shop").pages()) as pages:
        await anext(pages)
        with pytest.raises(Expired):
            await anext(pages)


async def test_one_odd_object_does_not_sink_a_list() -> None:
    async with against(Remember(page(GOOD, ODD, NAMELESS))) as client:
        found = await Api.of(client, ConfigMap, "shop").list()
    assert [each.name for each in found] == ["good"]
    odd, nameless = found.faults
    assert (odd.namespace, odd.name, json.loads(odd.body)) == ("shop", "odd", ODD)
    said = "shop/odd cannot be read: Expected `object`, got `array` - at `$.data`"
    assert odd.sentence() == f"{said}: look at it as YAML, and mend it"
    assert nameless.sentence().startswith("an object without a readable name cannot be read: ")


async def test_a_strict_list_raises_the_first_odd_object() -> None:
    async with against(Remember(page(GOOD, ODD))) as client:
        error = await refusal(Api.of(client, ConfigMap, "shop").list(strict=True))
    assert isinstance(error, Malformed)
    assert error.name == "odd"


async def test_the_same_list_is_whole_in_every_other_shape() -> None:
    for kind in (dict, PartialObject):
        async with against(Remember(page(GOOD, ODD))) as client:
            found = await Api(client, ConfigMap.resource, "shop", kind=kind).list()
        assert (len(found), found.faults) == (2, [])


async def test_the_items_of_a_list_say_what_they_are() -> None:
    async with against(Remember(page(GOOD))) as client:
        (found,) = await Api(client, ConfigMap.resource, "shop").list()
    assert (found["apiVersion"], found["kind"]) == ("v1", "ConfigMap")


async def test_an_odd_object_alone_is_an_error_of_its_own() -> None:
    answer = {"kind": "ConfigMap", **ODD}
    async with against(Remember(web.json_response(answer))) as client:
        error = await refusal(Api.of(client, ConfigMap, "shop").get("odd"))
    assert isinstance(error, Malformed)
    assert (error.namespace, error.name) == ("shop", "odd")


@pytest.mark.parametrize("body", ['{"ok": true}', "[1]", "", "gone fishing"])
@pytest.mark.parametrize("kind", [dict, ConfigMap, PartialObject, TableRow])
async def test_what_is_no_object_is_not_taken_for_one(body: str, kind: type[Any]) -> None:
    answers = [web.Response(text=body, content_type="text/plain") for _ in range(2)]
    async with against(Remember(*answers)) as client:
        api = Api(client, ConfigMap.resource, "shop", kind=kind)
        assert isinstance(await refusal(api.get("a")), NotKubernetes)
        assert isinstance(await refusal(api.list()), NotKubernetes)


@pytest.mark.parametrize("kind", [dict, ConfigMap, PartialObject, TableRow])
async def test_a_list_may_be_called_what_it_likes(kind: type[Any]) -> None:
    bodies: list[Object] = [
        {"kind": "Foos", "apiVersion": "e.com/v1", "metadata": {"resourceVersion": "7"}, "items": [named("a")]},
        {"kind": "Foos", "apiVersion": "e.com/v1", "metadata": {}, "items": None},
        {"kind": "FooList", "apiVersion": "e.com/v1", "metadata": {}},
    ]
    async with against(Remember(*map(web.json_response, bodies))) as client:
        api = Api(client, ConfigMap.resource, "shop", kind=kind)
        assert [len(await api.list()) for _ in bodies] == [1, 0, 0]


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "Status", "status": "Success", "metadata": {}}, {"items": []}, {"kind": "Foos", "items": "many"}],
)
@pytest.mark.parametrize("kind", [dict, ConfigMap, PartialObject, TableRow])
async def test_what_is_no_list_is_not_taken_for_one(body: Object, kind: type[Any]) -> None:
    async with against(Remember(web.json_response(body))) as client:
        error = await refusal(Api(client, ConfigMap.resource, "shop", kind=kind).list())
    assert isinstance(error, NotKubernetes)


async def test_get_opt_tells_missing_from_forbidden() -> None:
    async with against(Remember(status(404, "no such"), status(403, "no"))) as client:
        api = Api.of(client, ConfigMap, "shop")
        assert await api.get_opt("a") is None
        assert "no" in str(await refusal(api.get_opt("a")))
    async with against(Remember(status(404, "no such"))) as client:
        assert isinstance(await refusal(Api.of(client, ConfigMap, "shop").get("a")), NotFound)


async def test_a_deleted_object_is_on_its_way_or_gone() -> None:
    success = {"kind": "Status", "status": "Success"}
    going = {"kind": "Pod", "metadata": {"name": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    async with against(Remember(web.json_response(success), web.json_response(going))) as client:
        pods = Api.of(client, Pod, "shop")
        assert await pods.delete("a") is None
        left = await pods.delete("a")
    assert left is not None
    assert left.metadata.deletion_timestamp == "2026-01-01T00:00:00Z"


async def test_a_watch_tells_what_happened() -> None:
    end = {"metadata": {"resourceVersion": "9", "annotations": {"k8s.io/initial-events-end": "true"}}}
    answer = lines(
        {"type": "ADDED", "object": {"kind": "ConfigMap", **GOOD}},
        {"type": "MODIFIED", "object": {"kind": "ConfigMap", **GOOD, "data": {}}},
        {"type": "MODIFIED", "object": {"kind": "ConfigMap", **ODD}},
        {"type": "BOOKMARK", "object": {"kind": "ConfigMap", "metadata": {"resourceVersion": "8"}}},
        {"type": "BOOKMARK", "object": {"kind": "ConfigMap", **end}},
        {"type": "DELETED", "object": {"kind": "ConfigMap", **GOOD}},
    )
    async with against(Remember(answer)) as client:
        changes = [change async for change in Api.of(client, ConfigMap, "shop").watch()]
    added, modified, odd, mark, last_mark, deleted = changes
    assert isinstance(added, Added)
    assert added.obj.data == {"a": "b"}
    assert isinstance(modified, Modified)
    assert modified.obj.data == {}
    assert isinstance(odd, Odd)
    assert (odd.happened, odd.error.name) == ("MODIFIED", "odd")
    assert (mark, last_mark) == (Bookmark("8"), Bookmark("9", ends_list=True))
    assert isinstance(deleted, Deleted)


async def test_a_strict_watch_raises_the_odd_object() -> None:
    answer = lines({"type": "ADDED", "object": {"kind": "ConfigMap", **ODD}})
    async with against(Remember(answer)) as client:
        with pytest.raises(Malformed, match="shop/odd"):
            await anext(Api.of(client, ConfigMap, "shop").watch(strict=True))


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old"}}, Expired),
        ({"type": "PARTY", "object": {"kind": "ConfigMap", **GOOD}}, NotKubernetes),
        ({"no": "event"}, NotKubernetes),
        ({"type": "BOOKMARK", "object": []}, NotKubernetes),
        ({"type": "ADDED", "object": {"no": "kind"}}, NotKubernetes),
    ],
)
async def test_a_watch_that_fails_raises(event: object, kind: type[Exception]) -> None:
    async with against(Remember(lines(event))) as client:
        with pytest.raises(kind):
            await anext(Api.of(client, ConfigMap, "shop").watch())


async def test_a_watch_of_rows_remembers_the_columns() -> None:
    def table(name: str, definitions: object) -> Object:
        row = {"cells": [name, 2], "object": {"metadata": {"name": name}}}
        return {"kind": "Table", "columnDefinitions": definitions, "rows": [row], "metadata": {}}

    columns = [{"name": "Name"}, {"name": "Data", "type": "integer"}]
    end = {"metadata": {"annotations": {"k8s.io/initial-events-end": "true"}}}
    mark = {"kind": "Table", "columnDefinitions": None, "metadata": {"resourceVersion": "9"}}
    answer = lines(
        {"type": "ADDED", "object": table("a", columns)},
        {"type": "ADDED", "object": table("b", None)},
        {"type": "BOOKMARK", "object": {**mark, "rows": [{"cells": [""], "object": end}]}},
    )
    async with against(Remember(answer)) as client:
        rows = [change async for change in Api(client, ConfigMap.resource, "shop", kind=TableRow).watch()]
    assert [change.obj.cell("data") for change in rows if isinstance(change, Added)] == [2, 2]
    assert [change.obj.metadata.name for change in rows if isinstance(change, Added)] == ["a", "b"]
    assert rows[-1] == Bookmark("9", ends_list=True)
    assert isinstance(rows[0], Added)
    with pytest.raises(KeyError):
        rows[0].obj.cell("none")
