"""Streaming answers: lines as they come, and every way in which a watch can end."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from kty.errors import ClusterError, Unreachable
from kty.kube.client import Client
from tests.kube.asking import Remember, against, opened, refusal, status
from tests.kube.serving import talk

Write = Callable[[bytes], Awaitable[None]]


@asynccontextmanager
async def watching(
    write: Callable[[Write], Awaitable[None]], *, idle: float = 30.0, end: bytes = b"0\r\n\r\n"
) -> AsyncIterator[AsyncIterator[bytes]]:
    """Watch a server that writes chunks and then ends its answer with these bytes."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def chunk(data: bytes) -> None:
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await writer.drain()

        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        await write(chunk)
        writer.write(end)
        await writer.drain()

    async with (
        talk(say) as port,
        opened(f"http://127.0.0.1:{port}") as client,
        client.watch("/api/v1/pods", query=[("watch", "1")], idle=idle) as lines,
    ):
        yield lines


async def test_a_watch_yields_lines_until_the_server_ends_it() -> None:
    async def write(chunk: Write) -> None:
        for data in (b'{"a"', b":1}\n\n", b'{"b":2}\n{"c":3}\n{"d"', b":4}\n"):
            await chunk(data)

    async with watching(write) as lines:
        assert [line async for line in lines] == [b'{"a":1}', b'{"b":2}', b'{"c":3}', b'{"d":4}']


async def test_a_line_of_five_megabytes_comes_whole() -> None:
    async def write(chunk: Write) -> None:
        for _ in range(320):
            await chunk(b"x" * 16384)
        await chunk(b"\nnext\n")

    async with watching(write) as lines:
        assert [len(line) async for line in lines] == [320 * 16384, 4]


async def test_an_empty_watch_ends_cleanly() -> None:
    async def nothing(chunk: Write) -> None: ...

    async with watching(nothing) as lines:
        assert [line async for line in lines] == []


async def follow(lines: AsyncIterator[bytes], seen: list[bytes]) -> None:
    async for line in lines:
        seen.append(line)  # noqa: PERF401 - what came before the watch broke counts too


@pytest.mark.parametrize(
    ("data", "end", "reason"),
    [
        (b'{"a":1}\n{"b"', b"0\r\n\r\n", "the answer broke off within a line"),
        (b'{"a":1}\n', b"", "the answer broke off"),
        (b'{"a":1}\n', b"ff\r\nshort", "the answer broke off"),
    ],
)
async def test_a_watch_that_breaks_off_is_told_apart_from_one_that_ends(data: bytes, end: bytes, reason: str) -> None:
    async def write(chunk: Write) -> None:
        await chunk(data)

    seen: list[bytes] = []
    async with watching(write, end=end) as lines:
        error = await refusal(follow(lines, seen))
    assert seen == [b'{"a":1}']
    assert type(error) is Unreachable
    assert str(error) == reason


async def test_rubbish_between_chunks_breaks_the_watch() -> None:
    """aiohttp drops its own timer then and wakes nobody."""
    read = asyncio.Event()

    async def write(chunk: Write) -> None:
        await chunk(b'{"a":1}\n')
        await read.wait()

    async with watching(write, end=b"rubbish\r\n", idle=0.5) as lines:
        assert await anext(lines) == b'{"a":1}'
        read.set()
        assert type(await refusal(follow(lines, []))) is Unreachable


async def test_a_connection_that_is_reset_breaks_the_watch() -> None:
    read = asyncio.Event()

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a":1}\n\r\n')
        await read.wait()
        linger = struct.pack("ii", 1, 0)  # closing sends RST, not FIN
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with (
        talk(reset) as port,
        opened(f"http://127.0.0.1:{port}") as client,
        client.watch("/", idle=30) as lines,
    ):
        assert await anext(lines) == b'{"a":1}'
        read.set()
        assert type(await refusal(follow(lines, []))) is Unreachable


async def test_silence_ends_a_watch() -> None:
    silent = asyncio.Event()

    async def write(chunk: Write) -> None:
        await chunk(b'{"a":1}\n')
        await silent.wait()

    async with watching(write, idle=0.3) as lines:
        assert await anext(lines) == b'{"a":1}'
        assert str(await refusal(follow(lines, []))) == "nothing came for 0.3 s"
        silent.set()


async def test_a_watch_that_is_never_answered_ends() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def watch(client: Client) -> None:
        async with client.watch("/", idle=0.3):
            pytest.fail("it opened")

    async with talk(say_nothing) as port, opened(f"http://127.0.0.1:{port}") as client:
        error = await refusal(watch(client))
    assert type(error) is Unreachable
    assert str(error) == "timed out"


async def test_every_byte_counts_as_a_sign_of_life() -> None:
    async def write(chunk: Write) -> None:
        for _ in range(5):
            await asyncio.sleep(0.5)
            await chunk(b"x")
        await chunk(b"\n")

    async with watching(write, idle=1.8) as lines:
        assert [line async for line in lines] == [b"xxxxx"]


async def test_a_reader_that_is_slow_does_not_make_the_server_silent() -> None:
    async def write(chunk: Write) -> None:
        for _ in range(200):
            await chunk(b"x" * 65536 + b"\n")

    async with watching(write, idle=1) as lines:
        count = 0
        async for _ in lines:
            if count == 0:
                await asyncio.sleep(1.5)
            count += 1
    assert count == 200


async def test_a_watch_that_is_left_closes_its_connection() -> None:
    gone = asyncio.Event()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n")
        await reader.read()
        gone.set()

    async with talk(say) as port, opened(f"http://127.0.0.1:{port}") as client:
        async with client.watch("/", idle=30) as lines:
            assert await anext(lines) == b"a"
        await gone.wait()


async def test_closing_the_client_ends_its_watches() -> None:
    forever = asyncio.Event()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na\n\r\n")
        await forever.wait()

    async with (
        talk(say) as port,
        opened(f"http://127.0.0.1:{port}") as client,
        client.watch("/", idle=30) as lines,
    ):
        assert await anext(lines) == b"a"
        rest = asyncio.create_task(follow(lines, []))
        await asyncio.sleep(0)
        await client.close()
        assert str(await refusal(rest)) == "this connection was closed"


async def test_a_watch_that_is_refused_raises_when_it_opens() -> None:
    async with against(Remember(status(410, "too old resource version"))) as client:
        with pytest.raises(ClusterError, match="too old"):
            async with client.watch("/", idle=30):
                pytest.fail("it opened")


async def test_an_error_of_the_reader_passes_as_it_is() -> None:
    async def write(chunk: Write) -> None:
        await chunk(b"a\n")

    async def stumble() -> None:
        async with watching(write) as lines:
            async for _ in lines:
                raise ConnectionResetError("mine")

    with pytest.raises(ConnectionResetError, match="mine"):
        await stumble()


async def test_a_watch_asks_for_no_compression() -> None:
    server = Remember(web.Response(text="a\n"))
    async with against(server) as client, client.watch("/", idle=30) as lines:
        assert [line async for line in lines] == [b"a"]
    assert server.requests[0].headers["Accept-Encoding"] == "identity"
