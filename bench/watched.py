"""`kty` as it is, with a window into its process: SIGUSR1 writes a line about it to the file that KTY_WINDOW names."""

import asyncio
import gc
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from kty.__main__ import main

_MOST = 25
"""How many types of objects are told, the most frequent first."""


class _Window:
    """Counts how long collections held everybody up, and tells what there is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._pauses: list[tuple[int, float]] = []
        self._began = 0.0
        gc.callbacks.append(self._collected)

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self._pauses.append((info["generation"], time.perf_counter() - self._began))

    def tell(self, *_: object) -> None:
        pauses, self._pauses = self._pauses, []
        report = {
            "tasks": sorted(task.get_name() for task in asyncio.all_tasks()),
            "fds": len([*Path("/proc/self/fd").iterdir()]),
            "pauses": pauses,
            "objects": len(gc.get_objects()),
            "types": Counter(type(each).__qualname__ for each in gc.get_objects()).most_common(_MOST),
        }
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(report))
        beside.rename(self._file)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _Window(Path(os.environ["KTY_WINDOW"])).tell)
    sys.argv[0] = "kty"
    main()
