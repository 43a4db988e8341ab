"""Daemon sets."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.templates import count, its_pods, pod_template, pods_status, selector
from kty.views.describing import Beside, Describer, Description, Entry, entry
from kty.views.reading import mapped
from kty.views.said import text
from kty.views.selectors import from_labels

_COUNTS = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)


def describe(daemons: Object, beside: Beside) -> Description:
    return (
        identity.name(daemons),
        identity.namespace(daemons),
        selector(daemons),
        entry("Node-Selector", from_labels(mapped(daemons, "spec", "template", "spec", "nodeSelector"))),
        identity.labels(daemons),
        identity.annotations(daemons),
        *identity.leaving(daemons),
        *identity.controlled_by(daemons),
        *[entry(title, count(daemons, "status", key)) for title, key in _COUNTS],
        _strategy(daemons),
        pods_status(beside),
        pod_template(daemons),
        *identity.conditions(daemons, "Reason", "LastTransitionTime", "Message"),
    )


def _strategy(daemons: Object) -> Entry:
    rolling = mapped(daemons, "spec", "updateStrategy", "rollingUpdate")
    detail = (
        f" ({rolling.get('maxUnavailable')} max unavailable, {rolling.get('maxSurge')} max surge)" if rolling else ""
    )
    return entry("Update Strategy", text(daemons, "spec", "updateStrategy", "type") + detail)


DESCRIBER = Describer("daemonsets.apps", describe, its_pods)
