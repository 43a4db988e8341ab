"""Say what a server could not write once it starts, and write nothing."""

import errno
import os
import stat
from pathlib import Path

from kty.errors import ConfigError


def check_host_key(path: Path) -> bool:
    """Say whether a host key is there. Raises ConfigError where none is and none could be made."""
    try:
        if path.exists():
            return True
        if path.is_symlink():
            path.stat()  # what it leads to is not there, and is not made
        place = path.parent
        while not os.path.lexists(place):  # nothing is made behind a link that leads nowhere
            place = place.parent
        _check_directory(place)
        return False
    except OSError as error:
        raise ConfigError(f"the host key {path} cannot be made: {_reason(error)}") from error


def check_log(path: Path) -> None:
    """Raise ConfigError where lines could not be appended to a file, or it could not be begun."""
    try:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0))
        except FileNotFoundError:
            _check_directory(Path(os.path.realpath(path)).parent)
            return
        try:
            about = os.fstat(handle)
            if stat.S_ISREG(about.st_mode):
                os.fchmod(handle, stat.S_IMODE(about.st_mode))  # its owner alone will be let in, so that must be ours
        finally:
            os.close(handle)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {_reason(error)}") from error


def _check_directory(path: Path) -> None:
    """Raise OSError where no file could be made in it."""
    path.stat()
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if (nameless := getattr(os, "O_TMPFILE", 0)) == 0:
        return
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CLOEXEC | nameless, 0o600))
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR):
            raise
        # Some file systems only lack files without names. Those that have no room at all, as /proc, keep nothing.
        if os.statvfs(path).f_blocks == 0:
            raise


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
