"""Read a file in the format of OpenSSH's authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT).

A key whose options ask for something that is not done here is refused: an option is a promise to whoever wrote it.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TypeAlias

import asyncssh

from kty.errors import ConfigError
from kty.ssh.limits import Network, is_among

Options: TypeAlias = tuple[tuple[str, str], ...]
"""Names, in lower case, and values; as they stand in the line."""

_OPTION = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?:="(?P<value>(?:\\"|[^"])*)")?(?P<end>,|(?=[ \t])|$)')
_DENIABLE = ("agent-forwarding", "port-forwarding", "pty", "user-rc", "X11-forwarding")
_IS_DENIED = {f"no-{each}".lower(): each for each in _DENIABLE}
_IS_ALLOWED = {each.lower(): each for each in _DENIABLE}
_EXPIRES = re.compile(r"\d{8}(?:\d{4}(?:\d{2})?)?Z?")


@dataclass(frozen=True, slots=True)
class Place:
    """One pattern of addresses (`from=`)."""

    pattern: str
    """Without the `!` of one that is negated."""
    is_negated: bool = False
    network: Network | None = None
    """Where the pattern is an address or a network; others are text with * and ?."""

    def has(self, address: str) -> bool:
        if self.network is not None and is_among(address, (self.network,)):
            return True
        return fnmatchcase(address.lower(), self.pattern.lower().replace("[", "[[]"))


@dataclass(frozen=True, slots=True)
class AuthorizedKey:
    """One key, and what its owner may do with it."""

    key: asyncssh.SSHKey
    comment: str = ""
    places: tuple[Place, ...] = ()
    """From where it is taken; none for anywhere."""
    expires: datetime | None = None
    denied: frozenset[str] = frozenset()
    """What it may not be used for: `pty` and such."""

    def why_not(self, address: str, now: datetime) -> str:
        """Say why it is not taken from this address now; empty where it is."""
        if self.expires is not None and now >= self.expires:
            return f"it expired at {self.expires:%Y-%m-%d %H:%M:%S%z}"
        if self.places and not _is_among(address, self.places):
            return f"it is not taken from {address}"
        return ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line whose key is not taken, neither from it nor from a later one."""

    line: int
    why: str
    key: bytes = b""
    """Its public data, where there is a key that can be read."""


def read_authorized_keys(text: str) -> tuple[tuple[AuthorizedKey, ...], tuple[Refused, ...]]:
    """Return the keys of a file, one for each line, and the lines that hold none that can be taken."""
    keys: list[AuthorizedKey] = []
    refused: list[Refused] = []
    kept_out: dict[bytes, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            key, comment, options = _read(line)
        except ConfigError as error:
            refused.append(Refused(number, str(error)))
            continue
        try:
            if (earlier := kept_out.get(key.public_data)) is not None:
                raise ConfigError(f"so is line {earlier}, which has it too")
            keys.append(AuthorizedKey(key, comment, *_honoured(options)))
        except ConfigError as error:
            refused.append(Refused(number, str(error), key.public_data))
            kept_out.setdefault(key.public_data, number)
    return tuple(keys), tuple(refused)


def _read(line: str) -> tuple[asyncssh.SSHKey, str, Options]:
    """Return the key of a line, its comment and its options. Raises ConfigError where there is no key."""
    try:
        return *_key(line), ()
    except asyncssh.KeyImportError:  # options stand before the key
        options, rest = _split(line)
    try:
        return *_key(rest), options
    except asyncssh.KeyImportError as error:
        raise ConfigError(f"this is no key: {error}") from error


def _key(text: str) -> tuple[asyncssh.SSHKey, str]:
    kind, blob, comment = [*text.split(None, 2), "", "", ""][:3]
    if "-cert-" in kind:
        raise ConfigError("certificates are not taken")
    return asyncssh.import_public_key(f"{kind} {blob}"), comment


def _split(line: str) -> tuple[Options, str]:
    """Return the options, with lower-case names, and the rest of the line."""
    options: list[tuple[str, str]] = []
    for name, value, end in _options(line):
        options.append((name, value))
        rest = line[end:]
    return tuple(options), rest.strip()


def _options(line: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    while True:
        found = _OPTION.match(line, at)
        if found is None:
            raise ConfigError("this is neither a key nor an option")
        at = found.end()
        yield found["name"].lower(), (found["value"] or "").replace('\\"', '"'), at
        if found["end"] != ",":
            return


def _honoured(options: Options) -> tuple[tuple[Place, ...], datetime | None, frozenset[str]]:
    """Return where, until when, and for what not. Raises ConfigError for what is not done here."""
    places: tuple[Place, ...] = ()
    expires: datetime | None = None
    denied: set[str] = set()
    seen: set[str] = set()
    for name, value in options:  # in their order, as sshd does: the last word counts
        if name in seen:
            raise ConfigError(f"the option {name} is there twice")
        seen.add(name)
        match name:
            case "restrict":
                denied.update(_DENIABLE)
            case "from":
                places = tuple(_place(pattern) for pattern in value.split(",") if pattern)
                if not places:
                    raise ConfigError("the option from names no address")
            case "expiry-time":
                expires = _moment(value)
            case _ if name in _IS_DENIED:
                denied.add(_IS_DENIED[name])
            case _ if name in _IS_ALLOWED:  # takes back a part of `restrict`
                denied.discard(_IS_ALLOWED[name])
            case _:
                raise ConfigError(f"the option {name} is not known here, so it could not be honoured")
    return places, expires, frozenset(denied)


def _place(text: str) -> Place:
    """Read one pattern. Raises ConfigError for what would be a network and is none."""
    pattern = text.removeprefix("!")
    address, slash, bits = pattern.partition("/")
    network: Network | None = None
    try:
        if slash and not bits.isdecimal():
            raise ValueError(f"{pattern!r} does not end with a number of bits")
        network = ipaddress.ip_network(f"{address.partition('%')[0]}{slash}{bits}")
    except ValueError as error:
        if slash:
            raise ConfigError(f"the option from names no network: {error}") from error
    return Place(pattern, text.startswith("!"), network)


def _moment(text: str) -> datetime:
    """Read YYYYMMDD[HHMM[SS]], in the machine's time or with Z in UTC."""
    if not _EXPIRES.fullmatch(text):
        raise ConfigError(f"expiry-time wants YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, not {text!r}")
    digits = text.removesuffix("Z")
    try:
        moment = datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone is added below
    except ValueError as error:
        raise ConfigError(f"expiry-time {text!r} is no time") from error
    return moment.replace(tzinfo=UTC) if text.endswith("Z") else moment.astimezone()


def _is_among(address: str, places: tuple[Place, ...]) -> bool:
    """Match as sshd does without UseDNS: one that is negated has the last word."""
    hits = [place for place in places if place.has(address)]
    return bool(hits) and not any(place.is_negated for place in hits)
