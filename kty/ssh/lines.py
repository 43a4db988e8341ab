"""Write lines where somebody may read them, and never wait for that: neither a full disk nor a reader stops us."""

import os
import queue
import stat
import threading
from collections.abc import Callable
from pathlib import Path

from kty.errors import ConfigError

MOST = 10_000
"""Lines that wait; more are lost, and counted."""
PATIENCE = 2.0
"""Seconds that the last lines have to be written once it is closed."""


class Lines:
    """Appends lines to a file, or to what is open already, in a thread of its own.

    `lost` is called, mostly in that thread, once lines are lost, with the reason; and with their number once some are
    written again.
    """

    def __init__(self, target: Path | int, lost: Callable[[str], None] = lambda why: None) -> None:
        """Raises ConfigError where the file cannot be written."""
        self._target = target
        self._lost = lost
        self._count = 0
        self._is_within_line = False
        self._waiting: queue.Queue[bytes | None] = queue.Queue(MOST)
        self._handle = target if isinstance(target, int) else _opened(target)
        self._thread = threading.Thread(target=self._run, name=f"lines to {target}", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Take a line, without its end."""
        try:
            self._waiting.put_nowait(line + b"\n")
        except queue.Full:
            self._lose("nobody takes them")

    def close(self) -> None:
        """Write what waits, as far as that does not take long."""
        try:
            self._waiting.put(None, timeout=PATIENCE)
        except queue.Full:
            return
        self._thread.join(PATIENCE)
        if not self._thread.is_alive() and not isinstance(self._target, int) and self._handle >= 0:
            os.close(self._handle)

    def _run(self) -> None:
        while (line := self._waiting.get()) is not None:
            try:
                self._reopen()
                self._put(line)
            except OSError as error:
                self._lose((error.strerror or str(error)).lower())
                continue
            if self._count:
                count, self._count = self._count, 0
                self._lost(f"{count} lines were lost; it is written again")

    def _put(self, line: bytes) -> None:
        line = b"\n" + line if self._is_within_line else line
        while line:
            written = os.write(self._handle, line)
            self._is_within_line = written < len(line)
            line = line[written:]

    def _reopen(self) -> None:
        """Go on in a new file once somebody has moved the old one away, as logrotate does."""
        if isinstance(self._target, int):
            return
        try:
            about, ours = self._target.stat(), os.fstat(self._handle)
            if (about.st_dev, about.st_ino) == (ours.st_dev, ours.st_ino):
                return
        except FileNotFoundError:
            pass
        try:
            handle = _opened(self._target)
        except ConfigError as error:
            raise OSError(str(error)) from error
        os.close(self._handle)
        self._handle = handle

    def _lose(self, why: str) -> None:
        self._count += 1
        if self._count == 1:
            self._lost(why)


def _opened(path: Path) -> int:
    """Open a file for its owner alone, to append to it. Raises ConfigError."""
    try:
        handle = os.open(
            path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0), 0o600
        )
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, 0o600)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from error
    return handle
