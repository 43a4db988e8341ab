"""Commands on servers that are old, or break off: what the demo and a real API server never do."""

import asyncio
import json
import socket

import pytest
from aiohttp import web

from kty.errors import ClusterError, ServerFault, Unreachable
from kty.kube.streams import exec as commands
from kty.kube.streams.channels import ROOM, V4
from kty.kube.streams.exec import STATUS, STDERR, STDOUT, execute, run
from kty.kube.streams.outcome import Exit, outcome
from kty.kube.streams.websocket import HttpWebSocket
from tests.kube.asking import against
from tests.kube.test_streams_websocket import drop, speaking

SUCCESS = b'{"metadata":{},"status":"Success"}'


def failure(exit_code: object, **more: object) -> bytes:
    causes = [{"reason": "ExitCode", "message": exit_code}]
    status = {"status": "Failure", "reason": "NonZeroExitCode", "message": "it failed", "details": {"causes": causes}}
    return json.dumps({**status, **more}).encode()


async def tell(socket: web.WebSocketResponse, channel: int, data: bytes) -> None:
    await socket.send_bytes(bytes([channel]) + data)


async def test_an_older_server_is_spoken_to_in_its_own_way() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        assert (await socket.receive()).data == b"\x00hello"
        await tell(socket, STDOUT, b"\xff\x00")
        await tell(socket, STATUS, failure("7"))

    async with (
        against(speaking(say, V4)) as client,
        execute(client, "default", "a", ["cat"], stdin=True) as process,
    ):
        assert process.protocol == V4
        await process.stdin.write(b"hello")
        with pytest.raises(ClusterError, match=f"speaks {V4} only, which cannot end a command's input"):
            await process.stdin.end()
        assert await process.stdout.rest() == b"\xff\x00"
        assert await process.wait() == Exit(7, "it failed")


async def test_input_that_cannot_end_is_not_begun() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await socket.receive()

    async with against(speaking(say, V4)) as client:
        with pytest.raises(ClusterError, match="cannot end"):
            await run(client, "default", "a", ["wc"], stdin=b"x")


@pytest.mark.parametrize("tty", [True, False])
async def test_of_a_terminal_little_waits_in_the_system(tty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "AHEAD", 20_000)

    async def say(spoken: web.WebSocketResponse) -> None:
        await spoken.receive()

    async with (
        against(speaking(say, V4)) as client,
        execute(client, "default", "a", ["sh"], stdin=True, tty=tty) as process,
    ):
        opened = process._channels.socket
        assert isinstance(opened, HttpWebSocket)
        room = opened._socket.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        assert (room <= 40_000) is tty  # Linux counts what it needs itself as well


async def test_an_output_is_read_line_by_line() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        for part in (b"on", b"e\n\ntw", b"o\nthree"):
            await tell(socket, STDOUT, part)
        await tell(socket, STATUS, SUCCESS)

    async with against(speaking(say)) as client, execute(client, "default", "a", ["x"]) as process:
        assert [line async for line in process.stdout.lines()] == [b"one", b"", b"two", b"three"]


async def test_a_line_that_is_given_up_waiting_for_is_read_later() -> None:
    go_on = asyncio.Event()

    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDOUT, b"$ ")
        await go_on.wait()
        await tell(socket, STDOUT, b"hello\nend")
        await tell(socket, STATUS, SUCCESS)

    async with against(speaking(say)) as client, execute(client, "default", "a", ["sh"]) as process:
        lines = process.stdout.lines()
        for read in (lines.__anext__, lines.batch):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(read(), 0.05)
        go_on.set()
        assert [line async for line in lines] == [b"$ hello", b"end"]


async def test_a_stream_that_breaks_off_is_told_after_what_came_before() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDOUT, b"half of it")
        await drop(socket)

    async with against(speaking(say)) as client, execute(client, "default", "a", ["cat"]) as process:
        assert await process.stdout.read(4) == b"half"
        assert await process.stdout.read() == b" of it"
        for end in (process.stdout.read, process.stderr.read, process.wait):
            with pytest.raises(Unreachable, match="broke off") as caught:
                await end()
            assert caught.value.hint == "are the pod and its node still there?"


