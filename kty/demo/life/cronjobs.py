"""CronJobs: a job at each time of a schedule, and no more of the old ones than are to be kept."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from kty.demo.life.events import Recorder
from kty.demo.life.job_status import finished
from kty.demo.life.podstate import condition, controller_of, get, is_terminating
from kty.demo.life.schedules import Schedule, ScheduleMistake, last_before, parse
from kty.demo.life.seen import Key, Seen
from kty.demo.life.templates import owner_reference
from kty.demo.life.world import MANAGER, World
from kty.demo.statuses import ApiError
from kty.demo.times import timestamp
from kty.kube.objects import Object, epoch

SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_KIND, _JOBS = "cronjobs.batch", "jobs.batch"


class CronJobs:
    """Keys are cronjobs."""

    kinds = (_KIND, _JOBS)

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "cronjob-controller")

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return seen.controllers("CronJob") if seen.kind == _JOBS else (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        cronjob = self._world.registry.find(_KIND, *key)
        if cronjob is None or is_terminating(cronjob):
            return None
        uid = cronjob["metadata"]["uid"]
        jobs = [job for job in self._world.registry.owned(uid, _JOBS) if (controller_of(job) or {}).get("uid") == uid]
        cronjob.setdefault("status", {})
        self._watch_over(cronjob, jobs)
        self._forget_old(cronjob, jobs)
        due = self._start(cronjob, jobs)
        self._world.registry.report(_KIND, cronjob, MANAGER)
        return due

    def _watch_over(self, cronjob: Object, jobs: Sequence[Object]) -> None:
        """Keep the list of the jobs that run, and tell of those that ended."""
        status = cronjob["status"]
        active = {each["uid"]: each for each in status.get("active") or ()}
        for job in jobs:
            uid, name, done = job["metadata"]["uid"], job["metadata"]["name"], finished(job)
            if uid in active and done is not None:
                del active[uid]
                how = "Complete" if condition(job, "Complete") else "Failed"
                self._events.normal(cronjob, "SawCompletedJob", f"Saw completed job: {name}, condition: {how}")
            elif uid not in active and done is None and not is_terminating(job):
                said = f"Saw a job that the controller did not create or forgot: {name}"
                self._events.warning(cronjob, "UnexpectedJob", said)
            if done is not None and condition(job, "Complete"):
                at = get(job, "status", "completionTime", default=timestamp(done))
                status["lastSuccessfulTime"] = max(status.get("lastSuccessfulTime") or "", at)
        present = {job["metadata"]["uid"] for job in jobs}
        for uid in [uid for uid in active if uid not in present]:
            self._events.normal(cronjob, "MissingJob", f"Active job went missing: {active[uid]['name']}")
            del active[uid]
        _list(status, list(active.values()))

    def _forget_old(self, cronjob: Object, jobs: list[Object]) -> None:
        spec = cronjob["spec"]
        for kind, limit in (
            ("Complete", spec.get("successfulJobsHistoryLimit", 3)),
            ("Failed", spec.get("failedJobsHistoryLimit", 1)),
        ):
            ended = [job for job in jobs if (condition(job, kind) or {}).get("status") == "True"]
            ended.sort(key=lambda job: (get(job, "status", "startTime", default=""), job["metadata"]["name"]))
            for job in ended[: max(len(ended) - limit, 0)]:
                if not is_terminating(job):
                    self._delete(cronjob, job)

    def _start(self, cronjob: Object, jobs: Sequence[Object]) -> float | None:
        """Make the job that is due, if any, and return when the next is."""
        spec, status, meta = cronjob["spec"], cronjob["status"], cronjob["metadata"]
        zone = _zone(spec.get("timeZone"))
        if zone is None:
            said = f'invalid timeZone: "{spec["timeZone"]}": unknown time zone {spec["timeZone"]}'
            self._events.warning(cronjob, "UnknownTimeZone", said)
            return None
        try:
            schedule = _parsed(spec["schedule"])
        except ScheduleMistake as error:
            self._events.warning(
                cronjob, "UnparseableSchedule", f'unparseable schedule: "{spec["schedule"]}" : {error}'
            )
            return None
        if spec.get("suspend"):
            return None
        now = self._world.now()
        upcoming = schedule.next(datetime.fromtimestamp(now, zone))
        due = upcoming.timestamp() if upcoming else None
        since = epoch(status.get("lastScheduleTime") or meta["creationTimestamp"]) or now
        deadline = spec.get("startingDeadlineSeconds")
        if deadline is not None:
            since = max(since, now - float(deadline))
        scheduled, missed = last_before(schedule, since, now, zone)
        if scheduled is None:
            return due
        if missed > 100:
            said = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
            self._events.warning(cronjob, "TooManyMissedTimes", said)
        self._start_at(cronjob, scheduled, jobs)
        return due

    def _start_at(self, cronjob: Object, scheduled: float, jobs: Sequence[Object]) -> None:
        status, policy = cronjob["status"], cronjob["spec"].get("concurrencyPolicy", "Allow")
        name = f"{cronjob['metadata']['name']}-{int(scheduled // 60)}"
        if any(job["metadata"]["name"] == name for job in jobs):
            status["lastScheduleTime"] = timestamp(scheduled)
            return
        running = status.get("active") or []
        if policy == "Forbid" and running:
            said = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self._events.normal(cronjob, "JobAlreadyActive", said)
            return
        if policy == "Replace":
            for reference in running:
                found = self._world.registry.find(_JOBS, cronjob["metadata"]["namespace"], reference["name"])
                if found is not None:
                    self._delete(cronjob, found)
            _list(status, [])
        try:
            job = self._world.registry.create(_JOBS, _job(cronjob, name, scheduled), MANAGER)
        except ApiError as error:
            self._events.warning(cronjob, "FailedCreate", f"Error creating job: {error}")
            return
        self._events.normal(cronjob, "SuccessfulCreate", f"Created job {name}")
        reference = {"kind": "Job", "apiVersion": "batch/v1", "name": name}
        reference |= {field: job["metadata"][field] for field in ("namespace", "uid", "resourceVersion")}
        _list(status, [*(status.get("active") or ()), reference])
        status["lastScheduleTime"] = timestamp(scheduled)

    def _delete(self, cronjob: Object, job: Object) -> None:
        self._world.delete(_JOBS, job, "Background")
        self._events.normal(cronjob, "SuccessfulDelete", f"Deleted job {job['metadata']['name']}")


def _job(cronjob: Object, name: str, scheduled: float) -> Object:
    template = deepcopy(cronjob["spec"]["jobTemplate"])
    meta = template.get("metadata") or {}
    metadata = {
        "name": name,
        "namespace": cronjob["metadata"]["namespace"],
        "annotations": {**(meta.get("annotations") or {}), SCHEDULED: timestamp(scheduled)},
        "ownerReferences": [owner_reference(cronjob)],
    }
    if meta.get("labels"):
        metadata["labels"] = meta["labels"]
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]}


def _list(status: Object, active: list[Object]) -> None:
    if active:
        status["active"] = active
    else:
        status.pop("active", None)


@lru_cache(256)
def _parsed(text: str) -> Schedule:
    return parse(text)


@lru_cache(64)
def _zone(name: str | None) -> tzinfo | None:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
