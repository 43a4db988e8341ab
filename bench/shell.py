"""A shell in a real pod while it pours: kty and kubectl on pseudo-terminals, over the cluster that KUBECONFIG names.

With `--apart` a cluster on the same machine has the other cores to itself, and neither slows the other down.
"""

import os
import secrets
import select
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from bench.apart import apart
from bench.cluster import Cluster
from bench.terminal import Terminal

MEGABYTES = 50
ROUNDS = 5
INTERRUPTS = 60
POD = "pours"
IMAGE = os.environ.get("KTY_BENCH_IMAGE", "busybox")
LINE = "x" * 99
PROMPT = b"/ # "


@contextmanager
def _pod(cluster: Cluster) -> Iterator[str]:
    """Run a pod with a large file in a namespace of its own; yield the namespace."""
    namespace = f"bench-shell-{secrets.token_hex(3)}"
    script = f"yes {LINE} | head -c {MEGABYTES}000000 > /tmp/large; sync; touch /tmp/ready; exec sleep 36000"
    container = {
        "name": "main",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", script],
        "readinessProbe": {"exec": {"command": ["test", "-f", "/tmp/ready"]}, "periodSeconds": 1},
    }
    spec = {"containers": [container], "terminationGracePeriodSeconds": 1, "automountServiceAccountToken": False}
    cluster.ask("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    try:
        path = f"/api/v1/namespaces/{namespace}"
        end = time.monotonic() + 60
        while b"default" not in cluster.ask("GET", f"{path}/serviceaccounts"):
            assert time.monotonic() < end
            time.sleep(0.2)
        cluster.ask("POST", f"{path}/pods", {"metadata": {"name": POD}, "spec": spec})
        while b'"type":"Ready","observedGeneration":1,"status":"True"' not in _compact(
            cluster.ask("GET", f"{path}/pods/{POD}")
        ):
            assert time.monotonic() < end, "the pod does not become ready"
            time.sleep(0.2)
        yield namespace
    finally:
        Cluster().ask("DELETE", f"/api/v1/namespaces/{namespace}")  # the first connection is too old by now


def _compact(content: bytes) -> bytes:
    return b"".join(content.split())


def _environment(home: str) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "KUBECONFIG", "LANG", "PYTHONPATH") if name in os.environ}
    return {**keep, "HOME": home, "TERM": "xterm-256color"}


def _kubectl(namespace: str, home: str) -> Terminal:
    command = shlex.split(os.environ.get("KTY_BENCH_KUBECTL", "kubectl"))
    arguments = ["exec", "-it", "-n", namespace, POD, "--", "sh"]
    kubectl = Terminal([*command, *arguments], {**os.environ, "TERM": "xterm-256color"})
    _until(kubectl, PROMPT)
    return kubectl


def _kty(namespace: str, home: str) -> Terminal:
    kty = Terminal([sys.executable, "-m", "kty", "-n", namespace], _environment(home))
    kty.until(lambda text: "1/1" in text and "● live" in text)
    kty.press(b"s")
    _until(kty, PROMPT)
    return kty


def _until(terminal: Terminal, wanted: bytes, timeout: float = 120.0) -> int:
    """Read until this has come, and draw no screen of it, which would take longer; return how many bytes came."""
    tail, count = b"", 0
    end = time.perf_counter() + timeout
    while wanted not in tail:
        if not select.select([terminal._fd], [], [], max(0.0, end - time.perf_counter()))[0]:
            raise TimeoutError(f"{wanted!r} does not come after {tail[-200:]!r}")
        data = os.read(terminal._fd, 1 << 16)
        count += len(data)
        tail = tail[-len(wanted) :] + data
    return count


def _throughput(terminal: Terminal) -> float:
    """Return MB a second of a `cat`, as they come on the terminal."""
    started = terminal.press(b"cat /tmp/large; echo all-$((6*7))\r")
    count = _until(terminal, b"all-42\r\n" + PROMPT)
    took = time.perf_counter() - started
    assert count > MEGABYTES * 1_000_000, f"only {count} bytes came"
    return count / took / 1e6


def _interrupted(terminal: Terminal) -> float:
    """Return the seconds from ctrl-c, while lines pour, to the shell's prompt."""
    terminal.press(f"yes {LINE}\r".encode())
    end = time.perf_counter() + 0.5 + secrets.randbelow(200) / 1000
    while time.perf_counter() < end:
        os.read(terminal._fd, 1 << 16)
    sent = terminal.press(b"\x03")
    _until(terminal, PROMPT)
    return time.perf_counter() - sent


def _measured(terminal: Terminal, rates: list[float], pauses: list[float]) -> None:
    try:
        rates.append(_throughput(terminal))
        pauses.extend(_interrupted(terminal) for _ in range(INTERRUPTS // ROUNDS))
    finally:
        terminal.close()


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures as a table."""
    rates: tuple[list[float], list[float]] = ([], [])
    pauses: tuple[list[float], list[float]] = ([], [])
    cores = apart() if "--apart" in arguments else nullcontext()
    with cores, tempfile.TemporaryDirectory() as home, _pod(Cluster()) as namespace:
        for _ in range(1 if "--quick" in arguments else ROUNDS):  # in turns: the machine is not always as fast
            _measured(_kty(namespace, home), rates[0], pauses[0])
            _measured(_kubectl(namespace, home), rates[1], pauses[1])
    kty, kubectl = (statistics.median(each) for each in rates)
    print("| measure | kty | kubectl | kty / kubectl | goal |\n|---|---|---|---|---|")
    row = f"{kty:.1f} MB/s | {kubectl:.1f} MB/s | {kty / kubectl:.2f}"
    print(f"| `cat` of {MEGABYTES} MB on a terminal | {row} | ≥ 0.50 |")
    shown = [f"{statistics.median(each) * 1000:.0f} / {max(each) * 1000:.0f} ms" for each in pauses]
    print(f"| ctrl-c while lines pour → prompt, p50 / worst | {shown[0]} | {shown[1]} | | ≤ 200 ms |")
    return 0
