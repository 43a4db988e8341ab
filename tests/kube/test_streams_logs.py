"""Logs: what is asked for, lines of any length, and how a stream ends."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from aiohttp import web

from kty.errors import Unreachable
from kty.kube.client import Client
from kty.kube.mock import mock_client
from kty.kube.reply import Reply
from kty.kube.streams.logs import LogOptions, logs
from kty.kube.target import Config
from tests.kube.asking import Remember, against, opened
from tests.kube.serving import talk


def sending(*chunks: bytes) -> Remember:
    return Remember(web.Response(body=b"".join(chunks), content_type="text/plain"))


@pytest.mark.parametrize(
    ("options", "query"),
    [
        (LogOptions(), []),
        (LogOptions(container="c", follow=True), [("container", "c"), ("follow", "true")]),
        (LogOptions(previous=True, timestamps=True), [("previous", "true"), ("timestamps", "true")]),
        (LogOptions(tail_lines=0, limit_bytes=5), [("tailLines", "0"), ("limitBytes", "5")]),
        (LogOptions(since_seconds=60, stream="Stderr"), [("stream", "Stderr"), ("sinceSeconds", "60")]),
        (
            LogOptions(since_time=datetime(2026, 1, 2, 3, 4, 5, 999, tzinfo=timezone(timedelta(hours=2)))),
            [("sinceTime", "2026-01-02T01:04:05Z")],
        ),
        (LogOptions(insecure_skip_tls_verify_backend=True), [("insecureSkipTLSVerifyBackend", "true")]),
    ],
)
async def test_what_is_asked_for(options: LogOptions, query: list[tuple[str, str]]) -> None:
    server = sending()
    async with against(server) as client, logs(client, "a", "b", options) as lines:
        assert [line async for line in lines] == []
    (request,) = server.requests
    assert request.path == "/api/v1/namespaces/a/pods/b/log"
    assert list(request.query.items()) == query
    assert request.headers["Accept-Encoding"] == "identity"


def test_a_time_must_know_its_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        LogOptions(since_time=datetime(2026, 1, 1)).query()  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"", []),
        (b"\n", [b""]),
        (b"a\n\n\nb\n", [b"a", b"", b"", b"b"]),
        (b"a\r\n\xff\x00\nno newline", [b"a\r", b"\xff\x00", b"no newline"]),
        (b"x" * 20_000_000 + b"\nend\n", [b"x" * 20_000_000, b"end"]),
    ],
)
async def test_lines_come_as_they_are(body: bytes, lines: list[bytes]) -> None:
    async with against(sending(body)) as client, logs(client, "a", "b") as came:
        assert [line async for line in came] == lines


async def test_an_iteration_can_be_gone_on_with() -> None:
    async with against(sending(b"1\n2\n3\n4\n")) as client, logs(client, "a", "b") as lines:
        assert await anext(lines) == b"1"
        async for line in lines:
            assert line == b"2"
            break
        assert await lines.batch() == [b"3", b"4"]
        assert await lines.batch() == []


async def test_a_read_that_is_cancelled_loses_nothing() -> None:
    go_on = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"one\ntw"
        await go_on.wait()
        yield b"o\n"
        yield b""
        yield b"three"

    async with mock_client(lambda _: Reply(body())) as client, logs(client, "a", "b") as lines:
        assert await anext(lines) == b"one"
        for read in (lines.batch, lines.__anext__):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(read(), 0.01)
        go_on.set()
        assert await lines.batch() == [b"two"]
        assert await anext(lines) == b"three"
        assert await lines.batch() == []


async def test_nothing_is_left_of_a_cancelled_read_when_the_log_is_closed() -> None:
    has_ended = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        try:
            yield b"begun"
            await asyncio.Event().wait()
        finally:
            has_ended.set()

    before = asyncio.all_tasks()
    async with mock_client(lambda _: Reply(body())) as client:
        async with logs(client, "a", "b") as lines:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(lines.batch(), 0.01)
        assert has_ended.is_set()
        assert asyncio.all_tasks() == before


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"


async def test_a_log_that_breaks_off_is_told_from_one_that_is_finished() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CHUNKED + b"7\r\none\ntwo\r\n")
        await writer.drain()

    async with talk(say) as port, opened(f"http://127.0.0.1:{port}") as client, logs(client, "a", "b") as lines:
        assert await anext(lines) == b"one"
        for read in (lines.__anext__, lines.batch):
            with pytest.raises(Unreachable, match="broke off"):
                await read()


async def test_silence_is_told_where_it_was_agreed() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CHUNKED + b"4\r\none\n\r\n")
        await reader.read()

    async with (
        talk(say) as port,
        opened(f"http://127.0.0.1:{port}") as client,
        logs(client, "a", "b", LogOptions(follow=True), idle=0.1) as lines,
    ):
        assert await anext(lines) == b"one"
        with pytest.raises(Unreachable, match=r"nothing came for 0\.1 s"):
            await anext(lines)


async def test_the_server_waits_while_nobody_reads() -> None:
    sent = 0
    is_full = asyncio.Event()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CHUNKED)
        while True:
            writer.write(b"10000\r\n" + b"x" * 65535 + b"\n\r\n")
            draining = asyncio.ensure_future(writer.drain())
            await asyncio.wait({draining}, timeout=0.5)
            if not draining.done():
                is_full.set()
            await draining
            sent += 1

    async with talk(say) as port, opened(f"http://127.0.0.1:{port}") as client, logs(client, "a", "b") as lines:
        await anext(lines)
        await is_full.wait()
        seen = sent
        for _ in range(seen + 1):
            assert len(await anext(lines)) == 65535


async def test_closing_the_client_ends_a_log_that_is_followed() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CHUNKED + b"4\r\none\n\r\n")
        await reader.read()

    async with talk(say) as port:
        before = asyncio.all_tasks()
        client = Client(Config("dev", "here", "me", f"http://127.0.0.1:{port}"))
        async with logs(client, "a", "b", LogOptions(follow=True)) as lines:
            assert await anext(lines) == b"one"
            reading = asyncio.ensure_future(lines.batch())
            await asyncio.sleep(0)
            await client.close()
            with pytest.raises(Unreachable, match="this connection was closed"):
                await reading
        assert [task for task in asyncio.all_tasks() - before if "kty/kube" in str(task.get_coro())] == []


def test_times_are_told_in_utc() -> None:
    assert LogOptions(since_time=datetime(2026, 1, 1, tzinfo=UTC)).query() == [("sinceTime", "2026-01-01T00:00:00Z")]
