"""Keep what is printed away from the screens.

Textual redirects `sys.stdout` for as long as an app runs. The redirects of several apps overlap without nesting, so
the last one restored can be that of an app which is dead. Here all of them share one stream that looks at who prints.
"""

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TextIO, cast

from textual._context import active_app

_log = logging.getLogger("kty.printed")


class _Guarded:
    """Stands in for `sys.stdout` or `sys.stderr`: prints go to widgets that capture them, else on to the real one."""

    muted: ClassVar[int] = 0
    """How many screens own the process's own terminal."""

    def __init__(self, real: TextIO, *, stderr: bool) -> None:
        self._real = real
        self._stderr = stderr
        self._logging = False

    def write(self, text: str) -> int:
        app = active_app.get(None)
        if app is not None and app._capture_print:
            app._print(text, stderr=self._stderr)
        elif not self.muted:
            self._real.write(text)
        elif text.strip() and not self._logging and _log.hasHandlers():
            self._logging = True  # a handler may print to this very stream
            try:
                _log.warning("%s", text.rstrip())
            finally:
                self._logging = False
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def guard() -> tuple[TextIO, TextIO]:
    """Return `sys.stdout` and `sys.stderr`, which from now on know one app from another."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Guarded):
            setattr(sys, name, cast("TextIO", _Guarded(stream, stderr=name == "stderr")))
    return sys.stdout, sys.stderr


@contextmanager
def muted() -> Iterator[None]:
    """Let nothing that is printed reach the process's terminal meanwhile: it is logged where there is a log."""
    guard()
    _Guarded.muted += 1
    try:
        yield
    finally:
        _Guarded.muted -= 1
