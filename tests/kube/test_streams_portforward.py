"""port-forward against a server that echoes, refuses, breaks off or never answers."""

import asyncio
import hashlib
from contextlib import suppress

import pytest
from aiohttp import web

from kty.errors import KtyError, Unreachable
from kty.kube.streams import listening
from kty.kube.streams.channels import V4
from kty.kube.streams.listening import Forward, forward
from kty.kube.streams.portforward import connect
from tests.kube.asking import against
from tests.kube.test_streams_exec import tell
from tests.kube.test_streams_websocket import drop, speaking

MARK = (80).to_bytes(2, "little")
COUNT, PIECE = 256, 1 << 18
"""Messages and bytes of each: 64 MiB."""


async def greet(socket: web.WebSocketResponse) -> None:
    for channel in (0, 1):
        await tell(socket, channel, MARK)


async def echo(socket: web.WebSocketResponse) -> None:
    await greet(socket)
    async for message in socket:
        await socket.send_bytes(message.data)


async def refuse(socket: web.WebSocketResponse) -> None:
    await greet(socket)
    await tell(socket, 1, b"error forwarding port 80: dial tcp4 127.0.0.1:80: connect: connection refused")


async def test_whoever_only_writes_is_told_of_a_refusal_too() -> None:
    async with against(speaking(refuse, V4)) as client, connect(client, "default", "a", 80) as connection:

        async def write() -> None:
            while True:
                await connection.write(bytes(1 << 16))

        async with asyncio.timeout(30):
            for _ in range(2):
                with pytest.raises(Unreachable, match="port 80: connection refused"):
                    await write()
            with pytest.raises(Unreachable, match="port 80: connection refused"):
                await connection.read()


async def test_64_mib_go_each_way_at_once() -> None:
    sent, received = hashlib.sha256(), hashlib.sha256()
    async with against(speaking(echo, V4)) as client, forward(client, "default", "a", {80: 0}) as opened:
        reader, writer = await asyncio.open_connection(*opened.addresses[80])

        async def send() -> None:
            for number in range(COUNT):
                data = number.to_bytes(4, "big") + bytes(range(256)) * (PIECE // 256 - 1) + bytes(252)
                sent.update(data)
                writer.write(data)
                await writer.drain()

        sending = asyncio.create_task(send())
        left = COUNT * PIECE
        while left and (chunk := await reader.read(1 << 16)):
            received.update(chunk)
            left -= len(chunk)
        await sending
        writer.close()
        await writer.wait_closed()
    assert left == 0
    assert sent.digest() == received.digest()


async def test_the_marks_are_no_data_however_they_are_cut() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        for channel, part in ((0, MARK[:1]), (1, MARK[:1]), (0, MARK[1:] + b"data"), (1, MARK[1:])):
            await tell(socket, channel, part)

    async with against(speaking(say, V4)) as client, connect(client, "default", "a", 80) as connection:
        assert [chunk async for chunk in connection] == [b"data"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b"dial tcp4 127.0.0.1:80: connect: connection refused", "port 80: connection refused"),
        (b"no such pod\x1b[2J", "port 80: no such pod\\x1b[2J"),
    ],
)
async def test_what_goes_wrong_is_told_after_the_data(said: bytes, message: str) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await greet(socket)
        await tell(socket, 0, b"data")
        await tell(socket, 1, said)
        await drop(socket)

    async with against(speaking(say, V4)) as client, connect(client, "default", "a", 80) as connection:
        assert await connection.read() == b"data"
        with pytest.raises(Unreachable) as caught:
            await connection.read()
    assert str(caught.value) == message


async def test_a_connection_that_breaks_off_did_not_end() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await greet(socket)
        await drop(socket)

    async with against(speaking(say, V4)) as client, connect(client, "default", "a", 80) as connection:
        with pytest.raises(Unreachable, match="the stream broke off"):
            await connection.read()


async def test_what_was_sent_before_parting_arrives() -> None:
    came = bytearray()

    async def say(socket: web.WebSocketResponse) -> None:
        await greet(socket)
        async for message in socket:
            came.extend(message.data[1:])

    async with against(speaking(say, V4)) as client, connect(client, "default", "a", 80) as connection:
        await connection.write(bytes(3_000_000))
        await connection.part()
        assert len(came) == 3_000_000


async def reset(opened: Forward) -> None:
    """Connect, and see the connection reset."""
    reader, writer = await asyncio.open_connection(*opened.addresses[80])
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


async def test_a_refused_connection_is_reset_and_told() -> None:
    told: list[tuple[int, KtyError]] = []
    async with (
        against(speaking(refuse, V4)) as client,
        forward(client, "default", "a", {80: 0}, tell=lambda port, error: told.append((port, error))) as opened,
    ):
        await reset(opened)
        await reset(opened)
    assert [(port, str(error)) for port, error in told] == [(80, "port 80: connection refused")] * 2


async def test_a_local_side_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PATIENCE", 0.05)
    left = asyncio.Event()

    async def say(socket: web.WebSocketResponse) -> None:
        await greet(socket)
        try:
            async for _ in socket:
                pass
        finally:
            left.set()

    async with against(speaking(say, V4)) as client, forward(client, "default", "a", {80: 0}) as opened:
        _, writer = await asyncio.open_connection(*opened.addresses[80])
        writer.write(b"and that is all")
        writer.close()
        await left.wait()
        async with asyncio.timeout(20):
            while opened.connections:  # noqa: ASYNC110 - a listener tells nobody
                await asyncio.sleep(0.01)


async def test_a_local_side_that_only_stops_sending_gets_its_answer() -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await greet(socket)
        assert (await socket.receive()).data == b"\x00question"
        await tell(socket, 0, b"answer")

    async with against(speaking(say, V4)) as client, forward(client, "default", "a", {80: 0}) as opened:
        reader, writer = await asyncio.open_connection(*opened.addresses[80])
        writer.write(b"question")
        writer.write_eof()
        assert await reader.read() == b"answer"
        writer.close()


async def test_closing_the_client_ends_its_connections() -> None:
    told: list[str] = []
    async with (
        against(speaking(echo, V4)) as client,
        forward(client, "default", "a", {80: 0}, tell=lambda _, error: told.append(str(error))) as opened,
    ):
        reader, writer = await asyncio.open_connection(*opened.addresses[80])
        writer.write(b"x")
        assert await reader.read(1) == b"x"
        await client.close()
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
    assert told == ["this connection was closed"]
