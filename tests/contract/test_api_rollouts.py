"""Restart, follow, hold, go on and go back, with pods that really run."""

import asyncio
from itertools import pairwise

import pytest

from kty.errors import NotFound, Unfinished
from kty.kube.kinds import DaemonSet, Deployment, StatefulSet
from kty.kube.rolling import Rollout
from kty.kube.rollouts import RESTARTED, Kind, follow, pause, restart, resume, status, undo
from tests.cluster.place import DEPLOYMENTS, GUARD, Place
from tests.contract.conftest import Cluster
from tests.contract.living import Living, Object, container, is_rolled_out, template, workload

DONE = Rollout(True, "rolled out")


async def followed(place: Place, kind: Kind = Deployment, name: str = "web") -> list[Rollout]:
    async with asyncio.timeout(GUARD):
        return [each async for each in follow(place.client, kind, place.namespace, name)]


def _command(workload: Object) -> object:
    return workload["spec"]["template"]["spec"]["containers"][0]["command"]


def _with_command(*command: str) -> Object:
    return {"template": template("web", container(*command))}


async def test_a_restart_makes_all_pods_anew(live: Living, place: Place) -> None:
    await live.deployment("web", 2)
    before = {pod["metadata"]["uid"] for pod in await live.pods("web", 2)}
    restarted = await restart(place.client, Deployment, place.namespace, "web")
    assert restarted.spec is not None
    assert restarted.spec.template is not None
    assert restarted.spec.template.metadata is not None
    assert RESTARTED in restarted.spec.template.metadata.annotations
    told = await followed(place)
    assert told[-1] == DONE
    assert len(told) > 1
    assert all(first != second for first, second in pairwise(told))
    after = {pod["metadata"]["uid"] for pod in await live.pods("web", 2)}
    assert not before & after
    assert await status(place.client, Deployment, place.namespace, "web") == DONE


@pytest.mark.parametrize("kind", [StatefulSet, DaemonSet])
async def test_sets_are_restarted_too(live: Living, place: Place, kind: Kind) -> None:
    spec = workload("web") | ({"serviceName": "web"} if kind is StatefulSet else {})
    await live.make(kind.resource, "web", spec=spec)
    assert (await followed(place, kind))[-1] == DONE
    (pod,) = await live.pods("web", 1)
    await restart(place.client, kind, place.namespace, "web")
    assert (await followed(place, kind))[-1] == DONE
    (other,) = await live.pods("web", 1)
    assert other["metadata"]["uid"] != pod["metadata"]["uid"]


async def test_what_is_paused_waits_and_goes_on(live: Living, place: Place) -> None:
    await live.deployment("web")
    for _ in range(2):
        paused = await pause(place.client, place.namespace, "web")
        assert paused.spec is not None
        assert paused.spec.paused is True
    for call in (restart, undo):
        with pytest.raises(Unfinished, match="web is paused"):
            await call(place.client, Deployment, place.namespace, "web")
    changed = await live.change(DEPLOYMENTS, "web", spec=_with_command("sleep", "1800"))
    version = changed["metadata"]["generation"]
    await live.until(DEPLOYMENTS, "web", lambda found: found["status"]["observedGeneration"] >= version)
    assert not (await status(place.client, Deployment, place.namespace, "web")).is_done
    await resume(place.client, place.namespace, "web")
    assert (await followed(place))[-1] == DONE


async def test_a_deployment_goes_back(live: Living, place: Place) -> None:
    await live.deployment("web")
    for seconds in ("1800", "900"):
        await live.change(DEPLOYMENTS, "web", spec=_with_command("sleep", seconds))
        await live.until(DEPLOYMENTS, "web", is_rolled_out)
    tried = await undo(place.client, Deployment, place.namespace, "web", dry_run=True)
    assert tried.spec is not None
    assert _command(await live.get(DEPLOYMENTS, "web")) == ["sleep", "900"]
    await undo(place.client, Deployment, place.namespace, "web")
    assert _command(await live.until(DEPLOYMENTS, "web", is_rolled_out)) == ["sleep", "1800"]
    await undo(place.client, Deployment, place.namespace, "web", to=1)
    rolled = await live.until(DEPLOYMENTS, "web", is_rolled_out)
    assert _command(rolled) == ["sleep", "3600"]
    assert "pod-template-hash" not in rolled["spec"]["template"]["metadata"]["labels"]
    with pytest.raises(Unfinished, match="web has no revision 77"):
        await undo(place.client, Deployment, place.namespace, "web", to=77)


async def test_there_must_be_something_to_go_back_to(live: Living, place: Place) -> None:
    await live.deployment("web")
    with pytest.raises(Unfinished, match="web has no revision to go back to"):
        await undo(place.client, Deployment, place.namespace, "web")
    with pytest.raises(NotFound):
        await undo(place.client, Deployment, place.namespace, "nope")


@pytest.mark.parametrize("kind", [StatefulSet, DaemonSet])
async def test_sets_go_back(cluster: Cluster, live: Living, place: Place, kind: Kind) -> None:
    if cluster.is_demo:
        pytest.skip("the demo keeps no ControllerRevisions")
    spec = workload("web") | ({"serviceName": "web"} if kind is StatefulSet else {})
    await live.make(kind.resource, "web", spec=spec)
    await followed(place, kind)
    await live.change(kind.resource, "web", spec=_with_command("sleep", "1800"))
    await followed(place, kind)
    await undo(place.client, kind, place.namespace, "web")
    assert (await followed(place, kind))[-1] == DONE
    assert _command(await live.get(kind.resource, "web")) == ["sleep", "3600"]


async def test_a_rollout_past_its_deadline_is_told(live: Living, place: Place) -> None:
    spec = workload("web", pod=template("web", nodeSelector={"t-no": "such"}), progressDeadlineSeconds=1)
    await live.make(DEPLOYMENTS, "web", spec=spec)
    with pytest.raises(Unfinished, match="web made no progress until its deadline"):
        await followed(place)


async def test_a_rollout_whose_object_is_removed_ends(live: Living, place: Place) -> None:
    spec = workload("web", pod=template("web", nodeSelector={"t-no": "such"}))
    await live.make(DEPLOYMENTS, "web", spec=spec)

    async def watched() -> None:
        async for rollout in follow(place.client, Deployment, place.namespace, "web"):
            assert not rollout.is_done
            await live.ask("DELETE", DEPLOYMENTS.path(place.namespace, "web"))

    with pytest.raises(NotFound):
        await asyncio.wait_for(watched(), GUARD)


async def test_a_rollout_that_another_one_overtakes_is_told(live: Living, place: Place) -> None:
    told: list[Rollout] = []

    async def watched(revision: int) -> None:
        async with asyncio.timeout(GUARD):
            async for each in follow(place.client, Deployment, place.namespace, "web", revision=revision):
                told.append(each)
                if revision == 2:
                    await live.change(DEPLOYMENTS, "web", spec=_with_command("sleep", "1800"))

    await live.deployment("web")
    await watched(1)
    assert told.pop() == DONE
    await live.change(DEPLOYMENTS, "web", spec={"template": template("web", nodeSelector={"t-no": "such"})})
    number = "deployment.kubernetes.io/revision"
    await live.until(DEPLOYMENTS, "web", lambda found: found["metadata"]["annotations"].get(number) == "2")
    told.clear()
    with pytest.raises(Unfinished, match="web is at revision 2 by now, and not at 1"):
        await watched(1)
    assert told == []
    with pytest.raises(Unfinished, match="web is at revision 3 by now, and not at 2"):
        await watched(2)
    assert told
    assert not any(each.is_done for each in told)
