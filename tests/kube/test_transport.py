"""How kubernetes_asyncio is imported, and how connections are made: TLS, names, client certificates, proxies."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kty.errors import ClusterError, ConfigError, KtyError, NotKubernetes, Unreachable, Untrusted
from kty.kube.client import Client
from kty.kube.proxy import proxy_for
from kty.kube.target import AuthInfo, Config, Pem, Tls
from kty.kube.tls import as_file
from tests.kube.certificates import Authority, Issued, locked
from tests.kube.proxies import connect_proxy, socks_proxy
from tests.kube.serving import refusing_tls, serve

# The import of kubernetes_asyncio


def run_python(code: str) -> str:
    return subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True)


WHOLE = """
import kubernetes_asyncio, kubernetes_asyncio.client
from kubernetes_asyncio import client, config, watch
from kubernetes_asyncio.client import api_client, models
assert kubernetes_asyncio.client is client
assert client.api_client is api_client and client.ApiClient is api_client.ApiClient
assert client.V1Pod is models.V1Pod and client.models.V1Pod is models.V1Pod
assert client.CoreV1Api.__init__
assert client.Configuration is sys.modules["kubernetes_asyncio.client.configuration"].Configuration
"""


def test_the_library_is_imported_without_its_models_and_leaves_no_trace() -> None:
    out = run_python(
        "import sys\nfrom kty.kube.transport import library\nused = library()\n"
        "assert used is library()\n"
        "print(used.ApiClient.__module__, used.Configuration.__module__)\n"
        "print(*[name for name in sys.modules if name.startswith('kubernetes_asyncio')])\n"
    )
    assert out == "kubernetes_asyncio.client.api_client kubernetes_asyncio.client.configuration\n\n"


def test_the_whole_library_can_be_imported_afterwards() -> None:
    run_python(
        f"import sys\nfrom kty.kube.transport import library\nours = library()\n{WHOLE}\nassert library() is ours"
    )


def test_where_the_whole_library_is_imported_already_it_is_used() -> None:
    run_python(
        f"import sys\n{WHOLE}\nbefore = dict(sys.modules)\n"
        "from kty.kube.transport import library\n"
        "assert library().ApiClient is client.ApiClient and library().Configuration is client.Configuration\n"
        "assert {n: m for n, m in sys.modules.items() if n.startswith('kubernetes_asyncio')}"
        " == {n: m for n, m in before.items() if n.startswith('kubernetes_asyncio')}\n"
    )


def test_threads_that_ask_at_once_get_the_same_library() -> None:
    run_python(
        "import sys, threading\nfrom kty.kube.transport import library\nsys.setswitchinterval(1e-5)\nfound = []\n"
        "threads = [threading.Thread(target=lambda: found.append(library())) for _ in range(8)]\n"
        "[thread.start() for thread in threads]\n[thread.join() for thread in threads]\n"
        "assert len(found) == 8 and len(set(map(id, found))) == 1\n"
        "assert not any(name.startswith('kubernetes_asyncio') for name in sys.modules)\n"
    )


def test_an_import_that_fails_leaves_no_trace_either() -> None:
    run_python(
        "import sys\nsys.modules['six'] = None\nfrom kty.kube.transport import library\n"
        "try:\n    library()\nexcept ImportError:\n    pass\nelse:\n    raise SystemExit('imported')\n"
        "assert not any(name.startswith('kubernetes_asyncio') for name in sys.modules)\n"
        f"del sys.modules['six']\nassert library().ApiClient\n{WHOLE}\n"
    )


def test_a_client_costs_nothing_before_its_first_request() -> None:
    out = run_python(
        "import asyncio, sys\nfrom kty.kube.client import Client\nfrom kty.kube.target import Config\n"
        "async def main():\n    client = Client(Config('a', 'b', 'c', 'https://d'))\n    await client.close()\n"
        "asyncio.run(main())\nprint(*sys.modules)"
    )
    assert not set(out.split()) & {"aiohttp", "kubernetes_asyncio", "yaml", "textual"}


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki") / "ca", "the CA")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki") / "stranger", "another CA")


@pytest.fixture(scope="module")
def api(authority: Authority) -> Issued:
    return authority.issue("api", ["DNS:api.test", "IP:127.0.0.1"])


@pytest.fixture(scope="module")
def person(authority: Authority) -> Issued:
    return authority.issue("jane")


async def who(request: web.Request) -> web.StreamResponse:
    """Answer with the peer's certificate and the path."""
    assert request.transport
    certificate: dict[str, Any] = request.transport.get_extra_info("peercert") or {}
    subject = {key: value for part in certificate.get("subject", ()) for key, value in part}
    return web.json_response({"certificate": subject.get("commonName"), "path": request.path_qs})


@asynccontextmanager
async def opened(server: str, **more: Any) -> AsyncIterator[Client]:
    client = Client(Config("dev", "here", "me", server, **more))
    try:
        yield client
    finally:
        await client.close()


async def ask(server: str, **more: Any) -> dict[str, Any]:
    async with opened(server, **more) as client:
        answer: dict[str, Any] = json.loads(await client.request("GET", "/version"))
        return answer


