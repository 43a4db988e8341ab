"""Websockets: the way they go, what a refusal says, and how they end."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import ClientSession, WSMsgType, web

from kty.errors import ClusterError, Forbidden, NotFound, NotKubernetes, Unauthorized, Unreachable, Untrusted
from kty.kube.client import Client
from kty.kube.exchange import WebSocket
from kty.kube.streams.channels import V4, V5
from kty.kube.streams.websocket import HttpWebSocket
from kty.kube.target import AuthInfo, Config, Impersonation
from tests.kube.asking import Remember, against, opened, refusal, status
from tests.kube.certificates import Authority, Issued
from tests.kube.proxies import connect_proxy, socks_proxy
from tests.kube.serving import Handler, serve
from tests.kube.test_client import counting_plugin
from tests.kube.trusting import shows, trusts

Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


def speaking(say: Talk, *protocols: str, **more: Any) -> Handler:
    """Return a handler that opens a websocket and lets `say` speak on it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=protocols or (V5, V4), timeout=0.1, **more)
        await socket.prepare(request)
        await say(socket)
        return socket

    return answer


async def echo(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        await socket.send_bytes(message.data)


async def nothing(socket: web.WebSocketResponse) -> None:
    return


async def drop(socket: web.WebSocketResponse) -> None:
    """End the connection without a goodbye."""
    assert socket._req is not None
    assert socket._req.transport is not None
    socket._req.transport.abort()


async def says(client: Client, path: str = "/x", **more: Any) -> bytes | None:
    """Open a websocket, and return what comes back for `hello`."""
    async with client.websocket(path, protocols=(V5, V4), **more) as socket:
        await socket.send(b"hello")
        return await socket.receive()


async def test_messages_go_both_ways_whatever_is_in_them() -> None:
    async with (
        against(speaking(echo, max_msg_size=0)) as client,
        client.websocket("/a", query=[("b", "c d")], protocols=(V5, V4)) as socket,
    ):
        assert socket.protocol == V5
        for message in (b"", bytes(range(256)), os.urandom(5_000_000)):
            await socket.send(message)
            assert await socket.receive() == message


async def test_the_headers_are_those_of_every_request() -> None:
    requests = []

    async def answer(request: web.Request) -> web.StreamResponse:
        requests.append(request)
        return await speaking(echo)(request)

    who = Impersonation("jane", groups=("dev", "ops"), extra=(("a/b", ("c",)),))
    async with against(answer, auth=AuthInfo(token="s3cret"), impersonate=who) as client:
        await says(client, "/api/v1/namespaces/a%2Fb/x", query=[("command", "a&b=c")])
    (request,) = requests
    assert request.rel_url.raw_path == "/api/v1/namespaces/a%2Fb/x"
    assert request.query["command"] == "a&b=c"
    assert request.headers["Authorization"] == "Bearer s3cret"
    assert request.headers["User-Agent"].startswith("kty/")
    assert request.headers["Impersonate-User"] == "jane"
    assert request.headers.getall("Impersonate-Group") == ["dev", "ops"]
    assert request.headers["Impersonate-Extra-a%2Fb"] == "c"


async def test_a_refused_token_is_renewed_once(tmp_path: Path) -> None:
    tokens = []

    async def answer(request: web.Request) -> web.StreamResponse:
        tokens.append(request.headers["Authorization"])
        return web.Response(status=401) if len(tokens) == 1 else await speaking(echo)(request)

    async with against(answer, auth=AuthInfo(exec=counting_plugin(tmp_path))) as client:
        assert await says(client) == b"hello"
    assert tokens == ["Bearer t1", "Bearer t2"]


async def test_a_renewed_token_that_is_refused_too_is_the_end(tmp_path: Path) -> None:
    server = Remember(*(web.Response(status=401) for _ in range(4)))
    async with against(server, auth=AuthInfo(exec=counting_plugin(tmp_path))) as client:
        assert type(await refusal(says(client))) is Unauthorized
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (status(403, 'pods "a" is forbidden'), Forbidden, 'pods "a" is forbidden'),
        (status(404, 'pods "a" not found'), NotFound, 'pods "a" not found'),
        (web.Response(status=403), Forbidden, "the server answered 403"),
        (
            web.Response(status=401, text="Bearer s3cret?"),
            Unauthorized,
            "the server answered 401: Bearer (credential)?",
        ),
        (
            web.Response(status=302, headers={"Location": "http://127.0.0.1:1/login"}),
            NotKubernetes,
            "the server answered 302: go to http://127.0.0.1:1/login",
        ),
        (web.Response(status=200, text="hello"), NotKubernetes, "the server answered 200: hello"),
    ],
)
async def test_a_refusal_is_the_servers_own(answer: web.Response, kind: type[ClusterError], message: str) -> None:
    async with against(Remember(answer), auth=AuthInfo(token="s3cret")) as client:
        error = await refusal(says(client))
    assert (type(error), str(error)) == (kind, message)


