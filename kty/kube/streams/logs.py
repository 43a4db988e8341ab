"""Read what a container printed: pods/log, as lines of bytes of any length."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from kty.kube.client import Client
from kty.kube.streams.lines import Lines, SafeReader
from kty.kube.streams.pods import path_of


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What of a log is asked for (core/v1 PodLogOptions)."""

    container: str = ""
    """The pod's only one where it is empty."""
    follow: bool = False
    """Go on while the container runs."""
    previous: bool = False
    """The run before this one."""
    tail_lines: int | None = None
    since_seconds: int | None = None
    since_time: datetime | None = None
    """Must know its time zone. The server takes whole seconds: a fraction is cut off."""
    timestamps: bool = False
    """Let every line begin with its time (RFC 3339, nanoseconds) and a space."""
    limit_bytes: int | None = None
    stream: str = ""
    """`All`, `Stdout` or `Stderr`, where the server has PodLogsQuerySplitStreams on; others answer Invalid."""
    insecure_skip_tls_verify_backend: bool = False
    """Let the API server not check the kubelet's certificate."""

    def query(self) -> list[tuple[str, str]]:
        """Return the query that asks for it. Raises ValueError for a time without a zone."""
        if self.since_time is not None and self.since_time.tzinfo is None:
            raise ValueError("since_time must know its time zone")
        since = self.since_time and self.since_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        numbers = {
            "tailLines": self.tail_lines,
            "sinceSeconds": self.since_seconds,
            "limitBytes": self.limit_bytes,
        }
        switches = {
            "follow": self.follow,
            "previous": self.previous,
            "timestamps": self.timestamps,
            "insecureSkipTLSVerifyBackend": self.insecure_skip_tls_verify_backend,
        }
        words = {"container": self.container, "sinceTime": since, "stream": self.stream}
        return [
            *[(name, word) for name, word in words.items() if word],
            *[(name, str(number)) for name, number in numbers.items() if number is not None],
            *[(name, "true") for name, is_on in switches.items() if is_on],
        ]


WHOLE = LogOptions()


@asynccontextmanager
async def logs(
    client: Client, namespace: str, pod: str, options: LogOptions = WHOLE, *, idle: float | None = None
) -> AsyncIterator[Lines]:
    """Open the log of a container. A container that is followed may be silent for `idle` seconds, or for ever.

    Raises what `Client.request` raises: Invalid where the container is not named and there are several, or where it
    has no log yet.
    """
    async with (
        client.stream(path_of(namespace, pod, "log"), query=options.query(), idle=idle) as chunks,
        aclosing(SafeReader(chunks)) as reader,
    ):
        yield Lines(reader.read)
