"""Deployments, with the replica sets that carry them."""

from collections.abc import Mapping

from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.describe import identity
from kty.views.describe.templates import count, owned_by, pod_template, selector
from kty.views.describing import Beside, Describer, Description, Entry, Line, Need, Part, Piece, entries, entry, found
from kty.views.reading import mapped
from kty.views.said import field, text

REPLICA_SETS = Resource("apps", "v1", "ReplicaSet", "replicasets")
REVISION = "deployment.kubernetes.io/revision"


def needs(deployment: Object) -> Mapping[str, Need]:
    return {"replicasets": owned_by(deployment, REPLICA_SETS)} if mapped(deployment, "spec", "selector") else {}


def describe(deployment: Object, beside: Beside) -> Description:
    spec = mapped(deployment, "spec")
    strategy = text(spec, "strategy", "type")
    parts: list[Part] = [
        identity.name(deployment),
        identity.namespace(deployment),
        identity.created(deployment),
        identity.labels(deployment),
        identity.annotations(deployment),
        *identity.leaving(deployment),
        selector(deployment),
        _replicas(deployment),
        entry("StrategyType", strategy),
        entry("MinReadySeconds", spec.get("minReadySeconds") or 0),
    ]
    if spec.get("paused"):
        parts.append(entry("Paused", Piece("true", "warn")))
    if rolling := mapped(spec, "strategy", "rollingUpdate"):
        shown = f"{rolling.get('maxUnavailable')} max unavailable, {rolling.get('maxSurge')} max surge"
        parts.append(entry("RollingUpdateStrategy", shown))
    parts += [
        pod_template(deployment),
        *identity.conditions(deployment, "Reason", "LastTransitionTime", "Message"),
        *_replica_sets(deployment, beside),
    ]
    return tuple(parts)


def _replicas(deployment: Object) -> Entry:
    wanted = field(deployment, "spec", "replicas")
    unavailable = count(deployment, "status", "unavailableReplicas")
    known = (("updated", "updatedReplicas"), ("total", "replicas"), ("available", "availableReplicas"))
    counts = [f"{count(deployment, 'status', key)} {word}" for word, key in known]
    shown = [f"{1 if wanted is None else wanted} desired", *counts, f"{unavailable} unavailable"]
    return entry("Replicas", Piece(" | ".join(shown), "warn" if unavailable else ""))


def _replica_sets(deployment: Object, beside: Beside) -> list[Part]:
    sets = found(beside, "replicasets")
    if (instead := sets.instead) is not None:
        return [Entry("OldReplicaSets", (instead,)), Entry("NewReplicaSet", (instead,))]
    revision = text(deployment, "metadata", "annotations", REVISION)
    new = [each for each in sets.objects if text(each, "metadata", "annotations", REVISION) == revision]
    old = [each for each in sets.objects if each not in new and count(each, "status", "replicas")]
    idle = [each for each in sets.objects if each not in new and each not in old]
    parts: list[Part] = [entries("OldReplicaSets", map(_created, old)), entries("NewReplicaSet", map(_created, new))]
    if idle:
        parts.append(entries("Kept ReplicaSets", [_kept(each) for each in sorted(idle, key=_number, reverse=True)]))
    return parts


def _created(replicas: Object) -> Line:
    wanted, there = count(replicas, "spec", "replicas"), count(replicas, "status", "replicas")
    return f"{text(replicas, 'metadata', 'name')} ({there}/{wanted} replicas created)"


def _kept(replicas: Object) -> Line:
    return f"{text(replicas, 'metadata', 'name')} (revision {_number(replicas)})"


def _number(replicas: Object) -> int:
    revision = text(replicas, "metadata", "annotations", REVISION)
    return int(revision) if revision.isdecimal() else 0


DESCRIBER = Describer("deployments.apps", describe, needs)
