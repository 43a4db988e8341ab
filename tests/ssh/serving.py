"""Run the real `kty serve` in a process of its own, and come to it with OpenSSH."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.running import KTY, Home
from tests.ssh.house import until
from tests.term.desk import ROOT, Desk, desk

HAS_OPENSSH = pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no OpenSSH here")


@dataclass
class Served:
    """A server that runs, what it said, and a person with a key for it."""

    home: Home
    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)
    log: bytearray = field(default_factory=bytearray)

    @property
    def port(self) -> int:
        return int(self.said[-1].split()[2])

    @property
    def key(self) -> Path:
        return self.home.path / "id_ed25519"

    @property
    def host_key(self) -> str:
        """The server's public key, as it stands in a file of keys."""
        (line,) = (each for each in self.said if each.startswith("known_hosts: "))
        return " ".join(line.split()[2:4])

    def command(self, *words: str, options: tuple[str, ...] = (), key: Path | None = None) -> list[str]:
        """Return what runs OpenSSH, with a known_hosts file that holds the line which the server told."""
        known = self.home.path / "known_hosts"
        (line,) = (each.removeprefix("known_hosts: ") for each in self.said if each.startswith("known_hosts: "))
        known.write_text(f"{line}\n")
        told = {"UserKnownHostsFile": known, "GlobalKnownHostsFile": "/dev/null", "IdentitiesOnly": "yes"}
        told |= {"StrictHostKeyChecking": "yes", "IdentityAgent": "none", "BatchMode": "yes", "LogLevel": "ERROR"}
        more = [word for name, value in told.items() for word in ("-o", f"{name}={value}")]
        return [
            "ssh",
            "-F",
            "none",
            "-i",
            str(key or self.key),
            *more,
            "-p",
            str(self.port),
            *options,
            "127.0.0.1",
            *words,
        ]

    def sits(self, *words: str, options: tuple[str, ...] = (), **more: Any) -> AbstractAsyncContextManager[Desk]:
        """Come in by `ssh` on a terminal."""
        return desk(self.command(*words, options=options), {"TERM": "xterm-256color"}, **more)

    async def runs(self, *words: str, options: tuple[str, ...] = ()) -> tuple[int | None, bytes, bytes]:
        """Run a command by `ssh` where no terminal is."""
        process = await asyncio.create_subprocess_exec(
            *self.command(*words, options=options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, errors = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out, errors

    def asks_it_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ends(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 60)


def make_key(home: Home) -> None:
    """Make a key pair, and put the public one among the authorized ones."""
    key = home.path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna@desk", "-f", key], check=True)
    authorized = home.write(home.path / ".ssh/authorized_keys", key.with_suffix(".pub").read_text())
    authorized.parent.chmod(0o700)
    authorized.chmod(0o600)


@asynccontextmanager
async def served(home: Home, *args: str) -> AsyncIterator[Served]:
    """Run `kty serve --as-me` on a port that is free until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *KTY,
        "serve",
        "--as-me",
        "--ssh-port",
        "0",
        *args,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home.env,
        cwd=ROOT,
    )
    it = Served(home, process)
    reading = [asyncio.ensure_future(_hear(it)), asyncio.ensure_future(_log(it))]
    try:
        await until(lambda: any(line.startswith("ssh ") for line in it.said) or process.returncode is not None)
        assert process.returncode is None, it.log.decode()
        yield it
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await asyncio.gather(*reading)


async def _hear(it: Served) -> None:
    assert it.process.stdout is not None
    while line := await it.process.stdout.readline():
        it.said.append(line.decode().rstrip())


async def _log(it: Served) -> None:
    assert it.process.stderr is not None
    while piece := await it.process.stderr.read(4096):
        it.log += piece


def children(pid: int) -> list[str]:
    """Return the processes that a process has started."""
    return (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split() if os.name == "posix" else []
