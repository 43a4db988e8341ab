"""Drive kty on a pseudo-terminal over the cluster that KUBECONFIG names, and print what a person would feel."""

import gc
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.cluster import Cluster, kubectl_get_pods
from bench.terminal import Terminal

CHANGES = 50
FILTERS = 50
IDLE_SECONDS = 60


def _environment(home: str) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "KUBECONFIG", "LANG", "PYTHONPATH") if name in os.environ}
    return {**keep, "HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _start(home: str, log: str = "") -> Terminal:
    options = ["--log-file", log] if log else []
    return Terminal([sys.executable, "-m", "kty", "-A", *options], _environment(home))


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _starts(total: int, runs: int) -> tuple[float, float, float, float]:
    """Return the medians of start → first row and start → all rows (seconds), and memory at rest and at most (MiB)."""
    firsts, alls, rests, peaks = [], [], [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as home:
            kty = _start(home)
            try:
                seen = kty.until(lambda text: re.search(r"app-\d+-\d{4}-\w+-\w+", text) is not None)
                firsts.append(seen - kty.started)
                seen = kty.until(lambda text: f"{total:,}" in text and "live" in text)
                alls.append(seen - kty.started)
                kty.idle(3)
                now, peak = kty.memory()
                rests.append(now)
                peaks.append(peak)
            finally:
                kty.close()
    return statistics.median(firsts), statistics.median(alls), max(rests), max(peaks)


def _changes(kty: Terminal, cluster: Cluster) -> list[float]:
    """Return the seconds from sending a change of a visible pod's restartCount to seeing it."""
    kty.press(b"/app-")
    kty.quiet(0.5)
    kty.press(b"\r")
    kty.quiet(0.5)
    found = re.search(r"(scale-\d\d)\s+(app-\d+-\d{4}-\w+-\w+)", kty.text())
    assert found, kty.text()
    path = f"/api/v1/namespaces/{found[1]}/pods/{found[2]}/status"
    names = [c["name"] for c in json.loads(cluster.ask("GET", path))["status"]["containerStatuses"]]
    times = []
    for n in range(CHANGES):
        count = 5001 + n
        statuses = [{"name": name, "restartCount": count if name == names[0] else 0} for name in names]
        start = time.perf_counter()
        kind = "application/strategic-merge-patch+json"
        cluster.ask("PATCH", path, {"status": {"containerStatuses": statuses}}, kind)
        times.append(kty.until(lambda text, count=str(count): count in text, timeout=10) - start)  # type: ignore[misc]
        kty.idle(0.2)
    kty.press(b"\x1b")
    kty.quiet(0.5)
    return times


def _filters(kty: Terminal, total: int) -> list[float]:
    """Return the seconds from a filter's last key to a screen with its matching rows only."""
    kty.press(b"\x1b")
    kty.quiet(0.5)
    base = re.search(r"app-(\d+)-\d{4}", kty.text())
    assert base
    times = []
    for n in range(FILTERS):
        number = 1 + (n * 3) % 9 + 10 * (n % max(1, total // 500 - 1))  # one that ends in 0 is on top a key before
        word = f"app-{base[1]}-{number:04}"
        kty.press(b"/")
        kty.quiet(0.15)
        kty.press(word[:-1].encode())
        kty.quiet(0.2)
        start = kty.press(word[-1:].encode())

        def only_matching(text: str, word: str = word) -> bool:
            names = re.findall(r"app-\d+-\d{4}-\w+-\w+", text)
            return bool(names) and all(name.startswith(word) for name in names) and f" of {total:,}" in text

        times.append(kty.until(only_matching, timeout=10) - start)
        kty.press(b"\x1b")
        kty.quiet(0.15)
        kty.press(b"\x1b")
        kty.quiet(0.15)
    return times


def main(arguments: Sequence[str]) -> int:
    """Print the table. `--quick` measures one start and five seconds of idleness instead of a minute."""
    gc.disable()  # what this side of the terminal lets lie is not to look like kty
    quick = "--quick" in arguments
    cluster = Cluster()
    total = cluster.pods()
    first, everything, rest, peak = _starts(total, 1 if quick else 5)
    peer, peer_memory = kubectl_get_pods()
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "kty.log"
        kty = _start(home, str(log))
        try:
            kty.until(lambda text: f"{total:,}" in text and "live" in text)
            kty.idle(3)
            idle = 5 if quick else IDLE_SECONDS
            requests, lists, cpu = len(_requests(log)), cluster.lists(), kty.cpu()
            kty.idle(idle)
            cpu, lists = kty.cpu() - cpu, cluster.lists() - lists
            asked = _requests(log)[requests:]
            changes = _changes(kty, cluster)
            filters = _filters(kty, total)
        finally:
            kty.close()
    rows = [
        ("pods", f"{total:,}", ""),
        ("start → first row", f"{first:.2f} s", "≤ 1.0 s"),
        ("start → all rows", f"{everything:.2f} s", f"≤ {peer / 2:.2f} s"),
        ("kubectl get pods -A", f"{peer:.2f} s, {peer_memory:.0f} MiB", ""),
        ("all rows / kubectl", f"{everything / peer:.2f}", "≤ 0.50"),
        ("memory, at rest / highest", f"{rest:.0f} / {peak:.0f} MiB", "≤ 200 MiB"),
        ("idle CPU", f"{100 * cpu / idle:.2f} %", "≤ 1 %"),
        (f"API requests in {idle} s idle", f"{len(asked)} {'(' + ', '.join(asked) + ')' if asked else ''}".strip(), ""),
        ("LISTs that the server saw meanwhile", f"{lists:.0f}", "0"),
        ("change → screen p50 / p99", f"{_ms(changes, 0.5)} / {_ms(changes, 0.99)}", "≤ 40 / 65 ms"),
        ("filter → screen p50 / p95", f"{_ms(filters, 0.5)} / {_ms(filters, 0.95)}", "– / ≤ 60 ms"),
    ]
    print("| measure | kty | goal |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows), sep="\n")
    return 0


def _ms(values: Sequence[float], share: float) -> str:
    return f"{1000 * _percentile(values, share):.0f} ms"


def _requests(log: Path) -> list[str]:
    """Return the requests that kty itself logged, as `GET /path`."""
    return re.findall(r"kty\.kube\.client: (GET \S+)", log.read_text())
