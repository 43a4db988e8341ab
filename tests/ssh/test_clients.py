"""Clients that people have: each logs in by its key, shows the screens, and runs commands."""

import asyncio
import subprocess
import termios
import tty
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rigged.server import RiggedDemo, serving
from tests.running import Home
from tests.ssh.clients.known import ALL, CLIENTS, Client
from tests.ssh.house import new_key, until
from tests.ssh.serving import HAS_OPENSSH, Served, make_key, served
from tests.term.desk import ROOT, desk

pytestmark = HAS_OPENSSH  # ssh-keygen makes the keys

GUARD = 60.0


@dataclass(frozen=True)
class Here:
    """A server that runs, and a pod of its cluster in which programs run."""

    it: Served
    pod: str


@pytest.fixture
async def here(home: Home) -> AsyncIterator[Here]:
    async with serving(RiggedDemo(furnished=True)) as server:
        home.knows(server.url)
        make_key(home)
        async with served(home) as it:
            yield Here(it, server.running())


@dataclass(frozen=True)
class Done:
    """What came of a client."""

    status: int | None
    out: bytes
    err: bytes


async def runs(it: Served, command: list[str], typed: bytes | None = None) -> Done:
    """Run a client where no terminal is; `typed` is None where it has no input at all."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL if typed is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=it.home.env,
        cwd=ROOT,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(typed), GUARD)
    finally:
        if process.returncode is None:
            process.kill()
    return Done(process.returncode, out, err)


@pytest.mark.parametrize("client", ALL)
async def test_it_runs_commands(here: Here, client: Client) -> None:
    it, pod = here.it, here.pod
    done = await runs(it, client.runs(it, "get", "pods", "-n", "shop", "-o", "name"))
    assert (done.status, done.err) == (0, b"")
    assert f"pod/{pod}\n".encode() in done.out
    done = await runs(it, client.runs(it, "get", "pods", "nowhere"))
    assert (done.status, done.out) == (1, b"")
    assert done.err.startswith(b'kty: pods "nowhere" not found')
    done = await runs(it, client.runs(it, f"exec -i shop/{pod} -- sh -c 'cat; echo b >&2; exit 3'"), b"a\n" * 100_000)
    assert (done.status, done.out, done.err) == (3, b"a\n" * 100_000, b"b\n")


@pytest.mark.parametrize("client", ALL)
@pytest.mark.parametrize("by", ["/", "+"])
async def test_its_name_leads_into_a_container(here: Here, client: Client, by: str) -> None:
    it, where = here.it, f"shop{by}{here.pod}"
    done = await runs(it, client.runs(it, "wc -l; exit 4", user=where), b"a\nb\n")
    assert (done.status, done.out.split()) == (4, [b"2"])
    done = await runs(it, client.runs(it, user=where), b"echo from-$((6*7)); exit 5\n")
    assert (done.status, done.out) == (5, b"from-42\n")


@pytest.mark.parametrize("client", ALL)
async def test_it_shows_the_screens(here: Here, client: Client) -> None:
    it = here.it
    async with desk(client.runs(it, tty=True), it.home.env, size=(80, 24)) as me:
        me.look()
        await me.sees("live")
        if not client.has_raw_terminal:
            tty.setraw(me.slave)
            me.found = termios.tcgetattr(me.slave)
        else:
            me.type(b":ns\r")
            await me.sees("kube-system")
            me.resize(100, 30)
            await me.until(lambda: len(me.screen.splitlines()) > 24, "a larger screen")
        me.type(b":q\r")
        assert await me.ends() == 0
        assert not me.left_behind


async def test_paramiko_finds_the_right_one_of_several_keys(here: Here, tmp_path: Path) -> None:
    """It asks for the service anew before each try, which asyncssh alone takes for an attack."""
    others = [tmp_path / f"other-{number}" for number in range(3)]
    for key in others:
        key.write_bytes(new_key().export_private_key())
        key.chmod(0o600)
    (client,) = (each for each in CLIENTS if each.name == "paramiko")
    keys = Path(",".join(map(str, [*others, here.it.key])))
    done = await runs(here.it, client.runs(here.it, "whoami", key=keys))
    assert (done.status, done.err) == (0, b"")


@pytest.mark.parametrize("client", ALL)
async def test_it_is_refused_with_a_key_that_nobody_knows(here: Here, client: Client, tmp_path: Path) -> None:
    key = tmp_path / "other"
    key.write_bytes(new_key().export_private_key())
    key.chmod(0o600)
    done = await runs(here.it, client.runs(here.it, "whoami", key=key))
    assert done.status not in (0, None)
    assert done.out == b""
    await until(lambda: b": it is not in " in here.it.log)
