"""Which kinds there are."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from kty.kube.discovery import Discovery, discover
from kty.kube.discovery_cache import KeptDiscovery
from kty.kube.tagged import Tagged
from tests.contract.asking import Asking
from tests.contract.conftest import Cluster

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
KINDS = (
    "configmaps", "events", "namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "secrets",
    "serviceaccounts", "services", "customresourcedefinitions.apiextensions.k8s.io", "daemonsets.apps",
    "deployments.apps", "replicasets.apps", "statefulsets.apps", "selfsubjectreviews.authentication.k8s.io",
    "tokenreviews.authentication.k8s.io", "localsubjectaccessreviews.authorization.k8s.io",
    "selfsubjectaccessreviews.authorization.k8s.io", "selfsubjectrulesreviews.authorization.k8s.io",
    "subjectaccessreviews.authorization.k8s.io", "horizontalpodautoscalers.autoscaling", "cronjobs.batch",
    "jobs.batch", "leases.coordination.k8s.io", "endpointslices.discovery.k8s.io", "ingresses.networking.k8s.io",
    "poddisruptionbudgets.policy", "clusterrolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
    "roles.rbac.authorization.k8s.io",
)  # fmt: skip
"""Of the kinds that the demo has, those that every API server has."""


async def discovered(cluster: Cluster, *, aggregated: bool) -> Discovery:
    """Return what there is; the old way tells for a moment of a group whose kinds another test has removed."""
    async with asyncio.timeout(60):
        while True:
            found = await discover(cluster.client(), aggregated=aggregated)
            if cluster.is_demo or not found.faults:
                return found
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("aggregated", [True, False])
async def test_a_client_finds_the_kinds(cluster: Cluster, aggregated: bool) -> None:
    discovery = await discovered(cluster, aggregated=aggregated)
    found = {resource.id: resource for resource in discovery.resources}
    assert set(KINDS) <= set(found)
    assert discovery.faults == {}
    pods, crds = found["pods"], found["customresourcedefinitions.apiextensions.k8s.io"]
    assert (pods.kind, pods.singular, pods.short_names, pods.categories) == ("Pod", "pod", ("po",), ("all",))
    assert (crds.namespaced, crds.short_names, crds.categories) == (False, ("crd", "crds"), ("api-extensions",))
    assert found["horizontalpodautoscalers.autoscaling"].version == "v2"
    assert "deletecollection" not in found["namespaces"].verbs
    assert found["subjectaccessreviews.authorization.k8s.io"].verbs == {"create"}


async def test_what_is_known_already_is_not_told_again(cluster: Cluster, tmp_path: Path) -> None:
    client = cluster.client()
    told: list[Tagged | None] = []

    class Listening:
        request = staticmethod(client.request)

        async def revalidate(
            self, path: str, *, tag: str = "", headers: Mapping[str, str] | None = None
        ) -> Tagged | None:
            told.append(await client.revalidate(path, tag=tag, headers=headers))
            return told[-1]

    path = tmp_path / "kty" / "discovery.json"
    first = await discover(KeptDiscovery(Listening(), path))
    assert None not in told
    again = await discover(KeptDiscovery(Listening(), path))
    # a kind may have come meanwhile, from another test
    assert told[2:] == [None, None] or cluster.name == "real"
    assert {resource.id for resource in first.resources} >= set(KINDS)
    assert {resource.id for resource in again.resources} >= set(KINDS)


async def test_each_kind_is_told_in_the_same_words(ask: Asking) -> None:
    """Compare every kind of the demo, its subresources too, with what is known of the real one."""
    roots = [await ask.get(path, accept=AGGREGATED) for path in ("/api", "/apis")]
    found = {}
    for group in [group for root in roots for group in root["items"]]:
        name = group["metadata"].get("name", "")
        for entry in group["versions"][0]["resources"]:
            found[f"{entry['resource']}.{name}".rstrip(".")] = entry
    deployments = found["deployments.apps"]
    assert deployments["responseKind"] == {"group": "", "version": "", "kind": "Deployment"}
    assert deployments["scope"] == "Namespaced"
    assert deployments["subresources"] == [
        {
            "subresource": "scale",
            "responseKind": {"group": "autoscaling", "version": "v1", "kind": "Scale"},
            "verbs": ["get", "patch", "update"],
        },
        {
            "subresource": "status",
            "responseKind": {"group": "", "version": "", "kind": "Deployment"},
            "verbs": ["get", "patch", "update"],
        },
    ]
    parts = {part["subresource"]: part for part in found["pods"]["subresources"]}
    assert parts["exec"]["responseKind"]["kind"] == "PodExecOptions"
    assert parts["exec"]["verbs"] == ["create", "get"]
    assert parts["eviction"]["responseKind"] == {"group": "policy", "version": "v1", "kind": "Eviction"}
    assert parts["log"]["verbs"] == ["get"]
    assert [part["subresource"] for part in found["namespaces"]["subresources"]] == ["finalize", "status"]


async def test_groups_come_in_the_order_of_the_server(ask: Asking) -> None:
    root = await ask.get("/apis", accept=AGGREGATED)
    shown = [group["metadata"]["name"] for group in root["items"]]
    known = ["apps", "authentication.k8s.io", "autoscaling", "batch", "networking.k8s.io", "policy"]
    assert [name for name in shown if name in known] == known


async def test_whoever_knows_it_already_is_told_nothing(ask: Asking) -> None:
    first = await ask("GET", "/apis", accept=AGGREGATED)
    assert first.headers["Content-Type"] == AGGREGATED
    tag = first.headers["ETag"]
    second = await ask("GET", "/apis", accept=AGGREGATED, If_None_Match=tag)
    assert (second.status, second.body, second.headers["ETag"]) == (304, b"", tag)
    assert (await ask("GET", "/apis", accept=AGGREGATED, If_None_Match='"ABC"')).status == 200


async def test_the_old_way_goes_from_group_to_group(ask: Asking) -> None:
    assert (await ask.get("/api"))["versions"] == ["v1"]
    groups = {group["name"]: group for group in (await ask.get("/apis"))["groups"]}
    named = {"groupVersion": "apps/v1", "version": "v1"}
    assert groups["apps"] == {"name": "apps", "versions": [named], "preferredVersion": named}
    group = await ask.get("/apis/apps")
    assert (group["kind"], group["apiVersion"], group["preferredVersion"]) == ("APIGroup", "v1", named)
    listed = await ask.get("/apis/apps/v1")
    assert (listed["kind"], listed["apiVersion"], listed["groupVersion"]) == ("APIResourceList", "v1", "apps/v1")
    resources = {entry["name"]: entry for entry in listed["resources"]}
    assert resources["deployments/scale"] == {
        "name": "deployments/scale",
        "singularName": "",
        "namespaced": True,
        "group": "autoscaling",
        "version": "v1",
        "kind": "Scale",
        "verbs": ["get", "patch", "update"],
    }
    core = {entry["name"]: entry for entry in (await ask.get("/api/v1"))["resources"]}
    assert core["pods"]["shortNames"] == ["po"]
    assert core["pods/log"]["verbs"] == ["get"]


@pytest.mark.parametrize(
    ("path", "is_status"),
    [
        ("/apis/nix", False),
        ("/apis/nix/v1", False),
        ("/apis/nix/v1/things", False),
        ("/nix", False),
        ("/apis/apps/v9", True),
        ("/api/v2", True),
        ("/api/v1/things", True),
        ("/apis/apps/v1/things", True),
    ],
)
async def test_what_is_not_there_is_not_found(ask: Asking, path: str, is_status: bool) -> None:
    answer = await ask("GET", path)
    assert answer.status == 404
    if is_status:
        assert answer.refusal == (404, "NotFound", "the server could not find the requested resource")
        assert answer.content["details"] == {}
    else:
        assert answer.body.startswith(b"404 page not found")
