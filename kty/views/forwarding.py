"""What can be forwarded from where a person stands: whose pods, which ports they declare, and what a line asks for."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from kty.errors import UsageError
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.runtime.forward_target import ForwardPort, ForwardTarget
from kty.text import printable
from kty.views.said import field, text
from kty.views.view import Browse, Containers, Destination

FORWARDABLE = frozenset(
    {
        "pods",
        "containers",
        "deployments.apps",
        "replicasets.apps",
        "statefulsets.apps",
        "daemonsets.apps",
        "jobs.batch",
        "services",
    }
)
"""The views whose rows have pods with ports."""
HINT = "as in 8080, 18080:8080 or http; several with blanks between"
_MOST = 65535


class DeclaredPort(Struct, frozen=True):
    """A TCP port that an object says it has."""

    number: int
    to: int | str
    """The pods' port: its number, or the name that each pod has for one."""
    name: str = ""
    of: str = ""
    """The container that has it."""


def target_of(resource: Resource, obj: Object, opened: Destination | None) -> ForwardTarget:
    """Return whose pods are meant by an object, of which `opened` is where its view leads.

    Raises UsageError for one that has no pods to forward to.
    """
    namespace, name = text(obj, "metadata", "namespace"), text(obj, "metadata", "name")
    match opened:
        case Containers():
            return ForwardTarget(resource, namespace, name)
        case Browse(kind="pods", labels=labels, owner=owner) if labels or owner:
            return ForwardTarget(resource, namespace, name, labels, owner)
    raise UsageError(f"{resource.kind.lower()} {name} selects no pods, so there is nothing to forward to")


def declared_ports(resource: Resource, obj: Object, container: str = "") -> list[DeclaredPort]:
    """Return the TCP ports that an object declares; of a pod, those of this container first."""
    if resource.id == "services":
        return [*_of_service(obj)]
    is_pod = resource.id == "pods"
    spec = field(obj, "spec") if is_pod else field(obj, "spec", "template", "spec")
    found = dict.fromkeys(_of_pod(spec))
    return sorted(found, key=lambda port: port.of != container)


def _of_service(service: Object) -> Iterator[DeclaredPort]:
    is_headless = field(service, "spec", "clusterIP") == "None"  # then nothing stands between clients and pods
    for port in _objects(field(service, "spec", "ports")):
        number, to = port.get("port"), port.get("targetPort")
        if _is_tcp(port) and isinstance(number, int):
            leads = to if isinstance(to, int | str) and to and not is_headless else number
            yield DeclaredPort(number, leads, text(port, "name"))


def _of_pod(spec: Any) -> Iterator[DeclaredPort]:
    if not isinstance(spec, dict):
        return
    sidecars = [each for each in _objects(spec.get("initContainers")) if each.get("restartPolicy") == "Always"]
    for container in (*_objects(spec.get("containers")), *sidecars):
        for port in _objects(container.get("ports")):
            number = port.get("containerPort")
            if _is_tcp(port) and isinstance(number, int):
                name = text(port, "name")
                yield DeclaredPort(number, name or number, name, text(container, "name"))


def _objects(value: Any) -> list[Object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _is_tcp(port: Object) -> bool:
    return text(port, "protocol") in ("", "TCP")


def read_ports(line: str, target: ForwardTarget, declared: Sequence[DeclaredPort]) -> list[ForwardPort]:
    """Return what a line asks for: `[LOCAL:]PORT` with blanks or commas between; LOCAL 0 or left out chooses itself.

    PORT is a number, or the name of a declared one. Raises UsageError with what is wrong.
    """
    found: list[ForwardPort] = []
    for word in re.split(r"[\s,]+", line.strip()):
        local, colon, remote = word.rpartition(":")
        if not remote:
            raise UsageError("which port?", hint=HINT)
        number, to = _remote(remote, target, declared)
        at = _number(local, lowest=0) if colon and local else 0
        if at and any(port.local == at for port in found):
            raise UsageError(f"port {at} of this machine can lead to one place only")
        found.append(ForwardPort(number, to, at))
    return found


def _remote(word: str, target: ForwardTarget, declared: Sequence[DeclaredPort]) -> tuple[int, int | str]:
    is_number = re.fullmatch(r"[0-9]+", word) is not None
    for port in declared:
        if (is_number and port.number == int(word)) or (not is_number and port.name == word):
            # Who asks for a number of a pod's means that number.
            return port.number, port.number if is_number and target.resource.id != "services" else port.to
    if is_number and target.resource.id != "services":
        number = _number(word, lowest=1)
        return number, number
    known = ", ".join(f"{port.number} ({port.name})" if port.name else str(port.number) for port in declared)
    raise UsageError(f"{target} has no port {word}" + (f"; it has {known}" if known else ""))


def _number(word: str, *, lowest: int) -> int:
    if re.fullmatch(r"[0-9]{1,5}", word) and lowest <= int(word) <= _MOST:
        return int(word)
    raise UsageError(f"`{printable(word)}` is no port", hint=HINT)


def sentence(target: ForwardTarget, ports: Sequence[ForwardPort]) -> str:
    """Say what forwarding these ports will do."""
    parts = [
        (
            f"port {port.local} of this machine"
            if port.local
            else f"port {port.number} of this machine, or another if that is taken,"
        )
        + f" to port {port}"
        for port in ports
    ]
    what = "; ".join(parts)
    where = f"{target} in {target.namespace}"
    each = "while it is away connections wait for it" if target.is_pod else "each connection goes to one that is ready"
    return f"Forward {what} of {'' if target.is_pod else 'the pods of '}{where}; {each}."
