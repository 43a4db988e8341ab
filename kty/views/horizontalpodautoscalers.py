"""Horizontal pod autoscalers (autoscaling/v2)."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Row, Typed
from kty.runtime.uses import Use, Uses
from kty.views.ages import AGE
from kty.views.conditions import Condition, find
from kty.views.counts import count_column
from kty.views.said import or_none, or_unset, said, text
from kty.views.view import Column, Tone, View

_TARGETS_SHOWN = 2


class Value(Struct, rename="camel", gc=False):
    average_utilization: int | None = None
    average_value: str | None = None
    value: str | None = None


class Source(Struct, gc=False):
    """What is measured: a spec has a target, a status has a current value."""

    name: str = ""
    target: Value = structfield(default_factory=Value)
    current: Value = structfield(default_factory=Value)


class Metric(Struct, rename="camel", gc=False):
    type: str = ""
    resource: Source | None = None
    container_resource: Source | None = None
    pods: Source | None = None
    object: Source | None = None
    external: Source | None = None


class Reference(Struct, gc=False):
    kind: str = ""
    name: str = ""


class Spec(Struct, rename="camel", gc=False):
    scale_target_ref: Reference = structfield(default_factory=Reference)
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: list[Metric] | None = None


class Status(Struct, rename="camel", gc=False):
    current_replicas: int = 0
    current_metrics: list[Metric] | None = None
    conditions: list[Condition] | None = None


class Autoscaler(Typed):
    spec: Spec = structfield(default_factory=Spec)
    status: Status = structfield(default_factory=Status)


def targets(scaler: Autoscaler) -> str | None:
    """Return `current/target` of the first metrics, and how many more there are."""
    metrics, current = scaler.spec.metrics or [], scaler.status.current_metrics or []
    shown = [_target(metric, current[index : index + 1]) for index, metric in enumerate(metrics[:_TARGETS_SHOWN])]
    text = ", ".join(shown)
    more = len(metrics) - _TARGETS_SHOWN
    return said(f"{text} + {more} more..." if more > 0 else text)


def _target(metric: Metric, current: Sequence[Metric]) -> str:
    wanted = _source(metric)
    if wanted is None:
        return "<unknown type>"
    target = wanted.target
    measured = _source(current[0], metric.type) if current else None
    now = Value() if measured is None else measured.current
    if metric.type in ("Resource", "ContainerResource"):
        if target.average_value is not None:
            return f"{wanted.name}: {_or_unknown(now.average_value)}/{target.average_value}"
        return f"{wanted.name}: {_percent(now, '<unknown>')}/{_percent(target, '<auto>')}"
    if metric.type == "Pods":
        return f"{_or_unknown(now.average_value)}/{_or_unknown(target.average_value)}"
    if target.average_value is not None:
        return f"{_or_unknown(now.average_value)}/{target.average_value} (avg)"
    return f"{_or_unknown(now.value)}/{_or_unknown(target.value)}"


def _source(metric: Metric, kind: str = "") -> Source | None:
    match kind or metric.type:
        case "Resource":
            return metric.resource
        case "ContainerResource":
            return metric.container_resource
        case "Pods":
            return metric.pods
        case "Object":
            return metric.object
        case "External":
            return metric.external
    return None


def _or_unknown(quantity: str | None) -> str:
    return "<unknown>" if quantity is None else quantity


def _percent(value: Value, missing: str) -> str:
    return missing if value.average_utilization is None else f"{value.average_utilization}%"


def problem(scaler: Autoscaler) -> str | None:
    """Return why it does not scale. One that was switched off by scaling to zero has no problem."""
    for kind in ("AbleToScale", "ScalingActive"):
        condition = find(scaler.status.conditions, kind)
        if condition is not None and condition.status == "False" and condition.reason != "ScalingDisabled":
            return said(condition.reason)
    return None


def _tone(reason: Any) -> Tone:
    return "warn" if reason else ""


def reference(scaler: Autoscaler) -> str | None:
    target = scaler.spec.scale_target_ref
    return said(f"{target.kind}/{target.name}") if target.name else None


PROBLEM = Column("Problem", problem, tone=_tone, wide=True)
COLUMNS = (
    Column("Reference", reference),
    Column("Targets", targets, or_none),
    count_column("MinPods", lambda scaler: scaler.spec.min_replicas, show=or_unset),
    count_column("MaxPods", lambda scaler: scaler.spec.max_replicas),
    count_column("Replicas", lambda scaler: scaler.status.current_replicas),
    AGE,
    PROBLEM,
)
_PROBLEM = COLUMNS.index(PROBLEM)


def tone(row: Row) -> Tone:
    return "dim" if row.deleting else _tone(row.cells[_PROBLEM])


VIEW = View(
    "horizontalpodautoscalers",
    group="autoscaling",
    version="v2",
    kind="HorizontalPodAutoscaler",
    columns=COLUMNS,
    reads=Autoscaler,
    tone=tone,
    ready=("Replicas",),
    status="Problem",
)


def uses(scaler: Object) -> Iterable[Use]:
    """Return what it scales."""
    target = "spec", "scaleTargetRef"
    if name := text(scaler, *target, "name"):
        yield Use((text(scaler, *target, "apiVersion"), text(scaler, *target, "kind")), name, via="scales")


USES = Uses("horizontalpodautoscalers.autoscaling", None, uses, version="v2")
