"""Deployments: from a template to pods that are ready, and from one template to the next."""

from tests.cluster.place import DEPLOYMENTS, PODS
from tests.contract.living import (
    REPLICASETS,
    Living,
    Object,
    condition,
    container,
    is_ready,
    is_rolled_out,
    is_true,
    names,
    owner,
    template,
    workload,
)

REVISION = "deployment.kubernetes.io/revision"


def _changed(name: str, seconds: str) -> Object:
    """Return a spec with another template."""
    return {"template": template(name, container("sleep", seconds))}


async def test_a_deployment_makes_a_replicaset_that_makes_pods(live: Living) -> None:
    deployment = await live.deployment("web", 2)
    (replicaset,) = await live.all(REPLICASETS, app="web")
    pods = await live.pods("web", 2)
    code = replicaset["metadata"]["labels"]["pod-template-hash"]
    assert replicaset["metadata"]["name"] == f"web-{code}"
    assert owner(replicaset) == ("Deployment", "web")
    assert {owner(pod) for pod in pods} == {("ReplicaSet", f"web-{code}")}
    assert {pod["metadata"]["labels"]["pod-template-hash"] for pod in pods} == {code}
    assert all(pod["metadata"]["name"].startswith(f"web-{code}-") for pod in pods)
    assert deployment["metadata"]["annotations"][REVISION] == "1"
    assert deployment["metadata"]["generation"] == 1
    assert deployment["status"]["replicas"] == 2
    assert replicaset["status"]["readyReplicas"] == 2


async def test_a_deployment_tells_how_it_gets_on(live: Living) -> None:
    deployment = await live.deployment("web")
    (replicaset,) = await live.all(REPLICASETS, app="web")
    deployment = await live.until(
        DEPLOYMENTS, "web", lambda web: condition(web, "Progressing").get("reason") == "NewReplicaSetAvailable"
    )
    name = replicaset["metadata"]["name"]
    assert condition(deployment, "Progressing")["message"] == f'ReplicaSet "{name}" has successfully progressed.'
    assert condition(deployment, "Available")["reason"] == "MinimumReplicasAvailable"
    scaled = await live.told("web", "ScalingReplicaSet")
    assert scaled["message"] == f"Scaled up replica set {name} from 0 to 1"
    assert scaled["source"]["component"] == "deployment-controller"
    created = await live.told(name, "SuccessfulCreate")
    assert created["message"].startswith("Created pod: web-")


async def test_what_its_pods_say(live: Living) -> None:
    await live.deployment("web")
    (pod,) = await live.pods("web", 1)
    status = pod["status"]
    assert status["phase"] == "Running"
    assert status["qosClass"] == "BestEffort"
    assert [each["ip"] for each in status["podIPs"]] == [status["podIP"]]
    kinds = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
    assert [each["type"] for each in status["conditions"]] == kinds
    assert all(each["status"] == "True" for each in status["conditions"])
    (main,) = status["containerStatuses"]
    assert main["started"]
    assert main["ready"]
    assert main["image"] == "docker.io/library/busybox:local"
    assert main["containerID"].startswith("containerd://")
    scheduled = await live.told(pod["metadata"]["name"], "Scheduled")
    where = f"{live.namespace}/{pod['metadata']['name']} to {pod['spec']['nodeName']}"
    assert scheduled["message"] == f"Successfully assigned {where}"
    for reason, message in (("Created", "Container created"), ("Started", "Container started")):
        event = await live.told(pod["metadata"]["name"], reason)
        assert event["message"] == message
        assert event["involvedObject"]["fieldPath"] == "spec.containers{main}"


async def test_scaling_up_and_down(live: Living) -> None:
    await live.deployment("web", 1)
    before = names(await live.pods("web", 1))
    await live.change(DEPLOYMENTS, "web", spec={"replicas": 3})
    assert before < names(await live.pods("web", 3))
    await live.change(DEPLOYMENTS, "web", spec={"replicas": 1})
    await live.pods("web", 1)
    deployment = await live.until(DEPLOYMENTS, "web", is_rolled_out)
    assert deployment["status"]["readyReplicas"] == 1
    assert len(await live.all(REPLICASETS, app="web")) == 1


async def test_a_new_template_moves_the_pods_to_a_new_replicaset(live: Living) -> None:
    await live.deployment("web", 2)
    (first,) = await live.all(REPLICASETS, app="web")
    before = names(await live.pods("web", 2))
    await live.change(DEPLOYMENTS, "web", spec=_changed("web", "3601"))
    deployment = await live.until(DEPLOYMENTS, "web", is_rolled_out)
    assert not before & names(await live.pods("web", 2))
    sets = {each["metadata"]["name"]: each for each in await live.all(REPLICASETS, app="web")}
    assert len(sets) == 2
    old = sets.pop(first["metadata"]["name"])
    (new,) = sets.values()
    assert (old["spec"]["replicas"], new["spec"]["replicas"]) == (0, 2)
    assert old["metadata"]["annotations"][REVISION] == "1"
    assert new["metadata"]["annotations"][REVISION] == deployment["metadata"]["annotations"][REVISION] == "2"


