"""What a kubeconfig says is what goes out, with a request and with a websocket alike."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kty.errors import Unreachable, Untrusted
from kty.kube.client import Client
from kty.kube.config import infer
from tests.kube.asking import ok
from tests.kube.certificates import Authority, Issued
from tests.kube.proxies import connect_proxy, socks_proxy
from tests.kube.serving import serve

V5 = "v5.channel.k8s.io"


class Wire:
    """A server that remembers the requests, and opens a websocket for whoever wants one."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if "Upgrade" not in request.headers:
            return await ok(request)
        socket = web.WebSocketResponse(protocols=(V5,))
        await socket.prepare(request)
        await socket.receive()
        return socket


@asynccontextmanager
async def client_of(
    folder: Path, server: str, *, cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None
) -> AsyncIterator[Client]:
    content = {
        "current-context": "dev",
        "contexts": [{"name": "dev", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": "me", "user": user or {}}],
    }
    (folder / "config").write_text(json.dumps(content))
    async with Client(infer(folder / "config")) as client:
        yield client


async def both(client: Client) -> None:
    """Send a request, and open a websocket."""
    await client.request("GET", "/plain")
    async with client.websocket("/socket", protocols=(V5,)) as socket:
        assert socket.protocol == V5


async def test_impersonation_of_a_user_several_groups_a_uid_and_extras(tmp_path: Path) -> None:
    user = {
        "token": "t",
        "as": "jane",
        "as-uid": "u-7",
        "as-groups": ["dev", "ops,all"],
        "as-user-extra": {"example.com/reason": ["tests", "more"], "Scopes": ["view"]},
    }
    wire = Wire()
    async with serve(wire) as server, client_of(tmp_path, server, user=user) as client:
        await both(client)
    assert [request.path for request in wire.requests] == ["/plain", "/socket"]
    for request in wire.requests:
        told = [(name, value) for name, value in request.headers.items() if name.lower().startswith("impersonate")]
        assert told == [
            ("Impersonate-User", "jane"),
            ("Impersonate-Uid", "u-7"),
            ("Impersonate-Group", "dev"),
            ("Impersonate-Group", "ops,all"),
            ("Impersonate-Extra-example.com%2Freason", "tests"),
            ("Impersonate-Extra-example.com%2Freason", "more"),
            ("Impersonate-Extra-scopes", "view"),
        ]


@pytest.mark.parametrize(("cluster", "asked"), [({}, "gzip"), ({"disable-compression": True}, "identity")])
async def test_compression_can_be_switched_off(tmp_path: Path, cluster: dict[str, Any], asked: str) -> None:
    wire = Wire()
    async with serve(wire) as server, client_of(tmp_path, server, cluster=cluster) as client:
        await client.request("GET", "/")
    assert wire.requests[0].headers["Accept-Encoding"] == asked


async def test_the_name_that_the_server_must_have(tmp_path: Path, authority: Authority) -> None:
    named = authority.issue("elsewhere", ["DNS:elsewhere.test"])
    cluster = {"certificate-authority": str(authority.certificate), "tls-server-name": "elsewhere.test"}
    wire = Wire()
    async with serve(wire, named.serving()) as server, client_of(tmp_path, server, cluster=cluster) as client:
        await both(client)
    assert len(wire.requests) == 2


@pytest.mark.parametrize("is_configured", [True, False])
@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
async def test_proxies_of_the_kubeconfig_and_of_the_environment(
    tmp_path: Path, authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch, kind: str, is_configured: bool
) -> None:
    wire = Wire()
    async with serve(wire, api.serving()) as server:
        port = int(server.rpartition(":")[2])
        serving = socks_proxy(to=port) if kind == "socks5" else connect_proxy(
            to=port, tls=api.serving() if kind == "https" else None
        )  # fmt: skip
        async with serving as proxy:
            url = f"{kind}://127.0.0.1:{proxy.port}"
            cluster = {"certificate-authority": str(authority.certificate)}
            if is_configured:
                cluster["proxy-url"] = url
                monkeypatch.setenv("NO_PROXY", "*")  # of no concern to what is configured
            else:
                monkeypatch.setenv("HTTPS_PROXY", url)
                monkeypatch.setenv("NO_PROXY", "10.0.0.0/8,.example.com")
            async with client_of(tmp_path, "https://api.test:6443", cluster=cluster) as client:
                await both(client)
            assert proxy.asked
            assert set(proxy.asked) == {"api.test:6443"}
    assert [request.path for request in wire.requests] == ["/plain", "/socket"]


@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
async def test_a_server_behind_a_proxy_that_is_not_to_be_trusted(
    tmp_path: Path, authority: Authority, api: Issued, kind: str
) -> None:
    named = authority.issue("elsewhere", ["DNS:elsewhere.test"])
    async with serve(Wire(), named.serving()) as server:
        port = int(server.rpartition(":")[2])
        serving = socks_proxy(to=port) if kind == "socks5" else connect_proxy(
            to=port, tls=api.serving() if kind == "https" else None
        )  # fmt: skip
        async with serving as proxy:
            cluster = {
                "certificate-authority": str(authority.certificate),
                "proxy-url": f"{kind}://127.0.0.1:{proxy.port}",
            }
            async with client_of(tmp_path, "https://api.test:6443", cluster=cluster) as client:
                with pytest.raises(Untrusted, match=r"^the certificate of api.test:6443 is not for 'api.test'$"):
                    await both(client)


async def test_a_proxy_that_stands_in_the_way_is_named(tmp_path: Path, authority: Authority, api: Issued) -> None:
    async with connect_proxy(tls=api.serving()) as proxy:
        cluster = {
            "certificate-authority": str(authority.certificate),
            "proxy-url": f"http://127.0.0.1:{proxy.port}",  # it wants https://
        }
        async with client_of(tmp_path, "https://api.test:6443", cluster=cluster) as client:
            with pytest.raises(Unreachable) as raised:
                await both(client)
    assert raised.value.hint == "is https://api.test:6443 the right address, and can it be reached through your proxy?"


async def test_no_proxy_is_for_requests_and_websockets(
    tmp_path: Path, authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire()
    cluster = {"certificate-authority": str(authority.certificate)}
    async with serve(wire, api.serving()) as server, connect_proxy(to=int(server.rpartition(":")[2])) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "api.test:6443, .example.com")
        async with client_of(tmp_path, "https://api.test:6443", cluster=cluster) as client:
            with pytest.raises(Unreachable):
                await client.request("GET", "/plain")
            with pytest.raises(Unreachable):
                async with client.websocket("/socket", protocols=(V5,)):
                    pass
        async with client_of(tmp_path, "https://api.test:7443", cluster=cluster) as client:
            await both(client)
        assert set(proxy.asked) == {"api.test:7443"}
