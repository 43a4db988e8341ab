"""Shells in real containers: vi, sizes, what goes on in the background, and pods that go."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.browsing import Person, browsing, row
from tests.cluster.place import PODS, Place
from tests.cluster.test_browsing import QUICK, SLEEPS

pytestmark = pytest.mark.cluster

Kubeconfig = Callable[[str], Path]


async def printed(me: Person, *texts: bytes, since: int = 0) -> None:
    """Wait until the terminal was sent all of these."""
    await me.until(lambda: all(text in b"".join(me.terminal.frames[since:]) for text in texts), f"printing {texts}")


async def goes_in(me: Person) -> int:
    """Press `s`, and return how many frames there were before."""
    before = len(me.terminal.frames)
    me.send(b"s")
    await printed(me, b"ctrl-] leaves it", b"# ", since=before)
    return before


async def test_a_shell_in_a_real_container(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    await place.create(PODS, "runs", spec={"containers": [SLEEPS], **QUICK})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await me.until(lambda: row(me, "runs")[1:3] == ["1/1", "Running"], "a running pod")
        before = await goes_in(me)
        me.send(b"stty size; echo $TERM; MINE=$((6*7))\r")
        await printed(me, b"40 160\r\n", b"xterm-256color\r\n", since=before)
        me.terminal.resized(99, 30)
        me.send(b"sleep 1; stty size\r")
        await printed(me, b"30 99\r\n", since=before)
        me.send(b"vi /tmp/note\r")
        await printed(me, b"/tmp/note", b"~", since=before)
        me.send(b"ihello")
        await printed(me, b"hello", since=before)
        me.send(b"\x1b")
        await printed(me, b"[Modified]", since=before)
        me.send(b":wq\r")
        await printed(me, b"1L, 6C", since=before)
        me.send(b"echo 'it says' $(cat /tmp/note)\r")
        await printed(me, b"it says hello\r\n", since=before)

        me.send(b"\x1d")
        await me.sees("It goes on in the background")
        await me.press("escape")
        await me.sees("Running")
        before = await goes_in(me)
        await printed(me, b"it says hello", since=before)
        me.send(b"echo still-$MINE\r")
        await printed(me, b"still-42\r\n", since=before)

        me.send(b"exit 7\r")
        await me.sees("It ended with 7")
        await me.press("escape")
        await me.sees("Running")
        await goes_in(me)
        await place.remove(PODS, "runs")
        await me.until(lambda: "It ended with" in me.screen or "broke off" in me.screen, "the end of the shell")
        await me.press("escape")
        await me.sees("no pods in")


async def test_a_debug_container_beside_one_without_a_shell(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    bare = {**SLEEPS, "command": ["/bin/sh", "-c", "rm -f /bin/sh /bin/ash; exec sleep 3600"]}
    await place.create(PODS, "bare", spec={"containers": [bare], **QUICK})
    async with browsing(cluster_kubeconfig("admin"), place.namespace, debug_image="busybox:local") as me:
        await me.until(lambda: row(me, "bare")[1:3] == ["1/1", "Running"], "a running pod")
        await me.press("s")
        await me.sees("executable file not found", "d starts a debug container")
        before = len(me.terminal.frames)
        await me.press("d")
        await me.sees("Add a debug container (busybox:local)")
        await me.press("y")
        await printed(me, b"ctrl-] leaves it", since=before)
        me.send(b"\recho here-$((6*7)); ps | grep -c 'sleep 3600'; exit\r")
        await printed(me, b"here-42\r\n", since=before)


async def test_a_command_runs_in_the_container_that_is_chosen(cluster_kubeconfig: Kubeconfig, place: Place) -> None:
    other = {**SLEEPS, "name": "other", "command": ["sh", "-c", "echo here > /tmp/mark; exec sleep 3600"]}
    await place.create(PODS, "two", spec={"containers": [SLEEPS, other], **QUICK})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await me.until(lambda: row(me, "two")[1:3] == ["2/2", "Running"], "a running pod")
        await me.press("x")
        await me.sees("Which container of two?", "main", "other")
        await me.press("j", "enter")
        await me.sees("command to run in")
        # The size is told after the command began, by the server as by kubectl: until then a terminal has none.
        told = 'until [ "$(stty size 2>/dev/null)" ]; do sleep 0.1; done; stty size'
        await me.pastes(f"sh -c '{told}; cat /tmp/mark; exit 5'")
        before = len(me.terminal.frames)
        me.send(b"\r")
        await printed(me, b"40 160\r\nhere\r\n", b"It ended with 5; any key goes back", since=before)
        me.send(b" ")
        await me.sees("It ended with 5. Enter starts it anew.")
        await me.press("escape", "x")
        await me.sees("Which container of two?")
        await me.press("enter")
        await me.sees("command to run in")
        await me.pastes("nonsense --at all")
        await me.press("enter")
        await me.sees("executable file not found", "No shell is around it")


async def test_50_mb_come_whole_and_what_pours_in_the_background_is_held_up(
    cluster_kubeconfig: Kubeconfig, place: Place
) -> None:
    await place.create(PODS, "pours", spec={"containers": [SLEEPS], **QUICK})
    async with browsing(cluster_kubeconfig("admin"), place.namespace) as me:
        await me.until(lambda: row(me, "pours")[1:3] == ["1/1", "Running"], "a running pod")
        before = await goes_in(me)
        me.send(
            b"yes 123456789 | head -n 5000000 > /tmp/large; wc -c < /tmp/large; cat /tmp/large; echo all-$((6*7))\r"
        )
        await me.until(lambda: b"all-42" in b"".join(me.terminal.frames[-3:]), "the end of the file")
        came = b"".join(me.terminal.frames[before:])
        assert came.count(b"123456789\r\n") == 5_000_000
        me.terminal.frames.clear()
        me.send(b"yes\r")
        await me.until(lambda: b"y\r\ny\r\n" in b"".join(me.terminal.frames[-3:]), "what pours")
        me.send(b"\x1d")
        await me.sees("It goes on in the background", "printed 64 KiB that nobody saw, and waits until you go in")
        before = len(me.terminal.frames)
        await me.press("enter")
        await me.until(lambda: b"y\r\ny\r\n" in b"".join(me.terminal.frames[before:][-3:]), "what pours again")
        me.send(b"\x03")
        await printed(me, b"# ", since=before)
        me.send(b"echo still-$((6*7))\r")
        await printed(me, b"still-42\r\n", since=before)
