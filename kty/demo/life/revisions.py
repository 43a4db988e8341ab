"""The history of a deployment, as its annotations and those of its replicasets tell it."""

from kty.demo.life.templates import revision_hash
from kty.kube.objects import Object

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"
HASH = "pod-template-hash"
_NOT_COPIED = frozenset(
    {"kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MOST,
     "deprecated.deployment.rollback.to"}
)  # fmt: skip


def revision_of(replicaset: Object) -> int:
    text = (replicaset["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def has_template(replicaset: Object, template: Object) -> bool:
    """Say whether a replicaset's pods are of this template; the label with the hash does not count."""
    own = replicaset["spec"]["template"]
    labels = {key: value for key, value in (own["metadata"].get("labels") or {}).items() if key != HASH}
    return bool(own["spec"] == template["spec"] and _rest(own) == _rest(template)) and labels == (
        template.get("metadata", {}).get("labels") or {}
    )


def _rest(template: Object) -> Object:
    return {key: value for key, value in (template.get("metadata") or {}).items() if key != "labels" and value}


def annotations_for(deployment: Object, before: Object, revision: int, most: int) -> Object:
    """Return the annotations of the replicaset that has the deployment's template."""
    own = deployment["metadata"].get("annotations") or {}
    annotations = before | {key: value for key, value in own.items() if key not in _NOT_COPIED}
    old = before.get(REVISION)
    if old and old != str(revision):
        annotations[HISTORY] = ",".join([*filter(None, [before.get(HISTORY, "")]), old])
    annotations[REVISION] = str(revision)
    return annotations | sizes(deployment["spec"].get("replicas", 1), most)


def sizes(desired: int, most: int) -> Object:
    return {DESIRED: str(desired), MOST: str(most)}


def hash_of(deployment: Object) -> str:
    return revision_hash(deployment["spec"]["template"], deployment.get("status", {}).get("collisionCount", 0))
