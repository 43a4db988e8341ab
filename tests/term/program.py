"""A program for a real tty, as `kty` is one: run it as `python -m tests.term.program NAME`.

What it has to say to the test goes to the file descriptor that REPORT names, for its terminal is taken.
"""

import asyncio
import os
import signal
import sys
import time

from kty.term.local import is_terminal, run_local, run_stock
from kty.term.terminal import Terminal
from tests.term.apps import Colorful, Counter, Echo


def report(line: str) -> None:
    os.write(int(os.environ["REPORT"]), f"{line}\n".encode())


class Hanging(Counter):
    """Never gets through its start."""

    async def on_mount(self) -> None:
        report("mounting")
        await asyncio.Event().wait()


class Busy(Counter):
    """Paints all of its screen again and again."""

    CSS = "#count { height: 1fr; }"

    def on_mount(self) -> None:
        self.painted = 0
        self.set_interval(0.005, self.paint)

    def paint(self) -> None:
        self.painted += 1
        self.query_one("#count").styles.background = "red" if self.painted % 2 else "blue"
        self.count(self.painted)
        report(f"painted {self.painted}")

    def on_unmount(self) -> None:
        report("unmounted")


class Exiting(Echo):
    """Ends in ways that no app should."""

    def key_x(self) -> None:
        sys.exit(7)

    def key_s(self) -> None:
        asyncio.get_running_loop().stop()

    def key_p(self) -> None:
        print("printed")  # noqa: T201 # what libraries do
        report("printed")


def interrupted(terminal: Terminal) -> Counter:
    """Take all the time that a person needs to press ctrl-c."""
    report("making")
    task = asyncio.current_task()
    assert task is not None
    while not task.cancelling():
        time.sleep(0.005)
    report("made")
    return Counter(terminal)


def broken(_: Terminal) -> Counter:
    raise ValueError("no app today")


APPS = {
    "colorful": Colorful,
    "counter": Counter,
    "echo": Echo,
    "hanging": Hanging,
    "busy": Busy,
    "exiting": Exiting,
    "interrupted": interrupted,
    "broken": broken,
}


def main(name: str, run: str = "local") -> int:
    report(f"is_terminal {is_terminal()}")
    if run == "nohup":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if run == "abandoned":
        asyncio.new_event_loop().run_until_complete(run_local(APPS[name]))
    try:
        app = asyncio.run((run_stock if run == "stock" else run_local)(APPS[name]))
    except KeyboardInterrupt:
        return 130
    except ValueError as error:
        print(f"program: {error}")  # noqa: T201
        return 1
    if app.crash is not None:
        print(f"program: {app.crash}")  # noqa: T201
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
