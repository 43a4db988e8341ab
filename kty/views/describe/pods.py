"""Pods."""

from kty.kube.objects import Object
from kty.views.containerstatuses import tone_of
from kty.views.describe import identity
from kty.views.describe.containers import containers
from kty.views.describe.placement import node_selectors, spread, tolerations
from kty.views.describe.volumes import volumes
from kty.views.describing import (
    Beside,
    Describer,
    Description,
    Entry,
    Part,
    Piece,
    Table,
    entries,
    entry,
    moment,
    scalar,
    section,
)
from kty.views.reading import listed, mapped, texts
from kty.views.said import field, text


def describe(pod: Object, beside: Beside) -> Description:
    spec, status = mapped(pod, "spec"), mapped(pod, "status")
    parts: list[Part] = [identity.name(pod), identity.namespace(pod)]
    if (priority := spec.get("priority")) is not None:
        parts.append(entry("Priority", priority))
    if name := text(spec, "priorityClassName"):
        parts.append(entry("Priority Class Name", name))
    if name := text(spec, "runtimeClassName"):
        parts.append(entry("Runtime Class Name", name))
    parts += [entry("Service Account", text(spec, "serviceAccountName")), entry("Node", _node(spec, status))]
    if started := text(status, "startTime"):
        parts.append(Entry("Start Time", (moment(started),)))
    parts += [identity.labels(pod), identity.annotations(pod), *identity.leaving(pod), *_status(status)]
    if profile := mapped(spec, "securityContext", "seccompProfile"):
        kind, local = text(profile, "type"), text(profile, "localhostProfile")
        parts.append(entry("SeccompProfile", kind))
        if local:
            parts.append(entry("LocalhostProfile", local))
    addresses = [entry("IP", text(each, "ip")) for each in listed(status, "podIPs")]
    parts += [entry("IP", text(status, "podIP")), section("IPs", addresses), *identity.controlled_by(pod)]
    if nominated := text(status, "nominatedNodeName"):
        parts.append(entry("NominatedNodeName", nominated))
    parts += [*_overall(spec), *containers(spec, status, pod=pod), *_gates(spec, status)]
    parts += [*_conditions(status), volumes(spec)]
    if quality := text(status, "qosClass"):
        parts.append(entry("QoS Class", quality))
    parts += [node_selectors(spec), tolerations(spec), *spread(spec), *_claims(spec, status)]
    return tuple(parts)


def _node(spec: Object, status: Object) -> str:
    node, host = text(spec, "nodeName"), text(status, "hostIP")
    return f"{node}/{host}" if node and host else node


def _status(status: Object) -> list[Part]:
    phase, reason, message = (text(status, each) for each in ("phase", "reason", "message"))
    tone = "bad" if phase == "Failed" else tone_of(phase)
    parts: list[Part] = [entry("Status", phase, tone=tone)]
    if reason:
        parts.append(entry("Reason", reason, tone="bad"))
    if message:
        parts.append(entry("Message", message))
    return parts


def _overall(spec: Object) -> list[Part]:
    """Return the limits and requests of the pod as a whole, where it has any."""
    found: list[Part] = []
    for title, key in (("Limits", "limits"), ("Requests", "requests")):
        if amounts := mapped(spec, "resources", key):
            found.append(Entry(title, parts=tuple([entry(each, amounts[each]) for each in sorted(amounts)])))
    return [Entry("Resources", parts=tuple(found))] if found else []


def _gates(spec: Object, status: Object) -> list[Part]:
    gates = [text(each, "conditionType") for each in listed(spec, "readinessGates")]
    if not gates:
        return []
    known = {each.get("type"): scalar(each.get("status")) for each in listed(status, "conditions")}
    rows = tuple(
        [(gate, Piece(known.get(gate, "<none>"), "" if known.get(gate) == "True" else "warn")) for gate in gates]
    )
    return [Entry("Readiness Gates", parts=(Table(("Type", "Status"), rows),))]


def _conditions(status: Object) -> list[Part]:
    rows = listed(status, "conditions")
    if not rows:
        return []
    return [Entry("Conditions", parts=(identity.condition_table(rows, "Reason", "LastTransitionTime", "Message"),))]


def _claims(spec: Object, status: Object) -> list[Part]:
    """Return the resource claims of a pod, and the gates that keep it from being scheduled."""
    parts: list[Part] = []
    if gates := [text(each, "name") for each in listed(spec, "schedulingGates")]:
        parts.append(entries("Scheduling Gates", gates))
    if names := [text(each, "name") for each in listed(spec, "resourceClaims")]:
        parts.append(entries("Resource Claims", names))
    if (policy := field(spec, "restartPolicy")) is not None:
        parts.append(entry("Restart Policy", policy))
    if hosts := [", ".join([text(each, "ip"), *texts(each, "hostnames")]) for each in listed(spec, "hostAliases")]:
        parts.append(entries("Host Aliases", hosts))
    return parts


DESCRIBER = Describer("pods", describe)
