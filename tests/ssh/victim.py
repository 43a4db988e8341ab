"""A server in a process of its own, to be attacked: `python -m tests.ssh.victim`, with public keys on stdin."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncssh
import psutil

from kty.commands.target import Target
from kty.errors import ConfigError
from kty.ssh.algorithms import algorithms
from kty.ssh.limits import Limits
from kty.ssh.login import Identity
from kty.ssh.server import Server
from kty.term.terminal import Terminal
from tests.ssh.house import Known
from tests.term.apps import Echo


class Pouring(Echo):
    """Draws all the time, a screen that is never the same."""

    def on_mount(self) -> None:
        self.set_interval(0.02, self._pour)

    def _pour(self) -> None:
        for name in ("click", "size", "focus"):
            self.say(name, random.randbytes(100).hex())
        self.heard.clear()


@dataclass
class Victim:
    """A server that runs."""

    port: int
    process: psutil.Process

    @property
    def memory(self) -> int:
        """Bytes that it has in memory."""
        return int(self.process.memory_info().rss)


@asynccontextmanager
async def victim(*keys: asyncssh.SSHKey) -> AsyncIterator[Victim]:
    """Serve everybody who has one of these keys until the block ends."""
    pipe = asyncio.subprocess.PIPE
    serving = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.ssh.victim", stdin=pipe, stdout=pipe)
    assert serving.stdin is not None
    assert serving.stdout is not None
    try:
        for key in keys:
            serving.stdin.write(key.export_public_key())
        serving.stdin.write(b"\n")
        port = await serving.stdout.readline()
        yield Victim(int(port), psutil.Process(serving.pid))
        assert serving.returncode is None, "it did not live through it"
    finally:
        if serving.returncode is None:
            serving.kill()
        await serving.wait()


def nowhere(identity: Identity) -> Target:
    raise ConfigError("there is no cluster here")


def pouring(terminal: Terminal, identity: Identity) -> Pouring:
    return Pouring(terminal)


async def serve() -> None:
    people: dict[str, asyncssh.SSHKey] = {}
    while line := sys.stdin.readline().strip():
        people[f"person-{len(people)}"] = asyncssh.import_public_key(line)
    server = Server(
        pouring,
        Known(**people),
        asyncssh.generate_private_key("ssh-ed25519"),
        make_target=nowhere,
        limits=Limits(),
        algorithms=algorithms(),
    )
    async with server:
        sys.stdout.write(f"{server.addresses[0][1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
