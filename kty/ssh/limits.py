"""How much one person, and everybody together, may ask of the server."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Struct

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]


class Limits(Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Each may be set in the file that --config names, below `limits`."""

    unauthenticated: Count = 20
    """Connections that have not logged in yet, of all; more are closed at once."""
    unauthenticated_per_address: Count = 8
    """Those of them that come from one address, or from one IPv6 network of 64 bits."""
    auth_tries: Count = 10
    """Keys, and other ways, that a connection may try: agents offer all that they have."""
    login_grace: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    """Seconds until a connection must have logged in."""
    channels: Count = 10
    """Sessions that one connection may have open at once."""
    idle: Seconds = 3600.0
    """Seconds after which a connection on which nothing is typed is closed; 0 for never."""
    drain: Seconds = 25.0
    """Seconds that people have to leave once the server was asked to end (SIGTERM)."""


class Doorway:
    """Counts those who stand in it: connected, and not logged in yet."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._standing: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._standing.total()

    def why_not(self, address: str) -> str:
        """Say why nobody more may come from this address just now; empty where one may."""
        if len(self) >= self._limits.unauthenticated:
            return f"{self._limits.unauthenticated} connections have not logged in yet"
        if self._standing[network(address)] >= self._limits.unauthenticated_per_address:
            return f"{self._limits.unauthenticated_per_address} connections from there have not logged in yet"
        return ""

    @contextmanager
    def standing(self, address: str) -> Iterator[None]:
        """Count one while the block lasts."""
        where = network(address)
        self._standing[where] += 1
        try:
            yield
        finally:
            self._standing[where] -= 1
            if not self._standing[where]:
                del self._standing[where]


def network(address: str) -> str:
    """Return who counts as one: an IPv4 address, also where it is written as IPv6, or a /64 of IPv6."""
    import ipaddress

    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, 64), strict=False))
