"""Custom resources are owned as their schema says; the built-in ones as the server's OpenAPI document does."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kty.demo.built_in import built_in
from kty.demo.merge_keys import Shape, shape_of
from tests.cluster.place import Place, eventually
from tests.contract.asking import STRATEGIC_PATCH, Asking
from tests.contract.conftest import Cluster
from tests.contract.ownership import owners

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
STRING = {"type": "string"}
NUMBER = {"type": "integer"}
PORT = {"type": "object", "required": ["port"], "properties": {"port": NUMBER, "protocol": STRING, "note": STRING}}
SPEC: Any = {
    "type": "object",
    "properties": {
        "ports": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["port", "protocol"],
            "items": {
                **PORT,
                "properties": {**PORT["properties"], "protocol": {"type": "string", "default": "TCP"}},  # type: ignore[dict-item]
            },
        },
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": STRING},
        "lines": {"type": "array", "items": STRING},
        "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": STRING},
        "sizes": {"type": "object", "additionalProperties": NUMBER},
        "rooms": {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": {"a": NUMBER, "b": NUMBER}},
        },
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}


@pytest.fixture
async def thing(ask: Asking, place: Place) -> AsyncIterator[tuple[str, str]]:
    """The API version of a kind of this test's own, and the path at which its object `t` is applied."""
    group = f"t-{secrets.token_hex(4)}.example.com"
    schema = {
        "type": "object",
        "properties": {"spec": SPEC, "status": {"type": "object", "properties": {"seen": NUMBER}}},
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "things", "kind": "Thing"},
            "versions": [version],
        },
    }
    await ask.create(DEFINITIONS, definition)
    collection = f"/apis/{group}/v1/namespaces/{place.namespace}/things"
    try:
        await eventually(lambda: place.client.request("GET", collection))
        yield f"{group}/v1", f"{collection}/t"
    finally:
        await ask("DELETE", f"{DEFINITIONS}/things.{group}")


