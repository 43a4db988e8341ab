"""Requests: what is sent, with which credentials, and what becomes of answers on good and bad days."""

import asyncio
import gzip
import logging
import os
import socket
import sys
from pathlib import Path

import pytest
from aiohttp import web

from kty import __version__
from kty.errors import (
    CredentialError,
    Forbidden,
    NotFound,
    NotKubernetes,
    ServerFault,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from kty.kube.client import Client
from kty.kube.layers import MAX_ERROR
from kty.kube.target import AuthInfo, ExecConfig, Impersonation
from tests.kube.asking import OK, Remember, against, ok, opened, refusal, status, unused_port
from tests.kube.serving import serve, talk
from tests.kube.waiting import until


async def test_a_request_goes_out_as_it_was_meant() -> None:
    server = Remember()
    async with against(server) as client:
        query = [("labelSelector", "a in (b,c)"), ("limit", "500"), ("continue", "x+/=&")]
        assert await client.request("GET", "/api/v1/namespaces/a%2Fb/pods", query=query) == OK
    (request,) = server.requests
    assert request.rel_url.raw_path == "/api/v1/namespaces/a%2Fb/pods"
    assert list(request.query.items()) == query
    headers = {name: request.headers.get(name) for name in ("Accept", "Accept-Encoding", "User-Agent", "Authorization")}
    assert headers == {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": f"kty/{__version__}",
        "Authorization": None,
    }


async def test_a_servers_path_comes_before_the_requests() -> None:
    server = Remember()
    async with serve(server) as url, opened(f"{url}/k8s/clusters/c-1") as client:
        await client.request("GET", "/version")
    assert server.requests[0].path == "/k8s/clusters/c-1/version"


async def test_headers_may_be_chosen_whatever_their_case() -> None:
    server = Remember()
    async with against(server) as client:
        headers = {"ACCEPT": "text/plain", "content-type": "application/merge-patch+json"}
        await client.request("PATCH", "/a", headers=headers, body=b"{}")
        await client.request("POST", "/a", body=b'{"a": 1}')
    patch, post = server.requests
    assert patch.headers.getall("Accept") == ["text/plain"]
    assert patch.headers.getall("Content-Type") == ["application/merge-patch+json"]
    assert post.headers["Content-Type"] == "application/json"
    assert (patch.method, server.bodies) == ("PATCH", [b"{}", b'{"a": 1}'])


async def test_a_compressed_answer_is_unpacked() -> None:
    body = OK * 100_000

    async def compressed(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "gzip"
        return web.Response(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})

    async with against(compressed) as client:
        assert await client.request("GET", "/") == body


async def test_compression_can_be_switched_off() -> None:
    server = Remember()
    async with against(server, compress=False) as client:
        await client.request("GET", "/")
    assert server.requests[0].headers["Accept-Encoding"] == "identity"


async def test_impersonation_sends_each_group_on_its_own() -> None:
    server = Remember()
    extra = (("example.com/reason", ("tests", "more")), ("Scopes", ("view",)))
    impersonate = Impersonation("jane", "u-7", ("dev", "ops,all"), extra)
    async with against(server, impersonate=impersonate) as client:
        await client.request("GET", "/")
    headers = server.requests[0].headers
    assert headers["Impersonate-User"] == "jane"
    assert headers["Impersonate-Uid"] == "u-7"
    assert headers.getall("Impersonate-Group") == ["dev", "ops,all"]
    assert headers.getall("Impersonate-Extra-example.com%2Freason") == ["tests", "more"]
    assert headers["Impersonate-Extra-scopes"] == "view"


async def test_many_requests_run_at_once() -> None:
    together = 150
    everyone_is_here = asyncio.Barrier(together)

    async def wait_for_all(request: web.Request) -> web.StreamResponse:
        await everyone_is_here.wait()
        return await ok(request)

    async with against(wait_for_all) as client:
        answers = await asyncio.gather(*(client.request("GET", "/") for _ in range(together)))
    assert len(answers) == together


async def test_a_request_can_be_cancelled() -> None:
    arrived, left = asyncio.Event(), asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        arrived.set()
        try:
            await asyncio.sleep(600)
        finally:
            left.set()
        return await ok(request)

    async with against(hang) as client:
        request = asyncio.create_task(client.request("GET", "/"))
        await arrived.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await left.wait()


async def test_a_slow_answer_times_out() -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"[")
        await asyncio.sleep(600)
        return answer

    async with against(hang) as client:
        error = await refusal(client.request("GET", "/", timeout=0.2))
    assert type(error) is Unreachable
    assert str(error) == "timed out"


async def test_closing_ends_what_is_waiting_and_what_comes_later() -> None:
    arrived = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await asyncio.sleep(600)
        return await ok(request)

    async with against(hang) as client:
        request = asyncio.create_task(client.request("GET", "/"))
        await arrived.wait()
        await client.close()
        assert str(await refusal(request)) == "this connection was closed"
        assert str(await refusal(client.request("GET", "/"))) == "this connection was closed"
        await client.close()


