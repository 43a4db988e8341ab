"""Which defaults a kind has."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from kty.demo.defaults import others, workloads
from kty.demo.defaults.pods import set_pod
from kty.demo.defaults.services import set_service
from kty.demo.kinds import Kind
from kty.demo.ownership.zero_values import ZERO_VALUES, filled
from kty.demo.schema import structural
from kty.demo.store import decode, encode
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.registry import Registry

_RBAC: Final = "rbac.authorization.k8s.io"
_ZEROS: Final = {
    kind: encode(ZERO_VALUES[kind])
    for kind in ("nodes", "events", "ingresses.networking.k8s.io", "poddisruptionbudgets.policy", f"roles.{_RBAC}")
}
"""What every object of these kinds shows, as its Go type always has it."""
_SETTERS: Final[Mapping[str, Callable[[Object, bool], None]]] = {
    "deployments.apps": workloads.set_deployment,
    "replicasets.apps": workloads.set_replica_set,
    "statefulsets.apps": workloads.set_stateful_set,
    "daemonsets.apps": workloads.set_daemon_set,
    "jobs.batch": workloads.set_job,
    "cronjobs.batch": workloads.set_cron_job,
    "namespaces": others.set_namespace,
    "nodes": others.set_node,
    "secrets": others.set_secret,
    "persistentvolumeclaims": others.set_claim,
    "persistentvolumes": others.set_volume,
    "horizontalpodautoscalers.autoscaling": others.set_autoscaler,
    "endpointslices.discovery.k8s.io": others.set_slice,
    f"rolebindings.{_RBAC}": others.set_binding,
    f"clusterrolebindings.{_RBAC}": others.set_binding,
    "customresourcedefinitions.apiextensions.k8s.io": others.set_definition,
}
"""Take an object, and whether it is new."""


def set_defaults(registry: "Registry", kind: Kind, obj: Object, live: Object | None = None) -> None:
    """Fill in an object that is created, or written over `live`."""
    if zeros := _ZEROS.get(kind.id.removeprefix("cluster")):
        obj.update(filled(obj, decode(zeros)))
    if kind.id == "pods":
        set_pod(obj, registry.random, is_new=live is None)
    elif kind.id == "services":
        set_service(obj, live, lambda: registry.list("services"), registry.random)
    elif kind.id in _SETTERS:
        _SETTERS[kind.id](obj, live is None)
    elif kind.schema:
        structural.fill(kind.schema, obj)
