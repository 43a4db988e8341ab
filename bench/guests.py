"""`kty serve` in a process of its own, and people who come to it by SSH: they read bytes, and no screen from them."""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import psutil

SIZE = (120, 40)
PATIENCE = 60.0
_ROW = re.compile(rb"kube-system")
"""In a row of the first screen: the demo has such a namespace."""


@dataclass
class Report:
    """What the process said of itself."""

    tasks: list[str]
    fds: int
    pauses: list[tuple[int, float]]
    """Generation and seconds of each collection since the report before."""
    objects: int
    types: list[tuple[str, int]]


class Serving:
    """A `kty serve` that runs."""

    def __init__(self, process: psutil.Popen, port: int, window: Path) -> None:
        self.process = process
        self.port = port
        self._window = window

    @property
    def memory(self) -> float:
        """MiB that it has for itself, and no other process."""
        return float(self.process.memory_full_info().uss) / (1 << 20)

    @property
    def resident(self) -> float:
        """MiB that it has in memory."""
        return float(self.process.memory_info().rss) / (1 << 20)

    @property
    def cpu(self) -> float:
        """Seconds of all its threads so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    async def report(self) -> Report:
        self._window.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        while not self._window.exists():
            await asyncio.sleep(0.02)
        return Report(**json.loads(self._window.read_text()))


def new_keys(count: int) -> list[asyncssh.SSHKey]:
    """Return so many keys: each is another person with settings of their own."""
    return [asyncssh.generate_private_key("ssh-ed25519") for _ in range(count)]


@contextmanager
def serving(environment: Mapping[str, str], keys: Sequence[asyncssh.SSHKey], *args: str) -> Iterator[Serving]:
    """Run `kty serve` for those who have these keys."""
    home = Path(environment["HOME"])
    folder = home / ".ssh"
    folder.mkdir(mode=0o700, exist_ok=True)
    authorized = folder / "authorized_keys"
    authorized.write_bytes(b"".join(key.export_public_key() for key in keys))
    authorized.chmod(0o600)
    window = home / "window.json"
    command = [sys.executable, "-m", "bench.watched", "serve", "--as-me", "--ssh-port", "0", *args]
    with (
        (home / "serve.log").open("wb") as log,
        psutil.Popen(
            command, env={**environment, "KTY_WINDOW": str(window)}, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            port = 0
            for line in process.stdout:
                if found := re.match(r"ssh -p (\d+) ", line):
                    port = int(found[1])
                    break
            if not port:
                raise SystemExit((home / "serve.log").read_text())
            yield Serving(process, port, window)
        finally:
            process.kill()


async def connect(port: int, key: asyncssh.SSHKey, username: str = "me") -> asyncssh.SSHClientConnection:
    """Log in. What is measured is not who is on the other side: any host key will do."""
    return await asyncssh.connect(
        "127.0.0.1", port, username=username, client_keys=[key], known_hosts=None, agent_path=None, config=None,
        compression_algs=None,
    )  # fmt: skip


class Guest(asyncssh.SSHClientSession[bytes]):
    """One person before a terminal."""

    def __init__(self) -> None:
        self.channel: asyncssh.SSHClientChannel[bytes]
        self.opened = time.perf_counter()
        self.first_frame = asyncio.get_running_loop().create_future()
        """Seconds until there was a whole screen, empty as it may have been."""
        self.first_rows = asyncio.get_running_loop().create_future()
        self.answers: list[tuple[str, float]] = []
        """What was typed, and the seconds until the first bytes that came after it."""
        self.unanswered = 0
        self.received = 0
        self.kept = bytearray()
        """The last of what came."""
        self.is_over = asyncio.Event()
        self._begin = b""
        self._typed: tuple[str, float] | None = None

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.channel = chan

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over.set()

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        now = time.perf_counter()
        self.received += len(data)
        self.kept += data
        del self.kept[:-20_000]
        if self._typed is not None:
            what, at = self._typed
            self._typed = None
            self.answers.append((what, now - at))
        if not self.first_rows.done():
            self._begin += data
            if not self.first_frame.done() and b"all namespaces" in self._begin:
                self.first_frame.set_result(now - self.opened)
            if _ROW.search(self._begin):
                self.first_rows.set_result(now - self.opened)
                self._begin = b""

    def press(self, key: str, what: str = "") -> None:
        """Type; `what` names it where the answer is to be timed."""
        if self._typed is not None:
            self.unanswered += 1
        self._typed = (what, time.perf_counter()) if what else None
        self.channel.write(key.encode())


async def sit(connection: asyncssh.SSHClientConnection) -> Guest:
    """Open a session with a terminal, and wait for the first rows."""
    guest: Guest
    _, guest = await connection.create_session(  # type: ignore[assignment]
        Guest, term_type="xterm-256color", term_size=SIZE, encoding=None
    )
    await asyncio.wait_for(guest.first_rows, PATIENCE)
    return guest


Key = tuple[str, str]
"""What is typed, and its name; no name where it need not change anything on the screen."""


def moves(chance: random.Random) -> Iterator[Key]:
    """Yield, without end, what somebody types who goes down and up a list, a screen or two of it."""
    row = 0
    while True:
        for _ in range(chance.randrange(5, 40)):
            row += 1
            yield "j", "j"
        for _ in range(min(row, chance.randrange(5, 40))):
            row -= 1
            yield "k", "k"


def habits(chance: random.Random) -> Iterator[Key]:
    """Yield, without end, what somebody types who searches a list all the time: every other key belongs to a search,
    with which the whole screen changes; others turn pages or sort.

    A lone escape is never timed: whatever reads a terminal has to wait whether more comes.
    """
    row = 0
    while True:
        match chance.choices(("down", "up", "page", "sort", "search"), (55, 25, 12, 3, 5))[0]:
            case "down":
                row += 1
                yield "j", "j"
            case "up" if row:
                row -= 1
                yield "k", "k"
            case "page":
                row += 30
                yield "\x06", "page down"
            case "sort":
                row = 0
                yield "\x1b[1;2C", "sort"
                yield "g", ""
            case "search":
                row = 0
                yield "/", "/"
                for letter in f"team-{chance.randrange(20):02}":
                    yield letter, "letter of a filter"
                yield "\r", "enter"
                for _ in range(6):
                    yield "j", "j"
                yield "\x1b", ""
                yield "N", ""
                yield "g", ""


class Lag:
    """By how much this process, which has to time others, is late itself."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def run(self) -> None:
        while True:
            due = time.perf_counter() + 0.01
            await asyncio.sleep(0.01)
            self.late.append(time.perf_counter() - due)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def row(*cells: Any) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def load() -> str:
    """Say how busy the machine is."""
    return f"{os.getloadavg()[0]:.1f}"
