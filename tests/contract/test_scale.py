"""The scale subresource."""

import pytest

from tests.cluster.place import Place
from tests.contract.asking import Asking

KINDS = ("deployments", "replicasets", "statefulsets")


async def make(ask: Asking, place: Place, plural: str) -> str:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "busybox:local"}]}}
    selector = {"matchLabels": labels, "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["b", "a"]}]}
    spec = {"replicas": 0, "selector": selector, "template": template}
    spec |= {"serviceName": "x"} if plural == "statefulsets" else {}
    spec |= {"paused": True} if plural == "deployments" else {}
    path = f"/apis/apps/v1/namespaces/{place.namespace}/{plural}"
    await ask.create(path, {"metadata": {"name": "web"}, "spec": spec})
    return f"{path}/web"


@pytest.mark.parametrize("plural", KINDS)
async def test_a_scale_says_how_many_there_are_and_shall_be(ask: Asking, place: Place, plural: str) -> None:
    path = await make(ask, place, plural)
    scale = await ask.get(f"{path}/scale")
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {})
    assert scale["status"] == {"replicas": 0, "selector": "app=web,tier notin (a,b)"}
    assert set(scale["metadata"]) == {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}
    assert scale["metadata"]["uid"] == (await ask.get(path))["metadata"]["uid"]


@pytest.mark.parametrize("plural", KINDS)
async def test_writing_it_writes_the_object(ask: Asking, place: Place, plural: str) -> None:
    path = await make(ask, place, plural)
    await ask.merge(path, {"metadata": {"annotations": {"a": "b"}}})
    before = await ask.get(path)
    wanted = {"metadata": {"name": "web"}, "spec": {"replicas": 3}}
    scale = (await ask("PUT", f"{path}/scale?dryRun=All", wanted)).done()
    assert scale["spec"] == {"replicas": 3}
    assert (await ask.get(path))["spec"]["replicas"] == 0
    scale = await ask.merge(f"{path}/scale", {"spec": {"replicas": 2}})
    assert (scale["kind"], scale["spec"]) == ("Scale", {"replicas": 2})
    after = await ask.get(path)
    assert after["spec"] == {**before["spec"], "replicas": 2}
    assert after["metadata"]["generation"] == before["metadata"]["generation"] + 1


async def test_it_is_written_under_a_version(ask: Asking, place: Place) -> None:
    path = await make(ask, place, "deployments")
    stale = await ask.get(f"{path}/scale")
    await ask.merge(path, {"spec": {"minReadySeconds": 1}})
    stale["spec"]["replicas"] = 2
    assert (await ask("PUT", f"{path}/scale", stale)).refusal[:2] == (409, "Conflict")
    assert (await ask.get(path))["spec"]["replicas"] == 0


async def test_nobody_can_have_less_than_none(ask: Asking, place: Place) -> None:
    path = await make(ask, place, "deployments")
    answer = await ask("PUT", f"{path}/scale", {"metadata": {"name": "web"}, "spec": {"replicas": -1}})
    why = "spec.replicas: Invalid value: -1: must be greater than or equal to 0"
    assert answer.refusal == (422, "Invalid", f'Scale.autoscaling "web" is invalid: {why}')


async def test_what_is_not_there_has_no_scale(ask: Asking, place: Place) -> None:
    path = f"/apis/apps/v1/namespaces/{place.namespace}/deployments/none/scale"
    answer = await ask("GET", path)
    assert answer.refusal == (404, "NotFound", 'deployments.apps "none" not found')
    assert answer.content["details"] == {"name": "none", "group": "apps", "kind": "deployments"}
