"""What a job says of itself."""

from collections.abc import Sequence

from kty.demo.life.conditions import set_condition, set_counts
from kty.demo.life.podstate import condition, is_active, is_ready, is_terminating
from kty.demo.life.world import World
from kty.kube.objects import Object, epoch

_KIND = "jobs.batch"


def finished(job: Object) -> float | None:
    """Return when the job was over; None while it is not."""
    for kind in ("Complete", "Failed"):
        found = condition(job, kind)
        if found is not None and found["status"] == "True":
            return epoch(found.get("lastTransitionTime")) or 0.0
    return None


def report(world: World, job: Object, pods: Sequence[Object], verdict: tuple[str, str]) -> str:
    """Write the status; return the reason of the event that tells the end, empty while there is none."""
    reason, message = verdict
    now, ended = world.stamp(), ""
    active = [pod for pod in pods if is_active(pod)] if not reason else []
    terminating = sum(is_terminating(pod) for pod in pods)

    def write(job: Object) -> None:
        nonlocal ended
        status = job.setdefault("status", {})
        is_suspended = bool(job["spec"].get("suspend"))
        if not is_suspended:
            status.setdefault("startTime", now)
        _suspended(status, now, is_suspended=is_suspended)
        set_counts(status, {"active": len(active)})
        status["ready"] = sum(map(is_ready, active))
        status["terminating"] = terminating
        status["uncountedTerminatedPods"] = {}
        if not reason:
            return
        is_well = reason == "CompletionsReached"
        _end(status, "SuccessCriteriaMet" if is_well else "FailureTarget", now, reason, message)
        if terminating and not is_well:
            return  # it has failed once its pods are gone
        _end(status, "Complete" if is_well else "Failed", now, reason, message)
        if is_well:
            status["completionTime"] = now
        ended = "Completed" if is_well else reason

    world.report(_KIND, job, write)
    return ended


def _suspended(status: Object, now: str, *, is_suspended: bool) -> None:
    if is_suspended:
        status.pop("startTime", None)
        set_condition(status, "Suspended", "True", now, "JobSuspended", "Job suspended", updates="lastProbeTime")
    elif (found := condition({"status": status}, "Suspended")) and found["status"] == "True":
        set_condition(status, "Suspended", "False", now, "JobResumed", "Job resumed", updates="lastProbeTime")
        status["startTime"] = now


def _end(status: Object, kind: str, now: str, reason: str, message: str) -> None:
    set_condition(status, kind, "True", now, reason, message, updates="lastProbeTime")
