"""The patches that a client may send, and what the server says of those that it cannot use."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, Place
from tests.contract.asking import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Asking

REASONS = {400: "BadRequest", 500: ""}
REFUSED = "the server rejected our request due to an error in our request"


@pytest.fixture
async def path(place: Place, ask: Asking) -> AsyncIterator[str]:
    """The path of a config map with the keys a and b."""
    collection = CONFIG_MAPS.path(place.namespace)
    content = {"metadata": {"name": "m", "finalizers": ["t.io/x"]}, "data": {"a": "1", "b": "2"}}
    (await ask("POST", collection, content)).done(201)
    yield f"{collection}/m"
    await ask("PATCH", f"{collection}/m", {"metadata": {"finalizers": None}}, media=MERGE_PATCH)


def operation(op: str, path: str, **more: Any) -> dict[str, Any]:
    return {"op": op, "path": path, **more}


@pytest.mark.parametrize(
    ("operations", "data"),
    [
        ([operation("add", "/data/c", value="3")], {"a": "1", "b": "2", "c": "3"}),
        ([operation("add", "/data/a", value="3")], {"a": "3", "b": "2"}),
        ([operation("add", "/data", value={"z": "9"})], {"z": "9"}),
        ([operation("remove", "/data/a")], {"b": "2"}),
        ([operation("remove", "/data")], None),
        ([operation("replace", "/data/a", value="3")], {"a": "3", "b": "2"}),
        ([operation("replace", "/data/new", value="3")], {"a": "1", "b": "2", "new": "3"}),
        ([operation("copy", "/data/c", **{"from": "/data/a"})], {"a": "1", "b": "2", "c": "1"}),
        ([operation("move", "/data/c", **{"from": "/data/a"})], {"b": "2", "c": "1"}),
        ([operation("test", "/data/a", value="1"), operation("remove", "/data/b")], {"a": "1"}),
        ([operation("test", "/data/none", value=None), operation("remove", "/data/b")], {"a": "1"}),
    ],
)
async def test_each_operation_of_a_json_patch_does_what_it_says(
    ask: Asking, path: str, operations: list[Any], data: Any
) -> None:
    patched = (await ask("PATCH", path, operations, media=JSON_PATCH)).done()
    assert patched.get("data") == data


async def test_a_pointer_may_lead_into_lists_and_through_slashes(ask: Asking, path: str) -> None:
    operations = [
        operation("add", "/metadata/annotations", value={}),
        operation("add", "/metadata/annotations/t.io~1one", value="1"),
        operation("add", "/metadata/finalizers/-", value="t.io/z"),
        operation("add", "/metadata/finalizers/0", value="t.io/a"),
        operation("replace", "/metadata/finalizers/1", value="t.io/b"),
        operation("test", "/metadata/annotations/t.io~1one", value="1"),
    ]
    patched = (await ask("PATCH", path, operations, media=JSON_PATCH)).done()
    assert patched["metadata"]["annotations"] == {"t.io/one": "1"}
    assert patched["metadata"]["finalizers"] == ["t.io/a", "t.io/b", "t.io/z"]


@pytest.mark.parametrize(
    "operations",
    [
        [operation("test", "/data/a", value="2")],
        [operation("test", "/data/a", value=1)],
        [operation("test", "/data/none", value="2")],
        [operation("remove", "/data/none")],
        [operation("move", "/data/c", **{"from": "/data/none"})],
        [operation("add", "/none/deep", value="1")],
        [operation("add", "/metadata/finalizers/7", value="t.io/b")],
        [operation("remove", "/metadata/finalizers/7")],
        [operation("replace", "/metadata/finalizers/x", value="t.io/b")],
        [operation("shake", "/data/a")],
        [operation("add", "", value={})],
        [{"op": "add", "value": "1"}],
    ],
)
async def test_an_operation_that_cannot_be_done_is_refused_and_nothing_else_is_done(
    ask: Asking, path: str, operations: list[Any]
) -> None:
    refused = await ask("PATCH", path, [operation("add", "/data/c", value="3"), *operations], media=JSON_PATCH)
    assert refused.refusal == (422, "Invalid", REFUSED)
    assert (await ask.get(path))["data"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        (JSON_PATCH, b"[", "error decoding patch: unexpected end of JSON input"),
        (MERGE_PATCH, b"{", "error decoding patch: unexpected end of JSON input"),
        (STRATEGIC_PATCH, b"{", "unexpected end of JSON input"),
        (
            JSON_PATCH,
            b"{}",
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        ),
        (
            MERGE_PATCH,
            b"[]",
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (STRATEGIC_PATCH, b"[]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
    ],
)
async def test_what_is_no_patch_is_refused(ask: Asking, path: str, kind: str, body: bytes, message: str) -> None:
    refused = await ask("PATCH", path, body, media=kind)
    assert refused.refusal == (400, "BadRequest", message)


async def test_a_merge_patch_replaces_lists_and_drops_what_is_null(ask: Asking, path: str) -> None:
    patch = {"metadata": {"finalizers": ["t.io/y"], "labels": {"l": "1", "none": None}}, "data": {"a": None, "c": "3"}}
    patched = (await ask("PATCH", path, patch, media=MERGE_PATCH)).done()
    assert patched["data"] == {"b": "2", "c": "3"}
    assert patched["metadata"]["finalizers"] == ["t.io/y"]
    assert patched["metadata"]["labels"] == {"l": "1"}


async def test_a_patch_may_not_rename_nor_write_an_old_version(ask: Asking, path: str) -> None:
    renamed = await ask("PATCH", path, {"metadata": {"name": "n"}}, media=MERGE_PATCH)
    assert renamed.refusal == (400, "BadRequest", "the name of the object (n) does not match the name on the URL (m)")
    old = await ask("PATCH", path, {"metadata": {"resourceVersion": "1"}}, media=MERGE_PATCH)
    assert old.refusal[:2] == (409, "Conflict")


async def test_a_dry_run_shows_what_would_be_and_writes_nothing(ask: Asking, path: str) -> None:
    patched = (await ask("PATCH", f"{path}?dryRun=All", {"data": {"a": "9"}}, media=MERGE_PATCH)).done()
    assert patched["data"]["a"] == "9"
    assert (await ask.get(path))["data"]["a"] == "1"


async def test_a_patch_of_what_is_not_there_is_not_found(ask: Asking, path: str) -> None:
    refused = await ask("PATCH", path + "-none", {}, media=MERGE_PATCH)
    assert refused.refusal == (404, "NotFound", 'configmaps "m-none" not found')


async def test_only_the_four_kinds_of_patch_are_taken(ask: Asking, path: str) -> None:
    refused = await ask("PATCH", path, {})
    assert refused.refusal[:2] == (415, "UnsupportedMediaType")


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("force=true", ("FieldValueForbidden", "force", "Forbidden: may not be specified for non-apply patch")),
        (
            "fieldManager=" + "x" * 129,
            ("FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes"),
        ),
        (
            "fieldManager=a%01",
            ("FieldValueInvalid", "fieldManager", r'Invalid value: "a\x01": invalid character U+0001 (at position 1)'),
        ),
    ],
)
async def test_options_that_do_not_go_with_a_patch_are_refused(
    ask: Asking, path: str, query: str, cause: tuple[str, str, str]
) -> None:
    refused = await ask("PATCH", f"{path}?{query}", {}, media=MERGE_PATCH)
    assert (refused.refusal[:2], refused.causes) == ((422, "Invalid"), [cause])


SELECTOR = {"matchLabels": {"app": "t"}}


def container(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": f"{name}:1", **more}


@pytest.fixture
async def deployment(place: Place, ask: Asking) -> AsyncIterator[str]:
    """The path of a deployment without pods: containers a and b, volumes v and w."""
    collection = DEPLOYMENTS.path(place.namespace)
    pod = {
        "containers": [
            container("a", env=[{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]),
            container("b", ports=[{"containerPort": 80}, {"containerPort": 81}]),
        ],
        "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {}}],
        "tolerations": [{"key": "one", "operator": "Exists"}],
    }
    template = {"metadata": {"labels": {"app": "t"}}, "spec": pod}
    spec = {"replicas": 0, "paused": True, "selector": SELECTOR, "template": template}
    content = {"metadata": {"name": "d", "finalizers": ["t.io/x", "t.io/y"]}, "spec": spec}
    (await ask("POST", collection, content)).done(201)
    yield f"{collection}/d"
    await ask("PATCH", f"{collection}/d", {"metadata": {"finalizers": None}}, media=MERGE_PATCH)


def pod_patch(**spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": spec}}}


def names(values: list[dict[str, Any]]) -> list[str]:
    return [value["name"] for value in values]


async def patched_pod(ask: Asking, path: str, patch: dict[str, Any]) -> Any:
    return (await ask("PATCH", path, patch, media=STRATEGIC_PATCH)).done()["spec"]["template"]["spec"]


async def test_a_strategic_patch_merges_what_is_keyed_and_replaces_other_lists(ask: Asking, deployment: str) -> None:
    changes = [container("a", image="a:2", env=[{"name": "Y", "value": "3"}]), container("c")]
    spec = await patched_pod(ask, deployment, pod_patch(containers=changes, tolerations=[{"key": "two"}]))
    assert names(spec["containers"]) == ["a", "c", "b"]
    assert spec["containers"][0]["image"] == "a:2"
    assert spec["containers"][0]["env"] == [{"name": "X", "value": "1"}, {"name": "Y", "value": "3"}]
    assert [each["key"] for each in spec["tolerations"]] == ["two"]
    assert names(spec["volumes"]) == ["v", "w"]


async def test_a_directive_deletes_one_item_of_a_list(ask: Asking, deployment: str) -> None:
    changes = [{"name": "a", "$patch": "delete"}, container("b", ports=[{"containerPort": 80, "$patch": "delete"}])]
    spec = await patched_pod(ask, deployment, pod_patch(containers=changes))
    assert names(spec["containers"]) == ["b"]
    assert [each["containerPort"] for each in spec["containers"][0]["ports"]] == [81]


async def test_a_directive_replaces_a_whole_list(ask: Asking, deployment: str) -> None:
    spec = await patched_pod(ask, deployment, pod_patch(volumes=[{"$patch": "replace"}, {"name": "u", "emptyDir": {}}]))
    assert names(spec["volumes"]) == ["u"]


async def test_a_directive_replaces_a_whole_map(ask: Asking, deployment: str) -> None:
    patch = {"metadata": {"labels": {"one": "1", "two": "2"}}}
    (await ask("PATCH", deployment, patch, media=STRATEGIC_PATCH)).done()
    patch = {"metadata": {"labels": {"$patch": "replace", "three": "3"}}}
    patched = (await ask("PATCH", deployment, patch, media=STRATEGIC_PATCH)).done()
    assert patched["metadata"]["labels"] == {"three": "3"}


async def test_a_list_is_put_in_the_order_that_the_patch_gives(ask: Asking, deployment: str) -> None:
    patch = pod_patch(**{"$setElementOrder/containers": [{"name": "b"}, {"name": "c"}, {"name": "a"}]})
    patch["spec"]["template"]["spec"]["containers"] = [container("c")]
    assert names((await patched_pod(ask, deployment, patch))["containers"]) == ["b", "c", "a"]


async def test_a_plain_list_is_merged_and_can_be_taken_from(ask: Asking, deployment: str) -> None:
    patch: dict[str, Any] = {"metadata": {"finalizers": ["t.io/z"]}}
    patched = (await ask("PATCH", deployment, patch, media=STRATEGIC_PATCH)).done()
    assert sorted(patched["metadata"]["finalizers"]) == ["t.io/x", "t.io/y", "t.io/z"]
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["t.io/x", "t.io/none"]}}
    patched = (await ask("PATCH", deployment, patch, media=STRATEGIC_PATCH)).done()
    assert sorted(patched["metadata"]["finalizers"]) == ["t.io/y", "t.io/z"]


async def test_keys_that_are_not_retained_go(ask: Asking, deployment: str) -> None:
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    patched = (await ask("PATCH", deployment, patch, media=STRATEGIC_PATCH)).done()
    assert patched["spec"]["strategy"] == {"type": "Recreate"}
    volume = {"name": "v", "$retainKeys": ["name", "configMap"], "configMap": {"name": "c"}}
    spec = await patched_pod(ask, deployment, pod_patch(volumes=[volume]))
    assert spec["volumes"][0] == {"name": "v", "configMap": {"name": "c", "defaultMode": 420}}


@pytest.mark.parametrize(
    ("patch", "code", "message"),
    [
        ({"data": {"$patch": "shake", "x": "1"}}, 500, "unknown patch type: shake in map: map[$patch:shake x:1]"),
        ({"data": {"$retainKeys": ["b"], "a": "1"}}, 400, "invalid patch format of retainKeys"),
    ],
)
async def test_a_strategic_patch_that_makes_no_sense_is_refused(
    ask: Asking, path: str, patch: dict[str, Any], code: int, message: str
) -> None:
    refused = await ask("PATCH", path, patch, media=STRATEGIC_PATCH)
    assert refused.refusal == (code, REASONS[code], message)


async def test_an_item_without_its_key_cannot_be_merged(ask: Asking, deployment: str) -> None:
    refused = await ask("PATCH", deployment, pod_patch(containers=[{"image": "x"}]), media=STRATEGIC_PATCH)
    assert refused.refusal == (500, "", "map: map[image:x] does not contain declared merge key: name")
