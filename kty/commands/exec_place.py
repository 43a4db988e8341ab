"""From the words of a person to the container in which a program is to run."""

import argparse
from dataclasses import dataclass

import msgspec

from kty.commands.listing import listed, object_of
from kty.commands.log_targets import selector_of
from kty.commands.naming import Kinds
from kty.commands.target import Target
from kty.errors import NotFound, UsageError
from kty.kube.codecs import ObjectCodec
from kty.kube.kinds import Pod
from kty.kube.objects import Item
from kty.text import printable

_PODS = ("pod", "pods", "po")
_HAVE_PODS = (
    *("deploy", "deployment", "deployments", "sts", "statefulset", "statefulsets", "ds", "daemonset", "daemonsets"),
    *("rs", "replicaset", "replicasets", "rc", "replicationcontroller", "replicationcontrollers"),
    *("job", "jobs", "svc", "service", "services"),
)
"""Names of kinds that select pods. A namespace of such a name has to be given by -n."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program is to run."""

    namespace: str
    pod: str
    container: str = ""
    """The pod's default one where it is empty."""


def place(given: argparse.Namespace, namespace: str) -> Place:
    """Return where these words lead; `namespace` is meant where they name none. Raises UsageError."""
    parts = given.pod.split("/")
    if not all(parts) or len(parts) > 3:
        raise UsageError(f"{printable(given.pod)!r} names no pod", hint="NAMESPACE/POD, or NAMESPACE/POD/CONTAINER")
    if given.namespace is not None or len(parts) == 1:
        if len(parts) == 2 and parts[0].lower() in _PODS:
            parts = parts[1:]
        if len(parts) > 1:
            raise UsageError(f"{printable(given.pod)!r} names a namespace, too", hint="leave it or -n out")
        parts = [given.namespace or namespace, *parts]
    if given.container and len(parts) == 3:
        raise UsageError(f"{printable(given.pod)!r} names a container, too", hint="leave it or -c out")
    return Place(parts[0], parts[1], parts[2] if len(parts) == 3 else given.container)


async def place_of(given: argparse.Namespace, target: Target) -> Place:
    """Return the same, where KIND/NAME such as deploy/web means the best of its pods. Raises KtyError."""
    kind, slash, name = given.pod.partition("/")
    if not (slash and name and kind.lower() in _HAVE_PODS) or "/" in name:
        return place(given, target.namespace)
    namespace = given.namespace or target.namespace
    resource = await Kinds(target).one(kind)
    labels = selector_of(await object_of(target.client, resource, namespace, name), given.pod)
    items = await listed(target.client, Pod.resource, namespace, ObjectCodec(), labels=labels)
    found = min(items, key=_worth, default=None)
    if found is None:
        raise NotFound(f"{printable(given.pod)} has no pods", code=404, reason="NotFound")
    return Place(namespace, found.row.name, given.container)


def _worth(item: Item) -> tuple[bool, bool, bool, float, str]:
    """Sort pods that stay, run and are ready before others, and of those the oldest first."""
    row = item.row
    try:
        status = msgspec.json.decode(item.body, type=Pod).status
    except msgspec.MsgspecError:
        status = None
    is_running = status is not None and status.phase == "Running"
    is_ready = status is not None and any(each.type == "Ready" and each.status == "True" for each in status.conditions)
    return row.deleting, not is_running, not is_ready, row.created or 0.0, row.name
