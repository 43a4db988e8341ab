"""Run an app on the terminal that the process was started in, and leave that terminal as it was found."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from kty.errors import UsageError
from kty.term import output
from kty.term.app import TerminalApp
from kty.term.terminal import Terminal

if TYPE_CHECKING:
    from kty.term.device import Tty

RunApp = TypeVar("RunApp", bound=TerminalApp[Any])

_STDIN, _STDOUT = 0, 1
_LAST_WORDS = 2.0
"""Seconds that an app may take to end once a signal asked it to; one that hangs is then ended as it is."""
_LAST_FRAME = 2.0
"""Seconds that a terminal which is slow, or is not read at all, may take for the last frame."""


def is_terminal() -> bool:
    """Say whether a person sits at both ends of us: there is a keyboard, and a screen."""
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__))


async def run_local(make_app: Callable[[Terminal], RunApp]) -> RunApp:
    """Run the app that `make_app` returns, and return it once it ended: see its `return_code` and `crash`.

    The code is 128 and the signal's number where SIGTERM, SIGINT or SIGHUP, or the terminal's going away, ended it.
    Needs `is_terminal()` and the main thread. What `make_app` raises is raised before the terminal is touched.
    """
    try:
        from kty.term.device import Tty
    except ImportError:  # no termios: Windows, where the loop cannot wait for keys either
        return await run_stock(make_app)
    tty = Tty(_STDIN, _STDOUT)
    terminal = Terminal(tty, name=os.environ.get("TERM", ""), env=dict(os.environ), size=tty.size)
    try:
        app = make_app(terminal)
        await asyncio.sleep(0)  # a ctrl-c of the meantime ends us here, while the terminal is untouched
        with output.muted():
            await _attend(app, tty)
    finally:
        await tty.drain(_LAST_FRAME)
        terminal.close()
    return app


async def _attend(app: TerminalApp[Any], tty: "Tty") -> None:
    """Run the app, and let signals reach it."""
    loop = asyncio.get_running_loop()
    terminal = app.terminal
    running: asyncio.Task[Any] | None = None

    def end(number: signal.Signals) -> None:
        if terminal.is_aside and number is signal.SIGINT:  # meant for the program that has the terminal
            return
        app.exit(return_code=128 + number)
        if running is not None:
            loop.call_later(_LAST_WORDS, running.cancel)

    def wake() -> None:
        if terminal.is_aside:
            return
        tty.make_raw()
        terminal.resized(*tty.size)
        terminal.redraw()

    ends = {number: partial(end, number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    with _handled({**ends, signal.SIGWINCH: lambda: terminal.resized(*tty.size), signal.SIGCONT: wake}):
        tty.open(terminal, partial(end, signal.SIGHUP))
        running = app.start()
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait({running})
            raise
        if not running.cancelled():
            running.result()


async def run_stock(make_app: Callable[[Terminal], RunApp]) -> RunApp:
    """Do the same with Textual's own driver for this system, which needs no help of the loop."""
    app = make_app(Terminal(_Unused(), name=os.environ.get("TERM", "xterm-direct"), env=dict(os.environ)))
    app.driver_class = app.get_driver_class()
    with output.muted():
        await app.start()
    return app


class _Unused:
    server: tuple[str, int] | None = None

    def send(self, frame: bytes) -> None:
        """Drop it: the driver writes by itself."""

    def aside(self) -> AbstractContextManager[None]:
        raise UsageError("this terminal cannot be lent to a program")

    def close(self) -> None:
        """Have nothing to close."""


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Callable[[], object]]) -> Iterator[None]:
    """Let the loop handle these signals meanwhile; one that the process was told to ignore stays ignored."""
    loop = asyncio.get_running_loop()
    taken = [number for number in handlers if signal.getsignal(number) is not signal.SIG_IGN]
    for number in taken:
        loop.add_signal_handler(number, handlers[number])
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
