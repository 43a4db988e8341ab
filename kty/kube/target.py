"""An API server and who we are to it: small frozen values, filled by `kty.kube.config`.

The names are those of the kubeconfig (client-go's api.Cluster, api.AuthInfo, api.ExecConfig). Secrets stay out
of `repr`.
"""

import hashlib
import os
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from kty.errors import ConfigError
from kty.text import printable

Stamp: TypeAlias = tuple[int, int, int]
"""What changes when a file is written or replaced: inode, size, nanoseconds of the last change."""


def stamp(path: str) -> Stamp | None:
    """Return the stamp of a file, links followed; None where there is no such file."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - asked before every request: a Path costs ten times as much
    except OSError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def is_https(url: str) -> bool:
    """Say whether this is an https:// address without a user in it."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Pem:
    """Certificates or a key in PEM: what the kubeconfig holds itself, or a file that may change while we run."""

    data: bytes = field(default=b"", repr=False)
    path: str = ""

    def __bool__(self) -> bool:
        return bool(self.data or self.path)

    def read(self) -> bytes:
        """Return the PEM. Raises ConfigError where the file cannot be read."""
        if self.data:
            return self.data
        try:
            return Path(self.path).read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ConfigError(
                f"{printable(self.path)} cannot be read: {reason}", hint="your kubeconfig names this file"
            ) from error


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A client certificate and its private key, both PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tls:
    """How the server proves who it is."""

    ca: Pem = Pem()
    """Whom we trust to name the server; the system's authorities where it is empty."""
    server_name: str = ""
    """The name that the server's certificate must have, where that is not the one in its address."""
    verify: bool = True


@dataclass(frozen=True, slots=True)
class ExecConfig:
    """A credential plugin (client.authentication.k8s.io)."""

    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    api_version: str = "client.authentication.k8s.io/v1"
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = "IfAvailable"
    """`Never`, `IfAvailable` or `Always`: whether it wants to ask a person."""
    cluster_config: str = ""
    """What the cluster entry's extension says to the plugin, as JSON."""


@dataclass(frozen=True, slots=True)
class Oidc:
    """A login at an OpenID Connect issuer."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    ca: Pem = Pem()
    """Whom we trust to name the issuer; the system's authorities where it is empty."""
    user: str = ""
    """Whose login it is, by the name in the kubeconfig."""
    file: str = ""
    """The kubeconfig that a refreshed login is written into; empty where there is none."""


@dataclass(frozen=True, slots=True)
class AuthInfo:
    """How we prove who we are. Of several ways the first one counts, in this order."""

    token_file: str = ""
    token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    exec: ExecConfig | None = None
    oidc: Oidc | None = None
    certificate: Pem = Pem()
    """Goes along with any of the others."""
    key: Pem = field(default=Pem(), repr=False)


@dataclass(frozen=True, slots=True)
class Impersonation:
    """Whom the API server shall take us for, where our own identity may do that."""

    user: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that say so; a group is a header of its own."""
        if not self.user:
            return []
        headers = [("Impersonate-User", self.user)]
        if self.uid:
            headers.append(("Impersonate-Uid", self.uid))
        headers += [("Impersonate-Group", group) for group in self.groups]
        headers += [(f"Impersonate-Extra-{_header_key(key)}", value) for key, values in self.extra for value in values]
        return headers


_TOKEN_CHARACTERS = frozenset("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


def _header_key(key: str) -> str:
    """Escape a key as the API server reads it back: what no header name may hold, in percent encoding."""
    return "".join(
        char if char in _TOKEN_CHARACTERS else "".join(f"%{byte:02X}" for byte in char.encode()) for char in key.lower()
    )


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a `Client` needs: which API server, and as whom."""

    context: str
    cluster: str
    user: str
    server: str
    """The URL with no slash at its end; it may have a path."""
    namespace: str = ""
    """What the context names; empty where it names none."""
    tls: Tls = Tls()
    auth: AuthInfo = AuthInfo()
    impersonate: Impersonation = Impersonation()
    proxy: str = field(default="", repr=False)
    """The kubeconfig's proxy-url; where it is empty the environment decides."""
    compress: bool = True

    @property
    def default_namespace(self) -> str:
        """Where to look when nobody says where, as kubectl does: the context's namespace, or `default`."""
        return self.namespace or "default"

    @property
    def identity(self) -> str:
        """Equal for two configs only if they ask the same server as the same person, by the same proofs.

        What caches may be shared by, within this process: it begins with readable names, and ends with a digest
        that must not be kept on disk.
        """
        everything = astuple(replace(self, context="", namespace=""))
        digest = hashlib.sha256(repr(everything).encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.user}@{self.cluster}#{digest[:32]}"
