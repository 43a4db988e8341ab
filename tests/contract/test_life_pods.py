"""Pods: placed, started, probed, ended, started again."""

import pytest

from tests.cluster.place import PODS
from tests.contract.living import (
    IMAGE,
    Living,
    Object,
    condition,
    container,
    is_ready,
    is_true,
    restarts,
    state,
    template,
)


async def _pod(live: Living, *containers: Object, **spec: object) -> Object:
    return await live.make(PODS, "one", spec=template("one", *containers, **spec)["spec"])


@pytest.mark.timeout(240)
async def test_a_crash_loop(live: Living) -> None:
    await _pod(live, container("sh", "-c", "exit 3"))
    pod = await live.until(
        PODS,
        "one",
        lambda pod: state(pod) == ("waiting", "CrashLoopBackOff") and restarts(pod) >= 2,
        seconds=200,  # the real kubelet says so when it looks again: once in a minute or two
    )
    (main,) = pod["status"]["containerStatuses"]
    label = f"one_{live.namespace}({pod['metadata']['uid']})"
    assert main["state"]["waiting"]["message"].startswith("back-off ")
    assert main["state"]["waiting"]["message"].endswith(f" restarting failed container=main pod={label}")
    last = main["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"], main["ready"], main["started"]) == (3, "Error", False, False)
    assert pod["status"]["phase"] == "Running"
    unready = condition(pod, "Ready")
    assert (unready["status"], unready["reason"]) == ("False", "ContainersNotReady")
    assert unready["message"] == "containers with unready status: [main]"
    event = await live.told("one", "BackOff")
    assert event["message"] == f"Back-off restarting failed container main in pod {label}"
    assert event["type"] == "Warning"


async def test_an_image_that_cannot_be_pulled(live: Living) -> None:
    image = "registry.invalid/shop/web:1"
    await _pod(live, container(image=image))
    pod = await live.until(PODS, "one", lambda pod: state(pod) == ("waiting", "ImagePullBackOff"))
    assert pod["status"]["phase"] == "Pending"
    said = pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"]
    failed = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": failed to do request: '
    assert said.startswith(f'Back-off pulling image "{image}": ErrImagePull: {failed}')
    assert (await live.told("one", "Pulling"))["message"] == f'Pulling image "{image}"'
    assert (await live.told("one", "BackOff"))["message"] == f'Back-off pulling image "{image}"'
    assert (await live.told("one", "Failed"))["type"] == "Warning"


async def test_an_image_that_is_to_be_there_and_is_not(live: Living) -> None:
    await _pod(live, container(image="absent:1", imagePullPolicy="Never"))
    pod = await live.until(PODS, "one", lambda pod: state(pod) == ("waiting", "ErrImageNeverPull"))
    said = pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"]
    assert said == 'Container image "absent:1" is not present with pull policy of Never'


async def test_a_pod_that_fits_on_no_node(live: Living) -> None:
    await _pod(live, nodeSelector={"t-no": "such"})
    pod = await live.until(PODS, "one", lambda pod: condition(pod, "PodScheduled").get("reason") == "Unschedulable")
    assert pod["status"]["phase"] == "Pending"
    assert "nodeName" not in pod["spec"]
    event = await live.told("one", "FailedScheduling")
    assert event["message"] == condition(pod, "PodScheduled")["message"]
    assert " nodes are available: " in event["message"]
    assert "node(s) didn't match Pod's node affinity/selector" in event["message"]
    assert event["message"].endswith(" Preemption is not helpful for scheduling.")
    assert (event["reportingComponent"], event["action"], event["type"]) == (
        "default-scheduler",
        "Scheduling",
        "Warning",
    )


async def test_a_pod_that_asks_for_too_much(live: Living) -> None:
    await _pod(live, container(resources={"requests": {"cpu": "900"}}))
    pod = await live.until(PODS, "one", lambda pod: condition(pod, "PodScheduled").get("reason") == "Unschedulable")
    assert "Insufficient cpu" in condition(pod, "PodScheduled")["message"]
    assert pod["status"]["qosClass"] == "Burstable"


