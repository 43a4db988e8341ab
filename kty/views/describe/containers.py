"""Containers, of pods and of pod templates."""

from collections.abc import Iterable, Sequence
from typing import Any

from kty.kube.objects import Object
from kty.views.containerstatuses import tone_of
from kty.views.describing import Entry, Line, Part, Piece, entries, entry, moment, scalar, section
from kty.views.reading import listed, mapped, texts
from kty.views.said import field, text

LISTS = (
    ("Init Containers", "initContainers", "initContainerStatuses"),
    ("Containers", "containers", "containerStatuses"),
    ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"),
)


def containers(spec: Object, status: Object | None = None, *, pod: Object | None = None) -> tuple[Part, ...]:
    """Return the sections of a pod spec's containers; with the status of a pod what became of each.

    `pod` is the whole pod, where it is one: then variables have the values that it gives them.
    """
    sections: list[Part] = []
    for title, key, statuses in LISTS:
        found = listed(spec, key)
        if not found and key != "containers":
            continue
        known = {each.get("name"): each for each in listed(status or {}, statuses)}
        sections.append(section(title, [_container(each, known.get(each.get("name")), pod) for each in found]))
    return tuple(sections)


def _container(container: Object, status: Object | None, pod: Object | None) -> Entry:
    parts: list[Part] = []
    if status is not None:
        parts.append(entry("Container ID", status.get("containerID")))
    parts.append(entry("Image", container.get("image")))
    if status is not None:
        parts.append(entry("Image ID", status.get("imageID")))
    if target := container.get("targetContainerName"):
        parts.append(entry("Target Container", target))
    parts += _ports(listed(container, "ports"))
    for title, key in (("Command", "command"), ("Args", "args")):
        if words := texts(container, key):
            parts.append(entries(title, words))
    if restarts := container.get("restartPolicy"):
        parts.append(entry("Restart Policy", restarts))
    if status is not None:
        parts += _status(status)
    for title, key in (("Limits", "limits"), ("Requests", "requests")):
        if amounts := mapped(container, "resources", key):
            parts.append(Entry(title, parts=tuple([entry(each, amounts[each]) for each in sorted(amounts)])))
    for title, key in (("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")):
        if probe := mapped(container, key):
            parts.append(entry(title, _probe(probe)))
    if sources := listed(container, "envFrom"):
        parts.append(entries("Environment Variables from", map(_source, sources)))
    variables = [_variable(each, container, pod) for each in listed(container, "env")]
    parts += [section("Environment", variables), entries("Mounts", _mounts(listed(container, "volumeMounts")))]
    if devices := listed(container, "volumeDevices"):
        parts.append(entries("Devices", [f"{text(each, 'devicePath')} from {text(each, 'name')}" for each in devices]))
    return Entry(scalar(container.get("name")), parts=tuple(parts))


def _ports(ports: Sequence[Object]) -> list[Part]:
    def written(key: str) -> str:
        shown = []
        for port in ports:
            protocol, name = port.get("protocol") or "TCP", port.get("name")
            shown.append(f"{port.get(key) or 0}/{protocol}" + (f" ({name})" if name else ""))
        return ", ".join(shown)

    many = "s" * (len(ports) > 1)
    return [entry(f"Port{many}", written("containerPort")), entry(f"Host Port{many}", written("hostPort"))]


def _status(status: Object) -> list[Part]:
    parts: list[Part] = [_state("State", mapped(status, "state"))]
    if last := mapped(status, "lastState"):
        parts.append(_state("Last State", last))
    ready = status.get("ready")
    parts.append(entry("Ready", "True" if ready else "False", tone="" if ready else "warn"))
    count = status.get("restartCount") or 0
    parts.append(entry("Restart Count", count, tone="warn" if count else ""))
    return parts


