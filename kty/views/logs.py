"""Whose logs can be read, from where a person stands."""

from dataclasses import replace

from kty.kube.objects import Key
from kty.views.view import Browse, Containers, Destination, Logs, SwitchNamespace

HAVE_LOGS = frozenset(
    {
        "pods",
        "containers",
        "deployments.apps",
        "replicasets.apps",
        "statefulsets.apps",
        "daemonsets.apps",
        "jobs.batch",
        "services",
        "nodes",
        "namespaces",
    }
)
"""The views whose rows have pods with logs."""


def pod_logs(key: Key, *, container: str = "", previous: bool = False) -> Logs:
    """Return the logs of one pod, whichever is called so."""
    namespace, name = key
    return Logs(
        Browse("pods", namespace=namespace, fields=(("Name", name),), title=f"pod/{name}"),
        container=container,
        previous=previous,
    )


def logs_of(opened: Destination | None, *, previous: bool = False) -> Logs | None:
    """Return the logs of the pods that an object leads to; None where it leads to none."""
    match opened:
        case Containers(namespace, name):
            return pod_logs((namespace, name), previous=previous)
        case Browse(kind="pods"):
            return Logs(opened, previous=previous)
        case SwitchNamespace(name):
            return Logs(Browse("pods", namespace=name, title=f"namespace/{name}"), previous=previous)
    return None


def all_containers(logs: Logs) -> Logs:
    """Return the logs of the whole pods."""
    return replace(logs, container="")
