"""What makes pods: deployments and their like, jobs and cron jobs."""

from typing import Final

from kty.demo.defaults.templates import fill, set_template
from kty.kube.objects import Object

JOB_LABELS: Final = (
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "controller-uid",
    "job-name",
)


def set_deployment(obj: Object, is_new: bool) -> None:
    spec = _spec(obj)
    fill(spec, {"replicas": 1})
    strategy = _rolling(spec, "strategy")
    if strategy is not None:
        fill(strategy, {"maxUnavailable": "25%", "maxSurge": "25%"})
    fill(spec, {"revisionHistoryLimit": 10, "progressDeadlineSeconds": 600})
    obj.setdefault("status", {})


def set_replica_set(obj: Object, is_new: bool) -> None:
    spec = _spec(obj)
    fill(spec, {"replicas": 1})
    fill(obj.setdefault("status", {}), {"replicas": 0})


def set_stateful_set(obj: Object, is_new: bool) -> None:
    spec = _spec(obj)
    fill(spec, {"replicas": 1, "podManagementPolicy": "OrderedReady"})
    for claim in spec.get("volumeClaimTemplates") or ():
        fill(claim, {"kind": "PersistentVolumeClaim", "apiVersion": "v1"})
        fill(claim.setdefault("spec", {}), {"volumeMode": "Filesystem"})
        fill(claim.setdefault("status", {}), {"phase": "Pending"})
    rolling = _rolling(spec, "updateStrategy")
    if rolling is not None:
        fill(rolling, {"partition": 0})
    kept = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    fill(spec, {"revisionHistoryLimit": 10, "persistentVolumeClaimRetentionPolicy": kept})
    fill(obj.setdefault("status", {}), {"replicas": 0, "availableReplicas": 0})


def set_daemon_set(obj: Object, is_new: bool) -> None:
    spec = _spec(obj)
    rolling = _rolling(spec, "updateStrategy")
    if rolling is not None:
        fill(rolling, {"maxUnavailable": 1, "maxSurge": 0})
    fill(spec, {"revisionHistoryLimit": 10})
    generation = str(obj["metadata"].get("generation", 1))
    annotations = obj["metadata"].get("annotations") or {}
    obj["metadata"]["annotations"] = {**annotations, "deprecated.daemonset.template.generation": generation}
    counted = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
    fill(obj.setdefault("status", {}), dict.fromkeys(counted, 0))


def set_job(obj: Object, is_new: bool) -> None:
    spec = _spec(obj)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = spec["parallelism"] = 1
    fill(spec, {"parallelism": 1, "backoffLimit": 6, "completionMode": "NonIndexed"})
    fill(spec, {"suspend": False, "manualSelector": False})
    rules = (spec.get("podFailurePolicy") or {}).get("rules")
    fill(spec, {"podReplacementPolicy": "Failed" if rules else "TerminatingOrFailed"})
    if is_new:
        _label(obj, spec)
    if is_new and not spec["manualSelector"]:
        uid, name = obj["metadata"]["uid"], obj["metadata"]["name"]
        labels = dict(zip(JOB_LABELS, (uid, name, uid, name), strict=True))
        template = spec["template"]["metadata"]
        template["labels"] = {**(template.get("labels") or {}), **labels}
        spec["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    if is_new:
        _label(obj, spec)
    obj.setdefault("status", {})


def set_cron_job(obj: Object, is_new: bool) -> None:
    spec = obj.setdefault("spec", {})
    fill(spec, {"concurrencyPolicy": "Allow", "suspend": False})
    job = spec.setdefault("jobTemplate", {})
    job.setdefault("metadata", {})
    set_template(job.setdefault("spec", {}).setdefault("template", {}))
    fill(spec, {"successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1})
    obj.setdefault("status", {})


def _spec(obj: Object) -> Object:
    spec: Object = obj.setdefault("spec", {})
    set_template(spec.setdefault("template", {}))
    return spec


def _rolling(spec: Object, field: str) -> Object | None:
    """Return the settings of a rolling update; None where pods are replaced in another way."""
    strategy = spec.get(field) or {}
    spec[field] = strategy
    fill(strategy, {"type": "RollingUpdate"})
    if strategy["type"] != "RollingUpdate":
        return None
    rolling: Object = strategy.setdefault("rollingUpdate", {})
    return rolling


def _label(obj: Object, spec: Object) -> None:
    """Give it the labels of its pods, where it has none."""
    labels = spec["template"]["metadata"].get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)
