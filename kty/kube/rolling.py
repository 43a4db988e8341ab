"""How far a rollout is, read from the object alone (kubectl, pkg/polymorphichelpers/rollout_status.go)."""

from dataclasses import dataclass

from kty.errors import Unfinished
from kty.kube.kinds import DaemonSet, StatefulSet, Workload, WorkloadSpec, WorkloadStatus


@dataclass(frozen=True, slots=True)
class Rollout:
    """One look at a rollout."""

    is_done: bool
    message: str


def progress(obj: Workload) -> Rollout:
    """Return how far a Deployment, StatefulSet or DaemonSet is. Raises Unfinished where its deadline has passed.

    A StatefulSet or DaemonSet whose pods are renewed only when somebody deletes them has no rollout: it is done.
    """
    spec, status = obj.spec or WorkloadSpec(), obj.status or WorkloadStatus()
    if (status.observed_generation or 0) < (obj.metadata.generation or 0):
        return Rollout(False, "its controller has not seen the change yet")
    if isinstance(obj, DaemonSet):
        return _daemonset(spec, status)
    if isinstance(obj, StatefulSet):
        return _statefulset(spec, status)
    return _deployment(obj.name, spec, status)


def _deployment(name: str, spec: WorkloadSpec, status: WorkloadStatus) -> Rollout:
    for condition in status.conditions:
        if condition.type == "Progressing" and condition.reason == "ProgressDeadlineExceeded":
            raise Unfinished(
                f"{name} made no progress until its deadline",
                left=[condition.message],
                hint="see what its new pods wait for, or undo it",
            )
    wanted = 1 if spec.replicas is None else spec.replicas
    updated, all_of_them, available = status.updated_replicas or 0, status.replicas or 0, status.available_replicas or 0
    if updated < wanted:
        return Rollout(False, f"{updated} of {wanted} new pods are there")
    if all_of_them > updated:
        return Rollout(False, f"{all_of_them - updated} old pods have still to go")
    if available < updated:
        return Rollout(False, f"{available} of {updated} new pods are available")
    return Rollout(True, "rolled out")


def _daemonset(spec: WorkloadSpec, status: WorkloadStatus) -> Rollout:
    if spec.update_strategy.get("type") == "OnDelete":
        return Rollout(True, "its pods are renewed when they are deleted")
    wanted = status.desired_number_scheduled or 0
    updated, available = status.updated_number_scheduled or 0, status.number_available or 0
    if updated < wanted:
        return Rollout(False, f"{updated} of {wanted} pods are new")
    if available < wanted:
        return Rollout(False, f"{available} of {wanted} new pods are available")
    return Rollout(True, "rolled out")


def _statefulset(spec: WorkloadSpec, status: WorkloadStatus) -> Rollout:
    if spec.update_strategy.get("type") == "OnDelete":
        return Rollout(True, "its pods are renewed when they are deleted")
    wanted = 1 if spec.replicas is None else spec.replicas
    ready, updated = status.ready_replicas or 0, status.updated_replicas or 0
    if ready < wanted:
        return Rollout(False, f"{ready} of {wanted} pods are ready")
    partition = (spec.update_strategy.get("rollingUpdate") or {}).get("partition") or 0
    if partition:
        if updated < wanted - partition:
            return Rollout(False, f"{updated} of {wanted - partition} pods that shall be new are")
        return Rollout(True, f"rolled out to the pods from number {partition} on")
    if status.update_revision != status.current_revision:
        return Rollout(False, f"{updated} of {wanted} pods are new")
    return Rollout(True, "rolled out")
