"""How each client is told where to go, as whom, and what to run."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.ssh.serving import Served

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Client:
    """A client that may be here."""

    name: str
    programs: tuple[str, ...]
    """What must be installed for it."""
    command: Callable[[Served, str, Path, bool, tuple[str, ...]], list[str]]
    """By server, user, key, whether a terminal is wanted, and the words to run, what runs the client."""
    has_raw_terminal: bool = True
    """Whether it makes its own terminal raw, as one that people sit at does."""

    def runs(self, it: Served, *words: str, user: str = "me", key: Path | None = None, tty: bool = False) -> list[str]:
        return self.command(it, user, key or it.key, tty, words)


def _openssh(it: Served, user: str, key: Path, tty: bool, words: tuple[str, ...]) -> list[str]:
    return it.command(*words, options=("-l", user, *(("-tt",) if tty else ())), key=key)


def _dropbear(it: Served, user: str, key: Path, tty: bool, words: tuple[str, ...]) -> list[str]:
    converted = it.home.path / f"{key.name}.dropbear"
    subprocess.run(["dropbearconvert", "openssh", "dropbear", key, converted], check=True, capture_output=True)
    it.home.write(it.home.path / ".ssh/known_hosts", f"127.0.0.1 {it.host_key}\n")
    return [
        *("dbclient", "-i", str(converted), "-p", str(it.port), "-l", user),
        *("-t" if tty else "-T", "127.0.0.1", *words),
    ]


def _putty(it: Served, user: str, key: Path, tty: bool, words: tuple[str, ...]) -> list[str]:
    converted = it.home.path / f"{key.name}.ppk"
    subprocess.run(["puttygen", key, "-O", "private", "-o", converted], check=True, stdin=subprocess.DEVNULL)
    (print_,) = (line.split()[2] for line in it.said if line.startswith("host key "))
    return [
        *("plink", "-ssh", "-batch", "-no-antispoof", "-i", str(converted), "-hostkey", print_, "-P", str(it.port)),
        *("-l", user, "-t" if tty else "-T", "127.0.0.1", *words),
    ]


def _paramiko(it: Served, user: str, key: Path, tty: bool, words: tuple[str, ...]) -> list[str]:
    known = it.home.write(it.home.path / "paramiko_hosts", f"[127.0.0.1]:{it.port} {it.host_key}\n")
    return [
        *(sys.executable, "-m", "tests.ssh.clients.with_paramiko", *(("-t",) if tty else ())),
        *("127.0.0.1", str(it.port), user, str(key), str(known)),
        *((" ".join(words),) if words else ()),
    ]


@cache
def _built() -> Path:
    """Build the client in Go; its module's cache makes it quick the second time."""
    folder = Path(tempfile.mkdtemp(prefix="kty-go-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    built = folder / "client"
    done = subprocess.run(
        ["go", "build", "-trimpath", "-o", built, "."], cwd=HERE / "go", capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"the client in Go cannot be built: {done.stderr.strip()}")
    return built


def _go(it: Served, user: str, key: Path, tty: bool, words: tuple[str, ...]) -> list[str]:
    host_key = it.home.write(it.home.path / "host_key.pub", f"{it.host_key}\n")
    return [
        *(str(_built()), *(("-t",) if tty else ())),
        *(f"127.0.0.1:{it.port}", user, str(key), str(host_key)),
        *((" ".join(words),) if words else ()),
    ]


CLIENTS = (
    Client("OpenSSH", ("ssh",), _openssh),
    Client("dbclient", ("dbclient", "dropbearconvert"), _dropbear),
    Client("plink", ("plink", "puttygen"), _putty),
    Client("paramiko", (), _paramiko, has_raw_terminal=False),
    Client("Go", ("go",), _go, has_raw_terminal=False),
)

ALL = [
    pytest.param(
        client,
        id=client.name,
        marks=pytest.mark.skipif(
            any(shutil.which(program) is None for program in client.programs), reason=f"there is no {client.name} here"
        ),
    )
    for client in CLIENTS
]
