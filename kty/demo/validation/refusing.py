"""Which checks a kind has."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from kty.demo.kinds import Kind
from kty.demo.schema import structural
from kty.demo.statuses import invalid
from kty.demo.validation import others, workloads
from kty.demo.validation.faults import Faults
from kty.demo.validation.pods import check_spec, check_update
from kty.kube.objects import Object

Check: TypeAlias = Callable[[Faults, Object, Object | None], None]

_PLAIN_FINALIZERS: Final = frozenset({"orphan", "foregroundDeletion", "kubernetes"})
_QUALIFIED: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")


def _check_pod(faults: Faults, obj: Object, live: Object | None) -> None:
    if live is None:
        check_spec(faults, obj.get("spec") or {}, "spec")
    else:
        check_update(faults, live, obj)


_CHECKS: Final[Mapping[str, Check]] = {
    "pods": _check_pod,
    "deployments.apps": workloads.check_workload,
    "replicasets.apps": workloads.check_workload,
    "daemonsets.apps": workloads.check_workload,
    "statefulsets.apps": workloads.check_stateful_set,
    "jobs.batch": workloads.check_job,
    "cronjobs.batch": workloads.check_cron_job,
    "services": others.check_service,
    "persistentvolumeclaims": others.check_claim,
    "persistentvolumes": others.check_volume,
    "horizontalpodautoscalers.autoscaling": others.check_autoscaler,
    "ingresses.networking.k8s.io": others.check_ingress,
    "poddisruptionbudgets.policy": others.check_budget,
    "configmaps": others.check_data,
    "secrets": others.check_data,
    "customresourcedefinitions.apiextensions.k8s.io": others.check_definition,
}


def refuse_invalid(kind: Kind, obj: Object, live: Object | None = None) -> None:
    """Raise ApiError 422 for an object that may not be created, or not written over `live`."""
    faults = Faults()
    for number, finalizer in enumerate(obj["metadata"].get("finalizers") or ()):
        if finalizer not in _PLAIN_FINALIZERS and not _QUALIFIED.fullmatch(finalizer):
            why = "name is neither a standard finalizer name nor is it fully qualified"
            faults.invalid(f"metadata.finalizers[{number}]", finalizer, why)
    if kind.id in _CHECKS:
        _CHECKS[kind.id](faults, obj, live)
    if kind.defined_by and kind.schema:
        faults.causes += structural.faults(kind.schema, obj)
    if faults.causes:
        raise invalid(kind.resource, obj["metadata"]["name"], faults.causes)
