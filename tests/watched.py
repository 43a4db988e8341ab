"""`kty` with somebody watching what it imports: `python -m tests.watched ARGUMENTS`.

To the file descriptor REPORT goes `imports NAME` for each heavy module, at its first import. INTERRUPT names the
module at whose import a ctrl-c comes, and GATE a file that the import of aiohttp waits for.
"""

import os
import signal
import sys
import time
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import NoReturn

HEAVY = ("textual", "rich", "kubernetes_asyncio", "aiohttp", "asyncssh", "asyncio", "yaml", "msgspec", "ssl")


def report(line: str) -> None:
    os.write(int(os.environ["REPORT"]), f"{line}\n".encode())


class Watcher:
    """Is asked first whenever a module is to be found."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name in HEAVY:
            report(f"imports {name}")
        if name == os.environ.get("INTERRUPT"):
            os.kill(os.getpid(), signal.SIGINT)
        if name == "aiohttp" and (gate := os.environ.get("GATE")):
            return slow(name, gate)
        return None


def slow(name: str, gate: str) -> ModuleSpec | None:
    """Return a module's spec that loads once there is the file; finding it would hold up every other import."""
    spec = PathFinder.find_spec(name)
    if spec is not None and spec.loader is not None:
        load = spec.loader.exec_module

        def wait_and_load(module: ModuleType) -> None:
            while not os.path.exists(gate):  # noqa: PTH110 - pathlib is an import too
                time.sleep(0.005)
            load(module)

        spec.loader.exec_module = wait_and_load  # type: ignore[method-assign]
    return spec


def say_when_it_ends() -> None:
    leave = os._exit

    def report_and_leave(status: int) -> NoReturn:
        report("ended")
        leave(status)

    os._exit = report_and_leave


if __name__ == "__main__":
    sys.meta_path.insert(0, Watcher())
    say_when_it_ends()
    from kty.__main__ import main

    main()
