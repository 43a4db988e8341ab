"""The plain calls of an Api, in every shape, on both servers."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from kty.errors import Conflict, Forbidden, Invalid, NotFound
from kty.kube.api import Api
from kty.kube.changes import Added, Deleted, Modified
from kty.kube.kinds import ConfigMap, Deployment
from kty.kube.objects import Object
from kty.kube.parts import Metadata
from kty.kube.patches import Apply, Json, Merge, Strategic, pointer
from kty.kube.shapes import PartialObject, TableRow
from kty.kube.watch_events import Bookmark
from tests.cluster.place import GUARD, Place
from tests.contract.conftest import Cluster
from tests.contract.living import workload

OURS = "metadata.name!=kube-root-ca.crt"
"""Every namespace gets that one from a controller, sooner or later."""


@pytest.fixture
def maps(place: Place) -> Api[ConfigMap]:
    return Api.of(place.client, ConfigMap, place.namespace)


@pytest.fixture
def plain(place: Place) -> Api[Object]:
    return Api(place.client, ConfigMap.resource, place.namespace)


def new(name: str, labels: dict[str, str] | None = None, **data: str) -> ConfigMap:
    return ConfigMap(metadata=Metadata(name=name, labels=labels or {}), data=data)


async def test_an_object_is_made_read_replaced_and_deleted(maps: Api[ConfigMap], plain: Api[Object]) -> None:
    made = await maps.create(new("a", color="red"))
    assert (made.name, made.namespace, made.data) == ("a", maps.namespace, {"color": "red"})
    assert await maps.get("a") == made
    made.data["color"] = "blue"
    replaced = await maps.replace("a", made)
    assert (await plain.get("a"))["data"] == {"color": "blue"}
    with pytest.raises(Conflict):
        await maps.replace("a", made)
    with pytest.raises(Conflict):
        await maps.create(new("a"))
    assert replaced.metadata.uid == made.metadata.uid
    assert await maps.delete("a") is None
    assert await maps.get_opt("a") is None
    for call in (maps.get, maps.delete):
        with pytest.raises(NotFound):
            await call("a")


async def test_dicts_are_what_the_server_sent(plain: Api[Object]) -> None:
    made = await plain.create({"metadata": {"name": "a"}, "data": {"b": "c"}})
    assert (made["kind"], made["apiVersion"], made["data"]) == ("ConfigMap", "v1", {"b": "c"})
    (listed,) = await plain.list(fields="metadata.name=a")
    assert listed == made


async def test_each_patch_does_its_own(place: Place, plain: Api[Object]) -> None:
    await plain.create({"metadata": {"name": "a"}, "data": {"x": "1", "y": "2"}})
    assert (await plain.patch("a", Merge({"data": {"x": None, "z": "3"}})))["data"] == {"y": "2", "z": "3"}
    added = {"op": "add", "path": pointer("metadata", "annotations"), "value": {"t.example.com/a": "1"}}
    changed = {"op": "replace", "path": pointer("metadata", "annotations", "t.example.com/a"), "value": "2"}
    assert (await plain.patch("a", Json([added, changed])))["metadata"]["annotations"] == {"t.example.com/a": "2"}
    with pytest.raises(Invalid):
        await plain.patch("a", Json([{"op": "test", "path": "/data/y", "value": "9"}]))
    deployments = Api(place.client, Deployment.resource, place.namespace)
    await deployments.create({"metadata": {"name": "web"}, "spec": {**workload("web"), "replicas": 0}})
    more = {"spec": {"template": {"spec": {"containers": [{"name": "more", "image": "busybox:local"}]}}}}
    merged = await deployments.patch("web", Strategic(more))
    assert {each["name"] for each in merged["spec"]["template"]["spec"]["containers"]} == {"main", "more"}


async def test_applying_makes_owns_and_takes_over(plain: Api[Object]) -> None:
    made = await plain.patch("a", Apply({"data": {"x": "1"}}, manager="one"))
    assert made["data"] == {"x": "1"}
    assert [each["manager"] for each in made["metadata"]["managedFields"]] == ["one"]
    with pytest.raises(Conflict, match="one"):
        await plain.patch("a", Apply({"data": {"x": "2"}}, manager="two"))
    taken = await plain.patch("a", Apply({"data": {"x": "2"}}, manager="two", force=True))
    assert taken["data"] == {"x": "2"}
    assert (await plain.patch("a", Apply({"data": {}}, manager="two"))).get("data", {}) == {}


async def test_a_class_can_be_applied(maps: Api[ConfigMap]) -> None:
    made = await maps.patch("a", Apply(ConfigMap(data={"x": "1"}), manager="one"))
    assert (made.name, made.data) == ("a", {"x": "1"})


async def test_trying_out_changes_nothing(maps: Api[ConfigMap]) -> None:
    assert (await maps.create(new("a"), dry_run=True)).metadata.uid
    assert await maps.get_opt("a") is None
    await maps.create(new("a", x="1"))
    assert (await maps.patch("a", Merge({"data": {"x": "2"}}), dry_run=True)).data == {"x": "2"}
    await maps.delete("a", dry_run=True)
    await maps.delete_collection(labels="", dry_run=True)
    assert (await maps.get("a")).data == {"x": "1"}


async def test_unknown_fields_are_ignored_or_refused(plain: Api[Object]) -> None:
    odd: Object = {"metadata": {"name": "a"}, "colour": "red"}
    with pytest.raises(Invalid, match="colour"):
        await plain.create(odd, field_validation="Strict")
    assert "colour" not in await plain.create(odd, field_validation="Ignore", field_manager="me")
    managers = (await plain.get("a"))["metadata"].get("managedFields") or []
    assert {each["manager"] for each in managers} <= {"me"}


async def test_preconditions_hold_back_what_was_meant_for_another(maps: Api[ConfigMap]) -> None:
    made = await maps.create(new("a"))
    other = "6f0f1e3e-0000-4000-8000-000000000000"
    old = made.metadata.resource_version
    changed = await maps.patch("a", Merge({"data": {"x": "1"}}), version=old, uid=made.metadata.uid)
    new_one: list[dict[str, Any]] = [{"op": "add", "path": "/data/y", "value": "2"}]
    for call in (
        maps.patch("a", Merge({"data": {"x": "2"}}), version=old),
        maps.patch("a", Json(new_one), version=old),
        maps.delete("a", uid=other),
        maps.delete("a", version=old),
        maps.patch("a", Merge({"data": {"x": "2"}}), uid=other),
        maps.patch("a", Json(new_one), uid=other),
        maps.patch("a", Apply({"data": {"x": "2"}}, manager="me", force=True), uid=other),
    ):
        with pytest.raises(Conflict):
            await call
    assert (await maps.get("a")).data == {"x": "1"}
    await maps.patch("a", Json(new_one), version=changed.metadata.resource_version, uid=made.metadata.uid)
    await maps.delete("a", uid=made.metadata.uid)


async def test_lists_come_whole_or_in_pages(maps: Api[ConfigMap]) -> None:
    for number in range(5):
        await maps.create(new(f"a{number}", {"odd": str(number % 2)}))
    everything = await maps.list(fields=OURS, page_size=2)
    assert [each.name for each in everything] == ["a0", "a1", "a2", "a3", "a4"]
    assert [each.name for each in await maps.list(labels="odd=1")] == ["a1", "a3"]
    async with aclosing(maps.pages(labels="odd", page_size=2)) as pages:
        sizes = [(len(page), bool(page.token)) async for page in pages]
    assert sizes == [(2, True), (2, True), (1, False)]
    assert {each.name for each in await maps.list(version="0", labels="odd=0")} == {"a0", "a2", "a4"}


async def test_metadata_alone_and_rows(place: Place, maps: Api[ConfigMap]) -> None:
    made = await maps.create(new("a", {"tier": "web"}, x="1", y="2"))
    partial = Api(place.client, ConfigMap.resource, place.namespace, kind=PartialObject)
    one = await partial.get("a")
    assert (one.metadata.name, one.metadata.uid, one.metadata.labels) == ("a", made.metadata.uid, {"tier": "web"})
    assert one in await partial.list()
    changed = await partial.patch("a", Merge({"metadata": {"labels": {"tier": "db"}}}))
    assert changed.metadata.labels == {"tier": "db"}
    rows = Api(place.client, ConfigMap.resource, place.namespace, kind=TableRow)
    row = await rows.get("a")
    assert (row.cell("Name"), row.cell("Data"), row.metadata.uid) == ("a", 2, made.metadata.uid)
    assert "a" in [each.cell("name") for each in await rows.list()]
    for api in (partial, rows):
        async with aclosing(api.watch(fields="metadata.name=a")) as changes, asyncio.timeout(GUARD):
            first = await anext(changes)
        assert isinstance(first, Added)
        assert first.obj.metadata.name == "a"
    assert await rows.delete("a") is None


async def test_a_collection_is_deleted_by_its_labels(maps: Api[ConfigMap]) -> None:
    for name, tier in (("a", "web"), ("b", "web"), ("c", "db")):
        await maps.create(new(name, {"tier": tier}))
    assert {each.name for each in await maps.delete_collection(labels="tier=web")} == {"a", "b"}
    assert [each.name for each in await maps.list(labels="tier")] == ["c"]


async def test_a_watch_goes_on_where_a_list_ended(maps: Api[ConfigMap]) -> None:
    await maps.create(new("before"))
    version = (await maps.list()).version
    await maps.create(new("a"))
    await maps.patch("a", Merge({"data": {"x": "1"}}))
    await maps.delete("a")
    async with aclosing(maps.watch(version=version, fields=OURS)) as changes, asyncio.timeout(GUARD):
        happened = [await anext(changes) for _ in range(3)]
    assert [type(change) for change in happened] == [Added, Modified, Deleted]
    assert all(
        change.obj.name == "a" for change in happened if not isinstance(change, Bookmark) and hasattr(change, "obj")
    )


async def test_a_watch_begins_with_what_is_there(maps: Api[ConfigMap]) -> None:
    await maps.create(new("a", {"t": "1"}))
    async with aclosing(maps.watch(labels="t", initial=True)) as changes, asyncio.timeout(GUARD):
        first, second = await anext(changes), await anext(changes)
    assert isinstance(first, Added)
    assert isinstance(second, Bookmark)
    assert (first.obj.name, second.ends_list) == ("a", True)


async def test_a_watch_ends_when_it_shall(maps: Api[ConfigMap]) -> None:
    async with asyncio.timeout(GUARD):
        version = (await maps.list()).version
        changes = [change async for change in maps.watch(version=version, fields=OURS, timeout=1, bookmarks=False)]
        assert changes == []


async def test_who_may_not_is_told(cluster: Cluster, place: Place) -> None:
    maps = Api.of(cluster.client("nobody"), ConfigMap, place.namespace)
    for call in (maps.get("a"), maps.get_opt("a"), maps.list(), maps.create(new("a")), anext(maps.watch())):
        with pytest.raises(Forbidden):
            await call


async def test_status_and_scale_are_written_apart(place: Place) -> None:
    deployments = Api.of(place.client, Deployment, place.namespace)
    raw = Api(place.client, Deployment.resource, place.namespace)
    await raw.create({"metadata": {"name": "web"}, "spec": {**workload("web"), "replicas": 0, "paused": True}})
    scale = await deployments.scale.get("web")
    assert scale.status is not None
    assert (scale.spec.replicas if scale.spec else None, scale.status.selector) == (None, "app=web")
    await deployments.scale.patch("web", Merge({"spec": {"replicas": 2}}))
    scale = await deployments.scale.get("web")
    assert scale.spec is not None
    assert scale.spec.replicas == 2
    scale.spec.replicas = 0
    scale.metadata.resource_version = ""  # the controller may have been here meanwhile
    await deployments.scale.replace("web", scale)
    found = await deployments.get("web")
    assert found.spec is not None
    assert found.spec.replicas == 0
    condition = {"type": "Odd", "status": "True", "reason": "Test", "message": "m"}
    patched = await deployments.status.patch("web", Merge({"status": {"conditions": [condition]}}))
    assert patched.status is not None
    assert "Odd" in [each.type for each in patched.status.conditions]
    assert (await raw.status.get("web"))["kind"] == "Deployment"


async def test_an_entry_is_inserted_changed_and_committed(maps: Api[ConfigMap], plain: Api[Object]) -> None:
    entry = await maps.entry("a")
    assert not entry.exists
    made = await entry.or_insert(lambda: ConfigMap(data={"n": "0"})).commit()
    assert (made.name, entry.exists) == ("a", True)
    await plain.patch("a", Merge({"binaryData": {"b": "AAAA"}, "metadata": {"annotations": {"k": "v"}}}))
    entry = await maps.entry("a")
    assert entry.obj is not None
    entry.obj.data["n"] = "1"
    before = (await entry.commit()).metadata.resource_version
    assert (await entry.commit()).metadata.resource_version == before
    whole = await plain.get("a")
    assert (whole["data"], whole["binaryData"]) == ({"n": "1"}, {"b": "AAAA"})


async def test_a_commit_on_conflict_fails_or_tries_again(maps: Api[ConfigMap], plain: Api[Object]) -> None:
    def count(obj: ConfigMap) -> None:
        obj.data["n"] = str(int(obj.data.get("n", "0")) + 1)

    async def once() -> None:
        entry = await maps.entry("a")
        await entry.or_insert(ConfigMap).and_modify(count).commit(retries=50)

    await asyncio.gather(*[once() for _ in range(8)])
    assert (await plain.get("a"))["data"] == {"n": "8"}
    entry = (await maps.entry("a")).and_modify(count)
    await plain.patch("a", Merge({"data": {"m": "1"}}))
    with pytest.raises(Conflict):
        await entry.commit()
    await entry.commit(retries=1)
    assert (await plain.get("a"))["data"] == {"n": "9", "m": "1"}


async def test_an_entry_keeps_what_its_class_does_not_show(place: Place) -> None:
    raw = Api(place.client, Deployment.resource, place.namespace)
    spec = {**workload("web"), "replicas": 0}
    spec["template"]["spec"]["containers"][0]["workingDir"] = "/tmp"
    before = await raw.create({"metadata": {"name": "web"}, "spec": spec})

    def change(obj: Deployment) -> None:
        assert obj.spec is not None
        assert obj.spec.template is not None
        assert obj.spec.template.spec is not None
        obj.spec.template.spec.containers[0].image = "busybox:other"

    await (await Api.of(place.client, Deployment, place.namespace).entry("web")).and_modify(change).commit(retries=5)
    after = await raw.get("web")
    before["spec"]["template"]["spec"]["containers"][0]["image"] = "busybox:other"
    assert after["spec"] == before["spec"]
