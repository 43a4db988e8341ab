"""Ways through proxies: which one is asked, for what, and what is said when it refuses."""

import base64
from pathlib import Path

import pytest
from aiohttp import web

from kty.errors import ConfigError, Unreachable, Untrusted
from kty.kube.client import Client
from kty.kube.proxy import proxy_for
from kty.kube.target import AuthInfo, Config
from tests.kube.asking import ask, refusal, unused_port
from tests.kube.certificates import Authority, Issued
from tests.kube.proxies import connect_proxy, socks_proxy
from tests.kube.serving import serve
from tests.kube.trusting import trusts, who


async def test_a_proxy_is_asked_for_a_tunnel(authority: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server, connect_proxy() as proxy:
        more = {"tls": trusts(authority), "proxy": f"http://me:pass%40word@127.0.0.1:{proxy.port}"}
        assert await ask(server, **more)
        assert proxy.asked == [server.removeprefix("https://")]
        assert proxy.authorizations == ["Basic " + base64.b64encode(b"me:pass@word").decode()]


async def test_a_server_name_holds_through_a_tunnel(authority: Authority) -> None:
    named = authority.issue("named", ["DNS:api.test"])
    async with serve(who, named.serving()) as server, connect_proxy() as proxy:
        more = {"proxy": f"http://127.0.0.1:{proxy.port}"}
        assert await ask(server, tls=trusts(authority, server_name="api.test"), **more)
        assert isinstance(await refusal(ask(server, tls=trusts(authority), **more)), Untrusted)


async def test_a_proxy_may_speak_tls_itself(authority: Authority, stranger: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server, connect_proxy(tls=api.serving()) as proxy:
        assert await ask(server, tls=trusts(authority), proxy=f"https://127.0.0.1:{proxy.port}")
        assert proxy.asked == [server.removeprefix("https://")]
        error = await refusal(ask("https://api.test", tls=trusts(stranger), proxy=f"https://127.0.0.1:{proxy.port}"))
        assert isinstance(error, Untrusted)
        assert f"the certificate of 127.0.0.1:{proxy.port} " in str(error)


async def test_a_proxy_that_refuses_is_quoted_without_its_password(authority: Authority) -> None:
    async with connect_proxy(status="407 Proxy Authentication Required") as proxy:
        url = f"http://me:s3cret@127.0.0.1:{proxy.port}"
        error = await refusal(ask("https://10.0.0.1:6443", tls=trusts(authority), proxy=url))
    assert isinstance(error, Unreachable)
    assert str(error) == "the proxy answered 407 Proxy Authentication Required"
    assert "s3cret" not in error.sentence()


async def test_a_proxy_that_is_not_there_is_named(authority: Authority) -> None:
    error = await refusal(
        ask("https://10.0.0.1:6443", tls=trusts(authority), proxy=f"http://127.0.0.1:{unused_port()}")
    )
    assert isinstance(error, Unreachable)
    assert str(error) == "the proxy cannot be reached: connection refused"


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "SOCKS5H"])
async def test_a_socks_proxy_is_asked_by_name(authority: Authority, api: Issued, scheme: str) -> None:
    async with serve(who, api.serving()) as server, socks_proxy(to=port_of(server)) as proxy:
        url = f"{scheme}://127.0.0.1:{proxy.port}"
        assert await ask("https://api.test:6443", tls=trusts(authority), proxy=url)
        assert proxy.asked == ["api.test:6443"]


