"""What is no kind: version, health, media types, compression."""

import gzip

import pytest

from tests.cluster.place import Place
from tests.contract.asking import JSON, Asking


async def test_it_says_which_version_it_is(ask: Asking) -> None:
    version = await ask.get("/version")
    assert (version["major"], version["minor"]) == ("1", "36")
    assert version["gitVersion"].startswith("v1.36.")


@pytest.mark.parametrize("path", ["/readyz", "/livez", "/healthz"])
async def test_it_is_well(ask: Asking, path: str) -> None:
    answer = await ask("GET", path)
    assert (answer.status, answer.body) == (200, b"ok")


async def test_openapi_has_a_document_for_each_group(ask: Asking) -> None:
    index = await ask.get("/openapi/v3")
    assert {"api/v1", "apis/apps/v1", "apis/batch/v1"} <= set(index["paths"])
    document = await ask.get(index["paths"]["apis/apps/v1"]["serverRelativeURL"])
    schemas = document["components"]["schemas"]
    (deployment,) = [
        schema
        for schema in schemas.values()
        if {"group": "apps", "version": "v1", "kind": "Deployment"} in schema.get("x-kubernetes-group-version-kind", [])
    ]
    assert {"apiVersion", "kind", "metadata", "spec", "status"} <= set(deployment["properties"])


async def test_nobody_gets_in_without_a_token(ask: Asking) -> None:
    answer = await ask("GET", "/api/v1/pods", Authorization="Bearer nobody-knows-this")
    assert answer.refusal == (401, "Unauthorized", "Unauthorized")


async def test_only_what_it_speaks_is_answered(ask: Asking) -> None:
    assert (await ask("GET", "/api/v1/namespaces", accept="text/plain")).refusal[:2] == (406, "NotAcceptable")
    for accept in ("*/*", "text/html,application/json;q=0.9", "application/json, */*"):
        assert (await ask.get("/api/v1/namespaces", accept=accept))["kind"] == "NamespaceList"


async def test_a_body_must_be_in_a_form_that_it_reads(ask: Asking, place: Place) -> None:
    path = f"/api/v1/namespaces/{place.namespace}/configmaps"
    answer = await ask("POST", path, {"metadata": {"name": "x"}}, media="text/plain")
    assert answer.refusal[:2] == (415, "UnsupportedMediaType")
    assert answer.refusal[2].startswith("the body of the request was in an unknown format - accepted media types")
    yaml = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-yaml\ndata: {a: b}\n"
    assert (await ask("POST", path, yaml, media="application/yaml")).status == 201
    assert (await ask.get(f"{path}/from-yaml"))["data"] == {"a": "b"}


@pytest.mark.parametrize("body", [b"{", b"[1]", b"nonsense", b""])
async def test_a_body_must_be_an_object(ask: Asking, place: Place, body: bytes) -> None:
    answer = await ask("POST", f"/api/v1/namespaces/{place.namespace}/configmaps", body)
    assert answer.status in (400, 422)
    assert answer.refusal[1] in ("BadRequest", "Invalid")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/configmaps"),
        ("PUT", "/api/v1/namespaces/default/configmaps"),
        ("DELETE", "/api/v1/namespaces"),
        ("POST", "/api/v1/namespaces/default/pods/some"),
        ("PUT", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
    ],
)
async def test_not_every_verb_is_for_every_kind(ask: Asking, method: str, path: str) -> None:
    answer = await ask(method, path, {"metadata": {"name": "some"}})
    assert answer.refusal == (
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource",
    )


@pytest.mark.parametrize("path", ["configmaps/some/nothing", "pods/some/nothing", "configmaps/a/b/c", "nothing"])
async def test_a_part_that_a_kind_has_not_is_not_found(ask: Asking, path: str) -> None:
    answer = await ask("GET", f"/api/v1/namespaces/default/{path}")
    assert answer.refusal == (404, "NotFound", "the server could not find the requested resource")


async def test_dots_are_no_name_and_nobody_asks_for_a_head(ask: Asking) -> None:
    answer = await ask("GET", "/api/v1/namespaces/default/configmaps/%2E%2E")
    assert answer.status in (400, 404)
    assert (await ask("HEAD", "/api/v1/namespaces/default")).status == 405


async def test_long_answers_are_compressed_for_whoever_wants_it(ask: Asking, place: Place) -> None:
    path = f"/api/v1/namespaces/{place.namespace}/configmaps"
    for number in range(2):
        await ask.create(path, {"metadata": {"name": f"long-{number}"}, "data": {"text": "so long " * 12_000}})
    plain = await ask("GET", path, Accept_Encoding="identity")
    packed = await ask("GET", path, Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 10
    assert gzip.decompress(packed.body).count(b"so long") == 24_000
    short = await ask("GET", f"{path}?limit=1&fieldSelector=metadata.name%3Dnone", Accept_Encoding="gzip")
    assert "Content-Encoding" not in short.headers
    assert short.headers["Content-Type"] == JSON
