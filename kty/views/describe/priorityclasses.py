"""Priority classes: how much the pods that name them matter."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describing import Beside, Describer, Description, entry
from kty.views.said import text


def describe(kind: Object, beside: Beside) -> Description:
    return (
        *identity.head(kind),
        entry("Value", kind.get("value")),
        entry("GlobalDefault", bool(kind.get("globalDefault"))),
        entry("PreemptionPolicy", text(kind, "preemptionPolicy") or "PreemptLowerPriority"),
        entry("Description", text(kind, "description")),
    )


DESCRIBER = Describer("priorityclasses.scheduling.k8s.io", describe)
