"""Tables and metadata only: what a server shows of any kind."""

import asyncio
from typing import Any

import pytest

from tests.cluster.place import Place
from tests.contract.asking import METADATA, METADATA_LIST, TABLE, Asking
from tests.contract.kinds import COLUMNS


def maps(place: Place) -> str:
    return f"/api/v1/namespaces/{place.namespace}/configmaps"


async def one(ask: Asking, place: Place) -> Any:
    return await ask.create(maps(place), {"metadata": {"name": "one", "labels": {"a": "b"}}, "data": {"k": "v"}})


@pytest.mark.parametrize("path", sorted(COLUMNS))
async def test_each_kind_has_its_columns(ask: Asking, path: str) -> None:
    table = await ask.get(f"{path}?limit=1", accept=TABLE)
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    found = [(each["name"], each["type"], each["priority"]) for each in table["columnDefinitions"]]
    assert found == COLUMNS[path]
    formats = {each["name"]: each["format"] for each in table["columnDefinitions"]}
    assert formats == {name: "name" if name == "Name" else "" for name in formats}


async def test_a_row_has_cells_and_metadata(ask: Asking, place: Place) -> None:
    made = await one(ask, place)
    table = await ask.get(f"{maps(place)}?fieldSelector=metadata.name%3Done", accept=TABLE)
    assert table["metadata"]["resourceVersion"].isdigit()
    (row,) = table["rows"]
    assert row["cells"][:2] == ["one", 1]
    assert row["cells"][2].endswith("s")
    assert row["object"] == {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": made["metadata"],
    }


@pytest.mark.parametrize("path", ["?fieldSelector=metadata.name%3Done&", "/one?"])
async def test_what_of_the_object_stands_beside_is_asked_for(ask: Asking, place: Place, path: str) -> None:
    made = await one(ask, place)
    for include, beside in {
        "Object": made,
        "None": None,
        "Metadata": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": made["metadata"]},
    }.items():
        table = await ask.get(f"{maps(place)}{path}includeObject={include}", accept=TABLE)
        assert table["rows"][0]["object"] == beside
    answer = await ask("GET", f"{maps(place)}{path}includeObject=All", accept=TABLE)
    why = "includeObject: Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty"
    assert answer.refusal == (400, "BadRequest", f"Unable to convert to Table as requested: {why}")


async def test_one_object_is_a_table_of_one_row_with_its_version(ask: Asking, place: Place) -> None:
    made = await one(ask, place)
    table = await ask.get(f"{maps(place)}/one", accept=TABLE)
    assert table["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    assert [row["cells"][0] for row in table["rows"]] == ["one"]


async def test_a_table_comes_in_pages(ask: Asking, place: Place) -> None:
    secrets = f"/api/v1/namespaces/{place.namespace}/secrets"
    for name in ("a", "b"):
        await ask.create(secrets, {"metadata": {"name": name}})
    first = await ask.get(f"{secrets}?limit=1", accept=TABLE)
    assert ([row["cells"][0] for row in first["rows"]], first["metadata"]["remainingItemCount"]) == (["a"], 1)
    second = await ask.get(f"{secrets}?limit=1&continue={first['metadata']['continue']}", accept=TABLE)
    assert [row["cells"][0] for row in second["rows"]] == ["b"]


async def test_a_watch_defines_the_columns_once(ask: Asking, place: Place) -> None:
    made = await one(ask, place)
    version = int(made["metadata"]["resourceVersion"]) - 1
    async with ask.watch(f"{maps(place)}?resourceVersion={version}&includeObject=Object", accept=TABLE) as events:
        changed = await ask.merge(f"{maps(place)}/one", {"data": {"k": "w", "l": "x"}})
        first, second = await events.next(), await events.next()
    assert [event["type"] for event in (first, second)] == ["ADDED", "MODIFIED"]
    assert [each["name"] for each in first["object"]["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert second["object"]["columnDefinitions"] is None
    assert second["object"]["metadata"]["resourceVersion"] == changed["metadata"]["resourceVersion"]
    (row,) = second["object"]["rows"]
    assert (row["cells"][:2], row["object"]) == (["one", 2], changed)


async def test_a_mark_in_tables_is_one_too(ask: Asking, place: Place) -> None:
    await one(ask, place)
    query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&includeObject=None"
    path = f"{maps(place)}?{query}&fieldSelector=metadata.name%3Done"
    async with ask.watch(path, accept=TABLE) as events:
        added, mark = await events.next(), await events.next()
    assert added["object"]["rows"][0]["object"] is None
    assert mark["type"] == "BOOKMARK"
    assert mark["object"]["metadata"]["resourceVersion"].isdigit()
    (row,) = mark["object"]["rows"]
    assert row["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_rows_of_what_is_over_say_so(ask: Asking, place: Place) -> None:
    await place.pod("done", phase="Succeeded")
    await place.pod("runs", phase="Running")
    table = await ask.get(f"/api/v1/namespaces/{place.namespace}/pods", accept=TABLE)
    done, runs = table["rows"]
    (condition,) = done["conditions"]
    assert (condition["type"], condition["status"], condition["reason"]) == ("Completed", "True", "Succeeded")
    assert "conditions" not in runs


async def test_metadata_is_all_that_is_sent(ask: Asking, place: Place) -> None:
    made = await one(ask, place)
    expected = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": made["metadata"]}
    assert await ask.get(f"{maps(place)}/one", accept=METADATA) == expected
    listed = await ask.get(f"{maps(place)}?labelSelector=a", accept=METADATA_LIST)
    assert (listed["kind"], listed["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert [item["metadata"] for item in listed["items"]] == [made["metadata"]]
    async with ask.watch(f"{maps(place)}?labelSelector=a", accept=METADATA) as events:
        assert (await events.next())["object"] == expected


async def test_a_form_that_is_not_there_is_refused(ask: Asking, place: Place) -> None:
    answer = await ask("GET", maps(place), accept="application/json;as=Picture;v=v1;g=meta.k8s.io")
    assert answer.refusal[:2] == (406, "NotAcceptable")
    plain = "application/json;as=Picture;v=v1;g=meta.k8s.io,application/json"
    assert (await ask.get(maps(place), accept=plain))["kind"] == "ConfigMapList"


async def test_ages_are_told_as_kubectl_tells_them(ask: Asking, place: Place) -> None:
    await one(ask, place)
    await asyncio.sleep(1.1)
    table = await ask.get(f"{maps(place)}/one", accept=TABLE)
    assert table["rows"][0]["cells"][2] in {f"{seconds}s" for seconds in range(1, 20)}
