"""Nodes, with the pods on them and what these ask for."""

from collections.abc import Mapping, Sequence

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object
from kty.kube.quantity import Quantity
from kty.kube.resource import Resource
from kty.views.describe import identity
from kty.views.describe.demands import Demand, amounts, demand, share, total
from kty.views.describe.placement import taint
from kty.views.describe.templates import PODS
from kty.views.describing import (
    Beside,
    Describer,
    Description,
    Entry,
    Line,
    Need,
    Part,
    Piece,
    Prose,
    Table,
    entries,
    entry,
    found,
    moment,
    section,
)
from kty.views.reading import listed, mapped
from kty.views.said import text

LEASES = Resource("coordination.k8s.io", "v1", "Lease", "leases")
_ROLE = "node-role.kubernetes.io/"
_INFO = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)
_ALWAYS = ("cpu", "memory", "ephemeral-storage")


def needs(node: Object) -> Mapping[str, Need]:
    name = text(node, "metadata", "name")
    running = f"spec.nodeName={name},status.phase!=Succeeded,status.phase!=Failed"
    return {
        "pods": Need(PODS, fields=running, codec=ObjectCodec),
        "lease": Need(LEASES, "kube-node-lease", fields=f"metadata.name={name}", codec=ObjectCodec),
    }


def describe(node: Object, beside: Beside) -> Description:
    spec, status = mapped(node, "spec"), mapped(node, "status")
    names = sorted(key.removeprefix(_ROLE) for key in mapped(node, "metadata", "labels") if key.startswith(_ROLE))
    is_cordoned = bool(spec.get("unschedulable"))
    parts: list[Part] = [
        identity.name(node),
        entry("Roles", ",".join(filter(None, names))),
        identity.labels(node),
        identity.annotations(node),
        identity.created(node),
        *identity.leaving(node),
        entries("Taints", map(taint, listed(spec, "taints"))),
        entry("Unschedulable", is_cordoned, tone="warn" if is_cordoned else ""),
        _lease(beside),
        *identity.conditions(node, "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"),
        section(
            "Addresses", [entry(text(each, "type"), text(each, "address")) for each in listed(status, "addresses")]
        ),
        _amounts("Capacity", status, "capacity"),
        _amounts("Allocatable", status, "allocatable"),
        Entry("System Info", parts=tuple([entry(title, text(status, "nodeInfo", key)) for title, key in _INFO])),
    ]
    for title, key in (("PodCIDR", "podCIDR"), ("ProviderID", "providerID")):
        if value := text(spec, key):
            parts.append(entry(title, value))
    if ranges := spec.get("podCIDRs"):
        parts.append(entry("PodCIDRs", ",".join(map(str, ranges))))
    return (*parts, *_pods(status, beside))


def _lease(beside: Beside) -> Entry:
    leases = found(beside, "lease")
    if (instead := leases.instead) is not None:
        return Entry("Lease", (instead,))
    if not leases.objects:
        return entry("Lease", None)
    spec = mapped(leases.objects[0], "spec")
    times = [
        Entry(title, (moment(spec.get(key)),))
        for title, key in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime"))
    ]
    return Entry("Lease", parts=(entry("HolderIdentity", text(spec, "holderIdentity"), missing="<unset>"), *times))


def _amounts(title: str, status: Object, key: str) -> Entry:
    values = mapped(status, key)
    return section(title, [entry(each, values[each]) for each in sorted(values)])


def _pods(status: Object, beside: Beside) -> list[Part]:
    pods = found(beside, "pods")
    if (instead := pods.instead) is not None:
        return [Entry("Non-terminated Pods", (instead,)), Entry("Allocated resources", (instead,))]
    there = amounts(mapped(status, "allocatable") or mapped(status, "capacity"))
    known = sorted(pods.objects, key=lambda pod: (text(pod, "metadata", "namespace"), text(pod, "metadata", "name")))
    asked = [(demand(pod, "requests"), demand(pod, "limits")) for pod in known]
    rows = tuple([_row(pod, *both, there) for pod, both in zip(known, asked, strict=True)])
    titles = ("Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
    beneath = (Table(titles, rows),) if rows else ()
    return [
        Entry("Non-terminated Pods", (f"{len(rows)} in total",), beneath),
        _allocated(total([each for each, _ in asked]), total([each for _, each in asked]), there),
    ]


def _row(pod: Object, requests: Demand, limits: Demand, there: Demand) -> tuple[Line, ...]:
    nothing = Quantity()
    return (
        text(pod, "metadata", "namespace"),
        text(pod, "metadata", "name"),
        *[share(each.get(name, nothing), there.get(name)) for name in ("cpu", "memory") for each in (requests, limits)],
        moment(text(pod, "metadata", "creationTimestamp") or None, brief=True, missing=""),
    )


def _allocated(requests: Demand, limits: Demand, there: Demand) -> Entry:
    others: Sequence[str] = sorted({name for name in there if name not in (*_ALWAYS, "pods")})
    nothing = Quantity()
    rows: list[tuple[Line, ...]] = []
    for name in (*_ALWAYS, *others):
        asked, most, whole = requests.get(name, nothing), limits.get(name, nothing), there.get(name)
        rows.append((name, share(asked, whole), Piece(share(most, whole), "warn" if whole and most > whole else "")))
    note = Prose("Limits may add up to more than there is.", "dim")
    return Entry("Allocated resources", parts=(note, Table(("Resource", "Requests", "Limits"), tuple(rows))))


DESCRIBER = Describer("nodes", describe, needs)
