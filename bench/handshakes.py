"""Logins a second: `kty serve` beside sshd, asked by the same client in turns.

A login is a connection, a key exchange and a key that is proven; no session is opened. Both offer what they offer by
default, so both take the same algorithms.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import psutil

from bench.guests import connect, load, new_keys, row, serving

LOGINS = int(os.environ.get("KTY_BENCH_LOGINS", "200"))
AT_ONCE = 4
TURNS = 3
_NOWHERE = {
    "current-context": "nowhere",
    "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nobody"}}],
    "clusters": [{"name": "nowhere", "cluster": {"server": "http://127.0.0.1:9"}}],
    "users": [{"name": "nobody", "user": {}}],
}


@contextmanager
def _sshd(home: Path) -> Iterator[tuple[psutil.Popen, int] | None]:
    """Run OpenSSH's server for whoever runs this; yield None where it is not installed."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        yield None
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # it starts nowhere else
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / "host"], check=True)
    told = {
        "Port": port, "ListenAddress": "127.0.0.1", "HostKey": home / "host", "PidFile": "none", "UsePAM": "no",
        "AuthorizedKeysFile": home / ".ssh/authorized_keys", "StrictModes": "no", "MaxStartups": "100",
        "PermitRootLogin": "yes", "PrintMotd": "no",
    }  # fmt: skip
    options = [word for name, value in told.items() for word in ("-o", f"{name}={value}")]
    with psutil.Popen([program, "-D", "-f", "/dev/null", *options], stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                with socket.socket() as there:
                    if there.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield process, port
        finally:
            process.kill()


def _worked(process: psutil.Popen) -> float:
    """Return the seconds of CPU of a server and of those of its processes that ended."""
    return float(sum(process.cpu_times()[:4]))


async def _log_in(port: int, key: asyncssh.SSHKey, username: str, count: int) -> float:
    """Return logins a second."""
    left = iter(range(count))

    async def some() -> None:
        for _ in left:
            connection = await connect(port, key, username)
            connection.close()
            await connection.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return count / (time.perf_counter() - started)


async def _measure(servers: Sequence[tuple[psutil.Popen, int]], key: asyncssh.SSHKey) -> list[tuple[float, float]]:
    """Return for each server its logins a second, and its CPU (ms) for each."""
    username = psutil.Process().username()
    rates: list[list[float]] = [[] for _ in servers]
    worked = [0.0 for _ in servers]
    for turn in range(1 + TURNS):
        for number, (process, port) in enumerate(servers):
            before = _worked(process)
            rate = await _log_in(port, key, username, LOGINS)
            await asyncio.sleep(1)  # until those of its processes that served us ended
            if turn:  # the first one warms all up
                rates[number].append(rate)
                worked[number] += _worked(process) - before
    return [
        (sorted(each)[len(each) // 2], 1000 * cpu / LOGINS / TURNS) for each, cpu in zip(rates, worked, strict=True)
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    (key,) = new_keys(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config").write_text(json.dumps(_NOWHERE))
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "KUBECONFIG": str(home / "config")}
        with serving(environment, [key]) as kty, _sshd(home) as sshd:
            servers = [(kty.process, kty.port), *([] if sshd is None else [sshd])]
            ours, *theirs = asyncio.run(_measure(servers, key))
    print(row(f"{AT_ONCE} at once", "kty serve", "sshd"), row("---", "---", "---"), sep="\n")
    print(row("logins a second", f"{ours[0]:.0f}", *([f"{theirs[0][0]:.0f}"] if theirs else ["none here"])))
    print(row("CPU of the server for each", f"{ours[1]:.1f} ms", *([f"{theirs[0][1]:.1f} ms"] if theirs else [""])))
    print(row("load of the machine", load(), ""))
    return 0
