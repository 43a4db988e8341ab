"""Which defaults a kind has."""

from typing import TYPE_CHECKING

from kty.demo.defaults import others, workloads
from kty.demo.defaults.pods import set_pod
from kty.demo.defaults.services import set_service
from kty.demo.kinds import Kind
from kty.demo.schema import structural
from kty.demo.times import timestamp
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.registry import Registry


def set_defaults(registry: "Registry", kind: Kind, obj: Object, live: Object | None = None) -> None:
    """Fill in an object that is created, or written over `live`."""
    is_new = live is None
    match kind.id:
        case "pods":
            set_pod(obj, registry.random, is_new=is_new)
        case "services":
            set_service(obj, live, lambda: registry.list("services"), registry.random)
        case "deployments.apps":
            workloads.set_deployment(obj)
        case "replicasets.apps":
            workloads.set_replica_set(obj)
        case "statefulsets.apps":
            workloads.set_stateful_set(obj)
        case "daemonsets.apps":
            workloads.set_daemon_set(obj)
        case "jobs.batch":
            workloads.set_job(obj, live)
        case "cronjobs.batch":
            workloads.set_cron_job(obj)
        case "namespaces":
            others.set_namespace(obj, is_new=is_new)
        case "nodes":
            others.set_node(obj, is_new=is_new)
        case "secrets":
            others.set_secret(obj)
        case "persistentvolumeclaims":
            others.set_claim(obj, is_new=is_new)
        case "persistentvolumes":
            others.set_volume(obj, is_new=is_new, now=timestamp(registry.clock.now()))
        case "ingresses.networking.k8s.io":
            others.set_ingress(obj)
        case "poddisruptionbudgets.policy":
            others.set_budget(obj)
        case "horizontalpodautoscalers.autoscaling":
            others.set_autoscaler(obj)
        case "endpointslices.discovery.k8s.io":
            others.set_slice(obj)
        case "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io":
            others.set_binding(obj)
        case "roles.rbac.authorization.k8s.io" | "clusterroles.rbac.authorization.k8s.io":
            others.set_role(obj)
        case "events":
            others.set_event(obj)
        case "customresourcedefinitions.apiextensions.k8s.io":
            others.set_definition(obj)
        case _ if kind.schema:
            structural.fill(kind.schema, obj)
