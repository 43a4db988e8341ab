"""How soon the demo is there, and `kty --demo` with it. Every start is a fresh process; one before them all is not
counted: it leaves the bytecode behind, as an installation does."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence

from bench.terminal import Terminal

RUNS = 5
CROWD = 10_000
_IMPORTED = "import aiohttp.web, kty.demo.crowd, kty.demo.demo, kty.demo.printers.built_in, kty.demo.shop\n"
_START = """\
import time
from pathlib import Path
from kty.demo.running import running
started = time.perf_counter()
with running({pods}) as demo:
    print(time.perf_counter() - started, flush=True)
    print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")))
"""
_A_POD = re.compile(r"[a-z-]+-[a-z0-9]{10}-[a-z0-9]{5}\s")


def _environment(home: str = "") -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    return {**keep, "HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _start(pods: int = 0, before: str = "") -> tuple[float, float, float]:
    """Return the seconds to ready: by the process itself, and from the shell; and its memory then (MiB)."""
    command = [sys.executable, "-c", before + _START.format(pods=pods)]
    started = time.perf_counter()
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        own, at = float(process.stdout.readline()), time.perf_counter()
        return own, at - started, int(process.stdout.readline().split()[1]) / 1024


def _first_row() -> float:
    """Return the seconds from the shell to the first pod on the screen."""
    with tempfile.TemporaryDirectory() as home:
        kty = Terminal([sys.executable, "-m", "kty", "--demo"], _environment(home))
        try:
            return kty.until(lambda text: _A_POD.search(text) is not None) - kty.started
        finally:
            kty.close()


def _median(measure: Callable[[], float]) -> float:
    measure()
    return statistics.median(measure() for _ in range(RUNS))


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    ready = _median(lambda: _start(before=_IMPORTED)[0])
    shell = _median(lambda: _start()[1])
    crowds = [_start(CROWD, _IMPORTED) for _ in range(RUNS)]
    crowd, memory = (statistics.median(each[at] for each in crowds) for at in (0, 2))
    row = _median(_first_row)
    print(
        "| measure | kty | goal |",
        "|---|---|---|",
        f"| start of the demo → ready, modules imported | {1000 * ready:.0f} ms | ≤ 150 ms |",
        f"| the same from the shell, Python and imports with it | {1000 * shell:.0f} ms | |",
        f"| the same with {CROWD:,} pods more, modules imported | {crowd:.2f} s | ≤ 3 s |",
        f"| memory of that process | {memory:.0f} MiB | |",
        f"| `kty --demo` from the shell → first row | {row:.2f} s | ≤ 2 s |",
        sep="\n",
    )
    return 0
