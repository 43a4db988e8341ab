"""A jump host: OpenSSH's own server on loopback, as the person who runs the tests."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.kube.asking import unused_port
from tests.running import Home
from tests.ssh.house import HOST_KEY, PATIENCE

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
HAS_SSHD = pytest.mark.skipif(SSHD is None, reason="there is no sshd here")


@asynccontextmanager
async def jump_host(home: Home, key: Path) -> AsyncIterator[int]:
    """Let in whoever has this key; yield the port."""
    folder = home.path / "sshd"
    home.write(folder / "keys", key.with_suffix(".pub").read_text())
    home.write(folder / "host", HOST_KEY.export_private_key().decode()).chmod(0o600)
    _make_what_root_needs()
    port = unused_port()
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "keys",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
        "PermitRootLogin": "yes",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
    }
    config = home.write(folder / "config", "".join(f"{name} {value}\n" for name, value in settings.items()))
    process = await asyncio.create_subprocess_exec(
        str(SSHD), "-D", "-e", "-f", config, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        await asyncio.wait_for(_listens(process), PATIENCE)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _make_what_root_needs() -> None:
    if os.geteuid() == 0:  # it is there wherever the system starts sshd
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


async def _listens(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    said = b""
    while b"Server listening" not in said:
        line = await process.stderr.readline()
        assert line, said.decode()
        said += line
