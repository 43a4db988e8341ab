"""What people do with OpenSSH beside a plain login: many sessions on one connection, jump hosts, copying files."""

import asyncio
import getpass
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.ssh.jump_host import HAS_SSHD, jump_host
from tests.ssh.serving import HAS_OPENSSH
from tests.ssh.test_clients import Here, here, runs
from tests.term.desk import desk

__all__ = ["here"]

pytestmark = HAS_OPENSSH


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a directory whose name is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="kty-") as name:
        yield Path(name)


@asynccontextmanager
async def mastered(here: Here, folder: Path) -> AsyncIterator[tuple[str, ...]]:
    """Yield the options by which sessions share one connection, which is there already."""
    options = ("-o", f"ControlPath={folder}/%C", "-o", "ControlMaster=auto", "-o", "ControlPersist=yes")
    assert (await runs(here.it, here.it.command("whoami", options=options))).status == 0
    try:
        yield options
    finally:
        await runs(here.it, here.it.command(options=(*options, "-O", "exit")))


async def test_many_sessions_share_one_connection(here: Here, folder: Path) -> None:
    it = here.it
    async with mastered(here, folder) as options:
        logins = it.log.count(b"logged in")
        async with desk(it.command(options=(*options, "-tt")), it.home.env, size=(80, 24)) as me:
            me.look()
            await me.sees("live")
            done = await asyncio.gather(
                *(runs(it, it.command("get", "pods", "-n", "shop", "-o", "name", options=options)) for _ in range(4)),
                runs(it, it.command("exec", "-i", f"shop/{here.pod}", "--", "cat", options=options), b"x" * 300_000),
            )
            assert {each.status for each in done} == {0}
            assert all(f"pod/{here.pod}\n".encode() in each.out for each in done[:4])
            assert done[4].out == b"x" * 300_000
            me.type(b":q\r")
            assert await me.ends() == 0
        assert it.log.count(b"logged in") == logins


async def test_a_session_of_a_shared_connection_that_is_killed_ends_here(here: Here, folder: Path) -> None:
    it = here.it
    async with mastered(here, folder) as options:
        for _ in range(12):  # as many as a connection may not have at once
            process = await asyncio.create_subprocess_exec(
                *it.command("get", "pods", "-A", "-w", options=options), stdout=asyncio.subprocess.PIPE, env=it.home.env
            )
            assert process.stdout is not None
            await asyncio.wait_for(process.stdout.readuntil(here.pod.encode()), 60)
            process.kill()
            await process.communicate()
        for _ in range(100):
            if (await runs(it, it.command("whoami", options=options))).status == 0:
                return
            await asyncio.sleep(0.1)
        pytest.fail("the sessions are still there")


@HAS_SSHD
async def test_behind_a_jump_host(here: Here) -> None:
    it = here.it
    async with jump_host(it.home, it.key) as port:
        it.command()  # writes known_hosts
        whole = "".join(
            f"Host {name}\n  HostName 127.0.0.1\n  Port {where}\n  User {user}\n  IdentityFile {it.key}\n"
            f"  IdentitiesOnly yes\n  IdentityAgent none\n  BatchMode yes\n  UserKnownHostsFile {known}\n"
            f"  StrictHostKeyChecking {checks}\n  LogLevel ERROR\n"
            for name, where, user, known, checks in (
                ("jump", port, getpass.getuser(), "/dev/null", "no"),
                ("kty", it.port, "me", it.home.path / "known_hosts", "yes"),
            )
        )
        config = it.home.write(it.home.path / "ssh_config", whole)
        ssh = ["ssh", "-F", str(config), "-J", "jump"]
        assert (await runs(it, [*ssh, "kty", "get", "pods", "-n", "shop"])).status == 0
        done = await runs(it, [*ssh, f"shop+{here.pod}@kty", "wc", "-c"], b"abc")
        assert (done.status, done.out.split()) == (0, [b"3"])
        async with desk([*ssh, "kty"], it.home.env, size=(80, 24)) as me:
            me.look()
            await me.sees("live")
            me.type(b":q\r")
            assert await me.ends() == 0
            assert not me.left_behind


async def test_files_are_refused_in_a_sentence(here: Here, tmp_path: Path) -> None:
    it = here.it
    (tmp_path / "a").write_text("a")
    ssh = it.command()
    at = ssh.index("-p")
    options = [*ssh[1:at], "-P", ssh[at + 1]]
    for words in (["scp", *options], ["scp", "-O", *options]):
        done = await runs(it, [*words, str(tmp_path / "a"), "127.0.0.1:/tmp/a"])
        assert done.status not in (0, None)
        assert b"there are get, logs, exec, describe, events, whoami" in done.err, words
    done = await runs(it, ["sftp", *options, "127.0.0.1"])
    assert done.status not in (0, None)
    assert b"there is no sftp, so no files are copied" in done.err
