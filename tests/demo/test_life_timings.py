"""What takes its time: events that expire, jobs that go, autoscalers that wait, nodes that beat."""

from collections import Counter

import pytest

from kty.demo.life.nodes import LEASES
from kty.demo.life.usage import of_container
from kty.kube.objects import Object, epoch
from tests.demo.living import World

DEPLOYMENT, SCALER = "deployments.apps", "horizontalpodautoscalers.autoscaling"


def _deployment(world: World, replicas: int = 2, **spec: object) -> Object:
    container = {"name": "main", "image": "web:1", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    content = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}
    return world.make(DEPLOYMENT, "web", spec=content)


def test_events_go_an_hour_after_they_were_seen_last() -> None:
    world = World()
    world.pod("one", "sleep", "infinity")
    world.live(3500)
    assert world.events("one")
    world.live(200)
    assert world.events("one") == []


def test_an_event_that_happens_again_lives_on() -> None:
    world = World()
    world.pod("crash", "false")
    world.live(2 * 3600)
    reasons = dict(world.events("crash"))
    assert reasons["BackOff"] > 20
    assert "Scheduled" not in reasons


def test_events_that_others_write_go_too() -> None:
    world = World()
    involved = {"kind": "Pod", "name": "one", "namespace": "default"}
    world.make("events", "by-hand", involvedObject=involved, reason="Told", message="so", type="Normal")
    world.live(3599)
    assert world.names("events") == ["by-hand"]
    world.live(2)
    assert world.names("events") == []