async def test_a_connection_that_is_dropped_after_the_last_word_did_not_break_off() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDOUT, b"all")
        await tell(socket, STATUS, failure("3"))
        await drop(socket)

    async with against(speaking(say)) as client:
        done = await run(client, "default", "a", ["x"])
    assert (done.stdout, done.exit.code) == (b"all", 3)


async def test_a_server_that_does_not_hang_up_is_not_waited_for() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STATUS, SUCCESS)
        await asyncio.Event().wait()

    async with against(speaking(say)) as client:
        assert (await run(client, "default", "a", ["x"])).exit == Exit(0)


async def test_a_command_that_ends_before_it_has_read_everything() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STATUS, failure("1"))

    async with against(speaking(say)) as client:
        assert (await run(client, "default", "a", ["false"], stdin=bytes(50_000_000))).exit.code == 1


async def test_an_output_ends_when_the_server_closes_its_channel() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDOUT, b"x")
        await socket.send_bytes(bytes([255, STDOUT]))
        assert (await socket.receive()).data == b"\x00read"
        await tell(socket, STATUS, SUCCESS)

    async with against(speaking(say)) as client, execute(client, "default", "a", ["x"], stdin=True) as process:
        assert await process.stdout.rest() == b"x"
        await process.stdin.write(b"read")
        assert (await process.wait()).is_success


async def test_the_server_waits_while_an_output_is_not_read() -> None:
    sent = 0

    async def say(socket: web.WebSocketResponse) -> None:
        nonlocal sent
        while sent < 200 * ROOM:
            await tell(socket, STDERR, bytes(1 << 16))
            sent += 1 << 16
        await tell(socket, STATUS, SUCCESS)

    async with against(speaking(say)) as client, execute(client, "default", "a", ["x"]) as process:
        reading = asyncio.create_task(process.stdout.read())
        seen = -1
        while sent != seen:  # until the server can send no more
            seen = sent
            await asyncio.sleep(0.2)
        assert seen < 200 * ROOM
        assert not reading.done()
        assert len(await process.stderr.rest()) == 200 * ROOM
        assert await reading == b""


async def test_a_reader_that_is_cancelled_harms_no_other() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await socket.receive()
        await tell(socket, STDOUT, b"out")
        await tell(socket, STDERR, b"err")
        await tell(socket, STATUS, SUCCESS)

    async with against(speaking(say)) as client, execute(client, "default", "a", ["x"], stdin=True) as process:
        taking = asyncio.create_task(process.stdout.read())
        await asyncio.sleep(0)
        reading = asyncio.create_task(process.stderr.read())
        await asyncio.sleep(0)
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
        await process.stdin.write(b"go")
        assert (await reading, await process.stdout.rest()) == (b"err", b"out")


@pytest.mark.parametrize(
    ("told", "ended"),
    [
        (b"", Exit(0)),
        (SUCCESS, Exit(0)),
        (failure("137"), Exit(137, "it failed")),
    ],
)
def test_how_a_command_ended(told: bytes, ended: Exit) -> None:
    assert outcome(told) == ended


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (b"command terminated \x1b[2J", "command terminated \\x1b[2J"),
        (b"[]", "[]"),
        (failure("x", code=500), "it failed"),
        (failure("1", reason="InternalError", code=500), "it failed"),
        (failure("1", details="none"), "it failed"),
    ],
)
def test_what_is_no_exit_code_is_the_servers_fault(told: bytes, message: str) -> None:
    with pytest.raises(ServerFault) as caught:
        outcome(told)
    assert str(caught.value) == message


def test_how_many_hands_a_refusal_went_through_is_left_out() -> None:
    raw = 'error executing: OCI runtime: unable to start container process: exec: "x": permission denied: unknown'
    details = {"causes": [{"message": raw}, "odd"]}
    status = {"status": "Failure", "reason": "InternalError", "code": 500, "message": raw, "details": details}
    with pytest.raises(ServerFault) as raised:
        outcome(json.dumps(status).encode())
    assert str(raised.value) == 'the command could not be started: exec: "x": permission denied'
    assert [cause.message for cause in raised.value.causes] == [str(raised.value)]
