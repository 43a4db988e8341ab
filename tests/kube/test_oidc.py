"""A login at an issuer: used while it is good, refreshed once for all, kept; every way in which that fails."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from kty.errors import CredentialError
from kty.kube import oidc
from kty.kube.client import Client
from kty.kube.config import infer, loads
from kty.kube.credentials import Plugin, credentials
from kty.kube.oidc import Login, expiry
from kty.kube.target import Oidc, Pem
from tests.kube.certificates import Authority, Issued
from tests.kube.proxies import connect_proxy, socks_proxy
from tests.kube.serving import serve
from tests.kube.test_credentials import Clock, config
from tests.kube.waiting import until

NOW = 1000.0
AGAIN = "log in again with what wrote your kubeconfig"


def token(end: float | None = NOW + 3600, **more: Any) -> str:
    claims = {**({} if end is None else {"exp": end}), **more}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "signature"])


STALE, GOOD, FRESH = token(NOW + 5), token(), token(NOW + 7200)


@dataclass
class Issuer:
    """Gives tokens on loopback, and remembers who asked for them how."""

    url: str = ""
    answer: dict[str, Any] = field(default_factory=lambda: {"id_token": FRESH, "refresh_token": "second"})
    status: int = 200
    document: dict[str, Any] = field(default_factory=dict)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    refuses_basic: bool = False
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/realm/.well-known/openid-configuration":
            known = {"issuer": self.url, "token_endpoint": self.url.replace("/realm", "/token"), **self.document}
            return web.json_response(known)
        assert (request.method, request.path) == ("POST", "/token")
        self.forms.append(parse_qs(await request.text()))
        self.authorizations.append(request.headers.get("Authorization", ""))
        await self.gate.wait()
        if self.refuses_basic and self.authorizations[-1]:
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response(self.answer, status=self.status)


@asynccontextmanager
async def issuing(api: Issued) -> AsyncIterator[Issuer]:
    issuer = Issuer()
    issuer.gate.set()
    async with serve(issuer, api.serving()) as url:
        issuer.url = f"{url}/realm"
        yield issuer


@pytest.fixture
async def issuer(api: Issued) -> AsyncIterator[Issuer]:
    async with issuing(api) as issuer:
        yield issuer


@pytest.fixture
def login(issuer: Issuer, authority: Authority) -> Callable[..., Login]:
    """Return what makes a login at the issuer, at the time NOW."""

    def login(id_token: str = STALE, refresh_token: str = "first", clock: Clock | None = None, **more: Any) -> Login:
        ca = Pem(data=authority.certificate.read_bytes())
        known = Oidc(issuer.url, "kubectl", "s3cret", id_token, refresh_token, ca, "jane")
        return Login(replace(known, **more), now=clock or Clock(NOW))

    return login


async def refusal(login: Login) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        await login.issue()
    sentence = caught.value.sentence()
    assert "\n" not in sentence
    assert not [secret for secret in (STALE, GOOD, FRESH, "first", "s3cret") if secret in sentence]
    return caught.value


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (token(12.5), 12.5),
        (token(None), None),
        (token(None, exp="soon"), None),
        ("", None),
        ("a.b.c", None),
        ("a.W10.c", None),
        ("no token", None),
    ],
)
def test_a_token_says_when_it_ends(text: str, end: float | None) -> None:
    assert expiry(text) == end


async def test_a_good_token_is_used_and_nobody_asked(login: Callable[..., Login], issuer: Issuer) -> None:
    issued = await login(GOOD).issue()
    assert (issued.token, issued.expires, issuer.forms) == (GOOD, NOW + 3600, [])


@pytest.mark.parametrize("stale", ["", STALE, token(NOW - 1), "no token"])
async def test_a_token_near_its_end_is_refreshed(login: Callable[..., Login], issuer: Issuer, stale: str) -> None:
    issued = await login(stale).issue()
    assert (issued.token, issued.expires) == (FRESH, NOW + 7200)
    assert issuer.forms == [{"grant_type": ["refresh_token"], "refresh_token": ["first"]}]
    assert issuer.authorizations == [f"Basic {base64.b64encode(b'kubectl:s3cret').decode()}"]


async def test_the_next_refresh_takes_the_refresh_token_that_came(login: Callable[..., Login], issuer: Issuer) -> None:
    one = login()
    await one.issue()
    del issuer.answer["refresh_token"]
    await one.issue()
    await one.issue()
    assert [form["refresh_token"] for form in issuer.forms] == [["first"], ["second"], ["second"]]


async def test_a_public_client_has_no_secret(login: Callable[..., Login], issuer: Issuer) -> None:
    await login(client_secret="").issue()
    assert issuer.forms == [{"grant_type": ["refresh_token"], "refresh_token": ["first"], "client_id": ["kubectl"]}]
    assert issuer.authorizations == [""]


@pytest.mark.parametrize("says_so", [True, False])
async def test_an_issuer_may_want_the_secret_in_the_form(
    login: Callable[..., Login], issuer: Issuer, says_so: bool
) -> None:
    issuer.refuses_basic = True
    if says_so:
        issuer.document["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert (await login().issue()).token == FRESH
    assert len(issuer.forms) == (1 if says_so else 2)
    assert issuer.forms[-1]["client_secret"] == ["s3cret"]


# What goes wrong


async def test_a_refused_refresh_says_why_and_what_to_do(login: Callable[..., Login], issuer: Issuer) -> None:
    issuer.status, issuer.answer = 400, {"error": "invalid_grant", "error_description": "first is\x1b[31m used up"}
    error = await refusal(login())
    assert str(error) == (
        f"the issuer {issuer.url} did not renew the login of user 'jane': invalid_grant: (secret) is\\x1b[31m used up"
    )
    assert error.hint == AGAIN
    assert len(issuer.forms) == 1


async def test_an_answer_without_an_id_token_says_so(login: Callable[..., Login], issuer: Issuer) -> None:
    issuer.answer = {"access_token": "x"}
    error = await refusal(login())
    assert str(error) == f"the issuer {issuer.url} gave no id token to user 'jane'"
    assert error.hint == f"{AGAIN}, and ask for the scope openid"


async def test_without_a_refresh_token_nobody_is_asked(login: Callable[..., Login], issuer: Issuer) -> None:
    error = await refusal(login(refresh_token=""))
    assert error.sentence() == f"the login of user 'jane' has expired, and has no refresh token: {AGAIN}"
    assert issuer.forms == []


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1/token", "", None, "https://u@h/", 5])
async def test_a_refresh_token_is_sent_by_tls_only(
    login: Callable[..., Login], issuer: Issuer, endpoint: object
) -> None:
    issuer.document["token_endpoint"] = endpoint
    assert "names no https:// address" in str(await refusal(login()))
    assert issuer.forms == []


async def test_an_issuer_whose_certificate_is_not_to_be_trusted_is_told_nothing(
    login: Callable[..., Login], issuer: Issuer, stranger: Authority
) -> None:
    for ca in (Pem(data=stranger.certificate.read_bytes()), Pem()):
        error = await refusal(login(ca=ca))
        assert "is not to be trusted" in str(error)
        assert error.hint == "check idp-issuer-url and idp-certificate-authority of the user in your kubeconfig"
    assert issuer.forms == []


async def test_an_authority_that_is_none_is_told(login: Callable[..., Login], tmp_path: Path) -> None:
    assert "is no certificate" in str(await refusal(login(ca=Pem(data=b"nonsense"))))
    assert "cannot be read: no such file" in str(await refusal(login(ca=Pem(path=str(tmp_path / "none")))))


async def test_an_issuer_that_is_not_there_is_named(login: Callable[..., Login]) -> None:
    error = await refusal(login(issuer="https://127.0.0.1:1"))
    assert "the issuer https://127.0.0.1:1, which must renew your login, gives no answer: connection refused" in str(
        error
    )


async def test_an_issuer_that_says_nothing_is_given_up(
    login: Callable[..., Login], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "TIMEOUT", 0.3)
    issuer.gate.clear()
    assert "no answer within 0.3 s" in str(await refusal(login()))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (web.Response(status=404), "it answered 404"),
        (web.Response(status=302, headers={"Location": "/elsewhere"}), "it answered 302"),
        (web.Response(text="<html>"), "what it answered is no JSON object"),
        (web.Response(text="[" * 9999), "what it answered is no JSON object"),
        (web.Response(body=b" " * (oidc.MAX_ANSWER + 9)), "what it answered is no JSON object"),
    ],
)
async def test_what_is_no_issuer_says_so(
    login: Callable[..., Login], api: Issued, answer: web.Response, reason: str
) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return answer

    async with serve(handler, api.serving()) as url:
        assert reason in str(await refusal(login(issuer=url)))


# On the way to the issuer


async def test_the_environments_proxies_are_used(
    login: Callable[..., Login], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(issuer.url.rpartition(":")[2].partition("/")[0])
    away = issuer.url.replace("127.0.0.1", "api.test")
    async with connect_proxy(to=port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert (await login(issuer=away).issue()).token == FRESH
        assert proxy.asked == [f"api.test:{port}"]  # the token's address is loopback again
    async with socks_proxy(to=port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        assert (await login(issuer=away).issue()).token == FRESH
        assert proxy.asked == [f"api.test:{port}"]
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://x")
    assert "the proxy in your environment is none" in str(await refusal(login(issuer=away)))


# As credentials


async def test_many_requests_wait_for_one_refresh(login: Callable[..., Login], issuer: Issuer) -> None:
    issuer.gate.clear()
    logins = Plugin(login().issue, source="the login", now=Clock(NOW))
    waiting = [asyncio.ensure_future(logins.current()) for _ in range(10)]
    await until(lambda: bool(issuer.forms))
    waiting[0].cancel()
    issuer.gate.set()
    given = await asyncio.gather(*waiting[1:])
    assert {each.authorization for each in given} == {f"Bearer {FRESH}"}
    assert len(issuer.forms) == 1


async def test_a_token_that_the_server_refuses_is_refreshed_though_it_looks_good(
    login: Callable[..., Login], issuer: Issuer
) -> None:
    logins = Plugin(login(GOOD).issue, source="the login", now=Clock(NOW))
    first = await logins.current()
    assert (first.authorization, issuer.forms) == (f"Bearer {GOOD}", [])
    assert (await logins.renewed(first)).authorization == f"Bearer {FRESH}"


def kubeconfig(issuer: Issuer, authority: Authority, server: str = "https://10.0.0.1", **more: str) -> str:
    ca = base64.b64encode(authority.certificate.read_bytes()).decode()
    return json.dumps(_kubeconfig(issuer, ca, server, **more))


def _kubeconfig(issuer: Issuer, ca: str, server: str = "https://10.0.0.1", **more: str) -> dict[str, Any]:
    known = {
        "idp-issuer-url": issuer.url,
        "client-id": "kubectl",
        "client-secret": "s3cret",
        "id-token": token(1.0),
        "refresh-token": "first",
        "idp-certificate-authority-data": ca,
        **more,
    }
    user = {"auth-provider": {"name": "oidc", "config": known}}
    return {
        "current-context": "dev",
        "contexts": [{"name": "dev", "context": {"cluster": "here", "user": "jane"}}],
        "clusters": [{"name": "here", "cluster": {"server": server}}],
        "users": [{"name": "jane", "user": user}],
    }


async def test_a_request_goes_out_with_a_refreshed_token_which_is_kept_in_the_kubeconfig(
    issuer: Issuer, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fresh = token(9e9)
    issuer.answer["id_token"] = fresh
    seen = []

    async def api(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers["Authorization"])
        return web.json_response({})

    file = tmp_path / "config"
    async with serve(api) as server:
        file.write_text(kubeconfig(issuer, authority, server))
        for _ in range(2):  # the second client finds it in the file
            async with Client(infer(file)) as client:
                await client.request("GET", "/a")
    assert seen == [f"Bearer {fresh}"] * 2
    assert len(issuer.forms) == 1
    kept = json.loads(file.read_text())["users"][0]["user"]["auth-provider"]["config"]
    assert (kept["id-token"], kept["refresh-token"], kept["client-id"]) == (fresh, "second", "kubectl")
    assert not [secret for secret in (fresh, "first", "second", "s3cret") if secret in caplog.text]


async def test_what_another_process_refreshed_is_taken_from_the_file(
    issuer: Issuer, authority: Authority, tmp_path: Path
) -> None:
    file = tmp_path / "config"
    file.write_text(kubeconfig(issuer, authority))
    known = infer(file).auth.oidc
    assert known is not None
    login = Login(known)
    theirs = token(9e9)
    file.write_text(kubeconfig(issuer, authority, **{"id-token": theirs, "refresh-token": "theirs"}))
    assert (await login.issue()).token == theirs
    assert issuer.forms == []
    await login.issue()
    assert [form["refresh_token"] for form in issuer.forms] == [["theirs"]]


async def test_where_nothing_can_be_written_the_login_goes_on(
    issuer: Issuer, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "config"
    file.write_text(kubeconfig(issuer, authority))
    known = infer(file).auth.oidc
    assert known is not None
    login = Login(known)
    file.unlink()
    assert (await login.issue()).token == FRESH
    assert caplog.messages == [f"the new login of jane is not in {file}: no such file or directory"]


# In the kubeconfig


def test_a_login_is_read(tmp_path: Path) -> None:
    issuer = Issuer("https://issuer.test/realm")
    more = {
        "idp-certificate-authority-data": "",
        "idp-certificate-authority": "ca.crt",
        "later": "x",
        "id-token": "a.b.c",
    }
    content = json.dumps(_kubeconfig(issuer, "", **more))
    (tmp_path / "config").write_text(content)
    assert infer(tmp_path / "config").auth.oidc == Oidc(
        issuer="https://issuer.test/realm",
        client_id="kubectl",
        client_secret="s3cret",
        id_token="a.b.c",
        refresh_token="first",
        ca=Pem(path=str(tmp_path / "ca.crt")),
        user="jane",
        file=str(tmp_path / "config"),
    )


async def test_a_kubeconfig_at_hand_is_written_nowhere(
    issuer: Issuer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content = kubeconfig(issuer, authority)
    (tmp_path / "kubeconfig").write_text(content)  # what it is called by chance
    known = infer(known=loads(content))
    assert known.auth.oidc is not None
    assert known.auth.oidc.file == ""
    await credentials(known).current()
    assert (tmp_path / "kubeconfig").read_text() == content


def test_secrets_stay_out_of_what_is_printed(issuer: Issuer, authority: Authority) -> None:
    known = repr(infer(known=loads(kubeconfig(issuer, authority, **{"id-token": "a.b.c"}))))
    assert "kubectl" in known
    assert not [secret for secret in ("s3cret", "a.b.c", "first") if secret in known]


async def test_other_ways_to_log_in_go_first() -> None:
    auth = replace(config().auth, token="fixed", oidc=Oidc("https://issuer.test", "kubectl"))
    assert (await credentials(config(auth)).current()).authorization == "Bearer fixed"