async def test_what_opens_no_websocket_though_it_says_so() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=101)

    async with against(answer) as client:
        assert isinstance(await refusal(says(client)), NotKubernetes)


async def test_tls_is_checked_and_a_certificate_shown(
    authority: Authority, stranger: Authority, api: Issued, person: Issued
) -> None:
    async with serve(speaking(echo), api.serving(authority)) as server:
        async with opened(server, tls=trusts(authority), auth=shows(person)) as client:
            assert await says(client) == b"hello"
        async with opened(server, tls=trusts(stranger), auth=shows(person)) as client:
            assert isinstance(await refusal(says(client)), Untrusted)


async def test_a_server_name_holds_with_and_without_a_proxy(authority: Authority) -> None:
    named = authority.issue("socket", ["DNS:api.test"])
    async with (
        serve(speaking(echo), named.serving()) as server,
        connect_proxy() as tunnel,
        connect_proxy(tls=authority.issue("tunnel", ["IP:127.0.0.1"]).serving()) as secured,
        socks_proxy() as socks,
    ):
        ways = ["", f"http://127.0.0.1:{tunnel.port}", f"https://127.0.0.1:{secured.port}"]
        for way in [*ways, f"socks5://127.0.0.1:{socks.port}"]:
            async with opened(server, tls=trusts(authority, server_name="api.test"), proxy=way) as client:
                assert await says(client) == b"hello"
            if not way.startswith("https"):  # a failure of TLS in TLS trips over a fault of asyncio (Python 3.11)
                async with opened(server, tls=trusts(authority), proxy=way) as client:
                    assert isinstance(await refusal(says(client)), Untrusted)
        asked = [server.removeprefix("https://")]
        assert (tunnel.asked, secured.asked, socks.asked) == (asked * 2, asked, asked * 2)


