"""Watch what this process does to the machine that it runs on, whoever in it asks for that (sys.addaudithook)."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_PROCESSES = frozenset(
    ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn")
)
_FILES = frozenset(
    ("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate")
)
_OTHERS = frozenset(("subprocess.Popen", "webbrowser.open", "socket.bind"))
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watchman:
    """Remembers what was done, but for files below one directory."""

    def __init__(self, allowed: Path) -> None:
        self.allowed = allowed
        self.seen: list[str] = []

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        writes = event in _FILES or (event == "open" and (args[2] or 0) & _WRITES)
        if event in _PROCESSES or event in _OTHERS or (writes and not self._is_allowed(args[0])):
            self._note(event, args)

    def _is_allowed(self, path: Any) -> bool:
        if isinstance(path, int):  # it was open already
            return True
        place = os.fsdecode(path)
        return place == os.devnull or Path(place).is_relative_to(self.allowed)

    def _note(self, event: str, args: tuple[Any, ...]) -> None:
        stack = "".join(traceback.format_list(traceback.extract_stack()[-9:-2]))
        self.seen.append(f"{event} {args!r}\n{stack}")


_watching: list[Watchman] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for watchman in _watching:
        watchman.hear(event, args)


_is_hooked = False


@contextmanager
def watched(allowed: Path) -> Iterator[Watchman]:
    """Watch until the block ends: processes, sockets that are bound, and files that are written elsewhere."""
    global _is_hooked  # noqa: PLW0603 - a hook stays for as long as the process does
    if not _is_hooked:
        sys.addaudithook(_hook)
        _is_hooked = True
    watchman = Watchman(allowed)
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    _watching.append(watchman)
    try:
        yield watchman
    finally:
        _watching.remove(watchman)
        sys.dont_write_bytecode = bytecode
