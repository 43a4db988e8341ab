"""What an Api asks: method, path, query, headers and body of each call."""

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

import pytest
from aiohttp import web

from kty.errors import Conflict, Invalid
from kty.kube.api import Api
from kty.kube.client import Client
from kty.kube.kinds import ConfigMap, Deployment, Pod, Scale, ScaleSpec
from kty.kube.objects import Object
from kty.kube.parts import Metadata
from kty.kube.patches import Apply, Json, Merge, Strategic, pointer
from kty.kube.resource import Resource
from kty.kube.selectors import parse
from kty.kube.shapes import PartialObject, TableRow
from tests.kube.asking import Remember, against, refusal

Call: TypeAlias = Callable[[Api[Object]], Awaitable[object]]

WEB = {"kind": "Deployment", "metadata": {"name": "web"}}
BASE = "/apis/apps/v1/namespaces/shop/deployments"
LIST = {"kind": "DeploymentList", "metadata": {"resourceVersion": "7"}, "items": []}
PLAIN = "application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


def deployments(client: Client, namespace: str = "shop") -> Api[Object]:
    return Api(client, Deployment.resource, namespace)


async def asked(call: Call, answer: Object, namespace: str = "shop") -> tuple[web.Request, Any]:
    """Return the one request that a call sends, and the JSON in it."""
    remember = Remember(web.json_response(answer))
    async with against(remember) as client:
        await call(deployments(client, namespace))
    (request,), (body,) = remember.requests, remember.bodies
    return request, json.loads(body) if body else None


@pytest.mark.parametrize(
    ("call", "method", "target"),
    [
        (lambda api: api.get("web"), "GET", f"{BASE}/web"),
        (lambda api: api.get("web", version="0"), "GET", f"{BASE}/web?resourceVersion=0"),
        (lambda api: api.get_opt("a b"), "GET", f"{BASE}/a%20b"),
        (lambda api: api.create(WEB), "POST", BASE),
        (lambda api: api.create(WEB, dry_run=True), "POST", f"{BASE}?dryRun=All"),
        (
            lambda api: api.create(WEB, field_manager="me", field_validation="Strict"),
            "POST",
            f"{BASE}?fieldManager=me&fieldValidation=Strict",
        ),
        (lambda api: api.replace("web", WEB, dry_run=False), "PUT", f"{BASE}/web"),
        (lambda api: api.patch("web", Merge({})), "PATCH", f"{BASE}/web"),
        (
            lambda api: api.patch("web", Apply({}, manager="me", force=True)),
            "PATCH",
            f"{BASE}/web?fieldManager=me&force=true",
        ),
        (lambda api: api.delete("web"), "DELETE", f"{BASE}/web"),
        (lambda api: api.status.get("web"), "GET", f"{BASE}/web/status"),
        (lambda api: api.status.replace("web", WEB), "PUT", f"{BASE}/web/status"),
        (lambda api: api.scale.get("web"), "GET", f"{BASE}/web/scale"),
        (lambda api: api.subresource("any").patch("web", Merge({})), "PATCH", f"{BASE}/web/any"),
        (lambda api: api.subresource("any").create("web", WEB), "POST", f"{BASE}/web/any"),
    ],
)
async def test_where_one_object_is_asked_for(call: Call, method: str, target: str) -> None:
    request, _ = await asked(call, WEB)
    assert (request.method, request.raw_path) == (method, target)
    assert request.headers["Accept"] == PLAIN


@pytest.mark.parametrize(
    ("call", "query"),
    [
        (lambda api: api.list(), "limit=500"),
        (lambda api: api.list(page_size=0), ""),
        (lambda api: api.list(labels="a=b", fields="c=d"), "labelSelector=a=b&fieldSelector=c=d&limit=500"),
        (lambda api: api.list(labels=parse("a in (c, b)")), "labelSelector=a in (b,c)&limit=500"),
        (lambda api: api.list(version="0", page_size=0), "resourceVersion=0"),
        (
            lambda api: api.list(version="7", match="Exact", page_size=0),
            "resourceVersion=7&resourceVersionMatch=Exact",
        ),
    ],
)
async def test_what_a_list_asks_for(call: Call, query: str) -> None:
    request, _ = await asked(call, LIST)
    assert (request.method, request.path) == ("GET", BASE)
    assert unquote_plus(request.query_string) == query