async def test_a_pod_that_is_done(live: Living) -> None:
    await _pod(live, container("sh", "-c", "echo done; sleep 1"), restartPolicy="Never")
    pod = await live.until(PODS, "one", lambda pod: pod["status"].get("phase") == "Succeeded")
    assert state(pod) == ("terminated", "Completed")
    for kind in ("Ready", "ContainersReady"):
        assert (condition(pod, kind)["status"], condition(pod, kind)["reason"]) == ("False", "PodCompleted")
    assert condition(pod, "Initialized")["reason"] == "PodCompleted"


async def test_a_pod_that_fails(live: Living) -> None:
    await _pod(live, container("false"), restartPolicy="Never")
    pod = await live.until(PODS, "one", lambda pod: pod["status"].get("phase") == "Failed")
    assert state(pod) == ("terminated", "Error")
    assert pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 1
    assert condition(pod, "Ready")["reason"] == "PodFailed"


async def test_a_failure_is_tried_again_and_a_success_is_not(live: Living) -> None:
    script = "sh -c 'exit 0'"
    await _pod(live, container("sh", "-c", script), restartPolicy="OnFailure")
    pod = await live.until(PODS, "one", lambda pod: pod["status"].get("phase") == "Succeeded")
    assert restarts(pod) == 0


async def test_init_containers_come_one_after_the_other(live: Living) -> None:
    inits = [
        {"name": name, "image": IMAGE, "command": ["sh", "-c", script]}
        for name, script in (("first", "true"), ("second", "sleep 1"))
    ]
    await _pod(live, initContainers=inits)
    pod = await live.until(PODS, "one", is_ready)
    statuses = pod["status"]["initContainerStatuses"]
    assert [each["state"]["terminated"]["reason"] for each in statuses] == ["Completed", "Completed"]
    ends = [each["state"]["terminated"]["finishedAt"] for each in statuses]
    assert ends == sorted(ends)
    assert is_true(pod, "Initialized")


async def test_an_init_container_that_fails_holds_up_the_others(live: Living) -> None:
    init = {"name": "first", "image": IMAGE, "command": ["false"]}
    await _pod(live, initContainers=[init])
    pod = await live.until(
        PODS, "one", lambda pod: state(pod, "initContainerStatuses") == ("waiting", "CrashLoopBackOff")
    )
    assert state(pod) == ("waiting", "PodInitializing")
    assert pod["status"]["phase"] == "Pending"
    held_up = condition(pod, "Initialized")
    assert (held_up["status"], held_up["reason"]) == ("False", "ContainersNotInitialized")
    assert held_up["message"] == "containers with incomplete status: [first]"


async def test_a_sidecar_runs_beside_the_others(live: Living) -> None:
    sidecar = {"name": "beside", "image": IMAGE, "command": ["sleep", "3600"], "restartPolicy": "Always"}
    await _pod(live, initContainers=[sidecar])
    pod = await live.until(PODS, "one", is_ready)
    assert state(pod, "initContainerStatuses")[0] == "running"
    assert pod["status"]["initContainerStatuses"][0]["started"]


async def test_a_readiness_probe_that_fails_keeps_a_pod_unready(live: Living) -> None:
    probe = {"exec": {"command": ["false"]}, "periodSeconds": 1}
    await _pod(live, container(readinessProbe=probe))
    event = await live.told("one", "Unhealthy")
    assert event["message"].startswith("Readiness probe failed: ")
    pod = await live.get(PODS, "one")
    assert state(pod)[0] == "running"
    assert not is_ready(pod)


async def test_a_liveness_probe_that_fails_restarts_a_container(live: Living) -> None:
    probe = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 1}
    await _pod(live, container(livenessProbe=probe))
    await live.until(PODS, "one", lambda pod: state(pod)[0] and restarts(pod) >= 1)
    event = await live.told("one", "Killing")
    assert event["message"] == "Container main failed liveness probe, will be restarted"


async def test_a_pod_that_is_deleted_has_its_time_and_goes(live: Living) -> None:
    await _pod(live)
    await live.until(PODS, "one", is_ready)
    await live.delete(PODS, "one")
    await live.gone(PODS, "one")
    assert (await live.told("one", "Killing"))["message"] == "Stopping container main"


async def test_a_pod_may_run_only_so_long(live: Living) -> None:
    await _pod(live, activeDeadlineSeconds=2)
    pod = await live.until(PODS, "one", lambda pod: pod["status"].get("phase") == "Failed")
    assert pod["status"]["reason"] == "DeadlineExceeded"
