"""Count what happens at the server, and tell it in Prometheus' words.

Names follow https://prometheus.io/docs/practices/naming/. No label has a value that people or addresses decide: a
metric of a busy server has as many series as that of an idle one.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from kty import __version__
from kty.ssh.behind import Kept
from kty.ssh.facts import Changed, Entered, Fact, LoggedIn, LoginFailed, Refused, SessionClosed, SessionOpened

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_LONG = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0)
_OK = "ok"


class Counted(Protocol):
    """What can be counted of a server at any time."""

    @property
    def authenticated(self) -> int: ...

    @property
    def unauthenticated(self) -> int: ...

    @property
    def people(self) -> int: ...

    @property
    def sessions(self) -> int: ...

    @property
    def buffered(self) -> int: ...

    @property
    def penalized(self) -> int: ...

    def count(self) -> None:
        """Tell how many bytes went over connections since the last time."""


class Metrics(Collector):
    """All that is measured of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.server: Counted | None = None
        self.kept: Callable[[], Kept] = Kept
        self.why_unreachable: Callable[[], str | None] = lambda: None
        here = self.registry
        Info("kty_build", "The version of kty.", registry=here).info({"version": __version__})
        self._logins = Counter("kty_ssh_logins", "Attempts to log in.", ("method", "outcome"), registry=here)
        self._refusals = Counter(
            "kty_ssh_refusals",
            "Connections, sessions and more that a limit refused or ended.",
            ("limit",),
            registry=here,
        )
        self._opened = Counter("kty_ssh_sessions_opened", "Sessions that were opened.", registry=here)
        self._lasted = Histogram(
            "kty_ssh_session_duration_seconds", "How long sessions lasted.", buckets=_LONG, registry=here
        )
        self._received = Counter("kty_ssh_received_bytes", "Bytes that clients sent.", registry=here)
        self._sent = Counter("kty_ssh_sent_bytes", "Bytes that were sent to clients.", registry=here)
        self._handshakes = Histogram(
            "kty_ssh_handshake_duration_seconds",
            "Time from a connection to its first keys.",
            buckets=_SECONDS,
            registry=here,
        )
        self._lag = Histogram(
            "kty_event_loop_lag_seconds",
            "By how much the one thread that serves everybody came late.",
            buckets=_SECONDS,
            registry=here,
        )
        self._entered = Counter(
            "kty_cluster_pod_streams", "Programs, attachments and ports of pods.", ("kind", "outcome"), registry=here
        )
        self._changed = Counter(
            "kty_cluster_changes", "Requests to change the cluster.", ("verb", "outcome"), registry=here
        )
        for outcome in ("ok", "failed"):
            self._logins.labels("publickey", outcome)
        self.registry.register(self)
        ProcessCollector(registry=here)
        PlatformCollector(registry=here)
        GCCollector(registry=here)

    def tell(self, fact: Fact) -> None:
        """Count something that happened."""
        match fact:
            case LoggedIn():
                self._logins.labels(fact.method, "ok").inc()
            case LoginFailed():
                self._logins.labels(fact.method or "none", "failed").inc()
            case Refused():
                self._refusals.labels(fact.reason).inc(fact.count)
            case SessionOpened():
                self._opened.inc()
            case SessionClosed():
                self._lasted.observe(fact.seconds)
            case Entered():
                self._entered.labels(fact.how, _outcome(fact.outcome)).inc()
            case Changed():
                self._changed.labels(fact.verb, _outcome(fact.outcome)).inc()

    def agreed(self, seconds: float) -> None:
        """Hear how long a connection took until it had keys."""
        self._handshakes.observe(seconds)

    def counted(self, received: int, sent: int) -> None:
        """Hear how many bytes went over connections."""
        self._received.inc(received)
        self._sent.inc(sent)

    def lagged(self, seconds: float) -> None:
        """Hear by how much the loop came late."""
        self._lag.observe(seconds)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield what is so just now (a `Collector`)."""
        if (server := self.server) is not None:
            connections = GaugeMetricFamily(
                "kty_ssh_connections", "Connections, by whether somebody logged in.", None, ("state",)
            )
            connections.add_metric(("authenticated",), server.authenticated)
            connections.add_metric(("unauthenticated",), server.unauthenticated)
            yield connections
            yield GaugeMetricFamily("kty_ssh_people", "People who are here.", server.people)
            yield GaugeMetricFamily("kty_ssh_sessions", "Sessions that are open.", server.sessions)
            yield GaugeMetricFamily("kty_ssh_buffered_bytes", "Bytes that wait for clients.", server.buffered)
            yield GaugeMetricFamily(
                "kty_ssh_penalized_addresses", "Addresses that have something against them.", server.penalized
            )
        kept = self.kept()
        yield GaugeMetricFamily("kty_cluster_watches", "Lists that are kept up to date by a watch.", kept.stores)
        yield GaugeMetricFamily("kty_cluster_watch_users", "How many look at them.", kept.leases)
        why = self.why_unreachable()
        if why is not None:
            yield GaugeMetricFamily("kty_cluster_up", "Whether the API server answered last.", float(not why))

    def page(self, accept: str) -> tuple[bytes, str]:
        """Return all of it, and its content type, in a format that whoever asks accepts."""
        if self.server is not None:
            self.server.count()
        encode, kind = choose_encoder(accept)
        return encode(self.registry), kind


def _outcome(said: str) -> str:
    return _OK if said == _OK else "refused"