async def test_all_namespaces_are_asked_at_once_and_kinds_without_any_have_none() -> None:
    request, _ = await asked(lambda api: api.list(), LIST, namespace="")
    assert request.path == "/apis/apps/v1/deployments"
    remember = Remember(web.json_response({"kind": "Node", "metadata": {"name": "one"}}))
    async with against(remember) as client:
        nodes = Api(client, Resource("", "v1", "Node", "nodes", namespaced=False), "ignored")
        await nodes.get("one")
    assert remember.requests[0].path == "/api/v1/nodes/one"


async def test_what_is_written_says_what_it_is() -> None:
    _, body = await asked(lambda api: api.create({"metadata": {"name": "web"}}), WEB)
    assert body == {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    _, body = await asked(lambda api: api.replace("web", {"spec": {}}), WEB)
    assert body == {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}}
    _, body = await asked(lambda api: api.patch("web", Apply({"spec": {}}, manager="me")), WEB)
    assert body == {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}}
    _, body = await asked(lambda api: api.scale.replace("web", Scale(spec=ScaleSpec(replicas=3))), WEB)
    assert body["apiVersion"] == "autoscaling/v1"
    assert (body["kind"], body["spec"]) == ("Scale", {"replicas": 3})


async def test_an_object_goes_where_its_namespace_is_if_the_api_has_none() -> None:
    shop = {"metadata": {"name": "web", "namespace": "shop"}}
    request, _ = await asked(lambda api: api.create(shop), WEB, namespace="")
    assert request.path == BASE


async def test_a_class_is_sent_without_what_it_does_not_say() -> None:
    remember = Remember(web.json_response({"kind": "ConfigMap", "metadata": {"name": "a"}}))
    async with against(remember) as client:
        made = await Api.of(client, ConfigMap, "shop").create(ConfigMap(metadata=Metadata(name="a"), data={"k": "v"}))
    assert json.loads(remember.bodies[0]) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"k": "v"},
    }
    assert (type(made), made.name, made.data) == (ConfigMap, "a", {})


@pytest.mark.parametrize(
    ("patch", "media", "sent"),
    [
        (Merge({"a": None}), "application/merge-patch+json", {"a": None}),
        (Strategic({"a": 1}), "application/strategic-merge-patch+json", {"a": 1}),
        (Json([{"op": "remove", "path": "/a"}]), "application/json-patch+json", [{"op": "remove", "path": "/a"}]),
    ],
)
async def test_each_patch_has_a_type_of_its_own(patch: Merge | Strategic | Json, media: str, sent: object) -> None:
    request, body = await asked(lambda api: api.patch("web", patch), WEB)
    assert request.headers["Content-Type"] == media
    assert body == sent


async def test_an_applied_patch_has_its_type() -> None:
    request, _ = await asked(lambda api: api.patch("web", Apply({}, manager="me")), WEB)
    assert request.headers["Content-Type"] == "application/apply-patch+yaml"


def test_the_steps_of_a_pointer_are_escaped() -> None:
    assert pointer("metadata", "labels", "a/b~c", 0) == "/metadata/labels/a~1b~0c/0"
    assert pointer() == ""


async def test_another_uid_is_a_conflict_however_the_server_says_it() -> None:
    cause = {"reason": "FieldValueInvalid", "message": "field is immutable", "field": "metadata.uid"}
    body = {"kind": "Status", "code": 422, "message": "metadata.uid: immutable", "details": {"causes": [cause]}}
    for uid, error in (("u", Conflict), ("", Invalid)):
        async with against(Remember(web.json_response(body, status=422))) as client:
            assert type(await refusal(deployments(client).patch("web", Merge({}), uid=uid))) is error


