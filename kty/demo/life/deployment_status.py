"""What a deployment says of itself: counts, and whether it is available and gets on."""

from collections.abc import Sequence

from kty.demo.life import revisions, rollout
from kty.demo.life.conditions import set_condition, set_counts
from kty.demo.life.podstate import condition
from kty.demo.life.world import World
from kty.kube.objects import Object, epoch

_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas")


def report(world: World, deployment: Object, sets: Sequence[Object], newest: Object | None) -> float | None:
    """Write the status, and return when the deadline for progress is to be looked at."""
    now, due = world.stamp(), None
    counts = _counted(deployment, sets, newest)

    def write(deployment: Object) -> None:
        nonlocal due
        status = deployment.setdefault("status", {})
        before = {field: status.get(field, 0) for field in _COUNTS}
        set_counts(status, counts, always=("terminatingReplicas",))
        status["observedGeneration"] = deployment["metadata"].get("generation", 1)
        _available(deployment, status, now)
        due = _progressing(world, deployment, status, before, newest, now)
        if newest is not None:
            notes = deployment["metadata"].setdefault("annotations", {})
            notes[revisions.REVISION] = str(revisions.revision_of(newest))

    world.report("deployments.apps", deployment, write)
    return due


def _counted(deployment: Object, sets: Sequence[Object], newest: Object | None) -> dict[str, int]:
    def total(field: str, of: Sequence[Object]) -> int:
        return sum(int((each.get("status") or {}).get(field, 0)) for each in of)

    replicas, available = total("replicas", sets), total("availableReplicas", sets)
    wanted = max(sum(map(rollout.size, sets)), replicas)
    return {
        "replicas": replicas,
        "updatedReplicas": total("replicas", [newest] if newest is not None else []),
        "readyReplicas": total("readyReplicas", sets),
        "availableReplicas": available,
        "unavailableReplicas": max(wanted - available, 0),
        "terminatingReplicas": total("terminatingReplicas", sets),
    }


def _available(deployment: Object, status: Object, now: str) -> None:
    least = deployment["spec"].get("replicas", 1) - rollout.bounds(deployment).unavailable
    if status.get("availableReplicas", 0) >= least:
        value, reason, message = "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
    else:
        value, reason = "False", "MinimumReplicasUnavailable"
        message = "Deployment does not have minimum availability."
    set_condition(status, "Available", value, now, reason, message, updates="lastUpdateTime")


def _progressing(
    world: World, deployment: Object, status: Object, before: dict[str, int], newest: Object | None, now: str
) -> float | None:
    deadline = deployment["spec"].get("progressDeadlineSeconds", 600)
    last = condition(deployment, "Progressing") or {}

    def say(value: str, reason: str, message: str) -> None:
        set_condition(status, "Progressing", value, now, reason, message, updates="lastUpdateTime")

    if deployment["spec"].get("paused"):
        if last.get("reason") != "DeploymentPaused":
            say("Unknown", "DeploymentPaused", "Deployment is paused")
        return None
    if last.get("reason") == "DeploymentPaused":
        say("Unknown", "DeploymentResumed", "Deployment is resumed")
    name = newest["metadata"]["name"] if newest is not None else ""
    what = f'ReplicaSet "{name}"' if name else f'Deployment "{deployment["metadata"]["name"]}"'
    wanted = deployment["spec"].get("replicas", 1)
    updated, everything = status.get("updatedReplicas", 0), status.get("replicas", 0)
    if newest is not None and updated == everything == status.get("availableReplicas", 0) == wanted:
        say("True", "NewReplicaSetAvailable", f"{what} has successfully progressed.")
        return None
    if not last and name:
        say("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
    elif _gets_on(status, before) or last.get("reason") == "NewReplicaSetAvailable":
        say("True", "ReplicaSetUpdated", f"{what} is progressing.")
        _touch(status, now)
    since = epoch((condition(deployment, "Progressing") or {}).get("lastUpdateTime"))
    if since is None or (condition(deployment, "Progressing") or {}).get("reason") == "ProgressDeadlineExceeded":
        return None
    if since + deadline <= world.now():
        say("False", "ProgressDeadlineExceeded", f"{what} has timed out progressing.")
        return None
    return float(since + deadline)


def _gets_on(status: Object, before: dict[str, int]) -> bool:
    old_now = status.get("replicas", 0) - status.get("updatedReplicas", 0)
    return bool(
        status.get("updatedReplicas", 0) > before["updatedReplicas"]
        or old_now < before["replicas"] - before["updatedReplicas"]
        or status.get("readyReplicas", 0) > before["readyReplicas"]
        or status.get("availableReplicas", 0) > before["availableReplicas"]
    )


def _touch(status: Object, now: str) -> None:
    """Note that there was progress, though the words are the same."""
    for each in status["conditions"]:
        if each["type"] == "Progressing":
            each["lastUpdateTime"] = now
