"""Replica sets."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.templates import count, its_pods, pod_template, pods_status, selector
from kty.views.describing import Beside, Describer, Description, entry
from kty.views.said import field


def describe(replicas: Object, beside: Beside) -> Description:
    wanted = field(replicas, "spec", "replicas")
    return (
        identity.name(replicas),
        identity.namespace(replicas),
        selector(replicas),
        identity.labels(replicas),
        identity.annotations(replicas),
        *identity.leaving(replicas),
        *identity.controlled_by(replicas),
        entry(
            "Replicas", f"{count(replicas, 'status', 'replicas')} current / {1 if wanted is None else wanted} desired"
        ),
        pods_status(beside),
        pod_template(replicas),
        *identity.conditions(replicas, "Reason", "LastTransitionTime", "Message"),
    )


DESCRIBER = Describer("replicasets.apps", describe, its_pods)
