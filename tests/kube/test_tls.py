"""Who is trusted and what is shown: authorities, names, client certificates, and files that change."""

import asyncio
import json
import os
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kty.errors import ConfigError, NotKubernetes, Untrusted
from kty.kube.target import AuthInfo, ExecConfig, Pem, Tls
from kty.kube.tls import as_file
from kty.kube.transport import library
from tests.kube.asking import ask, opened, refusal
from tests.kube.certificates import Authority, Issued, locked
from tests.kube.serving import refusing_tls, serve
from tests.kube.trusting import shows, trusts, who
from tests.kube.waiting import until


async def test_the_authority_may_be_data_or_a_file(authority: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=trusts(authority))
        assert await ask(server, tls=Tls(Pem(path=str(authority.certificate))))


async def test_the_systems_authorities_are_read_only_where_they_decide(
    authority: Authority, api: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(library)  # aiohttp reads them for itself, once
    read: list[ssl.SSLContext] = []

    def counting(context: ssl.SSLContext) -> None:
        read.append(context)

    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", counting)
    monkeypatch.setattr("kty.kube.late_trust._load", counting)
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=trusts(authority))
        assert not read
        assert isinstance(await refusal(ask(server)), Untrusted)
        assert len(read) == 1
    async with serve(who) as server:
        assert await ask(server)
    assert len(read) == 1


async def test_the_servers_own_certificate_may_be_the_authority(authority: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=Tls(Pem(path=str(api.certificate))))


async def test_comments_around_certificates_do_no_harm(authority: Authority, api: Issued) -> None:
    bundle = "# Zürich\n".encode() + authority.certificate.read_bytes() + b"\ntext\n" + api.certificate.read_bytes()
    async with serve(who, api.serving()) as server:
        assert await ask(server, tls=Tls(Pem(data=bundle)))


async def test_a_wrong_authority_is_not_trusted(stranger: Authority, api: Issued) -> None:
    async with serve(who, api.serving()) as server:
        error = await refusal(ask(server, tls=trusts(stranger)))
        assert isinstance(error, Untrusted)
        assert "is not to be trusted: unable to get local issuer certificate" in str(error)
        assert "certificate-authority" in error.hint
        assert isinstance(await refusal(ask(server)), Untrusted), "the system knows no such authority"


async def test_an_expired_certificate_is_named_as_such(authority: Authority) -> None:
    expired = authority.issue("expired", ["IP:127.0.0.1"], days=-1)
    async with serve(who, expired.serving()) as server:
        error = await refusal(ask(server, tls=trusts(authority)))
    assert isinstance(error, Untrusted)
    assert str(error) == f"the certificate of {server.removeprefix('https://')} has expired"
    assert "clock" in error.hint


async def test_a_certificate_for_another_name_is_refused_until_the_name_is_given(authority: Authority) -> None:
    other = authority.issue("other", ["DNS:api.test"])
    async with serve(who, other.serving()) as server:
        error = await refusal(ask(server, tls=trusts(authority)))
        assert isinstance(error, Untrusted)
        assert str(error) == f"the certificate of {server.removeprefix('https://')} is not for '127.0.0.1'"
        assert "tls-server-name" in error.hint
        assert await ask(server, tls=trusts(authority, server_name="api.test"))
        error = await refusal(ask(server, tls=trusts(authority, server_name="no.test")))
        assert isinstance(error, Untrusted)
        assert str(error).endswith("is not for 'no.test'")


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
            error = await refusal(ask(f"https://127.0.0.1:{port}", tls=trusts(authority), auth=auth))
        assert isinstance(error, Untrusted)
        assert f"127.0.0.1:{port} refused our client certificate" in str(error)


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


