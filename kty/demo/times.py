"""Times as Kubernetes writes them."""

from datetime import UTC, datetime
from functools import lru_cache


def timestamp(seconds: float) -> str:
    """Return seconds since the epoch as meta/v1 Time: whole seconds, UTC."""
    return _timestamp(int(seconds))


@lru_cache(256)
def _timestamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro_timestamp(seconds: float) -> str:
    """Return seconds since the epoch as meta/v1 MicroTime: with microseconds, as leases and new events have it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
