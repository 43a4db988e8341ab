"""Stateful sets."""

from kty.kube.objects import Object
from kty.views.describe import identity
from kty.views.describe.templates import count, its_pods, pod_template, pods_status, selector
from kty.views.describing import Beside, Describer, Description, Entry, Piece, entry, section
from kty.views.reading import listed, mapped, texts
from kty.views.said import field, text


def describe(stateful: Object, beside: Beside) -> Description:
    wanted = field(stateful, "spec", "replicas")
    return (
        identity.name(stateful),
        identity.namespace(stateful),
        identity.created(stateful),
        selector(stateful),
        identity.labels(stateful),
        identity.annotations(stateful),
        *identity.leaving(stateful),
        *identity.controlled_by(stateful),
        entry("Service Name", text(stateful, "spec", "serviceName")),
        entry("Replicas", f"{1 if wanted is None else wanted} desired | {count(stateful, 'status', 'replicas')} total"),
        _strategy(stateful),
        pods_status(beside),
        pod_template(stateful),
        section("Volume Claims", [_claim(each) for each in listed(stateful, "spec", "volumeClaimTemplates")]),
        *identity.conditions(stateful, "Reason", "LastTransitionTime", "Message"),
    )


def _strategy(stateful: Object) -> Entry:
    rolling = mapped(stateful, "spec", "updateStrategy", "rollingUpdate")
    parts = [entry("Partition", rolling["partition"])] if rolling.get("partition") is not None else []
    if (most := rolling.get("maxUnavailable")) is not None:
        parts.append(entry("Max Unavailable", most))
    return Entry("Update Strategy", (Piece(text(stateful, "spec", "updateStrategy", "type")),), tuple(parts))


def _claim(claim: Object) -> Entry:
    return Entry(
        "Name",
        (text(claim, "metadata", "name"),),
        (
            entry("StorageClass", text(claim, "spec", "storageClassName")),
            identity.labels(claim),
            identity.annotations(claim),
            entry("Capacity", text(claim, "spec", "resources", "requests", "storage"), missing="<default>"),
            entry("Access Modes", f"[{' '.join(texts(claim, 'spec', 'accessModes'))}]"),
        ),
    )


DESCRIBER = Describer("statefulsets.apps", describe, its_pods)
