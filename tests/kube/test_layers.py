"""Layers: what is put around requests, in which order, and what is asked again."""

import asyncio
import logging
from dataclasses import replace

import pytest

from kty.errors import ServerFault, TooManyRequests, Unreachable
from kty.kube.client import Client
from kty.kube.exchange import Answer, Layer, Request, Send
from kty.kube.layers import Metrics, Retry, Seen, changing, observing, traced
from kty.kube.mock import CONFIG, MockTransport, mock_client
from kty.kube.reply import Reply
from kty.kube.target import AuthInfo
from tests.kube.asking import Remember, against, refusal, status
from tests.kube.serving import serve


class Script:
    """Answers in this order, then with success; keeps the pauses that a Retry made meanwhile."""

    def __init__(self, *answers: Reply) -> None:
        self.answers = list(answers)
        self.pauses: list[float] = []
        self.transport = MockTransport(lambda request: self.answers.pop(0) if self.answers else Reply(b"{}"))

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def client(self, **more: float) -> Client:
        retry = Retry(sleep=self.sleep, uniform=lambda low, high: high, **more)  # type: ignore[arg-type]
        return Client(CONFIG, layers=(retry,), transport=self.transport)


def busy(code: int = 429, after: int | None = None) -> Reply:
    return Reply.refusal(code, "later", retry_after=after)


@pytest.mark.parametrize("code", [429, 503, 504])
async def test_what_changes_nothing_is_asked_again_after_growing_pauses(code: int) -> None:
    script = Script(busy(code), busy(code), busy(code))
    async with script.client(first=1.0, longest=3.0) as client:
        assert await client.request("GET", "/") == b"{}"
    assert script.pauses == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("code", [429, 503])
async def test_anything_is_asked_again_when_the_server_says_when(method: str, code: int) -> None:
    script = Script(busy(code, after=7))
    async with script.client() as client:
        await client.request(method, "/")
    assert (script.pauses, [one.method for one in script.transport.requests]) == ([7.0], [method, method])


@pytest.mark.parametrize(
    ("method", "refused"),
    [
        ("POST", busy(429)),
        ("DELETE", busy(503)),
        ("POST", busy(504, after=1)),
        ("GET", busy(429, after=31)),
        ("GET", busy(500, after=1)),
        ("GET", busy(409)),
    ],
    ids=["may have been done", "so may this", "late, so done perhaps", "too long", "no pause helps", "a conflict"],
)
async def test_what_is_not_asked_again(method: str, refused: Reply) -> None:
    script = Script(refused)
    async with script.client() as client:
        await refusal(client.request(method, "/"))
    assert (script.pauses, len(script.transport.requests)) == ([], 1)


async def test_it_gives_up_with_the_last_answer() -> None:
    script = Script(*[busy(after=1)] * 9)
    async with script.client() as client:
        error = await refusal(client.request("GET", "/"))
    assert isinstance(error, TooManyRequests)
    assert (len(script.transport.requests), error.retry_after) == (5, 1.0)


async def test_pauses_differ_so_that_not_all_come_back_at_once() -> None:
    drawn = []

    def uniform(low: float, high: float) -> float:
        drawn.append((low, high))
        return low

    script = Script(busy(), busy())
    retry = Retry(first=2.0, sleep=script.sleep, uniform=uniform)
    async with Client(CONFIG, layers=(retry,), transport=script.transport) as client:
        await client.request("GET", "/")
    assert (drawn, script.pauses) == ([(1.0, 2.0), (2.0, 4.0)], [1.0, 2.0])


async def test_streams_are_left_to_who_reads_them() -> None:
    script = Script(busy(after=1), busy(after=1))
    async with script.client() as client:
        with pytest.raises(TooManyRequests):
            async with client.watch("/", idle=1.0):
                pass
        with pytest.raises(TooManyRequests):
            async with client.websocket("/", protocols=("v5.channel.k8s.io",)):
                pass
    assert script.pauses == []


