"""Jobs: pods that are to end well, so many of them, tried again ever later until too many failed."""

from collections.abc import Iterable, Sequence

from kty.demo.deletion import drop_finalizer
from kty.demo.life.adoption import Dependents
from kty.demo.life.events import Recorder
from kty.demo.life.job_status import finished, report
from kty.demo.life.podstate import get, is_active, is_finished, is_terminating, phase
from kty.demo.life.seen import Key, Seen
from kty.demo.life.templates import pod_from
from kty.demo.life.world import MANAGER, World
from kty.kube.objects import Object, epoch

TRACKING = "batch.kubernetes.io/job-tracking"
"""The finalizer of pods that are not counted yet."""
INDEX = "batch.kubernetes.io/job-completion-index"
_KIND = "jobs.batch"
_FIRST_RETRY, _LAST_RETRY = 10.0, 360.0


class Jobs:
    """Keys are jobs."""

    kinds = (_KIND, "pods")

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "job-controller")
        self._pods = Dependents(world, self._events, "Job")

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return seen.controllers("Job") if seen.kind == "pods" else (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        job = self._world.registry.find(_KIND, *key)
        if job is None:
            return None
        if (done := finished(job)) is not None:
            self._count(self._pods.of(job), job)
            return self._expire(job, done)
        pods = self._pods.of(job)
        self._count(pods, job)
        verdict, due = self._verdict(job, pods)
        if verdict[0]:
            for pod in [pod for pod in pods if is_active(pod)]:
                self._pods.remove(job, pod)
        elif not is_terminating(job):
            pods, wait = self._scale(job, pods)
            due = min((each for each in (due, wait) if each is not None), default=None)
        ended = report(self._world, job, pods, verdict)
        if ended:
            how = self._events.normal if ended == "Completed" else self._events.warning
            how(job, ended, verdict[1] if ended != "Completed" else "Job completed")
            done = finished(self._world.registry.get(_KIND, *key))
            return self._expire(job, done) if done is not None else None
        return due

    def _count(self, pods: Sequence[Object], job: Object) -> None:
        """Count the pods that ended, and let them go."""
        namespace = job["metadata"]["namespace"]
        ended = [pod for pod in pods if TRACKING in (pod["metadata"].get("finalizers") or ()) and _is_over(pod)]
        if not ended:
            return
        won = [pod for pod in ended if phase(pod) == "Succeeded"]

        def count(job: Object) -> None:
            status = job.setdefault("status", {})
            for field, number in (("succeeded", len(won)), ("failed", len(ended) - len(won))):
                if number:
                    status[field] = status.get(field, 0) + number
            if job["spec"].get("completionMode") == "Indexed":
                done = _indexes(str(status.get("completedIndexes", ""))) | {_index(pod) for pod in won}
                if done:
                    status["completedIndexes"] = _spans(done)

        self._world.report(_KIND, job, count)

        for pod in ended:
            name = pod["metadata"]["name"]
            self._world.registry.change("pods", namespace, name, lambda pod: drop_finalizer(pod, TRACKING), MANAGER)

    def _verdict(self, job: Object, pods: Sequence[Object]) -> tuple[tuple[str, str], float | None]:
        """Return why the job is over and what to say, both empty while it is not; and when to ask again."""
        spec, status = job["spec"], job.get("status") or {}
        failed = status.get("failed", 0) + _restarts(job, pods)
        if failed > spec.get("backoffLimit", 6):
            return ("BackoffLimitExceeded", "Job has reached the specified backoff limit"), None
        limit, started = spec.get("activeDeadlineSeconds"), epoch(status.get("startTime"))
        due = None
        if limit is not None and started is not None and not spec.get("suspend"):
            due = started + float(limit)
            if due <= self._world.now():
                return ("DeadlineExceeded", "Job was active longer than specified deadline"), None
        completions, won = spec.get("completions"), status.get("succeeded", 0)
        is_through = won >= completions if completions is not None else won > 0 and not any(map(is_active, pods))
        if is_through:
            return ("CompletionsReached", "Reached expected number of succeeded pods"), None
        return ("", ""), due

    def _scale(self, job: Object, pods: list[Object]) -> tuple[list[Object], float | None]:
        spec, status = job["spec"], job.get("status") or {}
        active = [pod for pod in pods if is_active(pod)]
        completions, won = spec.get("completions"), status.get("succeeded", 0)
        wanted = int(spec.get("parallelism", 1))
        if completions is not None:
            wanted = min(wanted, completions - won)
        elif won:
            wanted = len(active)
        if spec.get("suspend"):
            wanted = 0
        for pod in active[max(wanted, 0) :]:
            self._pods.remove(job, pod)
        if wanted <= len(active):
            return pods, None
        wait = self._retry_at(job, pods)
        if wait > self._world.now():
            return pods, wait
        made = [self._create(job, index) for index in self._free_indexes(job, active, wanted - len(active))]
        return [*pods, *made], None

    def _retry_at(self, job: Object, pods: Sequence[Object]) -> float:
        """Return when the next pod may be made after failures: 10 s after the last, then 20 s, and so on."""
        ends = sorted((_ended_at(pod), phase(pod) == "Failed") for pod in pods if is_finished(pod))
        failures = 0
        for _, has_failed in reversed(ends):
            if not has_failed:
                break
            failures += 1
        if not failures:
            return 0.0
        seconds = min(_FIRST_RETRY * 2.0 ** (failures - 1), _LAST_RETRY)
        return ends[-1][0] + seconds * self._world.pace

    def _free_indexes(self, job: Object, active: Sequence[Object], number: int) -> list[int]:
        if job["spec"].get("completionMode") != "Indexed":
            return [-1] * number
        done = _indexes(str(get(job, "status", "completedIndexes", default=""))) | {_index(pod) for pod in active}
        return [index for index in range(job["spec"].get("completions") or 0) if index not in done][:number]

    def _create(self, job: Object, index: int) -> Object:
        pod = pod_from(job["spec"]["template"], job)
        meta = pod["metadata"]
        meta.setdefault("finalizers", []).append(TRACKING)
        if index >= 0:
            name = f"{job['metadata']['name']}-{index}"
            meta["generateName"] = f"{name}-"
            for field in ("annotations", "labels"):
                meta.setdefault(field, {})[INDEX] = str(index)
            pod["spec"]["hostname"] = name
        return self._pods.create(job, pod)

    def _expire(self, job: Object, done: float) -> float | None:
        """Delete a job whose time after its end is over."""
        ttl = job["spec"].get("ttlSecondsAfterFinished")
        if ttl is None or is_terminating(job):
            return None
        if done + ttl > self._world.now():
            return float(done + ttl)
        self._world.delete(_KIND, job, "Background")
        return None


def _is_over(pod: Object) -> bool:
    return is_finished(pod) or (is_terminating(pod) and not get(pod, "metadata", "deletionGracePeriodSeconds"))


def _restarts(job: Object, pods: Sequence[Object]) -> int:
    """Return how often containers were restarted in place: with OnFailure that counts towards the limit."""
    if get(job, "spec", "template", "spec", "restartPolicy") != "OnFailure":
        return 0
    statuses = [each for pod in pods if is_active(pod) for each in get(pod, "status", "containerStatuses", default=())]
    return sum(each.get("restartCount", 0) for each in statuses)


def _ended_at(pod: Object) -> float:
    ends = [
        epoch(get(each, "state", "terminated", "finishedAt")) or 0.0
        for each in get(pod, "status", "containerStatuses", default=())
    ]
    return max(ends, default=0.0)


def _index(pod: Object) -> int:
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "-1")
    return int(text) if text.isdigit() else -1


def _indexes(text: str) -> set[int]:
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def _spans(indexes: set[int]) -> str:
    """Write numbers as `0-2,5`."""
    spans: list[list[int]] = []
    for index in sorted(indexes):
        if spans and spans[-1][-1] == index - 1:
            spans[-1] = [spans[-1][0], index]
        else:
            spans.append([index])
    return ",".join("-".join(map(str, span)) if len(span) > 1 else str(span[0]) for span in spans)