async def test_preconditions_go_into_the_patch() -> None:
    _, body = await asked(lambda api: api.patch("web", Merge({"metadata": {"labels": {}}}), uid="u", version="7"), WEB)
    assert body == {"metadata": {"labels": {}, "uid": "u", "resourceVersion": "7"}}
    _, body = await asked(lambda api: api.patch("web", Json([]), version="7"), WEB)
    assert body == [{"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}]


async def test_delete_options() -> None:
    _, body = await asked(lambda api: api.delete("web"), WEB)
    assert body == {"apiVersion": "v1", "kind": "DeleteOptions"}
    _, body = await asked(
        lambda api: api.delete("web", grace=0, propagation="Orphan", dry_run=True, uid="u", version="7"), WEB
    )
    assert body == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "gracePeriodSeconds": 0,
        "propagationPolicy": "Orphan",
        "dryRun": ["All"],
        "preconditions": {"uid": "u", "resourceVersion": "7"},
    }
    request, body = await asked(lambda api: api.delete_collection(labels="a=b", grace=5), LIST)
    assert (request.method, request.path, request.query["labelSelector"]) == ("DELETE", BASE, "a=b")
    assert body["gracePeriodSeconds"] == 5


@pytest.mark.parametrize(
    ("kind", "one", "many", "query"),
    [
        (dict, PLAIN, PLAIN, ""),
        (Deployment, PLAIN, PLAIN, ""),
        (PartialObject, PARTIAL, PARTIAL_LIST, ""),
        (TableRow, TABLE, TABLE, "includeObject=Metadata"),
    ],
)
async def test_each_shape_is_asked_for_in_its_way(kind: type[Any], one: str, many: str, query: str) -> None:
    remember = Remember(web.json_response(WEB), web.json_response(LIST), web.Response(body=b""))
    async with against(remember) as client:
        api = Api(client, Deployment.resource, "shop", kind=kind)
        await api.get("web")
        await api.list(page_size=0)
        async with aclosing(api.watch()) as changes:
            assert [change async for change in changes] == []
    assert [request.headers["Accept"] for request in remember.requests] == [one, many, one]
    assert [request.query_string.partition("&")[0] for request in remember.requests[:2]] == [query, query]


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({"bookmarks": False}, ""),
        ({}, "&allowWatchBookmarks=true"),
        ({"version": "7", "bookmarks": False}, "&resourceVersion=7"),
        ({"timeout": 30, "bookmarks": False}, "&timeoutSeconds=30"),
        (
            {"initial": True, "bookmarks": False},
            "&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
        ),
    ],
)
async def test_what_a_watch_asks_for(options: dict[str, Any], query: str) -> None:
    remember = Remember(web.Response(body=b""))
    async with against(remember) as client:
        assert [change async for change in deployments(client).watch(**options)] == []
    assert remember.requests[0].query_string == "watch=true" + query


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a%2Fb"])
async def test_no_name_that_would_be_another_path_is_sent(name: str) -> None:
    remember = Remember()
    async with against(remember) as client:
        api = deployments(client)
        for call in (api.get, api.get_opt, api.delete, api.entry, api.status.get):
            with pytest.raises(ValueError, match="cannot be the name"):
                await call(name)
        with pytest.raises(ValueError, match="cannot be the part"):
            api.subresource(name)
    assert remember.requests == []


async def test_one_object_needs_a_namespace_if_its_kind_has_them() -> None:
    remember = Remember()
    async with against(remember) as client:
        for call in (deployments(client, "").get("web"), deployments(client, "").create({"metadata": {"name": "a"}})):
            with pytest.raises(ValueError, match="give the Api one"):
                await call
    assert remember.requests == []


async def test_options_that_are_none_are_told() -> None:
    async with against(Remember()) as client:
        with pytest.raises(TypeError, match="no such option: dryRun"):
            await deployments(client).create(WEB, dryRun=True)  # type: ignore[call-arg]
        with pytest.raises(ValueError, match="needs one"):
            await deployments(client).list(match="Exact")


async def test_only_an_object_can_be_written() -> None:
    async with against(Remember()) as client:
        with pytest.raises(TypeError, match="not list"):
            await Api.of(client, Pod, "shop").create([])  # type: ignore[arg-type]
