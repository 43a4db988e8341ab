"""The file that `kty serve --config` names."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Struct

from kty.ssh.config_reading import read_yaml
from kty.ssh.limits import Limits, networks
from kty.ssh.public_address import public_address

_NETWORKS = "addresses and networks look like 10.0.0.1 and 10.0.0.0/8"


class File(Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """What may stand in it: the options of the command line, and limits."""

    as_me: bool = False
    authorized_keys: str = ""
    address: str = ""
    public_address: str = ""
    ssh_port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    host_key: str = ""
    strict_pq: bool = False
    readonly: bool = False
    proxy_protocol: tuple[str, ...] = ()
    http_address: str = ""
    http_port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] | None = None
    log_format: Literal["text", "json"] | None = None
    audit_log: str = ""
    limits: Limits = Limits()


def read(path: Path) -> File:
    """Return what the file says. Raises ConfigError that names the file, the line, and the reason."""
    file, reading = read_yaml(path, File)
    checks: tuple[tuple[str, Callable[[], object], str], ...] = (
        ("limits.exempt", lambda: networks(file.limits.exempt), _NETWORKS),
        ("proxy-protocol", lambda: networks(file.proxy_protocol), _NETWORKS),
        ("public-address", lambda: public_address(file.public_address), ""),
    )
    for place, check, hint in checks:
        try:
            check()
        except ValueError as error:
            raise reading.mistake(place, f"{place}: {error}", hint) from error
    return file
