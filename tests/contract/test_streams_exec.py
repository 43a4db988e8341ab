"""kty.kube.streams.exec: commands in containers, and what their streams carry."""

import asyncio
import hashlib

import pytest

from kty.errors import ClusterError, Forbidden, Invalid, NotFound, ServerFault, Unreachable
from kty.kube.streams.channels import V4, V5
from kty.kube.streams.exec import Process, attach, execute, run
from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import container, start

COUNT, PIECE = 256, 1 << 18
"""Messages and bytes of each: 64 MiB."""


async def test_a_command_runs_to_its_end(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    done = await run(cluster.client(), place.namespace, "one", ["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (done.stdout, done.stderr, done.exit.code) == (b"out\n", b"err\n", 7)
    assert done.exit.message.startswith("command terminated with non-zero exit code")
    assert not done.exit.is_success


async def test_a_command_that_succeeds(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    done = await run(cluster.client(), place.namespace, "one", ["true"])
    assert (done.stdout, done.stderr, done.exit.code, done.exit.message) == (b"", b"", 0, "")


async def test_input_ends_and_wc_with_it(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    done = await run(cluster.client(), place.namespace, "one", ["wc", "-c"], stdin=b"\x00\xff\n" * 100_000)
    assert done.stdout.strip() == b"300000"


async def test_64_mib_go_through_cat_and_come_back(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    sent, received = hashlib.sha256(), hashlib.sha256()
    length = 0

    async def send(process: Process) -> None:
        for number in range(COUNT):
            data = number.to_bytes(4, "big") + bytes(range(256)) * (PIECE // 256 - 1) + bytes(252)
            sent.update(data)
            await process.stdin.write(data)
        await process.stdin.end()

    async with execute(cluster.client(), place.namespace, "one", ["cat"], stdin=True, stderr=False) as process:
        assert process.protocol == V5
        sending = asyncio.create_task(send(process))
        async for chunk in process.stdout:
            received.update(chunk)
            length += len(chunk)
        await sending
        assert (await process.wait()).code == 0
    assert length == COUNT * PIECE
    assert sent.digest() == received.digest()


async def test_a_server_of_before_v5_is_spoken_to_in_v4(
    cluster: Cluster, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start(place, "one")
    monkeypatch.setattr("kty.kube.streams.exec.V5", "v5.of.another")
    script = ["sh", "-c", "read line; echo $line; until stty size | grep '41 133'; do sleep 0.1; done; exit 7"]
    async with execute(cluster.client(), place.namespace, "one", script, stdin=True, tty=True) as process:
        assert process.protocol == V4
        await process.resize(133, 41)
        await process.stdin.write("grüße\n".encode())
        seen = await process.stdout.rest()
        assert "grüße".encode() in seen
        assert (await process.wait()).code == 7
    async with execute(cluster.client(), place.namespace, "one", ["cat"], stdin=True) as process:
        writing = asyncio.create_task(process.stdin.write(b"\x00\xff" * 500_000))
        came = bytearray()
        while len(came) < 1_000_000:
            came += await process.stdout.read()
        assert came == b"\x00\xff" * 500_000
        await writing
        with pytest.raises(ClusterError, match="cannot end a command's input"):
            await process.stdin.end()


async def test_a_terminal_knows_its_size(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with execute(cluster.client(), place.namespace, "one", ["sh"], stdin=True, tty=True) as process:
        await process.resize(133, 41)
        seen = bytearray()
        async with asyncio.timeout(GUARD):
            while b"41 133" not in seen:  # the size may come later than what is typed
                await process.stdin.write(b"stty size\n")
                seen += await process.stdout.read()
        await process.stdin.write(b"exit 5\n")
        await process.stdout.rest()
        assert (await process.wait()).code == 5


async def test_an_output_that_nobody_wants_holds_nothing_up(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    script = "head -c 3000000 /dev/zero >&2; echo done"
    async with execute(cluster.client(), place.namespace, "one", ["sh", "-c", script]) as process:
        process.stderr.drop()
        assert await process.stdout.rest() == b"done\n"
        assert (await process.wait()).is_success


async def test_a_command_waits_while_its_output_is_not_read(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    script = "head -c 50000000 /dev/zero; echo over >&2"
    async with execute(cluster.client(), place.namespace, "one", ["sh", "-c", script]) as process:
        assert await process.stdout.read(10) == bytes(10)
        reading = asyncio.create_task(process.stderr.read())
        rest = await process.stdout.rest()
        assert len(rest) == 50_000_000 - 10
        assert await reading == b"over\n"


async def test_what_cannot_be_started_says_why(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    with pytest.raises(ServerFault, match='exec: "nosuch": executable file not found'):
        await run(cluster.client(), place.namespace, "one", ["nosuch"])


async def test_a_refusal_is_the_servers_own(cluster: Cluster, place: Place) -> None:
    await start(place, "two", container(name="a"), container(name="b"))
    with pytest.raises(NotFound, match='pods "none" not found'):
        await run(cluster.client(), place.namespace, "none", ["true"])
    with pytest.raises(Invalid, match="a container name must be specified for pod two"):
        await run(cluster.client(), place.namespace, "two", ["true"])
    with pytest.raises(Forbidden, match='User "viewer" cannot'):
        await run(cluster.client("viewer"), place.namespace, "two", ["true"], container="a")
    assert (await run(cluster.client(), place.namespace, "two", ["true"], container="b")).exit.is_success


async def test_a_pod_that_is_deleted_ends_its_streams(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with asyncio.timeout(GUARD):
        async with execute(cluster.client(), place.namespace, "one", ["sleep", "3600"], stdin=True) as process:
            await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 0})
            try:
                code = (await process.wait()).code
            except Unreachable as error:
                assert "broke off" in str(error)  # noqa: PT017 - which of both comes is the server's choice
            else:
                assert code == 137


async def test_attached_input_reaches_the_container(cluster: Cluster, place: Place) -> None:
    await start(place, "one", container("read line; echo got $line; sleep 3600", stdin=True))
    async with attach(cluster.client(), place.namespace, "one", stdin=True) as process, asyncio.timeout(GUARD):
        await process.stdin.write(b"hello\n")
        assert await process.stdout.read() == b"got hello\n"


async def test_closing_the_client_ends_what_runs(cluster: Cluster, place: Place) -> None:
    from kty.kube.client import Client

    await start(place, "one")
    before = asyncio.all_tasks()
    client = Client(cluster.config())
    async with execute(client, place.namespace, "one", ["cat"], stdin=True) as process:
        await process.stdin.write(b"x")
        assert await process.stdout.read() == b"x"
        reading = asyncio.create_task(process.stdout.read())
        await asyncio.sleep(0)
        await client.close()
        with pytest.raises(Unreachable, match="this connection was closed"):
            await reading
        with pytest.raises(Unreachable, match="this connection was closed"):
            await process.stdin.write(b"y")
    with pytest.raises(Unreachable, match="this connection was closed"):
        await run(client, place.namespace, "one", ["true"])
    assert _ours(asyncio.all_tasks() - before) == set()


def _ours(tasks: set[asyncio.Task[object]]) -> set[str]:
    """Return what runs in kty.kube; the demo serves in this loop, too."""
    return {name for task in tasks if "kty/kube" in (name := str(task.get_coro()))}


async def test_an_input_that_was_not_asked_for_cannot_be_written(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with execute(cluster.client(), place.namespace, "one", ["cat"]) as process:
        with pytest.raises(ValueError, match="not open"):
            await process.stdin.write(b"x")
        assert (await process.wait()).is_success