async def test_closing_while_the_first_connection_opens_ends_the_request() -> None:
    server = Remember()
    async with against(server) as client:
        request = asyncio.create_task(client.request("GET", "/"))
        await asyncio.sleep(0)
        await client.close()
        assert str(await refusal(request)) == "this connection was closed"
    assert server.requests == []


async def test_a_mistake_of_the_caller_passes_as_it_is() -> None:
    async with opened("http://127.0.0.1:1") as client:
        with pytest.raises(ValueError, match="port"):
            await client.request("GET", "path-without-a-slash")


async def test_what_is_logged_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "kty"):
        async with against(Remember(None, web.Response(status=403)), auth=AuthInfo(token="s3cret")) as client:
            await client.request("GET", "/api/v1/pods", query=[("continue", "s3cret")])
            await refusal(client.request("GET", "/api/v1/secrets"))
    lines = [record.getMessage() for record in caplog.records if record.name == "kty.kube.client"]
    assert [line.rpartition(" in ")[0] for line in lines] == ["GET /api/v1/pods: 200", "GET /api/v1/secrets: 403"]
    assert "s3cret" not in caplog.text


# Credentials


async def test_a_token_goes_along_and_headers_cannot_replace_it() -> None:
    server = Remember()
    async with against(server, auth=AuthInfo(token="abc")) as client:
        await client.request("GET", "/", headers={"Authorization": "Bearer other"})
    assert server.requests[0].headers.getall("Authorization") == ["Bearer abc"]


async def test_a_changed_token_file_is_sent_with_the_next_request(tmp_path: Path) -> None:
    server, path = Remember(), tmp_path / "token"
    path.write_text("one\n")
    async with against(server, auth=AuthInfo(token_file=str(path))) as client:
        await client.request("GET", "/")
        path.write_text("second\n")
        await client.request("GET", "/")
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer one", "Bearer second"]


def counting_plugin(folder: Path) -> ExecConfig:
    """Return a plugin whose first token is t1, the second t2 and so on."""
    script = f"""
echo x >> {folder}/runs
printf '{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {{"token": "t%s"}}}}' \
$(wc -l < {folder}/runs)
"""
    return ExecConfig("sh", ("-c", script))


async def test_a_refused_token_is_renewed_once_and_the_request_sent_again(tmp_path: Path) -> None:
    server = Remember(web.Response(status=401))
    async with against(server, auth=AuthInfo(exec=counting_plugin(tmp_path))) as client:
        assert await client.request("POST", "/", body=b"{}") == OK
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer t1", "Bearer t2"]
    assert server.bodies == [b"{}", b"{}"]


async def test_a_renewed_token_that_is_refused_too_is_the_end(tmp_path: Path) -> None:
    server = Remember(*(web.Response(status=401) for _ in range(4)))
    async with against(server, auth=AuthInfo(exec=counting_plugin(tmp_path))) as client:
        assert type(await refusal(client.request("GET", "/"))) is Unauthorized
    assert len(server.requests) == 2


async def test_a_refused_token_that_cannot_be_renewed_is_sent_once() -> None:
    server = Remember(*(web.Response(status=401) for _ in range(4)))
    async with against(server, auth=AuthInfo(token="s3cret")) as client:
        assert type(await refusal(client.request("GET", "/"))) is Unauthorized
    assert len(server.requests) == 1


async def test_ten_requests_share_one_run_of_the_plugin(tmp_path: Path) -> None:
    server = Remember()
    async with against(server, auth=AuthInfo(exec=counting_plugin(tmp_path))) as client:
        await asyncio.gather(*(client.request("GET", "/") for _ in range(10)))
    assert {request.headers["Authorization"] for request in server.requests} == {"Bearer t1"}
    assert (tmp_path / "runs").read_text() == "x\n"


async def test_without_a_credential_nothing_is_sent() -> None:
    server = Remember()
    async with against(server, auth=AuthInfo(exec=ExecConfig("sh", ("-c", "echo log in >&2; exit 1")))) as client:
        error = await refusal(client.request("GET", "/"))
    assert isinstance(error, CredentialError)
    assert str(error) == "the credential plugin 'sh' ended with 1: log in"
    assert server.requests == []


async def test_closing_stops_a_plugin_and_who_waits_for_it(tmp_path: Path) -> None:
    started = tmp_path / "started"
    server = Remember()
    plugin = ExecConfig("sh", ("-c", f"echo $$ > {started}; exec sleep 600"))
    async with against(server, auth=AuthInfo(exec=plugin)) as client:
        request = asyncio.create_task(client.request("GET", "/"))
        await until(lambda: started.exists() and started.read_text().endswith("\n"))
        await client.close()
        assert str(await refusal(request)) == "this connection was closed"
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


# Answers that are none


async def test_a_status_is_raised_as_its_error() -> None:
    server = Remember(status(403, "no"), status(404, "pods not found"), web.Response(status=429, text="slow down"))
    async with against(server) as client:
        assert type(await refusal(client.request("GET", "/"))) is Forbidden
        assert type(await refusal(client.request("GET", "/"))) is NotFound
        assert type(await refusal(client.request("GET", "/"))) is TooManyRequests


