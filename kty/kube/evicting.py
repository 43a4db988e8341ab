"""Which pods of a node have to leave when it is drained, which stay, and which forbid it (kubectl, pkg/drain)."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.kinds import DaemonSet, Pod
from kty.kube.shapes import PartialObject

_MIRROR = "kubernetes.io/config.mirror"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person who drains accepts."""

    ignore_daemonsets: bool = False
    delete_emptydir_data: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Leaves:
    pod: Pod
    why: str = ""
    is_in_the_way: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Stays:
    pod: Pod
    why: str
    is_in_the_way: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Forbids:
    pod: Pod
    why: str
    is_in_the_way: ClassVar[bool] = True


Verdict: TypeAlias = Leaves | Stays | Forbids


async def choose(client: Connection, pod: Pod, choice: Choice) -> Verdict:
    """Return what becomes of a pod; the server is asked whether its daemonset is still there."""
    is_orphan = False
    if _controller(pod) == "DaemonSet":
        owner = next(each.name for each in pod.metadata.owner_references if each.controller)
        daemonsets = Api(client, DaemonSet.resource, pod.namespace, kind=PartialObject)
        is_orphan = await daemonsets.get_opt(owner) is None
    return verdict(pod, choice, is_orphan=is_orphan)


def verdict(pod: Pod, choice: Choice, *, is_orphan: bool = False) -> Verdict:
    """Return what becomes of a pod; `is_orphan` says that the daemonset that made it is gone."""
    if _MIRROR in pod.metadata.annotations:
        return Stays(pod, "a mirror pod: its node runs it from a file")
    if pod.status is not None and pod.status.phase in ("Succeeded", "Failed"):
        return Leaves(pod)
    controller = _controller(pod)
    if controller == "DaemonSet" and not is_orphan:
        if choice.ignore_daemonsets:
            return Stays(pod, "a daemonset would start it again at once")
        return Forbids(pod, "a daemonset would start it again at once (ignore_daemonsets lets it stay)")
    if pod.metadata.deletion_timestamp is not None:
        return Leaves(pod)  # whatever it holds is lost already
    if (not controller or is_orphan) and not choice.force:
        return Forbids(pod, "nothing would make it anew (force evicts it all the same)")
    has_data = any("emptyDir" in volume for volume in (pod.spec.volumes if pod.spec else ()))
    if has_data and not choice.delete_emptydir_data:
        return Forbids(pod, "the data in its emptyDir would be lost (delete_emptydir_data accepts that)")
    return Leaves(pod)


def _controller(pod: Pod) -> str:
    """Return the kind of what made the pod and keeps it; empty for nothing."""
    return next((each.kind for each in pod.metadata.owner_references if each.controller), "")