async def test_a_client_retries_unless_told_otherwise() -> None:
    server = Remember(status(503, "starting"))
    async with serve(server) as url, Client(replace(CONFIG, server=url)) as client:
        await client.request("GET", "/")
    assert len(server.requests) == 2
    server = Remember(status(503, "starting"))
    async with against(server) as client:
        assert isinstance(await refusal(client.request("GET", "/")), ServerFault)


async def test_closing_ends_a_pause() -> None:
    is_paused = asyncio.Event()

    async def sleep(seconds: float) -> None:
        is_paused.set()
        await asyncio.Event().wait()

    transport = MockTransport(lambda request: busy())
    client = Client(CONFIG, layers=(Retry(sleep=sleep),), transport=transport)
    request = asyncio.create_task(client.request("GET", "/"))
    await is_paused.wait()
    await client.close()
    assert str(await refusal(request)) == "this connection was closed"


async def test_layers_stand_around_each_other_and_around_the_clients_own() -> None:
    told = []

    def saying(word: str) -> Layer:
        def around(send: Send) -> Send:
            async def sent(request: Request) -> Answer:
                told.append(f"{word}: {request.path} {request.header('authorization')}".rstrip())
                answer = await send(request)
                told.append(f"{word}: {answer.status}")
                return answer

            return sent

        return around

    config = replace(CONFIG, server="http://proxy/c-1", auth=AuthInfo(token="t"))
    transport = MockTransport(lambda request: Reply(b"{}"))
    async with Client(config, layers=[saying("outer"), saying("inner")], transport=transport) as client:
        await client.request("GET", "/a")
    assert told == ["outer: /a", "inner: /a", "inner: 200", "outer: 200"]
    assert (transport.requests[0].path, transport.requests[0].header("authorization")) == ("/c-1/a", "Bearer t")


async def test_a_layer_may_change_what_is_asked() -> None:
    def marked(request: Request) -> Request:
        return replace(request, headers=(*request.headers, ("X-Request-Id", "7")))

    server = Remember()
    async with serve(server) as url, Client(replace(CONFIG, server=url), layers=[changing(marked)]) as client:
        await client.request("GET", "/a")
    assert server.requests[0].headers["X-Request-Id"] == "7"


async def test_what_is_observed() -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/gone":
            raise Unreachable("connection refused")
        return Reply(b"{}") if request.path == "/a" else busy(403)

    seen: list[Seen] = []
    metrics = Metrics()
    async with mock_client(answer, layers=[metrics, observing(seen.append)]) as client:
        await client.request("GET", "/a")
        await client.request("GET", "/a")
        await refusal(client.request("PATCH", "/b"))
        await refusal(client.request("GET", "/gone"))
    assert [(one.request.path, one.status) for one in seen] == [("/a", 200), ("/a", 200), ("/b", 403), ("/gone", 0)]
    assert all(one.seconds >= 0 for one in seen)
    assert metrics.requests == {("GET", 200): 2, ("PATCH", 403): 1, ("GET", 0): 1}
    assert metrics.seconds.keys() == metrics.requests.keys()


async def test_a_trace_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tests.trace")
    config = replace(CONFIG, auth=AuthInfo(token="s3cret"))
    transport = MockTransport(lambda request: Reply(b"{}"))
    with caplog.at_level(logging.DEBUG):
        async with Client(config, layers=[traced(logger)], transport=transport) as client:
            await client.request("POST", "/a", query=[("token", "s3cret")], body=b"s3cret")
    assert any(record.name == "tests.trace" and "POST /a: 200" in record.message for record in caplog.records)
    assert "s3cret" not in caplog.text


async def test_a_server_that_repeats_the_credential_is_not_quoted() -> None:
    config = replace(CONFIG, auth=AuthInfo(token="s3cret"))
    async with Client(config, transport=MockTransport(lambda request: Reply.refusal(400, "bad: s3cret"))) as client:
        assert str(await refusal(client.request("GET", "/"))) == "bad: (credential)"
