"""The file that `kty serve --config` names."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Struct

from kty.errors import ConfigError
from kty.ssh.limits import Limits, networks
from kty.ssh.public_address import public_address


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
    """Return what the file says. Raises ConfigError that names the file, the place in it and the reason."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise ConfigError(f"{path} cannot be read: {reason.lower()}") from error
    try:
        found = yaml.safe_load(text)
        file = File() if found is None else msgspec.convert(found, File)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: {error.problem or error.context}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}: this is no YAML: {' '.join(str(error).split())}") from error
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {_where(str(error))}") from error
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("limits.exempt", lambda: networks(file.limits.exempt)),
        ("proxy-protocol", lambda: networks(file.proxy_protocol)),
        ("public-address", lambda: public_address(file.public_address)),
    )
    for place, check in checks:
        try:
            check()
        except ValueError as error:
            raise ConfigError(f"{path}: {place}: {error}") from error
    return file


def _where(said: str) -> str:
    """Return what msgspec says with the place first: `limits.channels: expected int >= 1`."""
    what, _, place = said.partition(" - at `$")
    place = place.strip("`.")
    return f"{place}: {what[:1].lower()}{what[1:]}" if place else f"{what[:1].lower()}{what[1:]}"
