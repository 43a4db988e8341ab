"""What an Api's helpers do to pods, tokens and certificates that exist."""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kty.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests
from kty.kube.api import Api
from kty.kube.certificates import CertificateSigningRequest, SigningRequestSpec, approve, deny
from kty.kube.client import Client
from kty.kube.discovery import who_am_i
from kty.kube.kinds import Container, Pod, ServiceAccount
from kty.kube.parts import Metadata
from kty.kube.pods import add_ephemeral_container, evict, resize
from kty.kube.target import AuthInfo
from kty.kube.tokens import request_token
from tests.cluster.place import NO_SCHEDULER, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.living import BUDGETS, Living
from tests.contract.pods_that_run import container, start, until
from tests.kube.signing import signing_request


async def test_a_pod_is_evicted(live: Living, place: Place) -> None:
    await start(place, "one")
    await evict(place.client, place.namespace, "one", dry_run=True)
    with pytest.raises(Conflict):
        await evict(place.client, place.namespace, "one", uid="6f0f1e3e-0000-4000-8000-000000000000")
    assert (await Api.of(place.client, Pod, place.namespace).get("one")).metadata.deletion_timestamp is None
    await evict(place.client, place.namespace, "one", grace=0)
    await live.gone(PODS, "one")
    with pytest.raises(NotFound):
        await evict(place.client, place.namespace, "one")


async def test_a_budget_forbids_an_eviction(live: Living, place: Place) -> None:
    ready = {"type": "Ready", "status": "True"}
    await place.pod("one", labels={"app": "web"}, phase="Running", conditions=[ready])
    spec = {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1}
    await live.make(BUDGETS, "web", spec=spec)
    await live.until(BUDGETS, "web", lambda budget: budget.get("status", {}).get("currentHealthy") == 1)
    with pytest.raises(TooManyRequests) as raised:
        await evict(place.client, place.namespace, "one")
    assert [cause.reason for cause in raised.value.causes] == ["DisruptionBudget"]


async def test_a_container_is_added_to_look_into_a_pod(place: Place) -> None:
    await start(place, "one")
    debugger = Container(name="debugger", image="busybox:local", command=["sh"], stdin=True)
    changed = await add_ephemeral_container(place.client, place.namespace, "one", debugger, target="main")
    assert changed.spec is not None
    assert [each.name for each in changed.spec.ephemeral_containers] == ["debugger"]
    pod = await until(place, "one", lambda pod: pod["status"].get("ephemeralContainerStatuses"))
    assert pod["spec"]["ephemeralContainers"][0]["targetContainerName"] == "main"
    with pytest.raises(Invalid):
        await add_ephemeral_container(place.client, place.namespace, "one", {"name": "main", "image": "busybox:local"})


async def test_a_token_acts_as_its_service_account(cluster: Cluster, place: Place) -> None:
    account = await Api.of(place.client, ServiceAccount, place.namespace).create(
        ServiceAccount(metadata=Metadata(name="robot"))
    )
    token = await request_token(place.client, place.namespace, "robot", seconds=3600)
    assert 3000 < token.expires - time.time() < 4000
    assert token.token not in repr(token)
    config = cluster.config()
    robot = Client(replace(config, auth=AuthInfo(token=token.token), tls=replace(config.tls)))
    try:
        assert await who_am_i(robot) == f"system:serviceaccount:{place.namespace}:{account.name}"
        with pytest.raises(Forbidden):
            await Api.of(robot, Pod, place.namespace).list()
    finally:
        await robot.close()
    with pytest.raises(NotFound):
        await request_token(place.client, place.namespace, "nobody")


async def test_a_pod_is_given_other_resources(cluster: Cluster, place: Place) -> None:
    """No node runs the pod: the test cluster's kubelet, which manages no cgroups, panics when it is to resize one."""
    if cluster.is_demo:
        pytest.skip("the demo's pods have no resize")
    resources = {"requests": {"cpu": "10m"}, "limits": {"cpu": "50m"}}
    spec = {"schedulerName": NO_SCHEDULER, "containers": [container(resources=resources)]}
    await place.create(PODS, "one", spec=spec)
    changed = await resize(place.client, place.namespace, "one", {"main": {"requests": {"cpu": "20m"}}})
    assert changed.spec is not None
    now = changed.spec.containers[0].resources
    assert now is not None
    assert (now.requests, now.limits) == ({"cpu": "20m"}, {"cpu": "50m"})
    with pytest.raises(NotFound):
        await resize(place.client, place.namespace, "two", {"main": {"requests": {"cpu": "20m"}}})


@pytest.fixture
async def request_name(cluster: Cluster) -> AsyncIterator[str]:
    """Return the name of a request for a certificate that nobody has decided on."""
    if cluster.is_demo:
        pytest.skip("the demo signs no certificates")
    name = f"t-{secrets.token_hex(4)}"
    requests = Api.of(cluster.client(), CertificateSigningRequest)
    spec = SigningRequestSpec(
        request=base64.b64encode(await asyncio.to_thread(signing_request)).decode(),
        signer_name="kubernetes.io/kube-apiserver-client",
        usages=["client auth"],
    )
    await requests.create(CertificateSigningRequest(metadata=Metadata(name=name), spec=spec))
    try:
        yield name
    finally:
        await requests.delete(name)


async def test_a_request_for_a_certificate_is_approved(cluster: Cluster, request_name: str) -> None:
    client = cluster.client()
    approved = await approve(client, request_name, message="looks good")
    assert approved.status is not None
    assert [(each.type, each.message) for each in approved.status.conditions] == [("Approved", "looks good")]
    again = await approve(client, request_name)
    assert again.status is not None
    assert len(again.status.conditions) == 1
    with pytest.raises(Invalid):
        await deny(client, request_name)


async def test_a_request_for_a_certificate_is_denied(cluster: Cluster, request_name: str) -> None:
    denied = await deny(cluster.client(), request_name, reason="Odd")
    assert denied.status is not None
    assert [(each.type, each.reason) for each in denied.status.conditions] == [("Denied", "Odd")]
