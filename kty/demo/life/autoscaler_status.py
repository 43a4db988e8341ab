"""What an autoscaler says of itself."""

from typing import NamedTuple

from kty.demo.life.conditions import set_condition
from kty.demo.life.world import World
from kty.kube.objects import Object

KIND = "horizontalpodautoscalers.autoscaling"
_LIMITS = {
    "": ("False", "DesiredWithinRange", "the desired count is within the acceptable range"),
    "TooFewReplicas": (
        "True",
        "TooFewReplicas",
        "the desired replica count is less than the minimum replica count",
    ),
    "TooManyReplicas": (
        "True",
        "TooManyReplicas",
        "the desired replica count is more than the maximum replica count",
    ),
}


class Recommendation(NamedTuple):
    """How many replicas there should be."""

    current: int
    replicas: int
    metrics: list[Object]
    reason: str
    is_limited: str = ""
    """The reason, where the bounds of the autoscaler and not the metrics decided."""
    has_metrics: bool = True
    is_stabilized: bool = False


def write_status(world: World, autoscaler: Object, advice: Recommendation | None, failure: str) -> None:
    """Write the status; without advice say why there is none."""
    now = world.stamp()

    def write(autoscaler: Object) -> None:
        status = autoscaler.setdefault("status", {})
        if advice is None:
            said = f"the HPA controller was unable to get the target's current scale: {failure}"
            set_condition(status, "AbleToScale", "False", now, "FailedGetScale", said)
            return
        status["currentReplicas"] = advice.current
        status["desiredReplicas"] = advice.replicas
        status["currentMetrics"] = advice.metrics or None
        if advice.replicas != advice.current:
            status["lastScaleTime"] = now
        _conditions(status, advice, now)

    world.report(KIND, autoscaler, write)


def _conditions(status: Object, advice: Recommendation, now: str) -> None:
    if not advice.current:
        said = "scaling is disabled since the replica count of the target is zero"
        set_condition(status, "ScalingActive", "False", now, "ScalingDisabled", said)
        return
    if advice.replicas != advice.current:
        said = f"the HPA controller was able to update the target scale to {advice.replicas}"
        set_condition(status, "AbleToScale", "True", now, "SucceededRescale", said)
    elif advice.is_stabilized:
        said = "recent recommendations were higher than current one, applying the highest recent recommendation"
        set_condition(status, "AbleToScale", "True", now, "ScaleDownStabilized", said)
    else:
        said = "recommended size matches current size"
        set_condition(status, "AbleToScale", "True", now, "ReadyForNewScale", said)
    if not advice.has_metrics:
        said = "the HPA was unable to compute the replica count: no metrics returned from resource metrics API"
        set_condition(status, "ScalingActive", "False", now, "FailedGetResourceMetric", said)
        return
    first = advice.metrics[0]["resource"]
    what = f"{first['name']} resource"
    if "averageUtilization" in first["current"]:
        what += " utilization (percentage of request)"
    said = f"the HPA was able to successfully calculate a replica count from {what}"
    set_condition(status, "ScalingActive", "True", now, "ValidMetricFound", said)
    value, reason, message = _LIMITS[advice.is_limited]
    set_condition(status, "ScalingLimited", value, now, reason, message)
