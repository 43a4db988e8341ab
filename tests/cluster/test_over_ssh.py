"""Commands and shells over SSH, by OpenSSH and `kty serve`, in real containers."""

import asyncio
import subprocess
import termios
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.place import GUARD, PODS, Place
from tests.cluster.test_browsing import QUICK, SLEEPS
from tests.running import Home
from tests.ssh.serving import HAS_OPENSSH, Served, make_key, served
from tests.term.desk import Desk, desk
from tests.term.emulator import left_on

pytestmark = [pytest.mark.cluster, HAS_OPENSSH]

COUNTS = {**SLEEPS, "command": ["sh", "-c", "n=0; while true; do n=$((n+1)); echo line-$n; sleep 0.2; done"]}


@dataclass(frozen=True)
class Here:
    """A server that runs, and a namespace with the pod `runs`."""

    it: Served
    namespace: str

    async def runs(self, *words: str, user: str = "me", typed: bytes = b"") -> tuple[int | None, bytes, bytes]:
        process = await asyncio.create_subprocess_exec(
            *self.it.command(*words, options=("-l", user)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(typed), GUARD)
        return process.returncode, out, err


@pytest.fixture
async def here(home: Home, cluster_kubeconfig: Callable[[str], Path], place: Place) -> AsyncIterator[Here]:
    await place.create(PODS, "runs", spec={"containers": [COUNTS, {**SLEEPS, "name": "other"}], **QUICK})
    home.write(home.kubeconfig, cluster_kubeconfig("admin").read_text())
    make_key(home)
    async with served(home) as it:
        me = Here(it, place.namespace)
        watching = await asyncio.create_subprocess_exec(
            *it.command("get", "pod", "runs", "-n", place.namespace, "-w"), stdout=subprocess.PIPE
        )
        assert watching.stdout is not None
        await asyncio.wait_for(watching.stdout.readuntil(b"2/2"), GUARD)
        watching.terminate()
        await watching.communicate()
        yield me


async def test_commands(here: Here) -> None:
    where = here.namespace
    status, out, err = await here.runs("get", "pods", "-n", where, "-o", "yaml")
    assert (status, err) == (0, b"")
    assert b"name: runs\n" in out
    assert (await here.runs("describe", "pod/runs", "-n", where))[0] == 0
    assert b"Started" in (await here.runs("events", "-n", where))[1]
    assert b"user" in (await here.runs("whoami"))[1]
    data = bytes(range(256)) * 4000
    assert await here.runs("exec", "-i", f"{where}/runs", "--", "cat", typed=data) == (0, data, b"")
    said = await here.runs("exec", f"{where}/runs", "--", "sh", "-c", "'echo a; echo b >&2; exit 3'")
    assert said == (3, b"a\n", b"b\n")
    status, _, err = await here.runs("exec", f"{where}/runs", "--", "nonsense")
    assert status == 1
    assert b"executable file not found" in err


async def test_a_log_is_followed_until_ssh_is_ended(here: Here) -> None:
    process = await asyncio.create_subprocess_exec(
        *here.it.command("logs", "-f", "-n", here.namespace, "runs", "-c", "main"), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readuntil(b"line-12\n"), GUARD)
    process.terminate()
    await process.communicate()
    assert (await here.runs("whoami"))[0] == 0


async def test_a_name_leads_into_a_container(here: Here) -> None:
    where = here.namespace
    assert await here.runs("echo", "$((6*7))", "| cat;", "exit 5", user=f"{where}/runs") == (5, b"42\n", b"")
    assert await here.runs("wc -c", user=f"{where}+runs+other", typed=b"abc") == (0, b"3\n", b"")
    assert await here.runs(user=f"{where}/runs/other", typed=b"echo in-$((6*7)); exit 6\n") == (6, b"in-42\n", b"")


async def draws(me: Desk) -> None:
    """See a shell, vi and top, while the window is resized."""
    me.type(b"stty size; echo $TERM\r")
    await me.until(lambda: b"24 80\r\n" in me.sent and b"xterm-256color\r\n" in me.sent, "the size")
    me.resize(100, 30)
    me.type(b"sleep 1; stty size\r")
    await me.until(lambda: b"30 100\r\n" in me.sent, "the new size")
    me.type(b"vi /tmp/note\r")
    await me.sees("/tmp/note")
    me.type(b"ihello")
    await me.sees("hello")
    me.resize(90, 20)
    me.type(b"\x1b")
    await me.sees("[Modified]")
    me.type(b":wq\r")
    await me.until(lambda: b"1L, 6C" in me.sent, "the end of vi")
    me.type(b"top\r")
    await me.sees("Load average")
    me.type(b"q")
    me.type(b"echo still-$((6*7))\r")
    await me.until(lambda: b"still-42\r\n" in me.sent, "the shell again")


@pytest.mark.parametrize("how", ["name", "exec"])
async def test_a_shell_draws_what_it_draws_and_hears_of_sizes(here: Here, how: str) -> None:
    where = f"{here.namespace}/runs/other"
    words = () if how == "name" else ("exec", "-it", where)
    options = ("-tt", "-l", where if how == "name" else "me")
    command = here.it.command(*words, options=options)
    async with desk(command, {"TERM": "xterm-256color"}, size=(80, 24)) as me:
        me.look()
        await me.until(lambda: b"# " in me.sent, "a prompt")
        await draws(me)
        me.type(b"\x03exit 7\r")
        assert await me.ends() == 7
        assert not me.left_behind


async def test_a_shell_from_the_screens_draws_and_hears_of_sizes(here: Here) -> None:
    command = here.it.command(options=("-tt",))
    async with desk(command, {"TERM": "xterm-256color"}, size=(80, 24)) as me:
        me.look()
        await me.sees("live")
        me.type(f":pods {here.namespace}\r".encode())
        await me.sees("pods 1 of 1")
        me.type(b"s")
        await me.sees("Which container of runs?")
        me.type(b"j\r")
        await me.until(lambda: b"# " in me.sent.partition(b"ctrl-] leaves it")[2], "a prompt")
        await draws(me)
        me.type(b"\x1d")
        await me.sees("It goes on in the background")
        me.type(b"\x03")
        assert await me.ends() == 0
        assert termios.tcgetattr(me.slave) == me.found
        assert left_on(bytes(me.sent)) <= {"kitty"}  # the shell's end pops its keys more often than they were pushed
