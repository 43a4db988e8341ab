"""Who leaves a node that is drained, how far a rollout is, and what the helpers send: without a cluster."""

import json
from typing import Any

import msgspec
import pytest
from aiohttp import web

from kty.errors import Malformed, Unfinished
from kty.kube.certificates import approve, deny
from kty.kube.client import Client
from kty.kube.evicting import Choice, Forbids, Leaves, Stays, Verdict, verdict
from kty.kube.kinds import DaemonSet, Deployment, Pod, StatefulSet
from kty.kube.nodes import drain
from kty.kube.pods import evict, resize
from kty.kube.rolling import Rollout, progress
from kty.kube.tokens import request_token
from tests.kube.asking import Remember, against, refusal

ALL = Choice(ignore_daemonsets=True, delete_emptydir_data=True, force=True)
MIRROR = {"annotations": {"kubernetes.io/config.mirror": "x"}}
GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
DATA: dict[str, Any] = {"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}
SUCCEEDED: dict[str, Any] = {"status": {"phase": "Succeeded"}}


def pod(kind: str = "", *, metadata: dict[str, Any] | None = None, **parts: Any) -> Pod:
    owners = [{"kind": kind, "name": "web", "controller": True}] if kind else []
    return msgspec.convert({"metadata": {"name": "a", "ownerReferences": owners, **(metadata or {})}, **parts}, Pod)


@pytest.mark.parametrize(
    ("one", "choice", "is_orphan", "becomes"),
    [
        (pod("ReplicaSet"), Choice(), False, Leaves),
        (pod(metadata=MIRROR), ALL, False, Stays),
        (pod(), Choice(), False, Forbids),
        (pod(), Choice(force=True), False, Leaves),
        (pod(**SUCCEEDED), Choice(), False, Leaves),
        (pod(metadata=GOING), Choice(), False, Leaves),
        (pod("ReplicaSet", **DATA), Choice(), False, Forbids),
        (pod("ReplicaSet", **DATA), Choice(delete_emptydir_data=True), False, Leaves),
        (pod(**DATA, **SUCCEEDED), Choice(), False, Leaves),
        (pod(**DATA), Choice(delete_emptydir_data=True), False, Forbids),
        (pod("DaemonSet"), Choice(), False, Forbids),
        (pod("DaemonSet"), Choice(force=True), False, Forbids),
        (pod("DaemonSet"), Choice(ignore_daemonsets=True), False, Stays),
        (pod("DaemonSet", **DATA), Choice(ignore_daemonsets=True), False, Stays),
        (pod("DaemonSet", metadata=GOING), Choice(ignore_daemonsets=True), False, Stays),
        (pod("DaemonSet"), Choice(ignore_daemonsets=True), True, Forbids),
        (pod("DaemonSet"), Choice(force=True), True, Leaves),
        (pod("DaemonSet", **SUCCEEDED), Choice(), False, Leaves),
    ],
)
def test_who_leaves_a_node(one: Pod, choice: Choice, is_orphan: bool, becomes: type[Verdict]) -> None:
    found = verdict(one, choice, is_orphan=is_orphan)
    assert type(found) is becomes
    assert bool(found.why) == (becomes is not Leaves)


DONE = Rollout(True, "rolled out")


@pytest.mark.parametrize(
    ("kind", "spec", "status", "found"),
    [
        (Deployment, {"replicas": 2}, {}, Rollout(False, "0 of 2 new pods are there")),
        (Deployment, {}, {"updatedReplicas": 1, "replicas": 3}, Rollout(False, "2 old pods have still to go")),
        (Deployment, {}, {"updatedReplicas": 1, "replicas": 1}, Rollout(False, "0 of 1 new pods are available")),
        (Deployment, {}, {"updatedReplicas": 1, "replicas": 1, "availableReplicas": 1}, DONE),
        (Deployment, {"replicas": 0}, {}, DONE),
        (StatefulSet, {"replicas": 2}, {"readyReplicas": 1}, Rollout(False, "1 of 2 pods are ready")),
        (
            StatefulSet,
            {"replicas": 2},
            {"readyReplicas": 2, "updatedReplicas": 1, "updateRevision": "b", "currentRevision": "a"},
            Rollout(False, "1 of 2 pods are new"),
        ),
        (
            StatefulSet,
            {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
            {"readyReplicas": 3},
            Rollout(False, "0 of 1 pods that shall be new are"),
        ),
        (
            StatefulSet,
            {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
            {"readyReplicas": 3, "updatedReplicas": 1, "updateRevision": "b", "currentRevision": "a"},
            Rollout(True, "rolled out to the pods from number 2 on"),
        ),
        (StatefulSet, {}, {"readyReplicas": 1, "updateRevision": "a", "currentRevision": "a"}, DONE),
        (DaemonSet, {}, {"desiredNumberScheduled": 2}, Rollout(False, "0 of 2 pods are new")),
        (
            DaemonSet,
            {},
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 1},
            Rollout(False, "1 of 2 new pods are available"),
        ),
        (DaemonSet, {}, {"desiredNumberScheduled": 0}, DONE),
    ],
)
def test_how_far_a_rollout_is(kind: Any, spec: Any, status: Any, found: Rollout) -> None:
    obj = {"metadata": {"name": "web", "generation": 2}, "spec": spec, "status": {"observedGeneration": 2, **status}}
    assert progress(msgspec.convert(obj, kind)) == found
    obj["metadata"]["generation"] = 3
    assert progress(msgspec.convert(obj, kind)) == Rollout(False, "its controller has not seen the change yet")


@pytest.mark.parametrize("kind", [DaemonSet, StatefulSet])
def test_pods_that_are_renewed_by_hand_are_no_rollout(kind: Any) -> None:
    obj = msgspec.convert({"metadata": {"name": "web"}, "spec": {"updateStrategy": {"type": "OnDelete"}}}, kind)
    assert progress(obj) == Rollout(True, "its pods are renewed when they are deleted")


def test_a_deadline_that_passed_is_an_error_that_says_why() -> None:
    late = {"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "it timed out"}
    obj = msgspec.convert({"metadata": {"name": "web"}, "status": {"conditions": [late]}}, Deployment)
    with pytest.raises(Unfinished, match="web made no progress until its deadline") as raised:
        progress(obj)
    assert raised.value.left == ("it timed out",)


async def test_an_eviction_is_posted() -> None:
    remember = Remember(web.json_response({"kind": "Status", "status": "Success"}, status=201))
    async with against(remember) as client:
        await evict(client, "shop", "web", grace=3, dry_run=True, uid="u")
    (request,), (body,) = remember.requests, remember.bodies
    assert (request.method, request.path) == ("POST", "/api/v1/namespaces/shop/pods/web/eviction")
    assert json.loads(body) == {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": "web", "namespace": "shop"},
        "deleteOptions": {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "gracePeriodSeconds": 3,
            "dryRun": ["All"],
            "preconditions": {"uid": "u"},
        },
    }


async def test_a_resize_is_a_patch_of_the_containers_it_names() -> None:
    remember = Remember(web.json_response({"kind": "Pod", "metadata": {"name": "web"}}))
    async with against(remember) as client:
        await resize(client, "shop", "web", {"main": {"limits": {"cpu": "1"}}}, options={"dry_run": True})
    (request,), (body,) = remember.requests, remember.bodies
    assert (request.method, request.path_qs) == ("PATCH", "/api/v1/namespaces/shop/pods/web/resize?dryRun=All")
    assert json.loads(body) == {"spec": {"containers": [{"name": "main", "resources": {"limits": {"cpu": "1"}}}]}}


async def test_a_token_that_does_not_come_is_told() -> None:
    good = {"token": "s3cret", "expirationTimestamp": "1970-01-01T00:00:09Z"}
    answers = [{"kind": "TokenRequest", "metadata": {}, "status": status} for status in (good, {"token": "s3cret"})]
    remember = Remember(*map(web.json_response, answers))
    async with against(remember) as client:
        token = await request_token(client, "shop", "robot", audiences=["vault"], bound_to={"kind": "Pod"})
        assert (token.token, token.expires, "s3cret" in repr(token)) == ("s3cret", 9.0, False)
        assert isinstance(await refusal(request_token(client, "shop", "robot")), Malformed)
    assert remember.requests[0].path == "/api/v1/namespaces/shop/serviceaccounts/robot/token"
    first, second = map(json.loads, remember.bodies)
    assert first["spec"] == {"audiences": ["vault"], "boundObjectRef": {"kind": "Pod"}}
    assert second["spec"] == {}


@pytest.mark.parametrize(("decide", "verdict"), [(approve, "Approved"), (deny, "Denied")])
async def test_a_decision_on_a_certificate_goes_to_its_own_part(decide: Any, verdict: str) -> None:
    request = {"kind": "CertificateSigningRequest", "metadata": {"name": "jane"}}
    decided = {**request, "status": {"conditions": [{"type": verdict, "status": "True"}]}}
    remember = Remember(*map(web.json_response, (request, decided, decided)))
    async with against(remember) as client:
        await decide(client, "jane", reason="Test", message="because")
        await decide(client, "jane")
    path = "/apis/certificates.k8s.io/v1/certificatesigningrequests/jane"
    asked = [(request.method, request.path) for request in remember.requests]
    assert asked == [("GET", path), ("PUT", f"{path}/approval"), ("GET", path)]
    (condition,) = json.loads(remember.bodies[1])["status"]["conditions"]
    del condition["lastUpdateTime"]
    assert condition == {"type": verdict, "status": "True", "reason": "Test", "message": "because"}


async def test_a_pod_that_cannot_be_read_stops_a_drain_before_it_begins() -> None:
    node = web.json_response({"kind": "Node", "metadata": {"name": "one"}})
    odd = {"metadata": {"name": "odd", "namespace": "shop"}, "spec": []}
    pods = web.json_response({"kind": "PodList", "metadata": {}, "items": [odd]})
    remember = Remember(node, pods)
    async with against(remember) as client:
        error = await refusal(_drained(client))
    assert isinstance(error, Malformed)
    assert [request.method for request in remember.requests] == ["PATCH", "GET"]


async def _drained(client: Client) -> None:
    async for _ in drain(client, "one", force=True):
        pass


async def test_the_pods_of_a_namespace_that_goes_are_waited_for() -> None:
    node = {"kind": "Node", "metadata": {"name": "one"}}
    there = {"metadata": {"name": "web", "namespace": "shop", "uid": "u"}}
    going = {
        "kind": "Status",
        "code": 403,
        "message": "forbidden",
        "details": {"causes": [{"reason": "NamespaceTerminating", "message": "it goes"}]},
    }
    answers = [
        web.json_response(node),
        web.json_response({"kind": "PodList", "metadata": {}, "items": [there]}),
        web.json_response(going, status=403),
        web.json_response({"kind": "PodList", "metadata": {}, "items": [there]}),
        web.json_response({"kind": "PodList", "metadata": {}, "items": []}),
    ]
    async with against(Remember(*answers)) as client:
        told = [type(each).__name__ async for each in drain(client, "one", force=True, look=0.01)]
    assert told == ["Cordoned", "Evicted", "Waiting", "Left"]