def test_a_rollout_that_does_not_get_on_is_told_after_its_deadline() -> None:
    world = World()
    _deployment(world, progressDeadlineSeconds=30)
    world.live(20)

    def break_it(deployment: Object) -> None:
        deployment["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.invalid/web:2"

    world.change(DEPLOYMENT, "web", break_it)
    world.live(29)
    assert _progress(world) == ("True", "ReplicaSetUpdated")
    world.live(5)
    assert _progress(world) == ("False", "ProgressDeadlineExceeded")


def _progress(world: World) -> tuple[str, str]:
    conditions = world.get(DEPLOYMENT, "web")["status"]["conditions"]
    (found,) = [each for each in conditions if each["type"] == "Progressing"]
    return found["status"], found["reason"]


def test_pods_have_to_be_ready_for_a_while() -> None:
    world = World()
    _deployment(world, minReadySeconds=30)
    world.live(20)
    status = world.get(DEPLOYMENT, "web")["status"]
    assert (status["readyReplicas"], status.get("availableReplicas", 0)) == (2, 0)
    world.live(30)
    assert world.get(DEPLOYMENT, "web")["status"]["availableReplicas"] == 2


def test_a_failed_job_waits_longer_each_time() -> None:
    world = World()
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox:local", "command": ["false"]}]}
    world.make("jobs.batch", "bad", spec={"backoffLimit": 3, "template": {"spec": pod}})
    world.live(300)
    starts = sorted(epoch(pod["status"]["startTime"]) or 0.0 for pod in world.registry.list("pods", "default"))
    assert [round(later - starts[0]) for later in starts] == pytest.approx([0, 10, 30, 70], abs=2)


def test_nodes_beat_as_often_as_every_ten_seconds_and_no_more() -> None:
    world = World()
    world.registry.create(LEASES, {"metadata": {"name": "n0", "namespace": "kube-node-lease"}, "spec": {}})
    world.live(1)
    version = world.registry.store.version
    world.live(60)
    assert world.registry.store.version - version in (6, 7)
    renewed = epoch(world.registry.get(LEASES, "kube-node-lease", "n0")["spec"]["renewTime"])
    assert world.clock.now() - (renewed or 0) < 11


def test_a_node_under_pressure_is_tainted_and_takes_no_new_pods() -> None:
    world = World()

    def press(node: Object) -> None:
        node["status"]["conditions"].append({"type": "MemoryPressure", "status": "True"})

    world.registry.change("nodes", "", "n0", press, subresource="status")
    world.live(1)
    (taint,) = world.registry.get("nodes", "", "n0")["spec"]["taints"]
    assert (taint["key"], taint["effect"]) == ("node.kubernetes.io/memory-pressure", "NoSchedule")
    world.pod("one", "sleep", "infinity")
    world.live(5)
    assert "nodeName" not in world.get("pods", "one")["spec"]


def test_pods_of_a_node_that_is_gone_are_given_up_and_replaced() -> None:
    world = World(nodes=2)
    _deployment(world, 4)
    world.live(20)
    world.registry.delete("nodes", "", "n0")
    world.live(60)
    pods = world.registry.list("pods", "default")
    assert {pod["spec"]["nodeName"] for pod in pods} == {"n1"}
    assert len(pods) == 4


def test_pods_spread_over_nodes() -> None:
    world = World(nodes=3)
    _deployment(world, 6)
    world.live(20)
    nodes = sorted(pod["spec"]["nodeName"] for pod in world.registry.list("pods", "default"))
    assert nodes == ["n0", "n0", "n1", "n1", "n2", "n2"]


def test_usage_is_the_same_for_the_same_seed_and_moves_with_time() -> None:
    requests = Counter({"cpu": 100, "memory": 64 * 2**20 * 1000})
    used = [of_container("uid", "main", requests, now, 7) for now in (1000.0, 1000.0, 1004.0, 1300.0)]
    assert used[0] == used[1] == used[2]  # one sample each 15 s
    assert used[3] != used[0]
    assert 0.01 < used[0].cores < 0.12
    assert of_container("uid", "main", requests, 1000.0, 8) != used[0]


def _scaler(world: World, percent: int, most: int = 6) -> None:
    target = {"type": "Utilization", "averageUtilization": percent}
    metrics = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    world.make(
        SCALER, "web", spec={"scaleTargetRef": reference, "minReplicas": 1, "maxReplicas": most, "metrics": metrics}
    )


def test_an_autoscaler_adds_pods_up_to_its_limit() -> None:
    world = World()
    _deployment(world)
    world.live(20)
    _scaler(world, 5)
    world.live(60)
    assert len(world.names("pods")) == 6
    scaler = world.get(SCALER, "web")
    conditions = {each["type"]: (each["status"], each["reason"]) for each in scaler["status"]["conditions"]}
    assert conditions["ScalingLimited"] == ("True", "TooManyReplicas")
    assert conditions["ScalingActive"] == ("True", "ValidMetricFound")
    assert scaler["status"]["currentMetrics"][0]["resource"]["current"]["averageUtilization"] > 5
    assert ("SuccessfulRescale", 1) in world.events("web")


def test_an_autoscaler_waits_before_it_takes_pods_away() -> None:
    world = World()
    _deployment(world, 4)
    world.live(20)
    _scaler(world, 95)
    world.live(240)
    assert world.get(DEPLOYMENT, "web")["spec"]["replicas"] == 4
    conditions = world.get(SCALER, "web")["status"]["conditions"]
    assert "ScaleDownStabilized" in {each["reason"] for each in conditions}
    world.live(120)
    assert world.get(DEPLOYMENT, "web")["spec"]["replicas"] < 4


def test_an_autoscaler_without_its_deployment_says_so() -> None:
    world = World()
    _scaler(world, 50)
    world.live(60)
    (condition,) = world.get(SCALER, "web")["status"]["conditions"]
    assert (condition["status"], condition["reason"]) == ("False", "FailedGetScale")


def test_a_claim_is_bound_and_stays_while_a_pod_uses_it() -> None:
    world = World()
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "standard",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    world.make("persistentvolumeclaims", "data", spec=spec)
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    world.pod("one", image="web:1", spec={"volumes": volumes})
    world.live(10)
    claim = world.get("persistentvolumeclaims", "data")
    assert claim["status"]["phase"] == "Bound"
    volume = claim["spec"]["volumeName"]
    assert world.registry.get("persistentvolumes", "", volume)["status"]["phase"] == "Bound"
    world.registry.delete("persistentvolumeclaims", "default", "data")
    world.live(10)
    assert world.find("persistentvolumeclaims", "data") is not None
    world.registry.delete("pods", "default", "one")
    world.live(60)
    assert world.find("persistentvolumeclaims", "data") is None
    assert world.registry.find("persistentvolumes", "", volume) is None
