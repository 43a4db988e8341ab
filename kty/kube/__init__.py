"""Talk to one Kubernetes API server as one identity.

What programs need most is here by name, and loaded when it is asked for; the modules hold the rest:

    from kty.kube import Api, Client, Pod, infer

    async with Client(infer()) as client:
        for pod in await Api.of(client, Pod, "default").list():
            print(pod.metadata.name)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kty.kube.api import Api as Api
    from kty.kube.changes import Added as Added
    from kty.kube.changes import Change as Change
    from kty.kube.changes import Deleted as Deleted
    from kty.kube.changes import Modified as Modified
    from kty.kube.changes import Odd as Odd
    from kty.kube.client import Client as Client
    from kty.kube.config import Config as Config
    from kty.kube.config import in_cluster as in_cluster
    from kty.kube.config import infer as infer
    from kty.kube.config import load as load
    from kty.kube.discovery import Discovery as Discovery
    from kty.kube.discovery import discover as discover
    from kty.kube.discovery import server_version as server_version
    from kty.kube.discovery import who_am_i as who_am_i
    from kty.kube.durations import Duration as Duration
    from kty.kube.entry import Entry as Entry
    from kty.kube.kinds import ConfigMap as ConfigMap
    from kty.kube.kinds import Container as Container
    from kty.kube.kinds import DaemonSet as DaemonSet
    from kty.kube.kinds import Deployment as Deployment
    from kty.kube.kinds import Event as Event
    from kty.kube.kinds import Namespace as Namespace
    from kty.kube.kinds import Node as Node
    from kty.kube.kinds import Pod as Pod
    from kty.kube.kinds import PodSpec as PodSpec
    from kty.kube.kinds import ReplicaSet as ReplicaSet
    from kty.kube.kinds import Scale as Scale
    from kty.kube.kinds import Secret as Secret
    from kty.kube.kinds import Service as Service
    from kty.kube.kinds import ServiceAccount as ServiceAccount
    from kty.kube.kinds import StatefulSet as StatefulSet
    from kty.kube.layers import Metrics as Metrics
    from kty.kube.layers import Retry as Retry
    from kty.kube.layers import traced as traced
    from kty.kube.parts import Metadata as Metadata
    from kty.kube.parts import Part as Part
    from kty.kube.parts import Whole as Whole
    from kty.kube.patches import Apply as Apply
    from kty.kube.patches import Json as Json
    from kty.kube.patches import Merge as Merge
    from kty.kube.patches import Strategic as Strategic
    from kty.kube.quantity import Quantity as Quantity
    from kty.kube.resource import Resource as Resource
    from kty.kube.selectors import Selector as Selector
    from kty.kube.shapes import ObjectList as ObjectList
    from kty.kube.shapes import PartialObject as PartialObject
    from kty.kube.shapes import TableRow as TableRow
    from kty.kube.watch_events import Bookmark as Bookmark

_NAMES = {
    "api": "Api",
    "changes": "Added Change Deleted Modified Odd",
    "client": "Client",
    "config": "Config in_cluster infer load",
    "discovery": "Discovery discover server_version who_am_i",
    "durations": "Duration",
    "entry": "Entry",
    "kinds": "ConfigMap Container DaemonSet Deployment Event Namespace Node Pod PodSpec ReplicaSet Scale "
    "Secret Service ServiceAccount StatefulSet",
    "layers": "Metrics Retry traced",
    "parts": "Metadata Part Whole",
    "patches": "Apply Json Merge Strategic",
    "quantity": "Quantity",
    "resource": "Resource",
    "selectors": "Selector",
    "shapes": "ObjectList PartialObject TableRow",
    "watch_events": "Bookmark",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


__all__ = [*_HOMES]  # noqa: PLE0604 - `import *` takes them all


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
