"""Pod disruption budgets: how many of their pods may be away at once, and how many may go now."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.templates import count
from kty.views.describing import Beside, Describer, Description, Entry, Part, entry
from kty.views.reading import mapped
from kty.views.said import text
from kty.views.selectors import from_label_selector

_COUNTS = (("Current", "currentHealthy"), ("Desired", "desiredHealthy"), ("Total", "expectedPods"))


def describe(budget: Object, beside: Beside) -> Description:
    spec = mapped(budget, "spec")
    parts: list[Part] = [*identity.head(budget)]
    for title, key in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        if (value := spec.get(key)) is not None:
            parts.append(entry(title, value))
    parts.append(entry("Selector", _selector(spec)))
    if policy := text(spec, "unhealthyPodEvictionPolicy"):
        parts.append(entry("Unhealthy Pod Eviction Policy", policy))
    allowed = count(budget, "status", "disruptionsAllowed")
    status = [
        entry("Allowed disruptions", allowed, tone="" if allowed else "warn"),
        *[entry(title, count(budget, "status", key)) for title, key in _COUNTS],
    ]
    return (
        *parts,
        Entry("Status", parts=tuple(status)),
        *identity.conditions(budget, "Reason", "LastTransitionTime", "Message"),
    )


def _selector(spec: Object) -> str:
    if not isinstance(spec.get("selector"), dict):
        return "<unset> (no pods)"
    return from_label_selector(mapped(spec, "selector")) or "<none> (all pods in this namespace)"


DESCRIBER = Describer("poddisruptionbudgets.policy", describe)