async def test_the_next_connection_trusts_a_rotated_authority(
    authority: Authority, stranger: Authority, api: Issued, tmp_path: Path
) -> None:
    path, names = tmp_path / "ca.crt", ["DNS:api.test", "IP:127.0.0.1"]
    path.write_bytes(authority.certificate.read_bytes())
    tls = api.serving()
    async with serve(who, tls) as server, opened(server, tls=Tls(Pem(path=str(path)))) as client:
        assert await client.request("GET", "/")
        new = stranger.issue("rotated", names)
        tls.load_cert_chain(new.certificate, new.key)  # for every connection from now on
        assert await client.request("GET", "/"), "the old connection goes on"
        path.write_bytes(stranger.certificate.read_bytes())
        assert await client.request("GET", "/")
        path.write_bytes(authority.certificate.read_bytes())
        with pytest.raises(Untrusted):
            await client.request("GET", "/")


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


async def test_a_plugins_client_certificate_takes_the_place_of_the_kubeconfigs_and_is_renewed(
    authority: Authority, api: Issued, person: Issued, tmp_path: Path
) -> None:
    for number, issued in enumerate((authority.issue("first"), authority.issue("second"))):
        status = {"clientCertificateData": issued.certificate.read_text(), "clientKeyData": issued.key.read_text()}
        credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}
        (tmp_path / str(number)).write_text(json.dumps(credential))
    script = f"cd {tmp_path}; cat 0 2> /dev/null && rm 0 || cat 1"
    shown = []

    async def refuse_the_first(request: web.Request) -> web.StreamResponse:
        answer = await who(request)
        assert isinstance(answer, web.Response)
        assert answer.text
        shown.append(json.loads(answer.text)["certificate"])
        return answer if len(shown) > 1 else web.Response(status=401)

    auth = replace(shows(person), exec=ExecConfig("sh", ("-c", script)))
    async with serve(refuse_the_first, api.serving(authority)) as server:
        assert await ask(server, tls=trusts(authority), auth=auth)
    assert shown == ["first", "second"]


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
    error = await refusal(ask("https://127.0.0.1:1", **more))
    assert isinstance(error, ConfigError)
    assert reason in str(error)


async def test_a_key_of_another_certificate_is_named(authority: Authority, api: Issued, person: Issued) -> None:
    auth = AuthInfo(certificate=Pem(path=str(person.certificate)), key=Pem(path=str(api.key)))
    assert "do not belong together" in str(await refusal(ask("https://127.0.0.1:1", auth=auth)))


async def test_a_locked_key_is_refused_and_nobody_is_asked(person: Issued) -> None:
    assert "locked with a passphrase" in str(await refusal(ask("https://127.0.0.1:1", auth=shows(locked(person)))))


async def test_what_speaks_no_tls_is_no_api_server() -> None:
    async with serve(who) as server:
        error = await refusal(ask(server.replace("http:", "https:"), tls=Tls(verify=False)))
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


BEGUN = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n"


@pytest.mark.parametrize("said", [BEGUN, b""], ids=["watch", "request"])
async def test_what_is_given_up_waits_for_no_goodbye(authority: Authority, api: Issued, said: bytes) -> None:
    """TLS has a goodbye of its own (RFC 8446 §6.1); a server that is busy, or gone, does not answer it."""
    asked, is_over = threading.Event(), threading.Event()

    def serve_one(listening: socket.socket) -> None:
        raw, _ = listening.accept()
        with api.serving().wrap_socket(raw, server_side=True) as spoken:
            spoken.recv(1 << 16)
            spoken.sendall(said)
            asked.set()
            with socket.socket(fileno=os.dup(spoken.fileno())) as silent, suppress(ConnectionResetError):
                while silent.recv(1 << 16):  # what comes is the client's goodbye: it is not answered
                    pass
            is_over.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(asyncio.to_thread(serve_one, listening))
        server = f"https://127.0.0.1:{listening.getsockname()[1]}"
        async with asyncio.timeout(20), opened(server, tls=trusts(authority)) as client:
            if said:
                async with client.watch("/api/v1/pods", idle=20) as lines:
                    assert await anext(lines) == b"{}"
            else:
                asking = asyncio.create_task(client.request("GET", "/version"))
                await until(asked.is_set)
                asking.cancel()
            await asyncio.shield(serving)
    assert is_over.is_set()
