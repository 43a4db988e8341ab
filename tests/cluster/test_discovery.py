import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.discovery import Discovery, discover, server_version, who_am_i

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@asynccontextmanager
async def as_user(cluster_kubeconfig: Kubeconfig, user: str) -> AsyncIterator[Client]:
    client = Client(infer(cluster_kubeconfig(user)))
    try:
        yield client
    finally:
        await client.close()


async def eventually(client: Client, group: str, *, aggregated: bool) -> Discovery:
    """Return what is discovered once the group is, in both versions: the server takes a moment to serve each."""
    while True:
        found = await discover(client, aggregated=aggregated)
        if len(found.versions(group)) == 2:
            return found
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("user", ["admin", "viewer", "nobody"])
async def test_every_identity_learns_the_kinds_the_version_and_its_name(
    cluster_kubeconfig: Kubeconfig, user: str
) -> None:
    async with as_user(cluster_kubeconfig, user) as client:
        found = await discover(client)
        assert [found.find(word)[0].id for word in ("po", "deploy", "Pod", "deployments.apps", "events", "hpa")] == [
            "pods",
            "deployments.apps",
            "pods",
            "deployments.apps",
            "events",
            "horizontalpodautoscalers.autoscaling",
        ]
        assert found.resources[0].group == ""
        assert (await server_version(client)).startswith("v1.")
        assert await who_am_i(client) == user


async def test_both_ways_of_discovery_tell_the_same(cluster_kubeconfig: Kubeconfig) -> None:
    async with as_user(cluster_kubeconfig, "viewer") as client:
        async with asyncio.timeout(60):
            while True:  # others may define or remove kinds meanwhile
                before, old, after = [await discover(client, aggregated=new) for new in (True, False, True)]
                if before == after and old.faults.keys() == before.faults.keys():
                    break
                await asyncio.sleep(0.1)
        assert old.resources == before.resources
        assert len(old.resources) > 50


@pytest.mark.parametrize("aggregated", [True, False])
async def test_a_kind_that_somebody_defined_is_discovered(cluster_kubeconfig: Kubeconfig, aggregated: bool) -> None:
    group = f"t-discovery-{uuid.uuid4().hex[:8]}.example.com"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [{"name": name, "served": True, "storage": name == "v1", "schema": schema} for name in ("v1", "v1beta1")]
    names = {"plural": "gizmos", "singular": "gizmo", "kind": "Gizmo", "shortNames": ["gz"], "categories": ["all"]}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gizmos.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": versions},
    }
    async with as_user(cluster_kubeconfig, "admin") as admin, as_user(cluster_kubeconfig, "nobody") as client:
        await admin.request(
            "POST", DEFINITIONS, headers={"Content-Type": "application/json"}, body=json.dumps(definition).encode()
        )
        try:
            found = await eventually(client, group, aggregated=aggregated)
            (gizmo,) = [resource for resource in found.find("gz") if resource.group == group]
            assert (gizmo.kind, gizmo.plural, gizmo.version, gizmo.namespaced) == ("Gizmo", "gizmos", "v1", True)
            assert gizmo.categories == ("all",)
            assert {"list", "watch"} <= gizmo.verbs
            assert found.find(f"Gizmo.{group}") == found.find(f"gizmos.v1.{group}") == (gizmo,)
            assert gizmo.path("default") == f"/apis/{group}/v1/namespaces/default/gizmos"
        finally:
            await admin.request("DELETE", f"{DEFINITIONS}/gizmos.{group}")
