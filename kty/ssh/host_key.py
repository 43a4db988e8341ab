"""The key by which people know the server again."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from kty.errors import ConfigError
from kty.ssh.plain_file import content, opened

ALGORITHM = "ssh-ed25519"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class HostKey:
    """A private key, and what of it others may know."""

    key: asyncssh.SSHKey
    path: Path

    @property
    def fingerprint(self) -> str:
        """As ssh shows it before it asks whether to go on: `SHA256:…`."""
        return self.key.get_fingerprint()

    def known_hosts(self, host: str, port: int) -> str:
        """Return the line of ~/.ssh/known_hosts for a server of that name."""
        public = self.key.export_public_key("openssh").decode().split()
        return f"{host if port == 22 else f'[{host}]:{port}'} {public[0]} {public[1]}"


def load_host_key(path: Path) -> HostKey:
    """Return the key that the file holds; where there is no file it is made, for its owner's eyes only.

    Raises ConfigError where it cannot be read, made, or kept a secret.
    """
    try:
        return _load(path)
    except FileNotFoundError:
        pass
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
        return _load(path)
    except OSError as error:
        raise ConfigError(f"the host key {path} cannot be made: {_reason(error)}") from error


def _load(path: Path) -> HostKey:
    try:
        with opened(path) as (handle, about):
            if about.st_uid == os.geteuid() and about.st_mode & _OTHERS:
                raise ConfigError(f"others may read the host key {path}", hint=f"chmod 600 {path}")
            private = content(handle, 1 << 16)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"the host key {path} cannot be read: {_reason(error)}") from error
    try:
        return HostKey(asyncssh.import_private_key(private), path)
    except (asyncssh.KeyEncryptionError, asyncssh.KeyImportError) as error:
        if "passphrase" in str(error).lower():
            raise ConfigError(f"the host key {path} has a passphrase, and nobody is there to type it") from error
        raise ConfigError(f"the host key {path} cannot be read: {error}") from error


def _make(path: Path) -> None:
    """Write a new key in one step; where somebody else made one meanwhile theirs stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(asyncssh.generate_private_key(ALGORITHM, comment="kty").export_private_key("openssh"))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
