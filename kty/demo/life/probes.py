"""When a container's probes pass or fail, counted from its start."""

from dataclasses import dataclass

from kty.demo.life.behaviour import serves
from kty.demo.life.script import FOREVER, play
from kty.kube.objects import Object

_SOON = 1.0
"""Seconds that something takes to listen."""


@dataclass(frozen=True, slots=True)
class Probing:
    """Seconds after a container's start; FOREVER for what does not come."""

    started: float
    ready: float
    killed: float
    """Its liveness or startup probe has failed often enough."""
    complains: float
    """The first probe has failed."""
    failed: str = ""
    """`Liveness`, `Startup` or `Readiness`: whose failures are told."""
    message: str = ""


def probing(container: Object, address: str) -> Probing:
    """Return how the probes of one run of a container go."""
    startup, liveness, readiness = (container.get(f"{kind}Probe") for kind in ("startup", "liveness", "readiness"))
    started, killed, complains, failed, message = 0.0, FOREVER, FOREVER, "", ""
    if startup:
        started = _first_pass(startup)
        if why := why_failing(container, startup, address):
            started, killed, complains, failed, message = FOREVER, *_failures(startup, 0.0), "Startup", why
    if liveness and not failed and (why := why_failing(container, liveness, address)):
        killed, complains, failed, message = *_failures(liveness, started), "Liveness", why
    ready = started
    if readiness:
        ready = started + _first_pass(readiness)
        if why := why_failing(container, readiness, address):
            ready = FOREVER
            if not failed:
                complains, failed, message = _failures(readiness, started)[1], "Readiness", why
    return Probing(started, ready, killed, complains, failed, message)


def why_failing(container: Object, probe: Object, address: str) -> str:
    """Return what a probe says that always fails; empty for one that passes."""
    command = (probe.get("exec") or {}).get("command")
    if command is not None:
        words = [str(word) for word in command]
        script = words[-1] if len(words) > 2 and words[1] == "-c" else " ".join(words)
        return "command failed" if play(script).code else ""
    return "" if serves(container) else _refused(container, probe, address)


def _refused(container: Object, probe: Object, address: str) -> str:
    asked = probe.get("httpGet") or probe.get("tcpSocket") or probe.get("grpc") or {}
    place = f"{address}:{_port(container, asked.get('port', 80))}"
    refused = f"dial tcp {place}: connect: connection refused"
    if http := probe.get("httpGet"):
        return f'Get "{http.get("scheme", "HTTP").lower()}://{place}{http.get("path", "/")}": {refused}'
    return refused


def _port(container: Object, port: str | int) -> int:
    """Return the number of a port that may be named."""
    named = {each.get("name"): int(each["containerPort"]) for each in container.get("ports") or ()}
    return named.get(port, 80) if isinstance(port, str) and not port.isdigit() else int(port)


def _first_pass(probe: Object) -> float:
    delay = float(probe.get("initialDelaySeconds") or 0)
    more = float(probe.get("periodSeconds") or 10) * (int(probe.get("successThreshold") or 1) - 1)
    return max(delay, _SOON) + more


def _failures(probe: Object, since: float) -> tuple[float, float]:
    """Return when a failing probe has failed too often, and when it fails first."""
    first = since + max(float(probe.get("initialDelaySeconds") or 0), _SOON)
    period, threshold = float(probe.get("periodSeconds") or 10), int(probe.get("failureThreshold") or 3)
    return first + period * (threshold - 1), first
