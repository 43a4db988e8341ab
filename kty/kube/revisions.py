"""What a workload was before: the replicasets of a deployment, the ControllerRevisions of the others."""

from dataclasses import dataclass, field
from typing import Any

from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.kinds import Deployment, ReplicaSet, Workload
from kty.kube.objects import Object
from kty.kube.resource import Resource

CONTROLLER_REVISIONS = Resource("apps", "v1", "ControllerRevision", "controllerrevisions")
_NUMBER = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a workload, that it can go back to."""

    number: int
    content: Object
    """The part of the workload that was so: `{"spec": {"template": …}}`."""
    annotations: dict[str, str] = field(default_factory=dict)


async def revisions(client: Connection, workload: Workload) -> list[Revision]:
    """Return the revisions of a workload, as read from the server, the present one last."""
    uid, namespace = workload.metadata.uid, workload.namespace
    if isinstance(workload, Deployment):
        found = await Api(client, ReplicaSet.resource, namespace).list()
        past = [_of_replicaset(each) for each in found if _belongs(each, uid)]
    else:
        found = await Api(client, CONTROLLER_REVISIONS, namespace).list()
        past = [_of_controller_revision(each) for each in found if _belongs(each, uid)]
    return sorted([each for each in past if each.number], key=lambda each: each.number)


def _belongs(obj: Object, uid: str) -> bool:
    owners: list[Any] = obj["metadata"].get("ownerReferences") or []
    return any(each.get("controller") and each.get("uid") == uid for each in owners)


def _of_replicaset(replicaset: Object) -> Revision:
    annotations = replicaset["metadata"].get("annotations") or {}
    number = annotations.get(_NUMBER, "")
    template = dict(replicaset["spec"]["template"])
    metadata = dict(template.get("metadata") or {})
    metadata["labels"] = {key: value for key, value in (metadata.get("labels") or {}).items() if key != _HASH}
    template["metadata"] = metadata
    return Revision(int(number) if number.isdecimal() else 0, {"spec": {"template": template}}, annotations)


def _of_controller_revision(revision: Object) -> Revision:
    return Revision(int(revision.get("revision") or 0), revision.get("data") or {})
