"""Kinds that a CustomResourceDefinition makes: several versions, columns, subresources, and their end."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cluster.place import Place
from tests.contract.asking import TABLE, Asking

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SPEC = {
    "type": "object",
    "properties": {
        "size": {"type": "integer", "minimum": 1, "default": 1},
        "colour": {"type": "string", "enum": ["red", "blue"]},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
    "required": ["colour"],
}
STATUS = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
SCHEMA = {"openAPIV3Schema": {"type": "object", "properties": {"spec": SPEC, "status": STATUS}}}
COLUMNS: list[dict[str, Any]] = [
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
    {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
    {"name": "Parts", "type": "string", "jsonPath": ".spec.parts[*].name", "priority": 1},
    {"name": "Seen", "type": "date", "jsonPath": ".status.seen"},
    {"name": "Is", "type": "boolean", "jsonPath": ".status.is", "description": "whether"},
    {"name": "Rate", "type": "number", "jsonPath": ".status.rate"},
    {"name": "Note", "type": "string", "jsonPath": ".metadata.annotations.t\\.example\\.com/note"},
]


@dataclass(frozen=True)
class Kind:
    ask: Asking
    group: str
    namespace: str

    @property
    def definition(self) -> str:
        return f"{CRDS}/widgets.{self.group}"

    def path(self, version: str = "v1") -> str:
        return f"/apis/{self.group}/{version}/namespaces/{self.namespace}/widgets"

    async def create(self, name: str = "one", version: str = "v1", **parts: Any) -> Any:
        content = {"apiVersion": f"{self.group}/{version}", "kind": "Widget", "metadata": {"name": name}, **parts}
        return await self.ask.create(self.path(version), content)

    async def served(self) -> None:
        """Wait until the server serves it."""
        await self.ask.until(self.path(), lambda answer: answer.status == 200)


@pytest.fixture
async def kind(ask: Asking, place: Place) -> AsyncIterator[Kind]:
    """A kind of the test's own, in two versions."""
    group = f"t{secrets.token_hex(4)}.example.com"
    names = {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"], "categories": ["toys"]}
    scale = {
        "specReplicasPath": ".spec.size",
        "statusReplicasPath": ".status.size",
        "labelSelectorPath": ".status.selector",
    }
    versions = [
        {
            "name": "v1",
            "served": True,
            "storage": True,
            "schema": SCHEMA,
            "subresources": {"status": {}, "scale": scale},
            "additionalPrinterColumns": COLUMNS,
        },
        {"name": "v1beta1", "served": True, "storage": False, "schema": SCHEMA},
    ]
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": versions}
    await ask.create(CRDS, {"metadata": {"name": f"widgets.{group}"}, "spec": spec})
    kind = Kind(ask, group, place.namespace)
    await kind.served()
    yield kind
    await ask("DELETE", kind.definition)


async def test_a_definition_says_when_it_is_in_force(ask: Asking, kind: Kind) -> None:
    crd = await ask.get(kind.definition)
    assert crd["spec"]["names"] == {
        "plural": "widgets",
        "singular": "widget",
        "shortNames": ["wd"],
        "kind": "Widget",
        "listKind": "WidgetList",
        "categories": ["toys"],
    }
    assert crd["spec"]["conversion"] == {"strategy": "None"}
    conditions = {each["type"]: (each["status"], each["reason"]) for each in crd["status"]["conditions"]}
    assert conditions["NamesAccepted"] == ("True", "NoConflicts")
    assert conditions["Established"] == ("True", "InitialNamesAccepted")
    assert crd["status"]["acceptedNames"] == crd["spec"]["names"]
    assert crd["status"]["storedVersions"] == ["v1"]


async def test_discovery_knows_the_kind(ask: Asking, kind: Kind) -> None:
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    await ask.until(f"/apis/{kind.group}", lambda answer: answer.status == 200)
    root = await ask.get("/apis", accept=accept)
    (group,) = [group for group in root["items"] if group["metadata"]["name"] == kind.group]
    assert [version["version"] for version in group["versions"]] == ["v1", "v1beta1"]
    (resource,) = group["versions"][0]["resources"]
    assert resource["responseKind"] == {"group": kind.group, "version": "v1", "kind": "Widget"}
    assert (resource["shortNames"], resource["categories"], resource["singularResource"]) == (
        ["wd"],
        ["toys"],
        "widget",
    )
    parts = {part["subresource"]: part["responseKind"] for part in resource["subresources"]}
    assert parts["scale"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    assert parts["status"] == {"group": kind.group, "version": "v1", "kind": "Widget"}


async def test_an_object_is_the_same_in_both_versions(ask: Asking, kind: Kind) -> None:
    made = await kind.create(spec={"colour": "red"})
    assert made["apiVersion"] == f"{kind.group}/v1"
    assert made["spec"] == {"colour": "red", "size": 1}
    assert made["metadata"]["generation"] == 1
    other = await ask.get(f"{kind.path('v1beta1')}/one")
    assert other["apiVersion"] == f"{kind.group}/v1beta1"
    assert (other["metadata"]["uid"], other["spec"]) == (made["metadata"]["uid"], made["spec"])
    older = await kind.create("two", "v1beta1", spec={"colour": "blue"})
    assert older["apiVersion"] == f"{kind.group}/v1beta1"
    listed = await ask.get(kind.path())
    assert listed["kind"] == "WidgetList"
    assert [(item["kind"], item["apiVersion"]) for item in listed["items"]] == [("Widget", f"{kind.group}/v1")] * 2


async def test_its_schema_drops_and_refuses(ask: Asking, kind: Kind) -> None:
    path, head = kind.path(), {"apiVersion": f"{kind.group}/v1", "kind": "Widget", "metadata": {"name": "one"}}
    odd = {**head, "spec": {"colour": "red", "taste": "sweet", "free": {"any": "thing"}}}
    strict = await ask("POST", f"{path}?fieldValidation=Strict", odd)
    assert strict.refusal[:2] == (400, "BadRequest")
    assert strict.refusal[2].endswith('strict decoding error: unknown field "spec.taste"')
    warned = await ask("POST", path, odd)
    assert warned.headers["Warning"] == '299 - "unknown field \\"spec.taste\\""'
    assert warned.done(201)["spec"] == {"colour": "red", "size": 1, "free": {"any": "thing"}}
    wrong = {**head, "metadata": {"name": "two"}, "spec": {"colour": "green", "size": 0}}
    answer = await ask("POST", path, wrong)
    assert answer.refusal[:2] == (422, "Invalid")
    assert sorted(answer.causes) == [
        ("FieldValueInvalid", "spec.size", "Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ("FieldValueNotSupported", "spec.colour", 'Unsupported value: "green": supported values: "red", "blue"'),
    ]
    answer = await ask("POST", path, {**head, "metadata": {"name": "two"}, "spec": {"size": "big"}})
    why = 'Invalid value: "string": spec.size in body must be of type integer: "string"'
    assert {
        ("FieldValueRequired", "spec.colour", "Required value"),
        ("FieldValueTypeInvalid", "spec.size", why),
    } <= set(answer.causes)


async def test_status_and_generation_go_their_own_ways(ask: Asking, kind: Kind) -> None:
    made = await kind.create(spec={"colour": "red"}, status={"size": 5})
    assert "status" not in made
    path = f"{kind.path()}/one"
    told = await ask.merge(f"{path}/status", {"status": {"size": 5}, "spec": {"colour": "blue"}})
    assert (told["status"], told["spec"]["colour"], told["metadata"]["generation"]) == ({"size": 5}, "red", 1)
    changed = await ask.merge(path, {"status": {"size": 6}, "spec": {"colour": "blue"}})
    assert (changed["status"], changed["metadata"]["generation"]) == ({"size": 5}, 2)
    assert (await ask.merge(path, {"metadata": {"labels": {"a": "b"}}}))["metadata"]["generation"] == 2


async def test_it_can_be_scaled_where_it_says_how(ask: Asking, kind: Kind) -> None:
    await kind.create(spec={"colour": "red", "size": 2})
    path = f"{kind.path()}/one"
    await ask.merge(f"{path}/status", {"status": {"size": 1, "selector": "a=b"}})
    scale = await ask.get(f"{path}/scale")
    assert (scale["spec"], scale["status"]) == ({"replicas": 2}, {"replicas": 1, "selector": "a=b"})
    await ask.merge(f"{path}/scale", {"spec": {"replicas": 4}})
    assert (await ask.get(path))["spec"]["size"] == 4
    answer = await ask("GET", f"{kind.path('v1beta1')}/one/scale")
    assert answer.refusal[:2] == (404, "NotFound")


async def test_a_replace_has_to_name_its_version(ask: Asking, kind: Kind) -> None:
    made = await kind.create(spec={"colour": "red"})
    del made["metadata"]["resourceVersion"]
    answer = await ask("PUT", f"{kind.path()}/one", made)
    assert answer.refusal[:2] == (422, "Invalid")
    assert "metadata.resourceVersion: Invalid value: 0" in answer.refusal[2]


async def test_its_columns_are_found_by_paths(ask: Asking, kind: Kind) -> None:
    await kind.create(spec={"colour": "red", "size": 3, "parts": [{"name": "a"}, {"name": "b"}]})
    conditions = [{"type": "Other", "status": "x"}, {"type": "Ready", "status": "True"}]
    told = {"conditions": conditions, "seen": "2020-01-01T00:00:00Z", "is": True, "rate": 1.5}
    await ask.merge(f"{kind.path()}/one/status", {"status": told})
    await ask.merge(f"{kind.path()}/one", {"metadata": {"annotations": {"t.example.com/note": "hello"}}})
    await kind.create("two", spec={"colour": "red"})
    table = await ask.get(kind.path(), accept=TABLE)
    assert [(each["name"], each["type"], each["priority"]) for each in table["columnDefinitions"]] == [
        ("Name", "string", 0),
        *((each["name"], each["type"], each.get("priority", 0)) for each in COLUMNS),
    ]
    one, two = [row["cells"] for row in table["rows"]]
    assert one[:4] == ["one", 3, "True", "a"]
    assert one[4].startswith("6y")
    assert one[5:] == [True, 1.5, "hello"]
    assert two == ["two", 1, None, None, None, None, None, None]
    plain = await ask.get(kind.path("v1beta1"), accept=TABLE)
    assert [each["name"] for each in plain["columnDefinitions"]] == ["Name", "Age"]
    assert plain["rows"][0]["cells"][1].endswith("s")


async def test_new_columns_end_the_watches(ask: Asking, kind: Kind) -> None:
    await kind.create(spec={"colour": "red"})
    async with ask.watch(kind.path(), accept=TABLE) as events:
        assert (await events.next())["type"] == "ADDED"
        crd = await ask.get(kind.definition)
        crd["spec"]["versions"][0]["additionalPrinterColumns"] = COLUMNS[:1]
        (await ask("PUT", kind.definition, crd)).done()
        assert await events.rest() == []
    await ask.until(kind.path(), lambda answer: answer.status == 200)
    async with ask.watch(
        f"{kind.path()}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan", accept=TABLE
    ) as events:
        assert len((await events.next())["object"]["columnDefinitions"]) == 2


async def test_a_version_can_be_served_no_more(ask: Asking, kind: Kind) -> None:
    crd = await ask.get(kind.definition)
    crd["spec"]["versions"][1]["served"] = False
    (await ask("PUT", kind.definition, crd)).done()
    await ask.until(kind.path("v1beta1"), lambda answer: answer.status == 404)
    await ask.until(kind.path(), lambda answer: answer.status == 200)


async def test_with_its_definition_everything_goes(ask: Asking, kind: Kind) -> None:
    await kind.create(spec={"colour": "red"})
    version = (await ask.get(kind.path()))["metadata"]["resourceVersion"]
    async with ask.watch(f"{kind.path()}?resourceVersion={version}") as events:
        marked = (await ask("DELETE", kind.definition)).done()
        assert "customresourcecleanup.apiextensions.k8s.io" in marked["metadata"]["finalizers"]
        deleted = await events.next()
        assert (deleted["type"], deleted["object"]["metadata"]["name"]) == ("DELETED", "one")
        assert await events.rest() == []
    await ask.until(kind.definition, lambda answer: answer.status == 404)
    await ask.until(kind.path(), lambda answer: answer.status == 404)


async def test_a_definition_must_be_named_after_its_kind(ask: Asking) -> None:
    names = {"plural": "widgets", "kind": "Widget"}
    version = {"name": "v1", "served": True, "storage": True, "schema": SCHEMA}
    spec = {"group": "t.example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    answer = await ask("POST", CRDS, {"metadata": {"name": "other.t.example.com"}, "spec": spec})
    assert answer.refusal[:2] == (422, "Invalid")
    assert (
        'metadata.name: Invalid value: "other.t.example.com": must be spec.names.plural+"."+spec.group'
        in (answer.refusal[2])
    )
