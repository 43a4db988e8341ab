"""How much one person, and everybody together, may ask of the server."""

import ipaddress
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Struct

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Bytes: TypeAlias = Annotated[int, msgspec.Meta(ge=4096)]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK = ("127.0.0.0/8", "::1/128")


class Penalties(Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Seconds for which an address is not let in, in the words of sshd's PerSourcePenalties, and with its defaults.

    They add up, and count once there are more than `min` of them. 0 is none.
    """

    crash: Seconds = 90.0
    """For a connection that made the server stumble."""
    authfail: Seconds = 5.0
    """For one that tried to log in and did not."""
    noauth: Seconds = 1.0
    """For one that did not even try."""
    grace_exceeded: Seconds = 10.0
    """For one that took longer than `login-grace`."""
    max: Seconds = 600.0
    """What they add up to at most."""
    min: Seconds = 15.0
    """What is forgiven."""
    max_sources: Count = 10_000
    """Addresses that are remembered, here and for their rate; those go first that would be free first."""


class Limits(Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Each may be set in the file that --config names, below `limits`."""

    unauthenticated: Count = 20
    """Connections that have not logged in yet, of all; one more takes the place of the one that lingers longest."""
    unauthenticated_per_address: Count = 8
    """Those of them that come from one address, or from one IPv6 network of 64 bits."""
    rate_per_address: Annotated[float, msgspec.Meta(gt=0)] = 5.0
    """New connections a second from one address, in the long run."""
    burst_per_address: Count = 30
    """New connections from one address at once, after a rest."""
    penalties: Penalties = Penalties()
    exempt: tuple[str, ...] = LOOPBACK
    """Addresses and networks whose rate is not looked at, and that get no penalties."""
    auth_tries: Count = 10
    """Keys, and other ways, that a connection may try: agents offer all that they have."""
    login_grace: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    """Seconds until a connection must have logged in."""
    connections: Count = 1000
    """Connections at once, of everybody, logged in or not."""
    connections_per_person: Count = 50
    """Connections that one person may have at once."""
    channels: Count = 10
    """Sessions that one connection may have open at once."""
    sessions_per_person: Count = 50
    """Sessions that one person may have open at once, over all of their connections."""
    key_exchanges: Count = 30
    """Times a minute that a connection may agree on new keys: each costs what a login costs."""
    buffered_per_session: Bytes = 64 * 1024
    """Bytes that wait for a session whose client reads slowly: then nothing is painted until it has read them."""
    buffered_per_connection: Bytes = 1 << 20
    """Bytes that wait for a connection which is read slowly: then its sessions wait."""
    buffered: Annotated[int, msgspec.Meta(ge=1 << 20)] = 64 << 20
    """Bytes that wait for all connections, sessions included; where there are more, the one with the most is closed."""
    stalled: Seconds = 300.0
    """Seconds after which who takes nothing of what waits for them is closed; 0 for never."""
    idle: Seconds = 3600.0
    """Seconds after which a connection on which nothing is typed is closed; 0 for never."""
    drain: Seconds = 25.0
    """Seconds that people have to leave once the server was asked to end (SIGTERM)."""


def network(address: str) -> str:
    """Return who counts as one: an IPv4 address, also where it is written as IPv6, or a /64 of IPv6."""
    known = _known(address)
    if known is None:
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))


def networks(patterns: tuple[str, ...]) -> tuple[Network, ...]:
    """Return addresses and networks as such. Raises ValueError for what is neither."""
    return tuple(ipaddress.ip_network(pattern) for pattern in patterns)


def is_among(address: str, among: tuple[Network, ...]) -> bool:
    """Say whether an address lies in one of these networks; an IPv4 one that is written as IPv6, too."""
    known = _known(address)
    return known is not None and any(known in each for each in among)


def _known(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return known.ipv4_mapped or known if isinstance(known, ipaddress.IPv6Address) else known