async def test_the_body_of_an_error_is_read_up_to_a_limit() -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(status=500)
        await answer.prepare(request)
        while sent < 100 * MAX_ERROR:
            await answer.write(b"x" * MAX_ERROR)
            sent += MAX_ERROR
        return answer

    async with against(endless) as client:
        error = await refusal(client.request("GET", "/"))
    assert type(error) is ServerFault
    assert len(str(error)) < 200
    assert sent < 100 * MAX_ERROR


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Content-Length: 100\r\n\r\noops", id="closed"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n4\r\noops\r\nrubbish\r\n", id="rubbish"),
    ],
)
async def test_an_error_whose_body_breaks_off_is_still_that_error(body: bytes) -> None:
    async def broken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head, _, rest = body.partition(b"oops")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\n" + head + b"oops")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(rest)

    async def watch(client: Client) -> None:
        async with client.watch("/", idle=3):
            pytest.fail("it opened")

    async with talk(broken) as port, opened(f"http://127.0.0.1:{port}") as client:
        for attempt in (client.request("GET", "/", timeout=3), watch(client)):
            error = await refusal(attempt)
            assert type(error) is ServerFault
            assert str(error) == "the server answered 502: oops"


async def test_a_web_page_of_what_the_server_leads_to_is_what_was_asked_for() -> None:
    page = web.Response(text="<pre>kubelet.log</pre>", content_type="text/html")
    async with against(Remember(page)) as client:
        assert await client.request("GET", "/api/v1/nodes/n/proxy/logs/") == b"<pre>kubelet.log</pre>"


async def test_a_web_page_is_no_kubernetes() -> None:
    page = web.Response(text="<html><title>Welcome</title></html>", content_type="text/html")
    async with against(Remember(page)) as client:
        error = await refusal(client.request("GET", "/version"))
    assert type(error) is NotKubernetes
    assert str(error) == "the server answered 200: Welcome"


async def test_a_redirect_is_not_followed() -> None:
    elsewhere = Remember()
    async with serve(elsewhere) as url:
        server = Remember(web.Response(status=302, headers={"Location": f"{url}/login?token=s3cret"}))
        async with against(server, auth=AuthInfo(token="s3cret")) as client:
            assert type(await refusal(client.request("GET", "/"))) is NotKubernetes
    assert elsewhere.requests == []


async def test_what_speaks_no_http_is_no_kubernetes() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await reader.read()

    async with talk(greet) as port, opened(f"http://127.0.0.1:{port}") as client:
        error = await refusal(client.request("GET", "/"))
    assert type(error) is NotKubernetes
    assert str(error) == "what answers there does not speak HTTP"


async def test_a_refused_connection_says_so() -> None:
    port = unused_port()
    async with opened(f"http://127.0.0.1:{port}") as client:
        error = await refusal(client.request("GET", "/"))
    assert type(error) is Unreachable
    assert str(error) == "connection refused"
    assert f"127.0.0.1:{port}" in error.hint


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (socket.EAI_NONAME, "no such host: api.invalid"),
        (socket.EAI_AGAIN, "no name server could look up api.invalid"),
    ],
)
async def test_a_name_that_is_not_known_says_so(monkeypatch: pytest.MonkeyPatch, code: int, message: str) -> None:
    def fail(*args: object, **more: object) -> object:
        raise socket.gaierror(code, "lookup failed")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    async with opened("https://api.invalid:6443") as client:
        error = await refusal(client.request("GET", "/"))
    assert type(error) is Unreachable
    assert str(error) == message


async def test_a_connection_that_is_closed_at_once_says_so() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with talk(hang_up) as port, opened(f"http://127.0.0.1:{port}") as client:
        error = await refusal(client.request("POST", "/"))
    assert type(error) is Unreachable
    assert str(error) == "the server closed the connection"


async def test_an_answer_that_breaks_off_says_so() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    async with talk(half) as port, opened(f"http://127.0.0.1:{port}") as client:
        error = await refusal(client.request("GET", "/"))
    assert type(error) is Unreachable
    assert str(error) == "the answer broke off"


async def test_opening_the_first_connection_leaves_the_loop_to_others() -> None:
    """The import that it needs takes its time in a thread."""
    code = """
import asyncio, sys, threading
from kty.errors import Unreachable
from kty.kube.client import Client
from kty.kube.target import Config

class Watcher:
    importers = {}

    def find_spec(self, name, path=None, target=None):
        self.importers[name] = threading.current_thread()

async def main():
    sys.meta_path.insert(0, Watcher())
    client = Client(Config("a", "b", "c", "https://127.0.0.1:1"))
    try:
        await client.request("GET", "/")
    except Unreachable:
        heavy = ("aiohttp", "kubernetes_asyncio.client.api_client")
        print(not any(Watcher.importers[name] is threading.main_thread() for name in heavy))
    await client.close()

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out == b"True\n"
