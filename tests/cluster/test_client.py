"""The connection to the real API server."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kty.errors import Forbidden, NotFound, NotKubernetes
from kty.kube.client import Client
from kty.kube.config import infer
from kty.kube.target import Impersonation
from tests.kube.asking import opened, refusal

pytestmark = pytest.mark.cluster


@pytest.fixture
async def real(cluster_kubeconfig: Callable[[str], Path]) -> AsyncIterator[Callable[[str], Client]]:
    clients: list[Client] = []

    def client(user: str) -> Client:
        clients.append(Client(infer(cluster_kubeconfig(user))))
        return clients[-1]

    yield client
    for opened_one in clients:
        await opened_one.close()


async def test_a_real_api_server_lists_pods(real: Callable[[str], Client]) -> None:
    answer = json.loads(await real("admin").request("GET", "/api/v1/pods", query=[("limit", "1")]))
    assert answer["kind"] == "PodList"


async def test_a_real_api_server_refuses_who_may_not(real: Callable[[str], Client]) -> None:
    error = await refusal(real("nobody").request("GET", "/api/v1/secrets"))
    assert isinstance(error, Forbidden)
    assert 'cannot list resource "secrets"' in str(error)


async def test_a_real_api_server_answers_404_in_both_of_its_ways(real: Callable[[str], Client]) -> None:
    admin = real("admin")
    assert type(await refusal(admin.request("GET", "/api/v1/namespaces/default/pods/t-none"))) is NotFound
    assert type(await refusal(admin.request("GET", "/apis/none.example/v1"))) is NotFound


async def test_a_real_watch_streams_and_ends(real: Callable[[str], Client]) -> None:
    query = [("watch", "1"), ("timeoutSeconds", "1"), ("allowWatchBookmarks", "true")]
    query += [("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan")]
    async with real("admin").watch("/api/v1/namespaces", query=query, idle=30) as lines:
        events = [json.loads(line) async for line in lines]
    assert {"ADDED", "BOOKMARK"} <= {event["type"] for event in events}


async def test_a_real_api_server_takes_us_for_somebody_else(cluster_kubeconfig: Callable[[str], Path]) -> None:
    admin = infer(cluster_kubeconfig("admin"))
    impersonate = Impersonation("jane", "u-7", ("system:masters", "ops,all"), (("example.com/why", ("a", "b")),))
    async with opened(admin.server, tls=admin.tls, auth=admin.auth, impersonate=impersonate) as client:
        review = b'{"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}'
        answer = await client.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body=review)
    assert json.loads(answer)["status"]["userInfo"] == {
        "username": "jane",
        "uid": "u-7",
        "groups": ["system:masters", "ops,all", "system:authenticated"],
        "extra": {"example.com/why": ["a", "b"]},
    }


async def test_http_to_a_real_api_server_says_what_to_do(cluster_kubeconfig: Callable[[str], Path]) -> None:
    server = infer(cluster_kubeconfig("admin")).server.replace("https:", "http:")
    async with opened(server) as client:
        error = await refusal(client.request("GET", "/version"))
    assert type(error) is NotKubernetes
    assert "https://" in error.hint