async def refusal(server: str, **more: Any) -> KtyError:
    with pytest.raises((ClusterError, ConfigError)) as caught:
        await ask(server, **more)
    assert "\n" not in caught.value.sentence()
    return caught.value


def trusts(authority: Authority, **more: Any) -> Tls:
    return Tls(Pem(data=authority.certificate.read_bytes()), **more)


def shows(person: Issued) -> AuthInfo:
    return AuthInfo(certificate=Pem(data=person.certificate.read_bytes()), key=Pem(data=person.key.read_bytes()))


async def test_the_authority_may_be_data_or_a_file(authority: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=trusts(authority))
        assert await ask(server, tls=Tls(Pem(path=str(authority.certificate))))


async def test_the_servers_own_certificate_may_be_the_authority(authority: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=Tls(Pem(path=str(api.certificate))))


async def test_comments_around_certificates_do_no_harm(authority: Authority, api: Issued) -> None:
    bundle = "# Zürich\n".encode() + authority.certificate.read_bytes() + b"\ntext\n" + api.certificate.read_bytes()
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=Tls(Pem(data=bundle)))


async def test_a_wrong_authority_is_not_trusted(stranger: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server:
        error = await refusal(server, tls=trusts(stranger))
        assert isinstance(error, Untrusted)
        assert "is not to be trusted: unable to get local issuer certificate" in str(error)
        assert "certificate-authority" in error.hint
        assert isinstance(await refusal(server), Untrusted), "the system knows no such authority"


async def test_an_expired_certificate_is_named_as_such(authority: Authority) -> None:
    expired = authority.issue("expired", ["IP:127.0.0.1"], days=-1)
    async with serve(who, expired.serving()) as server:
        error = await refusal(server, tls=trusts(authority))
    assert isinstance(error, Untrusted)
    assert str(error) == "the certificate of the server has expired"
    assert "clock" in error.hint


async def test_a_certificate_for_another_name_is_refused_until_the_name_is_given(authority: Authority) -> None:
    other = authority.issue("other", ["DNS:api.test"])
    async with serve(who, other.serving()) as server:
        error = await refusal(server, tls=trusts(authority))
        assert isinstance(error, Untrusted)
        assert str(error) == "the certificate of the server is not for '127.0.0.1'"
        assert "tls-server-name" in error.hint
        assert await ask(server, tls=trusts(authority, server_name="api.test"))
        assert isinstance(await refusal(server, tls=trusts(authority, server_name="no.test")), Untrusted)


async def test_without_verification_anyone_is_believed(stranger: Authority) -> None:
    expired = stranger.issue("anyone", days=-1)
    async with serve(who, expired.serving()) as server:
        assert await ask(server, tls=Tls(verify=False))


async def test_a_client_certificate_may_be_data_or_a_file(authority: Authority, api: Issued, person: Issued) -> None:
    async with serve(who, api.serving(authority)) as server:
        assert (await ask(server, tls=trusts(authority), auth=shows(person)))["certificate"] == "jane"
        files = AuthInfo(certificate=Pem(path=str(person.certificate)), key=Pem(path=str(person.key)))
        assert (await ask(server, tls=trusts(authority), auth=files))["certificate"] == "jane"


def test_where_there_is_no_memory_file_a_key_lies_in_a_private_one_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with as_file(b"secret") as path:
        assert Path(path).parent == tmp_path
        assert Path(path).stat().st_mode & 0o777 == 0o600
        assert Path(path).read_bytes() == b"secret"
    assert list(tmp_path.iterdir()) == []


async def test_without_memory_files_a_client_certificate_may_still_be_data(
    authority: Authority, api: Issued, person: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    async with serve(who, api.serving(authority)) as server:
        assert (await ask(server, tls=trusts(authority), auth=shows(person)))["certificate"] == "jane"


async def test_a_refused_client_certificate_is_named_as_such(
    authority: Authority, stranger: Authority, api: Issued
) -> None:
    for auth in (AuthInfo(), shows(stranger.issue("mallory"))):
        with refusing_tls(api.serving(authority)) as port:
            error = await refusal(f"https://127.0.0.1:{port}", tls=trusts(authority), auth=auth)
        assert isinstance(error, Untrusted)
        assert "the server refused our client certificate" in str(error)


async def test_a_changed_authority_is_read_again(
    authority: Authority, stranger: Authority, api: Issued, tmp_path: Path
) -> None:
    path = tmp_path / "ca.crt"
    path.write_bytes(stranger.certificate.read_bytes())
    async with serve(who, api.serving()) as server, opened(server, tls=Tls(Pem(path=str(path)))) as client:
        with pytest.raises(Untrusted):
            await client.request("GET", "/")
        path.write_bytes(authority.certificate.read_bytes())
        assert await client.request("GET", "/")
        path.write_bytes(b"half of a certif")
        assert await client.request("GET", "/"), "the last good one goes on"


async def test_a_changed_client_certificate_is_read_again(
    authority: Authority, api: Issued, person: Issued, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "me.crt", tmp_path / "me.key"
    auth = AuthInfo(certificate=Pem(path=str(certificate)), key=Pem(path=str(key)))
    copy(person, certificate, key)
    async with serve(who, api.serving(authority)) as server, opened(server, tls=trusts(authority), auth=auth) as client:
        assert b"jane" in await client.request("GET", "/")
        copy(authority.issue("joe"), certificate, key)
        assert b"joe" in await client.request("GET", "/")


def copy(issued: Issued, certificate: Path, key: Path) -> None:
    certificate.write_bytes(issued.certificate.read_bytes())
    key.write_bytes(issued.key.read_bytes())


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"tls": Tls(Pem(path="/nonexistent/ca.crt"))}, "/nonexistent/ca.crt cannot be read: no such file"),
        ({"tls": Tls(Pem(data=b"rubbish"))}, "the certificate authority of cluster 'here' is no certificate"),
        ({"auth": AuthInfo(certificate=Pem(data=b"a"), key=Pem(data=b"b"))}, "of user 'me' cannot be read as PEM"),
    ],
)
async def test_a_file_that_makes_no_sense_is_named(more: dict[str, Any], reason: str) -> None:
    error = await refusal("https://127.0.0.1:1", **more)
    assert isinstance(error, ConfigError)
    assert reason in str(error)