async def test_the_environments_proxy_and_its_exceptions(
    authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        serve(speaking(echo), api.serving()) as server,
        connect_proxy(to=int(server.rpartition(":")[2])) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        async with opened("https://api.test:6443", tls=trusts(authority)) as client:
            assert await says(client) == b"hello"
        assert proxy.asked == ["api.test:6443"]
        monkeypatch.setenv("NO_PROXY", ".test")
        async with opened("https://api.test:6443", tls=trusts(authority)) as client:
            assert isinstance(await refusal(says(client)), Unreachable)
        assert len(proxy.asked) == 1


async def test_a_goodbye_is_told_from_a_connection_that_broke_off() -> None:
    async with against(speaking(nothing)) as client, client.websocket("/", protocols=(V5,)) as socket:
        assert await socket.receive() is None
    async with against(speaking(drop)) as client, client.websocket("/", protocols=(V5,)) as socket:
        error = await refusal(socket.receive())
        assert isinstance(error, Unreachable)
        assert str(error) == "the stream broke off"


@pytest.mark.parametrize("how", [nothing, drop])
async def test_whoever_sends_is_told_that_it_is_over(how: Talk) -> None:
    async def send(socket: WebSocket) -> None:
        while True:
            await socket.send(b"x" * 1000)
            await asyncio.sleep(0)

    async with against(speaking(how)) as client, client.websocket("/", protocols=(V5,)) as socket:
        error = await refusal(send(socket))
    assert isinstance(error, Unreachable)
    assert error.sentence() == "the stream broke off (connection reset): are the pod and its node still there?"


async def test_a_server_that_goes_in_anger_is_quoted() -> None:
    async def leave(socket: web.WebSocketResponse) -> None:
        await socket.close(code=1011, message=b"no more\x1b[2J")

    async with against(speaking(leave)) as client, client.websocket("/", protocols=(V5,)) as socket:
        error = await refusal(socket.receive())
    assert str(error) == "the server ended the stream with code 1011: no more\\x1b[2J"


async def test_pings_are_answered() -> None:
    answers = []

    async def ping(socket: web.WebSocketResponse) -> None:
        await socket.ping(b"still there?")
        answers.append(await socket.receive())

    async with against(speaking(ping, autoping=False)) as client, client.websocket("/", protocols=(V5,)) as socket:
        assert await socket.receive() is None
    assert (answers[0].type, answers[0].data) == (WSMsgType.PONG, b"still there?")


@asynccontextmanager
async def pinging(handler: Handler, seconds: float) -> AsyncIterator[HttpWebSocket]:
    """Yield a websocket that pings as often as this."""
    async with serve(handler) as server, ClientSession() as http:
        opened = await http.ws_connect(server, protocols=(V5,), autoping=False)
        socket = HttpWebSocket(opened, nullcontext, ping=seconds)
        try:
            yield socket
        finally:
            await socket.close()


async def test_a_server_that_answers_no_ping_is_gone() -> None:
    async def sleep(socket: web.WebSocketResponse) -> None:
        await socket.receive()  # the ping, which is not answered
        await asyncio.Event().wait()

    async with pinging(speaking(sleep, autoping=False), 0.01) as socket:
        error = await refusal(socket.receive())
    assert str(error) == "the server was silent for 0.01 s"


async def test_a_server_that_may_be_waiting_for_its_container_is_not_given_up() -> None:
    """What we sent may be stuck at a slow reader, and the ping behind it."""
    count = 0

    async def sleep(socket: web.WebSocketResponse) -> None:
        nonlocal count
        while count < 5:
            message = await socket.receive()
            count += message.type is WSMsgType.PING
        await socket.send_bytes(b"at last")

    async with pinging(speaking(sleep, autoping=False), 0.01) as socket:
        await socket.send(b"data")
        assert await socket.receive() == b"at last"


async def test_closing_the_client_ends_a_sender_whom_nobody_reads() -> None:
    is_full = asyncio.Event()

    async def never_read(socket: web.WebSocketResponse) -> None:
        await asyncio.Event().wait()

    async with against(speaking(never_read)) as client:

        async def send() -> None:
            async with client.websocket("/", protocols=(V5,)) as socket:
                while True:
                    sending = asyncio.ensure_future(socket.send(bytes(1 << 20)))
                    done, _ = await asyncio.wait({sending}, timeout=0.5)
                    if not done:
                        is_full.set()
                    await sending

        before = asyncio.all_tasks()
        task = asyncio.create_task(send())
        await is_full.wait()
        await client.close()
        with pytest.raises(Unreachable, match="this connection was closed"):
            await task
        assert [one for one in asyncio.all_tasks() - before if "kty/kube" in str(one.get_coro())] == []


async def test_nothing_is_left_of_what_was_open() -> None:
    me = psutil.Process()

    async with serve(speaking(echo)) as server:
        held = me.num_fds()
        client = Client(Config("dev", "here", "me", server))
        for _ in range(5):
            assert await says(client) == b"hello"
            with pytest.raises(KeyError):
                async with client.websocket("/", protocols=(V5,)):
                    raise KeyError
        await client.close()
        del client
        gc.collect()
        async with asyncio.timeout(20):
            while me.num_fds() > held:  # noqa: ASYNC110 - the server closes its ends, too
                await asyncio.sleep(0.01)
