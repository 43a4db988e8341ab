"""The columns of every built-in kind, by Resource.id; kinds that are not here have a name and a time."""

from typing import Final

from kty.demo.printers import clusters, networks, workloads
from kty.demo.printers.pods import PODS
from kty.demo.printers.printer import Printer

PRINTERS: Final[dict[str, tuple[Printer, ...]]] = {
    "configmaps": clusters.CONFIG_MAPS,
    "events": clusters.EVENTS,
    "namespaces": clusters.NAMESPACES,
    "nodes": clusters.NODES,
    "persistentvolumeclaims": clusters.CLAIMS,
    "persistentvolumes": clusters.VOLUMES,
    "pods": PODS,
    "secrets": clusters.SECRETS,
    "serviceaccounts": clusters.SERVICE_ACCOUNTS,
    "services": networks.SERVICES,
    "daemonsets.apps": workloads.DAEMON_SETS,
    "deployments.apps": workloads.DEPLOYMENTS,
    "replicasets.apps": workloads.REPLICA_SETS,
    "statefulsets.apps": workloads.STATEFUL_SETS,
    "horizontalpodautoscalers.autoscaling": workloads.AUTOSCALERS,
    "cronjobs.batch": workloads.CRON_JOBS,
    "jobs.batch": workloads.JOBS,
    "leases.coordination.k8s.io": clusters.LEASES,
    "endpointslices.discovery.k8s.io": networks.SLICES,
    "ingresses.networking.k8s.io": networks.INGRESSES,
    "poddisruptionbudgets.policy": workloads.BUDGETS,
    "clusterrolebindings.rbac.authorization.k8s.io": clusters.BINDINGS,
    "rolebindings.rbac.authorization.k8s.io": clusters.BINDINGS,
}
