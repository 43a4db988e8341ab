"""Whose logs can be read, from where a person stands."""

import fnmatch
import re
from collections.abc import Callable, Sequence

from msgspec.structs import replace

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
        "cronjobs.batch",
        "services",
        "nodes",
        "namespaces",
    }
)
"""The views whose rows have pods with logs."""


def pod_logs(key: Key, *containers: str, previous: bool = False) -> Logs:
    """Return the logs of one pod, whichever is called so; of all its containers, or of these."""
    namespace, name = key
    return Logs(
        Browse("pods", namespace=namespace, fields=(("Name", name),), title=f"pod/{name}"),
        containers=containers,
        previous=previous,
    )


def logs_of(opened: Destination | None, *, previous: bool = False) -> Logs | None:
    """Return the logs of the pods that an object leads to; None where it leads to none."""
    match opened:
        case Containers(namespace, name):
            return pod_logs((namespace, name), previous=previous)
        case Browse(kind="pods" | "jobs.batch"):
            return Logs(opened, previous=previous)
        case SwitchNamespace(name):
            return Logs(Browse("pods", namespace=name, title=f"namespace/{name}"), previous=previous)
    return None


def logs_of_pods(keys: Sequence[Key], namespaces: Sequence[str], *, previous: bool = False) -> Logs:
    """Return the logs of several pods of these namespaces; none for all of them."""
    first, *others = [Browse("pods", namespace=each, title=f"{len(keys):,} pods") for each in namespaces or ("",)]
    return Logs(first, tuple(others), tuple(keys), previous=previous)


def logs_together(several: Sequence[Logs], title: str) -> Logs:
    """Return the logs of all of these at once, called so; none of them may be narrowed."""
    lists = dict.fromkeys([each for logs in several for each in (logs.pods, *logs.more)])
    first, *others = lists
    return replace(several[0], pods=replace(first, title=title), more=tuple(others))


def all_containers(logs: Logs) -> Logs:
    """Return the logs of the whole pods."""
    return replace(logs, containers=())


def like(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells the names that are like one of these: `*` is any text, `?` any character; a word without
    either may stand anywhere in the name."""
    wanted = [pattern if re.search(r"[*?\[]", pattern) else f"*{pattern}*" for pattern in patterns]
    is_like = re.compile("|".join(map(fnmatch.translate, wanted))).match
    return lambda name: is_like(name) is not None