def a(version: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": "Thing", "metadata": {"name": "t"}, **parts}


async def test_a_schema_says_what_is_keyed_a_set_or_one_piece(ask: Asking, thing: tuple[str, str]) -> None:
    version, path = thing
    spec = {
        "ports": [{"port": 80, "note": "a"}],
        "tags": ["a"],
        "lines": ["a"],
        "whole": {"a": "1"},
        "sizes": {"a": 1},
        "rooms": {"one": {"a": 1}},
        "free": {"a": {"b": [1]}},
    }
    made = (await ask.apply(path, a(version, spec=spec))).done(201)
    port = ".spec.ports[port=80,protocol=TCP]"
    assert owners(made) == {
        "one Apply": {
            *(port, f"{port}.port", f"{port}.note"),
            *('.spec.tags["a"]', ".spec.lines", ".spec.whole", ".spec.sizes.a", ".spec.rooms.one", ".spec.rooms.one.a"),
            *(".spec.free.a", ".spec.free.a.b"),
        }
    }
    other = {"ports": [{"port": 80, "protocol": "UDP"}], "tags": ["b"], "sizes": {"b": 1}, "rooms": {"one": {"b": 1}}}
    both = (await ask.apply(path, a(version, spec=other), "two")).done()
    assert [each["protocol"] for each in both["spec"]["ports"]] == ["TCP", "UDP"]
    assert sorted(both["spec"]["tags"]) == ["a", "b"]
    assert (both["spec"]["sizes"], both["spec"]["rooms"]) == ({"a": 1, "b": 1}, {"one": {"a": 1, "b": 1}})
    assert owners(both)["one Apply"] == owners(made)["one Apply"]
    left = (await ask.apply(path, a(version, spec={"sizes": {"b": 1}}), "two")).done()
    assert left["spec"] == {**made["spec"], "sizes": {"a": 1, "b": 1}}


@pytest.mark.parametrize(
    ("field", "value", "owned"),
    [
        ("lines", ["a", "b"], ".spec.lines"),
        ("whole", {"b": "1"}, ".spec.whole"),
        ("sizes", {"a": 2}, ".spec.sizes.a"),
        ("rooms", {"one": {"a": 2}}, ".spec.rooms.one.a"),
        ("ports", [{"port": 80, "note": "b"}], '.spec.ports[port=80,protocol="TCP"].note'),
        ("free", {"a": {"b": [2]}}, ".spec.free.a.b"),
    ],
)
async def test_each_part_conflicts_where_it_is_owned(
    ask: Asking, thing: tuple[str, str], field: str, value: Any, owned: str
) -> None:
    version, path = thing
    spec = {
        "ports": [{"port": 80, "note": "a"}],
        "lines": ["a"],
        "whole": {"a": "1"},
        "sizes": {"a": 1},
        "rooms": {"one": {"a": 1}},
        "free": {"a": {"b": [1]}},
    }
    (await ask.apply(path, a(version, spec=spec))).done(201)
    refused = await ask.apply(path, a(version, spec={field: value}), "two")
    assert refused.refusal == (409, "Conflict", f'Apply failed with 1 conflict: conflict with "one": {owned}')


async def test_what_creates_a_custom_resource_owns_all_of_it(ask: Asking, thing: tuple[str, str]) -> None:
    version, path = thing
    spec = {"tags": ["a"], "sizes": {"a": 1}, "lines": ["a"]}
    made = await ask.create(path.rpartition("/")[0], a(version, spec=spec, status={"seen": 1}))
    tags = (".spec.tags", '.spec.tags["a"]')
    assert owners(made) == {
        "t-contract Update": {".spec", *tags, ".spec.sizes", ".spec.sizes.a", ".spec.lines"},
    }
    seen = (await ask.apply(f"{path}/status", a(version, status={"seen": 2}), "two")).done()
    assert seen["status"] == {"seen": 2}
    assert owners(seen)["two Apply/status"] == {".status.seen"}


async def test_an_item_without_its_keys_cannot_be_applied(ask: Asking, thing: tuple[str, str]) -> None:
    version, path = thing
    refused = await ask.apply(path, a(version, spec={"tags": [{"x": 1}]}))
    assert refused.status == 500
    assert (
        ".spec.tags: element 0: associative list without keys has an element that's a map type"
        in (refused.content["message"])
    )


@pytest.mark.parametrize(
    ("spec", "mistake"),
    [
        ({"none": 1}, ".spec.none: field not declared in schema"),
        ({"sizes": {"a": "x"}}, ".spec.sizes.a: expected numeric (int or float), got string"),
        ({"ports": [{"port": 1, "none": 1}]}, '.spec.ports[port=1,protocol="TCP"].none: field not declared in schema'),
    ],
)
async def test_what_is_applied_must_be_what_the_schema_declares(
    ask: Asking, thing: tuple[str, str], spec: dict[str, Any], mistake: str
) -> None:
    version, path = thing
    refused = await ask.apply(path, a(version, spec=spec))
    message = f"failed to create typed patch object (/t; {version}, Kind=Thing): {mistake}"
    assert refused.refusal == (500, "", message)


async def test_custom_resources_take_no_strategic_patch(ask: Asking, thing: tuple[str, str]) -> None:
    version, path = thing
    (await ask.apply(path, a(version, spec={"tags": ["a"]}))).done(201)
    assert (await ask("PATCH", path, {}, media=STRATEGIC_PATCH)).refusal[:2] == (415, "UnsupportedMediaType")


@pytest.mark.cluster
@pytest.mark.parametrize("cluster", ["real"], indirect=True)
async def test_the_built_in_shapes_are_those_of_the_servers_document(cluster: Cluster, ask: Asking) -> None:
    definitions = (await ask.get("/openapi/v2"))["definitions"]
    kinds = {}
    for name, definition in definitions.items():
        for each in definition.get("x-kubernetes-group-version-kind", ()):
            kinds[each["group"], each["version"], each["kind"]] = name
    for kind in built_in():
        resource = kind.resource
        name = kinds.get((resource.group, resource.version, resource.kind))
        if name is None or not kind.is_stored:  # metrics have no document here
            continue
        shape = shape_of(kind.id)
        wrong = list(_differences(definitions, {"$ref": f"#/definitions/{name}"}, shape, resource.kind))
        assert wrong == []


def _differences(definitions: Any, said: Any, shape: Shape, path: str) -> Any:
    """Yield where a shape is not what an OpenAPI schema says."""
    schema = definitions[said["$ref"].rpartition("/")[2]] if "$ref" in said else said
    if said.get("x-kubernetes-map-type", schema.get("x-kubernetes-map-type")) == "atomic":
        if shape.how != "atomic":
            yield f"{path} is one piece"
        return
    strategy = said.get("x-kubernetes-patch-strategy", "").split(",")
    if ("retainKeys" in strategy) != shape.retains_keys or ("merge" in strategy) != (shape.patch == "merge"):
        yield f"{path} is patched as {strategy}"
    if said.get("x-kubernetes-patch-merge-key", "") != shape.patch_key:
        yield f"{path} is merged by {said.get('x-kubernetes-patch-merge-key')}"
    if schema.get("type") == "array":
        wanted = {"map": "keyed", "set": "set"}.get(schema.get("x-kubernetes-list-type", ""), "")
        if wanted != (shape.how if shape.how in ("keyed", "set") else ""):
            yield f"{path} is {wanted or 'one piece'}"
        if tuple(schema.get("x-kubernetes-list-map-keys", ())) != shape.keys:
            yield f"{path} is keyed by {schema.get('x-kubernetes-list-map-keys')}"
        if wanted == "keyed":
            yield from _differences(definitions, schema["items"], shape.of_items, f"{path}[]")
        return
    for name, part in schema.get("properties", {}).items():
        if name != "managedFields":
            yield from _differences(definitions, part, shape.at(name), f"{path}.{name}")
