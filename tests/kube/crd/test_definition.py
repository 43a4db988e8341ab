"""What a definition says, and every way in which there is none to be had."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from kty.errors import ClusterError, Forbidden, NotFound, NotKubernetes
from kty.kube.crd.definition import find_definition, read_definition
from kty.kube.resource import Resource

SCHEMA = {"type": "object", "properties": {"spec": {"type": "object"}}}
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def version(name: str, schema: Any = SCHEMA, *, served: bool = True, storage: bool = False) -> dict[str, Any]:
    return {"name": name, "served": served, "storage": storage, "schema": {"openAPIV3Schema": schema}}


def definition(*versions: dict[str, Any], **spec: Any) -> bytes:
    names = {"plural": "crontabs", "kind": "CronTab", "singular": "crontab"}
    known = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": list(versions)}
    return json.dumps({"kind": "CustomResourceDefinition", "spec": {**known, **spec}}).encode()


def test_the_stored_version_is_taken_unless_another_one_is_named() -> None:
    body = definition(version("v1"), version("v1beta1", storage=True), version("v2alpha1"))
    assert read_definition(body).resource == Resource(
        "example.com", "v1beta1", "CronTab", "crontabs", singular="crontab"
    )
    assert read_definition(body, "v1").resource.version == "v1"
    assert read_definition(body).schema == SCHEMA


def test_where_the_stored_version_is_not_served_the_best_one_is() -> None:
    body = definition(version("v1beta1"), version("v1"), version("v2", storage=True, served=False))
    assert read_definition(body).resource.version == "v1"


def test_a_kind_may_have_no_namespaces() -> None:
    assert not read_definition(definition(version("v1"), scope="Cluster")).resource.namespaced


@pytest.mark.parametrize(
    ("body", "wanted", "kind", "sentence"),
    [
        (
            definition(version("v1"), version("v2", served=False)),
            "v2",
            NotFound,
            "crontabs.example.com is not served in version v2: it is served in v1",
        ),
        (
            definition(version("v1", served=False)),
            "",
            NotFound,
            "crontabs.example.com is served in no version: ask who defined it",
        ),
        (
            definition(version("v1", {"type": "object", "x-kubernetes-preserve-unknown-fields": True})),
            "",
            ClusterError,
            "crontabs.example.com has no schema in v1: nothing is said about its fields: "
            "Api(client, resource) takes its objects as dicts",
        ),
        (
            definition({"name": "v1", "served": True}),
            "",
            ClusterError,
            "crontabs.example.com has no schema in v1: nothing is said about its fields: "
            "Api(client, resource) takes its objects as dicts",
        ),
        (
            definition(version("v1"), group='a"; import os'),
            "",
            NotKubernetes,
            "a CustomResourceDefinition uses ('a\"; import os', 'crontabs', 'CronTab', 'v1'), which are not all names",
        ),
        (
            b'{"kind":"CustomResourceDefinition"}',
            "",
            NotKubernetes,
            f'{CRDS} answered with \'{{"kind":"CustomResourceDefinition"}}\'',
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(body: bytes, wanted: str, kind: type[ClusterError], sentence: str) -> None:
    with pytest.raises(kind) as refused:
        read_definition(body, wanted)
    assert type(refused.value) is kind
    assert refused.value.sentence() == sentence


class Answers:
    """A server that has these answers, and 404 for everything else."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes:
        self.asked.append(path)
        answer = self.answers.get(path, NotFound("not found", code=404))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def served(*kinds: tuple[str, str, str, str]) -> dict[str, Any]:
    """Return discovery's answer: of each kind its group, plural, name and short name."""
    items = [
        {
            "metadata": {"name": group},
            "versions": [
                {
                    "version": "v1",
                    "resources": [
                        {
                            "resource": plural,
                            "responseKind": {"kind": kind},
                            "scope": "Namespaced",
                            "shortNames": [short],
                            "verbs": ["list"],
                        }
                    ],
                }
            ],
        }
        for group, plural, kind, short in kinds
    ]
    return {"kind": "APIGroupDiscoveryList", "items": items}


CORE = {"/api": {"kind": "APIVersions", "versions": []}}


async def test_the_definitions_name_is_asked_for_at_once() -> None:
    server = Answers(**{f"{CRDS}/crontabs.example.com": definition(version("v1"))})
    assert (await find_definition(server, "crontabs.example.com")).resource.kind == "CronTab"
    assert server.asked == [f"{CRDS}/crontabs.example.com"]


@pytest.mark.parametrize("word", ["crontabs", "CronTab", "ct", "crontab.example.com", "crontabs.v1.example.com"])
async def test_any_name_of_the_kind_finds_it(word: str) -> None:
    known = served(("example.com", "crontabs", "CronTab", "ct"))
    known["items"][0]["versions"][0]["resources"][0]["singularResource"] = "crontab"
    server = Answers(**CORE, **{"/apis": known, f"{CRDS}/crontabs.example.com": definition(version("v1"))})
    assert (await find_definition(server, word)).resource.id == "crontabs.example.com"


async def test_of_kinds_with_one_name_the_one_that_is_defined_is_found() -> None:
    known = served(("apps", "crontabs", "Built", "b"), ("example.com", "crontabs", "CronTab", "ct"))
    server = Answers(**CORE, **{"/apis": known, f"{CRDS}/crontabs.example.com": definition(version("v1"))})
    assert (await find_definition(server, "crontabs")).resource.id == "crontabs.example.com"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("deploy", "deployments.apps is no custom resource: no CustomResourceDefinition defines it: "
                   "kty.kube.kinds has classes for built-in kinds"),
        ("crontab", "the cluster has no kind 'crontab': did you mean crontabs?"),
        ("a\x1b[31m", "the cluster has no kind 'a\\x1b[31m': `kubectl get crd` names those that are defined"),
        ("x.y", "the cluster has no kind 'x.y': `kubectl get crd` names those that are defined"),
    ],
)  # fmt: skip
async def test_a_kind_that_is_not_defined_is_one_sentence(word: str, sentence: str) -> None:
    known = served(("apps", "deployments", "Deployment", "deploy"), ("example.com", "crontabs", "Tab", "ct"))
    with pytest.raises(NotFound) as refused:
        await find_definition(Answers(**CORE, **{"/apis": known}), word)
    assert refused.value.sentence() == sentence


async def test_a_version_that_is_not_served_is_told_of_and_not_looked_for() -> None:
    server = Answers(**{f"{CRDS}/crontabs.example.com": definition(version("v1"))})
    with pytest.raises(NotFound, match=r"crontabs\.example\.com is not served in version v3"):
        await find_definition(server, "crontabs.example.com", "v3")


async def test_groups_that_are_down_are_told_of() -> None:
    known = served(("example.com", "crontabs", "CronTab", "ct"))
    known["items"][0]["versions"][0]["freshness"] = "Stale"
    with pytest.raises(NotFound, match="no kind 'zzz'") as refused:
        await find_definition(Answers(**CORE, **{"/apis": known}), "zzz")
    assert refused.value.hint == "1 of the server's API groups could not be read"


async def test_a_refusal_is_the_servers_own() -> None:
    refusal = Forbidden("viewer may not get customresourcedefinitions", code=403)
    with pytest.raises(Forbidden, match="viewer may not get"):
        await find_definition(Answers(**{f"{CRDS}/crontabs.example.com": refusal}), "crontabs.example.com")