def _state(title: str, state: Object) -> Entry:
    """Return a state: waiting, running or terminated, and what is known of it."""
    is_now = title == "State"
    if waiting := state.get("waiting"):
        reason = text(waiting, "reason")
        tone = tone_of(reason) if is_now else ""
        parts = [entry("Reason", reason, tone=tone)] if reason else []
        if message := text(waiting, "message"):
            parts.append(entry("Message", message))
        return Entry(title, (Piece("Waiting", tone),), tuple(parts))
    if isinstance(running := state.get("running"), dict):
        return Entry(
            title,
            (Piece("Running", "good" if is_now else ""),),
            (Entry("Started", (moment(running.get("startedAt")),)),),
        )
    if not isinstance(ended := state.get("terminated"), dict):
        return Entry(title, (Piece("Waiting", "busy"),))
    code = ended.get("exitCode") or 0
    parts = [entry("Reason", ended["reason"])] if ended.get("reason") else []
    if message := text(ended, "message").rstrip("\n"):
        parts.append(entry("Message", message))
    parts.append(entry("Exit Code", code, tone="bad" if code else ""))
    if signal := ended.get("signal"):
        parts.append(entry("Signal", signal))
    parts.append(Entry("Started", (moment(ended.get("startedAt")),)))
    parts.append(Entry("Finished", (moment(ended.get("finishedAt")),)))
    return Entry(title, (Piece("Terminated", "bad" if code else "dim"),), tuple(parts))


def _probe(probe: Object) -> str:
    """Write a probe on one line: what it does, and how often."""
    what = "unknown"
    if "exec" in probe:
        what = f"exec [{' '.join(texts(probe, 'exec', 'command'))}]"
    elif http := mapped(probe, "httpGet"):
        scheme = text(http, "scheme").lower() or "http"
        path = text(http, "path")
        what = f"http-get {scheme}://{text(http, 'host')}:{scalar(http.get('port'), '')}" + f"/{path.removeprefix('/')}"
    elif tcp := mapped(probe, "tcpSocket"):
        what = f"tcp-socket {text(tcp, 'host')}:{scalar(tcp.get('port'), '')}"
    elif grpc := mapped(probe, "grpc"):
        what = f"grpc <pod>:{scalar(grpc.get('port'), '')} {text(grpc, 'service')}".rstrip()
    delay, timeout = probe.get("initialDelaySeconds") or 0, probe.get("timeoutSeconds") or 1
    period, success = probe.get("periodSeconds") or 10, probe.get("successThreshold") or 1
    failure = probe.get("failureThreshold") or 3
    return f"{what} delay={delay}s timeout={timeout}s period={period}s #success={success} #failure={failure}"


def _source(source: Object) -> Line:
    kind, key = ("ConfigMap", "configMapRef") if "configMapRef" in source else ("Secret", "secretRef")
    reference = mapped(source, key)
    prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
    return f"{text(reference, 'name')}  {kind}{prefix}  Optional: {scalar(reference.get('optional') or False)}"


def _variable(variable: Object, container: Object, pod: Object | None) -> Entry:
    name, origin = scalar(variable.get("name")), mapped(variable, "valueFrom")
    if not origin:
        return entry(name, variable.get("value") or "", missing="")
    if path := field(origin, "fieldRef", "fieldPath"):
        value = _of_pod(pod, str(path))
        return entry(name, f"{value} ({text(origin, 'fieldRef', 'apiVersion') or 'v1'}:{path})".lstrip())
    if resource := field(origin, "resourceFieldRef", "resource"):
        kind, _, what = str(resource).partition(".")
        amount = mapped(container, "resources", kind).get(what)
        return entry(name, f"{scalar(amount, 'node allocatable')} ({resource})")
    for title, key in (("secret", "secretKeyRef"), ("config map", "configMapKeyRef")):
        if reference := mapped(origin, key):
            optional = scalar(reference.get("optional") or False)
            of = f"the key '{reference.get('key')}' of {title} '{reference.get('name')}'"
            return entry(name, f"<{of}>  Optional: {optional}")
    return entry(name, f"<from {', '.join(origin)}>")


def _of_pod(pod: Object | None, path: str) -> str:
    """Return the value of a field of the pod, where it is a plain one."""
    value: Any = None if pod is None else field(pod, *path.split("."))
    return "" if isinstance(value, dict | list) else scalar(value, "")


def _mounts(mounts: Iterable[Object]) -> list[str]:
    shown = []
    for mount in sorted(mounts, key=lambda each: text(each, "mountPath")):
        flags = "ro" if mount.get("readOnly") else "rw"
        path = mount.get("subPath")
        flags += f',path="{path}"' if path else ""
        shown.append(f"{mount.get('mountPath')} from {mount.get('name')} ({flags})")
    return shown
