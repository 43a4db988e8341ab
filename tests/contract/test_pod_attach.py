"""attach: see and talk to the first process of a container."""

import pytest

from tests.cluster.place import PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import again_when_wiped, attach, container, log_until, run, start, until
from tests.contract.streams import STDERR, STDOUT

SHELL = {"command": ["sh"], "stdin": True}


async def test_a_shell_without_a_terminal_is_talked_to(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container() | SHELL)
    async with attach(cluster, place, "one", stdin=True) as session:
        await session.send(b"echo hi; echo err >&2\n")
        await session.until(b"hi\n")
        await session.until(b"err\n", STDERR)
    assert (session.on(STDOUT), session.on(STDERR)) == (b"hi\n", b"err\n")


async def test_the_process_goes_on_when_the_client_leaves(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container() | SHELL)
    async with attach(cluster, place, "one", stdin=True) as session:
        await session.send(b"x=remembered; echo set\n")
        await session.until(b"set\n")
    async with attach(cluster, place, "one", stdin=True) as session:
        await session.send(b"echo $x\n")
        await session.until(b"remembered\n")


async def test_the_end_of_the_input_ends_the_session(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container() | SHELL)
    async with attach(cluster, place, "one", stdin=True) as session:
        await session.send(b"echo bye\n")
        await session.until(b"bye\n")
        await session.half_close()
        await session.end()
    assert session.status["status"] == "Success"


async def test_a_terminal_is_shared(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container() | SHELL | {"tty": True})
    async with attach(cluster, place, "one", stdin=True, tty=True) as session:
        await session.resize(133, 41)
        await session.send(b"stty size; echo said\n")
        await session.until(b"\r\nsaid\r\n")
    assert b"41 133\r\n" in session.on(STDOUT)
    async with attach(cluster, place, "one", stdin=True, tty=True) as session:
        await session.send(b"echo again\n")
        await session.until(b"\r\nagain\r\n")


async def test_what_is_printed_meanwhile_is_seen(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.2; done"))
    async with attach(cluster, place, "one") as session:
        await session.until(b"tick ")
        seen = int(session.on(STDOUT).split()[1])
        assert session.on(STDOUT).startswith(b"tick %d\n" % seen)
        await session.until(b"tick %d\ntick %d\n" % (seen + 1, seen + 2))


@pytest.mark.parametrize("part", ["attach", "exec"])
async def test_a_pod_that_goes_ends_the_session(cluster: Cluster, place: Place, part: str) -> None:
    await start(place, "one", container() | SHELL)
    opening = (
        attach(cluster, place, "one", stdin=True)
        if part == "attach"
        else run(cluster, place, "one", ["cat"], stdin=True)
    )
    async with opening as session:
        await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 1})
        await session.end()
    assert session.is_over


async def test_a_shell_that_is_told_to_exit_ends_its_container(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container() | SHELL, restartPolicy="Never")
    async with attach(cluster, place, "one", stdin=True) as session:
        await session.send(b"exit 5\n")
        await session.end()
    pod = await until(place, "one", lambda pod: pod["status"]["phase"] == "Failed")
    assert pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 5


@again_when_wiped
async def test_what_was_said_is_in_the_log(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container() | SHELL)
    async with attach(cluster, place, "one", stdin=True) as session:
        await session.send(b"echo for the log\n")
        await session.until(b"for the log\n")
    assert await log_until(cluster, place, "one", b"log\n") == b"for the log\n"
