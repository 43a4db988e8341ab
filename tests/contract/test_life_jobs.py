"""Jobs: to their good or bad end; and cronjobs that make them."""

from tests.cluster.place import PODS
from tests.contract.living import CRONJOBS, JOBS, Living, Object, condition, container, is_true, names, owner, template


async def _job(live: Living, *command: str, policy: str = "Never", **spec: object) -> Object:
    pod = template("task", container(*command), restartPolicy=policy)
    return await live.make(JOBS, "task", spec={"template": pod, **spec})


async def test_a_job_completes(live: Living) -> None:
    await _job(live, "sh", "-c", "sleep 1")
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Complete"))
    status = job["status"]
    assert (status["succeeded"], status.get("failed", 0), status.get("active", 0)) == (1, 0, 0)
    assert status["startTime"] <= status["completionTime"]
    for kind in ("SuccessCriteriaMet", "Complete"):
        told = condition(job, kind)
        assert (told["reason"], told["message"]) == ("CompletionsReached", "Reached expected number of succeeded pods")
    (pod,) = await live.all(PODS, app="task")
    assert pod["status"]["phase"] == "Succeeded"
    assert owner(pod) == ("Job", "task")
    assert "finalizers" not in pod["metadata"]
    assert pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] == "task"
    assert (await live.told("task", "Completed"))["message"] == "Job completed"
    assert (await live.told("task", "SuccessfulCreate"))["message"] == f"Created pod: {pod['metadata']['name']}"


async def test_a_job_fails(live: Living) -> None:
    await _job(live, "false", backoffLimit=0)
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Failed"))
    assert job["status"]["failed"] == 1
    assert "completionTime" not in job["status"]
    for kind in ("FailureTarget", "Failed"):
        told = condition(job, kind)
        assert told["reason"] == "BackoffLimitExceeded"
        assert told["message"] == "Job has reached the specified backoff limit"
    assert (await live.told("task", "BackoffLimitExceeded"))["type"] == "Warning"


async def test_a_job_tries_again(live: Living) -> None:
    await _job(live, "false", backoffLimit=1)
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Failed"))
    assert job["status"]["failed"] == 2
    assert len(await live.all(PODS, app="task")) == 2


async def test_a_job_of_several_pods(live: Living) -> None:
    await _job(live, "true", completions=3, parallelism=2)
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Complete"))
    assert job["status"]["succeeded"] == 3
    assert len(await live.all(PODS, app="task")) == 3


async def test_an_indexed_job(live: Living) -> None:
    await _job(live, "true", completions=3, parallelism=3, completionMode="Indexed")
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Complete"))
    assert job["status"]["completedIndexes"] == "0-2"
    pods = await live.all(PODS, app="task")
    assert {pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"] for pod in pods} == set("012")
    assert {pod["metadata"]["name"].rpartition("-")[0] for pod in pods} == {"task-0", "task-1", "task-2"}


async def test_a_suspended_job_waits(live: Living) -> None:
    await _job(live, "true", suspend=True)
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Suspended"))
    assert "startTime" not in job["status"]
    assert await live.all(PODS, app="task") == []
    await live.change(JOBS, "task", spec={"suspend": False})
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Complete"))
    assert condition(job, "Suspended")["status"] == "False"


async def test_a_job_goes_when_its_time_is_over(live: Living) -> None:
    await _job(live, "true", ttlSecondsAfterFinished=1)
    await live.gone(JOBS, "task")
    await live.settled(PODS, lambda pods: not pods, app="task")


async def test_a_job_that_takes_too_long(live: Living) -> None:
    await _job(live, "sleep", "3600", activeDeadlineSeconds=1)
    job = await live.until(JOBS, "task", lambda job: is_true(job, "Failed"))
    assert condition(job, "Failed")["reason"] == "DeadlineExceeded"
    assert condition(job, "Failed")["message"] == "Job was active longer than specified deadline"
    await live.settled(PODS, lambda pods: not pods, app="task")


async def test_a_job_by_hand_from_a_cronjob(live: Living) -> None:
    pod = template("tick", container("true"), restartPolicy="Never")
    spec = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": pod}}}
    cronjob = await live.make(CRONJOBS, "tick", spec=spec)
    reference = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "tick", "uid": cronjob["metadata"]["uid"]}
    metadata = {
        "name": "tick-by-hand",
        "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [{**reference, "controller": True}],
    }
    job = {"metadata": metadata, "spec": cronjob["spec"]["jobTemplate"]["spec"]}
    await live.ask.create(JOBS.path(live.namespace), job)
    done = await live.until(JOBS, "tick-by-hand", lambda job: is_true(job, "Complete"))
    cronjob = await live.until(CRONJOBS, "tick", lambda tick: tick.get("status", {}).get("lastSuccessfulTime"))
    assert cronjob["status"]["lastSuccessfulTime"] == done["status"]["completionTime"]
    assert "lastScheduleTime" not in cronjob["status"]
    await live.delete(CRONJOBS, "tick")
    await live.gone(JOBS, "tick-by-hand")
    assert "tick-by-hand" not in names(await live.all(JOBS))
