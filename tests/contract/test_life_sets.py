"""StatefulSets and DaemonSets."""

from tests.cluster.place import PODS
from tests.contract.living import (
    DAEMONSETS,
    NODES,
    STATEFULSETS,
    Living,
    Object,
    container,
    is_ready,
    names,
    owner,
    template,
    workload,
)


async def _stateful(live: Living, replicas: int, pod: Object | None = None) -> None:
    await live.make(STATEFULSETS, "db", spec=workload("db", replicas=replicas, serviceName="db", pod=pod))


async def test_a_statefulset_makes_pods_in_order_and_names_them(live: Living) -> None:
    await _stateful(live, 3)
    pods = {pod["metadata"]["name"]: pod for pod in await live.pods("db", 3)}
    assert set(pods) == {"db-0", "db-1", "db-2"}
    starts = [pods[f"db-{number}"]["status"]["startTime"] for number in range(3)]
    assert starts == sorted(starts)
    first = pods["db-0"]
    assert owner(first) == ("StatefulSet", "db")
    assert (first["spec"]["hostname"], first["spec"]["subdomain"]) == ("db-0", "db")
    labels = first["metadata"]["labels"]
    assert labels["statefulset.kubernetes.io/pod-name"] == "db-0"
    assert labels["apps.kubernetes.io/pod-index"] == "0"
    done = await live.until(STATEFULSETS, "db", lambda db: db["status"].get("availableReplicas") == 3)
    assert done["status"]["currentRevision"] == done["status"]["updateRevision"] == labels["controller-revision-hash"]
    assert (await live.told("db", "SuccessfulCreate"))["source"]["component"] == "statefulset-controller"


async def test_a_pod_that_is_not_ready_holds_up_the_next(live: Living) -> None:
    never = container(readinessProbe={"exec": {"command": ["false"]}, "periodSeconds": 1})
    await _stateful(live, 2, template("db", never))
    await live.told("db-0", "Unhealthy")
    assert names(await live.all(PODS, app="db")) == {"db-0"}


async def test_a_statefulset_shrinks_from_the_end(live: Living) -> None:
    await _stateful(live, 3)
    await live.pods("db", 3)
    await live.change(STATEFULSETS, "db", spec={"replicas": 1})
    pods = await live.settled(PODS, lambda pods: len(pods) == 1, app="db")
    assert names(pods) == {"db-0"}


async def test_a_pod_of_a_statefulset_comes_back_under_its_name(live: Living) -> None:
    await _stateful(live, 1)
    (before,) = await live.pods("db", 1)
    await live.delete(PODS, "db-0")
    after = await live.settled(
        PODS,
        lambda pods: pods and is_ready(pods[0]) and pods[0]["metadata"]["uid"] != before["metadata"]["uid"],
        app="db",
    )
    assert names(after) == {"db-0"}


async def test_a_new_template_goes_through_a_statefulset(live: Living) -> None:
    await _stateful(live, 2)
    await live.pods("db", 2)
    await live.change(STATEFULSETS, "db", spec={"template": template("db", container("sleep", "3601"))})
    done = await live.until(
        STATEFULSETS,
        "db",
        lambda db: (
            db["status"].get("observedGeneration") == 2
            and db["status"].get("updatedReplicas") == 2
            and db["status"].get("readyReplicas") == 2
            and db["status"]["currentRevision"] == db["status"]["updateRevision"]
        ),
    )
    revisions = {pod["metadata"]["labels"]["controller-revision-hash"] for pod in await live.pods("db", 2)}
    assert revisions == {done["status"]["updateRevision"]}


async def test_a_daemonset_runs_on_each_node_that_it_chooses(live: Living) -> None:
    (node,) = [node for node in await live.all(NODES) if node["metadata"]["name"] == "node-1"]
    chosen = {"kubernetes.io/hostname": node["metadata"]["name"]}
    await live.make(DAEMONSETS, "agent", spec=workload("agent", pod=template("agent", nodeSelector=chosen)))
    (pod,) = await live.pods("agent", 1)
    assert pod["spec"]["nodeName"] == "node-1"
    assert owner(pod) == ("DaemonSet", "agent")
    tolerated = {(each["key"], each["effect"]) for each in pod["spec"]["tolerations"]}
    assert ("node.kubernetes.io/memory-pressure", "NoSchedule") in tolerated
    assert ("node.kubernetes.io/unschedulable", "NoSchedule") in tolerated
    status = (await live.until(DAEMONSETS, "agent", lambda agent: agent["status"].get("numberAvailable") == 1))[
        "status"
    ]
    counts = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    assert [status[count] for count in counts] == [1, 1, 1, 1]
    assert status["numberMisscheduled"] == 0


async def test_a_daemonset_that_chooses_no_node_has_no_pods(live: Living) -> None:
    pod = template("agent", nodeSelector={"t-no": "such"})
    await live.make(DAEMONSETS, "agent", spec=workload("agent", pod=pod))
    done = await live.until(DAEMONSETS, "agent", lambda agent: agent["status"].get("observedGeneration") == 1)
    assert done["status"]["desiredNumberScheduled"] == 0
    assert await live.all(PODS, app="agent") == []


async def test_a_new_template_goes_through_a_daemonset(live: Living) -> None:
    chosen = {"kubernetes.io/hostname": "node-1"}
    await live.make(DAEMONSETS, "agent", spec=workload("agent", pod=template("agent", nodeSelector=chosen)))
    (before,) = await live.pods("agent", 1)
    changed = template("agent", container("sleep", "3601"), nodeSelector=chosen)
    await live.change(DAEMONSETS, "agent", spec={"template": changed})
    (after,) = await live.settled(
        PODS,
        lambda pods: len(pods) == 1 and is_ready(pods[0]) and names(pods) != names([before]),
        app="agent",
    )
    revision = "controller-revision-hash"
    assert after["metadata"]["labels"][revision] != before["metadata"]["labels"][revision]
    assert after["metadata"]["labels"]["pod-template-generation"] == "2"