async def test_going_back_to_an_old_template_uses_its_replicaset_again(live: Living) -> None:
    await live.deployment("web")
    (first,) = await live.all(REPLICASETS, app="web")
    await live.change(DEPLOYMENTS, "web", spec=_changed("web", "3601"))
    await live.until(DEPLOYMENTS, "web", is_rolled_out)
    await live.change(DEPLOYMENTS, "web", spec=_changed("web", "3600"))
    deployment = await live.until(DEPLOYMENTS, "web", is_rolled_out)
    assert deployment["metadata"]["annotations"][REVISION] == "3"
    again = await live.get(REPLICASETS, first["metadata"]["name"])
    assert again["spec"]["replicas"] == 1
    assert again["metadata"]["annotations"][REVISION] == "3"
    assert again["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    assert len(await live.all(REPLICASETS, app="web")) == 2


async def test_a_rollout_that_cannot_go_on_keeps_the_old_pods(live: Living) -> None:
    await live.deployment("web", 2)
    before = names(await live.pods("web", 2))
    broken = template("web", container(image="registry.invalid/web:1"))
    await live.change(DEPLOYMENTS, "web", spec={"template": broken})
    deployment = await live.until(DEPLOYMENTS, "web", lambda web: web["status"].get("updatedReplicas") == 1)
    assert deployment["status"]["availableReplicas"] == 2
    assert is_true(deployment, "Available")
    assert before < names(await live.settled(PODS, lambda pods: len(pods) == 3, app="web"))


async def test_a_paused_deployment_makes_nothing_new(live: Living) -> None:
    await live.deployment("web")
    await live.change(DEPLOYMENTS, "web", spec={"paused": True, **_changed("web", "3601")})
    deployment = await live.until(
        DEPLOYMENTS, "web", lambda web: condition(web, "Progressing").get("reason") == "DeploymentPaused"
    )
    assert condition(deployment, "Progressing")["status"] == "Unknown"
    assert len(await live.all(REPLICASETS, app="web")) == 1
    await live.change(DEPLOYMENTS, "web", spec={"paused": False})
    await live.until(DEPLOYMENTS, "web", is_rolled_out)
    assert len(await live.all(REPLICASETS, app="web")) == 2


async def test_a_recreated_deployment_is_gone_before_it_comes_again(live: Living) -> None:
    await live.deployment("web", 2, strategy={"type": "Recreate"})
    before = names(await live.pods("web", 2))
    await live.change(DEPLOYMENTS, "web", spec=_changed("web", "3601"))
    await live.until(DEPLOYMENTS, "web", is_rolled_out)
    assert not before & names(await live.pods("web", 2))


async def test_old_replicasets_go_beyond_the_history_that_is_kept(live: Living) -> None:
    await live.deployment("web", 1, revisionHistoryLimit=1)
    for seconds in ("3601", "3602"):
        await live.change(DEPLOYMENTS, "web", spec=_changed("web", seconds))
        await live.until(DEPLOYMENTS, "web", is_rolled_out)
    sets = await live.settled(REPLICASETS, lambda sets: len(sets) == 2, app="web")
    assert {each["metadata"]["annotations"][REVISION] for each in sets} == {"2", "3"}


async def test_a_pod_that_is_deleted_is_replaced(live: Living) -> None:
    await live.deployment("web")
    (pod,) = await live.pods("web", 1)
    await live.delete(PODS, pod["metadata"]["name"])
    await live.settled(
        PODS, lambda pods: pod["metadata"]["name"] not in names(pods) and any(map(is_ready, pods)), app="web"
    )


async def test_a_pod_whose_label_changes_is_let_go_and_replaced(live: Living) -> None:
    await live.deployment("web")
    (pod,) = await live.pods("web", 1)
    await live.change(PODS, pod["metadata"]["name"], metadata={"labels": {"app": "apart"}})
    (other,) = await live.pods("web", 1)
    assert other["metadata"]["name"] != pod["metadata"]["name"]
    apart = await live.until(PODS, pod["metadata"]["name"], lambda pod: owner(pod) == ("", ""))
    assert is_ready(apart)


async def test_a_pod_that_fits_and_belongs_to_nobody_is_adopted(live: Living) -> None:
    await live.make(PODS, "stray", labels={"app": "web"}, spec=template("web")["spec"])
    await live.until(PODS, "stray", is_ready)
    await live.make(REPLICASETS, "web", spec=workload("web", replicas=1))
    await live.until(PODS, "stray", lambda pod: owner(pod) == ("ReplicaSet", "web"))
    assert names(await live.pods("web", 1)) == {"stray"}
