"""Read a file in the format of OpenSSH's authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT).

A key whose options ask for something that is not done here is refused: an option is a promise to whoever wrote it.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import asyncssh

from kty.errors import ConfigError

_OPTION = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?:="(?P<value>(?:\\"|[^"])*)")?(?P<end>,|(?=[ \t])|$)')
_DENIABLE = ("agent-forwarding", "port-forwarding", "pty", "user-rc", "X11-forwarding")
_IS_DENIED = {f"no-{each}".lower(): each for each in _DENIABLE}
_IS_ALLOWED = {each.lower(): each for each in _DENIABLE}
_EXPIRES = re.compile(r"\d{8}(?:\d{4}(?:\d{2})?)?Z?")


@dataclass(frozen=True, slots=True)
class AuthorizedKey:
    """One key, and what its owner may do with it."""

    key: asyncssh.SSHKey
    comment: str = ""
    places: tuple[str, ...] = ()
    """Patterns of addresses from which it is taken (`from=`); none for anywhere."""
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
    """A line whose key is not taken at all."""

    line: int
    why: str


def read_authorized_keys(text: str) -> tuple[tuple[AuthorizedKey, ...], tuple[Refused, ...]]:
    """Return the keys of a file, and the lines that hold none that can be taken."""
    keys: list[AuthorizedKey] = []
    refused: list[Refused] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            keys.append(_read(line))
        except ConfigError as error:
            refused.append(Refused(number, str(error)))
    return tuple(keys), tuple(refused)


def _read(line: str) -> AuthorizedKey:
    try:
        return _of(line, {})
    except asyncssh.KeyImportError:  # options stand before the key
        options, rest = _split(line)
    try:
        return _of(rest, options)
    except asyncssh.KeyImportError as error:
        raise ConfigError(f"this is no key: {error}") from error


def _of(text: str, options: dict[str, str]) -> AuthorizedKey:
    kind, blob, comment = [*text.split(None, 2), "", "", ""][:3]
    if "-cert-" in kind:
        raise ConfigError("certificates are not taken")
    key = asyncssh.import_public_key(f"{kind} {blob}")
    return AuthorizedKey(key, comment, *_honoured(options))


def _split(line: str) -> tuple[dict[str, str], str]:
    """Return the options, lower-case names first, and the rest of the line."""
    options: dict[str, str] = {}
    for name, value, end in _options(line):
        if name in options:
            raise ConfigError(f"the option {name} is there twice")
        options[name] = value
        rest = line[end:]
    return options, rest.strip()


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


def _honoured(options: dict[str, str]) -> tuple[tuple[str, ...], datetime | None, frozenset[str]]:
    """Return where, until when, and for what not. Raises ConfigError for what is not done here."""
    places: tuple[str, ...] = ()
    expires: datetime | None = None
    denied: set[str] = set(_DENIABLE) if "restrict" in options else set()
    for name, value in options.items():
        match name:
            case "restrict":
                pass
            case "from":
                places = tuple(filter(None, value.split(",")))
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


def _is_among(address: str, patterns: tuple[str, ...]) -> bool:
    """Match as sshd does without UseDNS: networks and addresses with * and ?; one that is negated has the last word."""
    hits = [pattern for pattern in patterns if _matches(address, pattern.removeprefix("!"))]
    return bool(hits) and not any(pattern.startswith("!") for pattern in hits)


def _matches(address: str, pattern: str) -> bool:
    if "/" in pattern:
        try:
            return ipaddress.ip_address(address) in ipaddress.ip_network(pattern, strict=False)
        except ValueError:
            return False
    return fnmatchcase(address.lower(), pattern.lower().replace("[", "[[]"))
