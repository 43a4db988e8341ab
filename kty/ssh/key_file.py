"""Let in those whose key is in a file, as the one person whose kubeconfig is served."""

import hashlib
import logging
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncssh

from kty.errors import ConfigError
from kty.ssh.authorized_keys import AuthorizedKey, read_authorized_keys
from kty.ssh.login import Identity, Nobody
from kty.ssh.plain_file import content, opened
from kty.text import printable

MOST_BYTES = 1 << 20
"""A larger file is no list of keys."""
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

_log = logging.getLogger(__name__)


class KeyFile:
    """A `Login` by an authorized_keys file, which is read anew whenever it has changed."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self._now = now
        self._read_as: tuple[int, ...] = ()
        self._keys: dict[bytes, list[AuthorizedKey]] = {}
        self._kept_out: dict[bytes, str] = {}
        """Why, for keys that the file has and that are not taken."""

    def read(self) -> int:
        """Return how many keys may come in. Raises ConfigError where the file cannot be read or trusted."""
        try:
            with opened(self.path) as (handle, about):
                check_strictly(self.path, about)
                version = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
                if version != self._read_as:
                    self._take(content(handle, MOST_BYTES).decode("utf-8", "replace"))
                    self._read_as = version
        except ConfigError:
            self._forget()
            raise
        except OSError as error:
            self._forget()
            raise ConfigError(
                f"{self.path} cannot be read: {(error.strerror or str(error)).lower()}",
                hint="put the public keys of those who may come in there, or name another file by --authorized-keys",
            ) from error
        return len(self._keys)

    def _forget(self) -> None:
        self._keys, self._kept_out, self._read_as = {}, {}, ()

    def _take(self, text: str) -> None:
        keys, refused = read_authorized_keys(text)
        for each in refused:
            _log.warning("%s, line %d: the key is refused: %s", self.path, each.line, printable(each.why))
        self._keys, self._kept_out = {}, {}
        for each in refused:
            if each.key:
                self._kept_out.setdefault(each.key, f"line {each.line} of {self.path} is not taken: {each.why}")
        for key in keys:
            self._keys.setdefault(key.key.public_data, []).append(key)

    async def identity(self, username: str, key: asyncssh.SSHKey, address: str) -> Identity | Nobody:
        """Return who comes in with this key; nobody does while the file cannot be read or trusted."""
        try:
            self.read()
        except ConfigError as error:
            _log.error("nobody may come in: %s", printable(error.sentence()))
            return Nobody(str(error))
        fingerprint, now = key.get_fingerprint(), self._now()
        reasons: list[str] = []
        for found in self._keys.get(key.public_data, ()):  # sshd takes the first that lets them in, too
            if not (why_not := found.why_not(address, now)):
                name = f"{found.comment} {fingerprint}".strip()
                return Identity(printable(name), hashlib.sha256(key.public_data).hexdigest()[:32], found.denied)
            reasons.append(why_not)
        if not reasons:
            return Nobody(self._kept_out.get(key.public_data) or f"it is not in {self.path}")
        why = ", ".join(dict.fromkeys(reasons))
        _log.warning("the key %s is refused: %s", fingerprint, printable(why))
        return Nobody(why)


def check_strictly(path: Path, about: os.stat_result, *, home: Path | None = None) -> None:
    """Raise ConfigError where others may write the file, or a directory on the way to it, as sshd's StrictModes does.

    The way ends at the home directory, where it lies on it, else at the root.
    """
    if about.st_size > MOST_BYTES:
        raise ConfigError(f"{path} is too large for a list of keys")
    _check(path, about)
    home = home or _home()
    for directory in Path(os.path.realpath(path)).parents:
        _check(directory, directory.stat())
        if directory == home:
            return


def _check(path: Path, about: os.stat_result) -> None:
    if about.st_uid not in (0, os.geteuid()):
        raise ConfigError(f"{path} belongs to somebody else, who could let anybody in")
    if about.st_mode & _OTHERS_WRITE:
        raise ConfigError(f"others may write {path}, and so let anybody in", hint=f"chmod go-w {path}")


def _home() -> Path | None:
    try:
        return Path(os.path.realpath(Path.home()))
    except RuntimeError:
        return None
