"""Horizontal pod autoscalers (autoscaling/v2): what is measured, what is wanted, and how quickly it follows."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Describer, Description, Entry, Part, Piece, Table, entry, scalar
from kty.views.reading import listed, mapped
from kty.views.said import text

_SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
UNKNOWN = "<unknown>"


def describe(scaler: Object, beside: Beside) -> Description:
    spec, status = mapped(scaler, "spec"), mapped(scaler, "status")
    target = mapped(spec, "scaleTargetRef")
    kind = text(target, "kind")
    behavior = mapped(spec, "behavior")
    rules = [
        _rules(title, mapped(behavior, key)) for title, key in (("Scale Up", "scaleUp"), ("Scale Down", "scaleDown"))
    ]
    return (
        *identity.head(scaler),
        identity.created(scaler),
        entry("Reference", f"{kind}/{text(target, 'name')}"),
        Entry("Metrics", (Piece("( current / target )", "dim"),), _metrics(spec, status)),
        entry("Min replicas", spec.get("minReplicas"), missing="<unset>"),
        entry("Max replicas", spec.get("maxReplicas")),
        *([Entry("Behavior", parts=tuple([each for each in rules if each is not None]))] if any(rules) else []),
        entry(
            f"{kind} pods",
            f"{status.get('currentReplicas') or 0} current / {status.get('desiredReplicas') or 0} desired",
        ),
        *identity.conditions(scaler, "Reason", "Message"),
    )


def _metrics(spec: Object, status: Object) -> tuple[Part, ...]:
    current = listed(status, "currentMetrics")
    return tuple(
        [_metric(metric, current[at] if at < len(current) else {}) for at, metric in enumerate(listed(spec, "metrics"))]
    )


def _metric(metric: Object, measured: Object) -> Entry:
    kind = text(metric, "type")
    key = _SOURCES.get(kind, "")
    source = mapped(metric, key)
    if not source:
        return entry(f"<unknown metric type {kind}>", None)
    is_same = text(measured, "type") == kind
    now, target = mapped(measured, key, "current") if is_same else {}, mapped(source, "target")
    shown, wanted, basis = _values(kind, now, target)
    tone = "warn" if shown == UNKNOWN else ""
    return entry(_title(kind, source, basis), Piece(f"{shown} / {wanted}", "warn" if tone else ""))


def _values(kind: str, now: Object, target: Object) -> tuple[str, str, str]:
    """Return what is measured, what it should be, and on what basis."""
    if kind in ("Resource", "ContainerResource"):
        if (value := target.get("averageValue")) is not None:
            return scalar(now.get("averageValue"), UNKNOWN), scalar(value), ""
        percent = now.get("averageUtilization")
        shown = UNKNOWN if percent is None else f"{percent}% ({scalar(now.get('averageValue'))})"
        wanted = target.get("averageUtilization")
        return shown, "<auto>" if wanted is None else f"{wanted}%", "  (as a percentage of request)"
    if kind == "Pods":
        return scalar(now.get("averageValue"), UNKNOWN), scalar(target.get("averageValue")), ""
    if (value := target.get("averageValue")) is not None:
        return scalar(now.get("averageValue"), UNKNOWN), scalar(value), " (target average value)"
    return scalar(now.get("value"), UNKNOWN), scalar(target.get("value")), " (target value)"


def _title(kind: str, source: Object, basis: str) -> str:
    name = text(source, "metric", "name")
    match kind:
        case "Resource":
            return f"resource {text(source, 'name')} on pods{basis}"
        case "ContainerResource":
            return f'resource {text(source, "name")} of container "{text(source, "container")}" on pods{basis}'
        case "Pods":
            return f'"{name}" on pods'
        case "Object":
            of = mapped(source, "describedObject")
            return f'"{name}" on {text(of, "kind")}/{text(of, "name")}{basis}'
    return f'"{name}"{basis}'


def _rules(title: str, rules: Object) -> Entry | None:
    if not rules:
        return None
    parts: list[Part] = []
    if (window := rules.get("stabilizationWindowSeconds")) is not None:
        parts.append(entry("Stabilization Window", f"{window} seconds"))
    if (policy := rules.get("selectPolicy")) is not None:
        parts.append(entry("Select Policy", policy))
    if (tolerance := rules.get("tolerance")) is not None:
        parts.append(entry("Tolerance", tolerance))
    rows = [
        (text(each, "type"), scalar(each.get("value")), f"{each.get('periodSeconds')} seconds")
        for each in listed(rules, "policies")
    ]
    if rows:
        parts.append(Entry("Policies", parts=(Table(("Type", "Value", "Period"), tuple(rows)),)))
    return Entry(title, parts=tuple(parts))


DESCRIBER = Describer("horizontalpodautoscalers.autoscaling", describe, version="v2")
