"""exec with a terminal: its size, its keys, and what is shown."""

from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import run, start
from tests.contract.streams import STDERR, STDOUT


async def test_a_terminal_has_the_size_that_it_is_given(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", ["sh"], stdin=True, tty=True) as session:
        await session.until(b"# ")
        await session.resize(133, 41)
        await session.send(b"stty size\n")
        await session.until(b"41 133\r\n/ # ")
        await session.resize(90, 20)
        await session.send(b"stty size\n")
        await session.until(b"20 90\r\n/ # ")
        await session.send(b"exit 4\n")
        await session.end()
    assert session.code == 4
    assert b"exit 4\r\n" in session.on(STDOUT), "what is typed is shown"


async def test_a_terminal_edits_interrupts_and_hangs_up(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", ["sh"], stdin=True, tty=True) as session:
        await session.until(b"# ")
        await session.send(b"echo onx\x7fe\r")
        await session.until(b"\r\none\r\n/ # ")
        # By a shell of its own, which is in the foreground once it speaks: before that ctrl-c would meet nobody.
        await session.send(b"sh -c 'echo begun; sleep 1000'\r")
        await session.until(b"begun\r\n")
        await session.send(b"\x03")
        await session.until(b"^C\r\n/ # ")
        await session.send(b"echo code $?\r")
        await session.until(b"code 130\r\n/ # ")
        await session.send(b"\x1b[A\r")
        await session.until(b"code 0\r\n/ # ")
        await session.send(b"\x04")
        await session.end()
    assert session.code == 0


async def test_a_terminal_joins_both_outputs(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "tty; echo err >&2", tty=True) as session:
        await session.end()
    assert session.on(STDOUT) == b"/dev/pts/0\r\nerr\r\n"
    assert session.on(STDERR) == b""
