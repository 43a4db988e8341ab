"""What an autoscaler says of itself."""

from typing import NamedTuple

from kty.demo.life.conditions import set_condition
from kty.demo.life.world import World
from kty.kube.objects import Object

KIND = "horizontalpodautoscalers.autoscaling"


class Recommendation(NamedTuple):
    """How many replicas there should be."""

    current: int
    replicas: int
    metrics: list[Object]
    reason: str
    is_limited: str = ""
    """The reason, where the bounds of the autoscaler and not the metrics decided."""
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
        able = "SucceededRescale", f"the HPA controller was able to update the target scale to {advice.replicas}"
    elif advice.is_stabilized:
        able = "ScaleDownStabilized", "recent recommendations were higher than current one"
    else:
        able = "ReadyForNewScale", "recommended size matches current size"
    set_condition(status, "AbleToScale", "True", now, *able)
    if not advice.metrics:
        said = "the HPA was unable to compute the replica count: no metrics returned from resource metrics API"
        set_condition(status, "ScalingActive", "False", now, "FailedGetResourceMetric", said)
        return
    said = "the HPA was able to successfully calculate a replica count"
    set_condition(status, "ScalingActive", "True", now, "ValidMetricFound", said)
    value, reason = ("True", advice.is_limited) if advice.is_limited else ("False", "DesiredWithinRange")
    set_condition(status, "ScalingLimited", value, now, reason)
