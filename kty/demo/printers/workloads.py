"""Deployments and their like, jobs, autoscalers, disruption budgets."""

from typing import Any, Final

from kty.demo.printers.ages import since, span
from kty.demo.printers.cells import AGE, NAME, at, column, container_columns, field, labels, selector
from kty.demo.printers.printer import Cell, Printer
from kty.kube.objects import Object, epoch

_TEMPLATE: Final = "spec.template.spec"
_STATES: Final = (
    ("Complete", "Complete"),
    ("Failed", "Failed"),
    ("", "Terminating"),
    ("Suspended", "Suspended"),
    ("FailureTarget", "FailureTarget"),
    ("SuccessCriteriaMet", "SuccessCriteriaMet"),
)
"""A job's conditions and how they are told, the first that holds; the empty one is that it is being deleted."""


def _number(path: str) -> Cell:
    return field(path, 0)


def _of(path: str, total: str) -> Cell:
    return lambda obj, now: f"{at(obj, path, 0)}/{at(obj, total, 0)}"


def _selector(path: str, nothing: str = "<none>") -> Printer:
    return column("Selector", lambda obj, now: selector(at(obj, path), nothing), wide=True)


DEPLOYMENTS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Ready", _of("status.readyReplicas", "spec.replicas")),
    column("Up-to-date", _number("status.updatedReplicas")),
    column("Available", _number("status.availableReplicas")),
    AGE,
    *container_columns(_TEMPLATE),
    _selector("spec.selector", ""),
)

REPLICA_SETS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Desired", _number("spec.replicas"), holds="integer"),
    column("Current", _number("status.replicas"), holds="integer"),
    column("Ready", _number("status.readyReplicas"), holds="integer"),
    AGE,
    *container_columns(_TEMPLATE),
    _selector("spec.selector"),
)

STATEFUL_SETS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Ready", _of("status.readyReplicas", "spec.replicas")),
    AGE,
    *container_columns(_TEMPLATE),
)

DAEMON_SETS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Desired", _number("status.desiredNumberScheduled"), holds="integer"),
    column("Current", _number("status.currentNumberScheduled"), holds="integer"),
    column("Ready", _number("status.numberReady"), holds="integer"),
    column("Up-to-date", _number("status.updatedNumberScheduled"), holds="integer"),
    column("Available", _number("status.numberAvailable"), holds="integer"),
    column("Node Selector", lambda obj, now: labels(at(obj, f"{_TEMPLATE}.nodeSelector"))),
    AGE,
    *container_columns(_TEMPLATE),
    _selector("spec.selector"),
)


def _state(job: Object, now: float) -> str:
    met = {each.get("type") for each in at(job, "status.conditions") or () if each.get("status") == "True"}
    for condition, told in _STATES:
        if condition in met or (not condition and "deletionTimestamp" in job["metadata"]):
            return told
    return "Running"


def _completions(job: Object, now: float) -> str:
    done, wanted, at_once = at(job, "status.succeeded", 0), at(job, "spec.completions"), at(job, "spec.parallelism", 0)
    if wanted is not None:
        return f"{done}/{wanted}"
    return f"{done}/1 of {at_once}" if at_once > 1 else f"{done}/1"


def _duration(job: Object, now: float) -> str:
    start, end = epoch(at(job, "status.startTime")), epoch(at(job, "status.completionTime"))
    return "" if start is None else span((now if end is None else end) - start)


JOBS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Status", _state),
    column("Completions", _completions),
    column("Duration", _duration),
    AGE,
    *container_columns(_TEMPLATE),
    _selector("spec.selector"),
)


def _last(cron_job: Object, now: float) -> str:
    value = at(cron_job, "status.lastScheduleTime")
    return since(value, now) if value else "<none>"


def _suspended(cron_job: Object, now: float) -> str:
    return {True: "True", False: "False"}.get(at(cron_job, "spec.suspend"), "<unset>")


CRON_JOBS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Schedule", field("spec.schedule")),
    column("Timezone", lambda obj, now: at(obj, "spec.timeZone") or "<none>"),
    column("Suspend", _suspended, holds="boolean"),
    column("Active", lambda obj, now: len(at(obj, "status.active") or ()), holds="integer"),
    column("Last Schedule", _last),
    AGE,
    *container_columns("spec.jobTemplate.spec.template.spec"),
    _selector("spec.jobTemplate.spec.selector"),
)


def _targets(autoscaler: Object, now: float) -> str:
    wanted, told = at(autoscaler, "spec.metrics") or (), at(autoscaler, "status.currentMetrics") or ()
    texts = [_target(metric, told[number] if number < len(told) else {}) for number, metric in enumerate(wanted)]
    if not texts:
        return "<none>"
    shown = ", ".join(texts[:2])
    return f"{shown} + {len(texts) - 2} more..." if len(texts) > 2 else shown


def _target(metric: Object, told: Object) -> str:
    """Write what is and what shall be of one metric."""
    source = {"Resource": "resource", "ContainerResource": "containerResource"}.get(metric.get("type", ""))
    if source:
        name, target, now = (
            at(metric, f"{source}.name", ""),
            at(metric, f"{source}.target", {}),
            at(told, f"{source}.current", {}),
        )
        if target.get("averageValue") is not None:
            return f"{name}: {now.get('averageValue', '<unknown>')}/{target['averageValue']}"
        return f"{name}: {_percent(now, '<unknown>')}/{_percent(target, '<auto>')}"
    source = str(metric.get("type", "")).lower()
    target, now = at(metric, f"{source}.target", {}), at(told, f"{source}.current", {})
    if target.get("averageValue") is not None:
        average = f"{now.get('averageValue', '<unknown>')}/{target['averageValue']}"
        return average if source == "pods" else f"{average} (avg)"
    return f"{now.get('value', '<unknown>')}/{target.get('value', '')}"


def _percent(values: Any, nothing: str) -> str:
    used = values.get("averageUtilization")
    return nothing if used is None else f"{used}%"


def _least(autoscaler: Object, now: float) -> str:
    return str(at(autoscaler, "spec.minReplicas", "<unset>"))


AUTOSCALERS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Reference", _of("spec.scaleTargetRef.kind", "spec.scaleTargetRef.name")),
    column("Targets", _targets),
    column("MinPods", _least),
    column("MaxPods", _number("spec.maxReplicas")),
    column("Replicas", _number("status.currentReplicas")),
    AGE,
)


def _or_not(path: str) -> Cell:
    return lambda obj, now: str(at(obj, path, "N/A"))


BUDGETS: Final[tuple[Printer, ...]] = (
    NAME,
    column("Min Available", _or_not("spec.minAvailable")),
    column("Max Unavailable", _or_not("spec.maxUnavailable")),
    column("Allowed Disruptions", _number("status.disruptionsAllowed"), holds="integer"),
    AGE,
)