async def test_a_key_of_another_certificate_is_named(authority: Authority, api: Issued, person: Issued) -> None:
    auth = AuthInfo(certificate=Pem(path=str(person.certificate)), key=Pem(path=str(api.key)))
    assert "do not belong together" in str(await refusal("https://127.0.0.1:1", auth=auth))


async def test_a_locked_key_is_refused_and_nobody_is_asked(person: Issued) -> None:
    assert "locked with a passphrase" in str(await refusal("https://127.0.0.1:1", auth=shows(locked(person))))


async def test_what_speaks_no_tls_is_no_api_server() -> None:
    async with serve(who) as server:
        error = await refusal(server.replace("http:", "https:"), tls=Tls(verify=False))
    assert isinstance(error, NotKubernetes)
    assert str(error) == "what answers there does not speak TLS"


async def test_requests_share_a_connection(authority: Authority, api: Issued) -> None:
    peers = set()

    async def remember(request: web.Request) -> web.StreamResponse:
        assert request.transport
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({})

    async with serve(remember, api.serving()) as server, opened(server, tls=trusts(authority)) as client:
        for _ in range(3):
            await client.request("GET", "/")
    assert len(peers) == 1


# Proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


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
        assert isinstance(await refusal(server, tls=trusts(authority), **more), Untrusted)


async def test_a_proxy_may_speak_tls_itself(authority: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server, connect_proxy(tls=api.serving()) as proxy:
        assert await ask(server, tls=trusts(authority), proxy=f"https://127.0.0.1:{proxy.port}")
        assert proxy.asked == [server.removeprefix("https://")]


async def test_a_proxy_that_refuses_is_quoted_without_its_password(authority: Authority) -> None:
    async with connect_proxy(status="407 Proxy Authentication Required") as proxy:
        url = f"http://me:s3cret@127.0.0.1:{proxy.port}"
        error = await refusal("https://10.0.0.1:6443", tls=trusts(authority), proxy=url)
    assert isinstance(error, Unreachable)
    assert str(error) == "the proxy answered 407 Proxy Authentication Required"
    assert "s3cret" not in error.sentence()


async def test_a_proxy_that_is_not_there_is_named(authority: Authority, unused_port: int) -> None:
    error = await refusal("https://10.0.0.1:6443", tls=trusts(authority), proxy=f"http://127.0.0.1:{unused_port}")
    assert isinstance(error, Unreachable)
    assert str(error) == "the proxy cannot be reached: connection refused"


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_socks_proxy_is_asked_by_name(authority: Authority, api: Issued, scheme: str) -> None:
    async with serve(who, api.serving()) as server, socks_proxy(to=port_of(server)) as proxy:
        url = f"{scheme}://127.0.0.1:{proxy.port}"
        assert await ask("https://api.test:6443", tls=trusts(authority), proxy=url)
        assert proxy.asked == ["api.test:6443"]


async def test_a_server_name_holds_through_a_socks_proxy(authority: Authority) -> None:
    named = authority.issue("socks", ["DNS:api.test"])
    async with serve(who, named.serving()) as server, socks_proxy() as proxy:
        more = {"proxy": f"socks5://127.0.0.1:{proxy.port}"}
        assert await ask(server, tls=trusts(authority, server_name="api.test"), **more)
        assert isinstance(await refusal(server, tls=trusts(authority), **more), Untrusted)


async def test_a_socks_proxy_that_refuses_is_quoted(authority: Authority, unused_port: int) -> None:
    async with socks_proxy(reply=2) as proxy:
        error = await refusal("https://api.test", tls=trusts(authority), proxy=f"socks5://127.0.0.1:{proxy.port}")
    assert isinstance(error, Unreachable)
    assert str(error).startswith("the proxy refused: ")
    error = await refusal("https://api.test", tls=trusts(authority), proxy=f"socks5://127.0.0.1:{unused_port}")
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
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:1")
    assert isinstance(await refusal("https://api.test:6443"), ConfigError)


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


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