async def test_a_socks_proxy_without_a_port_has_the_usual_one(
    authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(who, api.serving()) as server, socks_proxy(to=port_of(server)) as proxy:
        monkeypatch.setattr("kty.kube.transport.SOCKS", proxy.port)
        for url in ("socks5://127.0.0.1", "socks5://127.0.0.1:"):
            assert await ask("https://api.test:6443", tls=trusts(authority), proxy=url)
        assert proxy.asked == ["api.test:6443"] * 2


async def test_a_way_that_could_not_be_made_is_never_left_out(
    authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: object) -> None:
        raise ValueError("no way")

    monkeypatch.setattr("kty.kube.transport.HttpTransport._new_session", fails)
    async with serve(who, api.serving()) as server:
        client = Client(Config("dev", "here", "me", server, proxy="socks5://127.0.0.1", tls=trusts(authority)))
        for _ in range(2):
            with pytest.raises(ValueError, match="no way"):
                await client.request("GET", "/")
        await client.close()


async def test_a_server_name_holds_through_a_socks_proxy(authority: Authority) -> None:
    named = authority.issue("socks", ["DNS:api.test"])
    async with serve(who, named.serving()) as server, socks_proxy() as proxy:
        more = {"proxy": f"socks5://127.0.0.1:{proxy.port}"}
        assert await ask(server, tls=trusts(authority, server_name="api.test"), **more)
        assert isinstance(await refusal(ask(server, tls=trusts(authority), **more)), Untrusted)


async def test_a_socks_proxy_that_refuses_is_quoted(authority: Authority) -> None:
    async with socks_proxy(reply=2) as proxy:
        error = await refusal(ask("https://api.test", tls=trusts(authority), proxy=f"socks5://127.0.0.1:{proxy.port}"))
    assert isinstance(error, Unreachable)
    assert str(error).startswith("the proxy refused: ")
    error = await refusal(ask("https://api.test", tls=trusts(authority), proxy=f"socks5://127.0.0.1:{unused_port()}"))
    assert str(error) == "the proxy cannot be reached: connection refused"


async def test_the_environments_proxy_is_used_and_another_scheme_refused(
    authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(who, api.serving()) as server, connect_proxy(to=port_of(server)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        assert await ask("https://api.test:6443", tls=trusts(authority))
        assert proxy.asked == ["api.test:6443"]
        assert await ask(server, tls=trusts(authority)), "loopback goes straight"
        assert len(proxy.asked) == 1
    for odd in ("gopher://127.0.0.1:1", "http://[oops", "http://", "http://p:99999"):
        monkeypatch.setenv("HTTPS_PROXY", odd)
        assert isinstance(await refusal(ask("https://api.test:6443")), ConfigError)


async def test_a_netrc_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def authorization(request: web.Request) -> web.StreamResponse:
        return web.json_response({"authorization": request.headers.get("Authorization")})

    (tmp_path / "netrc").write_text("machine 127.0.0.1 login evil password evil\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with serve(authorization) as server:
        assert (await ask(server, auth=AuthInfo(token="t")))["authorization"] == "Bearer t"
        assert (await ask(server))["authorization"] is None


@pytest.mark.parametrize(
    ("no_proxy", "server", "goes_through"),
    [
        ("", "https://api.test:6443", True),
        ("*", "https://api.test:6443", False),
        ("api.test", "https://api.test:6443", False),
        ("test", "https://api.test:6443", False),
        ("other, .test ", "https://api.test", False),
        ("*.test", "https://api.test", False),
        (".api.test", "https://api.test", True),
        ("pi.test", "https://api.test", True),
        ("api.test:6443", "https://api.test:6443", False),
        ("api.test:443", "https://api.test", False),
        ("api.test:80", "https://api.test:6443", True),
        ("API.TEST", "https://api.test", False),
        ("10.0.0.0/8", "https://10.1.2.3:6443", False),
        ("10.0.0.0/8", "https://11.1.2.3:6443", True),
        ("10.0.0.0/8", "https://10.example", True),
        ("10.0.0.0/99", "https://10.1.2.3", True),
        ("10.1.2.3", "https://10.1.2.3:6443", False),
        ("10.1.2.3:6443", "https://10.1.2.3:6443", False),
        ("fd00::/8", "https://[fd00::1]:6443", False),
        ("[fd00::1]:6443", "https://[fd00::1]:6443", False),
        ("fd00::1", "https://[fd00::1]:6443", False),
        ("[fd00::1]:1", "https://[fd00::1]:6443", True),
        (",,", "https://api.test", True),
        ("", "https://localhost:6443", False),
        ("", "https://127.1.2.3:6443", False),
        ("", "https://[::1]:6443", False),
    ],
)
def test_no_proxy_is_read_as_kubectl_reads_it(no_proxy: str, server: str, goes_through: bool) -> None:
    environ = {"HTTPS_PROXY": "http://p:3128", "no_proxy": no_proxy}
    assert proxy_for(server, "", environ) == ("http://p:3128" if goes_through else "")
    assert proxy_for(server, "socks5://mine", environ) == "socks5://mine"


def test_each_scheme_has_its_own_proxy() -> None:
    environ = {"http_proxy": "a:1", "https_proxy": "https://b:2"}
    assert proxy_for("http://api.test", "", environ) == "http://a:1"
    assert proxy_for("https://api.test", "", environ) == "https://b:2"


def port_of(server: str) -> int:
    return int(server.rpartition(":")[2])
