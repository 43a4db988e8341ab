"""A login at an OpenID Connect issuer (a kubeconfig's `auth-provider: oidc`): its id token, refreshed as kubectl does.

The issuer is told by its discovery document where tokens are to be had (OpenID Connect Discovery 1.0, section 4), and
gives them for a refresh token (RFC 6749, section 6). It is asked by TLS only, and its certificate is always checked:
by the authority that the kubeconfig names for it, or by the system's.
"""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from kty.errors import ClusterError, ConfigError, CredentialError
from kty.kube.exchange import Answer, Request
from kty.kube.exec_plugin import Issued
from kty.kube.kubeconfig_tokens import NotWritten, Tokens, read_tokens, write_tokens
from kty.kube.target import Config, Oidc, Tls, is_https
from kty.kube.transport import HttpTransport
from kty.text import printable

log = logging.getLogger(__name__)

EARLY = 10.0
"""Seconds before its end at which an id token is not good any more, as for kubectl."""
TIMEOUT = 30.0
"""Seconds in which the issuer must have answered."""
MAX_ANSWER = 1 << 20
"""Bytes of its answer at most."""
_AGAIN = "log in again with what wrote your kubeconfig"


class Login:
    """One login; `issue` gives its id token, a newer one each time after the first."""

    def __init__(self, oidc: Oidc, *, now: Callable[[], float] = time.time) -> None:
        self._oidc = oidc
        self._now = now
        self._tokens = Tokens(oidc.id_token, oidc.refresh_token)
        self._is_given = False
        """True when the token was given out: whoever asks again could not use it."""

    async def issue(self) -> Issued:
        """Return a good id token and its end. Raises CredentialError, in which no token is named."""
        if self._is_given or not self._is_good(self._tokens.id):
            self._tokens = await self._newer()
        self._is_given = True
        return Issued(self._tokens.id, expires=expiry(self._tokens.id))

    def _is_good(self, token: str) -> bool:
        end = expiry(token)
        return end is not None and end - EARLY > self._now()

    async def _newer(self) -> Tokens:
        known = self._tokens
        found = await self._from_file()
        if found is not None and found.id != known.id and self._is_good(found.id):
            return found
        if found is not None and found.refresh:
            known = found
        if not known.refresh:
            raise CredentialError(
                f"the login of user '{self._user}' has expired, and has no refresh token", hint=_AGAIN
            )
        try:
            fresh = await self._refreshed(known)
        except CredentialError:
            found = await self._from_file()  # another process may have been first: some refresh tokens are good once
            if found is not None and found.id != known.id and self._is_good(found.id):
                return found
            raise
        await self._keep(known, fresh)
        return fresh

    @property
    def _user(self) -> str:
        return printable(self._oidc.user)

    async def _from_file(self) -> Tokens | None:
        oidc = self._oidc
        return await asyncio.to_thread(read_tokens, oidc.file, oidc.user) if oidc.file else None

    async def _keep(self, before: Tokens, after: Tokens) -> None:
        if not self._oidc.file:
            return
        try:
            await asyncio.to_thread(write_tokens, self._oidc.file, self._oidc.user, before, after)
        except NotWritten as error:
            log.warning("the new login of %s is not in %s: %s", self._user, printable(self._oidc.file), error)

    async def _refreshed(self, known: Tokens) -> Tokens:
        issuer = _Issuer(self._oidc, known.refresh)
        answer = await issuer.refresh()
        token, refresh = answer.get("id_token"), answer.get("refresh_token")
        if not (isinstance(token, str) and token):
            raise CredentialError(
                f"the issuer {issuer.name} gave no id token to user '{self._user}'",
                hint=f"{_AGAIN}, and ask for the scope openid",
            )
        return Tokens(token, refresh if isinstance(refresh, str) and refresh else known.refresh)


def expiry(token: str) -> float | None:
    """Return when a JSON Web Token ends (seconds since the epoch); None where it does not say. Nothing is verified."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None


class _Issuer:
    """Whoever gives tokens, asked for one of them."""

    def __init__(self, oidc: Oidc, refresh_token: str) -> None:
        self._oidc = oidc
        self._refresh_token = refresh_token
        self.name = printable(oidc.issuer)

    async def refresh(self) -> Mapping[str, Any]:
        """Return its answer to the refresh token. Raises CredentialError."""
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._refresh()
        except TimeoutError as error:
            raise self._unreachable(f"no answer within {TIMEOUT:g} s") from error
        except ConfigError as error:
            raise CredentialError(f"the issuer {self.name} cannot be asked: {error}", hint=error.hint) from error

    async def _refresh(self) -> Mapping[str, Any]:
        known = await self._ask("GET", f"{self._oidc.issuer.rstrip('/')}/.well-known/openid-configuration")
        if known[0] != 200:
            raise self._unreachable(f"it answered {known[0]} when it was asked where tokens are to be had")
        endpoint = known[1].get("token_endpoint")
        if not isinstance(endpoint, str) or not is_https(endpoint):
            raise CredentialError(f"the issuer {self.name} names no https:// address where tokens are to be had")
        status, answer = known
        for headers, form in self._ways(known[1].get("token_endpoint_auth_methods_supported")):
            status, answer = await self._ask("POST", endpoint, headers=headers, form=form)
            if status == 200:
                return answer
            if answer.get("error") != "invalid_client":
                break
        said = ": ".join(
            printable(str(answer[key])) for key in ("error", "error_description") if isinstance(answer.get(key), str)
        )
        reason = self._without_secrets(said)[:300] or f"it answered {status}"
        raise CredentialError(
            f"the issuer {self.name} did not renew the login of user '{printable(self._oidc.user)}': {reason}",
            hint=_AGAIN,
        )

    def _ways(self, methods: Any) -> list[tuple[dict[str, str], dict[str, str]]]:
        """Return headers and form for each way to say who we are, the likely one first (RFC 6749, section 2.3.1)."""
        name, secret = self._oidc.client_id, self._oidc.client_secret
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        if not secret:
            return [({}, {**form, "client_id": name})]
        pair = base64.b64encode(f"{quote_plus(name)}:{quote_plus(secret)}".encode()).decode()
        basic = ({"Authorization": f"Basic {pair}"}, form)
        posted: tuple[dict[str, str], dict[str, str]] = ({}, {**form, "client_id": name, "client_secret": secret})
        knows = methods if isinstance(methods, list) else ["client_secret_basic"]
        return [posted, basic] if "client_secret_basic" not in knows else [basic, posted]

    def _without_secrets(self, text: str) -> str:
        for secret in (self._refresh_token, self._oidc.client_secret, self._oidc.id_token):
            if secret:
                text = text.replace(secret, "(secret)")
        return text

    async def _ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, Any]]:
        """Return the status and the JSON object that came. Redirects are not followed."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = {"Accept": "application/json", **(headers or {})}
        if form is not None:
            known["Content-Type"] = "application/x-www-form-urlencoded"
        request = Request(
            method,
            url.removeprefix(origin) or "/",
            headers=tuple(known.items()),
            body=None if form is None else urlencode(form).encode(),
        )
        transport = HttpTransport(Config("", self.name, self._oidc.user, origin, tls=Tls(ca=self._oidc.ca)))
        try:
            answer = await transport.send(request)
            body = await self._body(answer)
        except ClusterError as error:
            raise self._unreachable(str(error)) from error
        finally:
            await transport.close()
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            if answer.status == 200:
                raise self._unreachable("what it answered is no JSON object")
            content = {}
        return answer.status, content

    @staticmethod
    async def _body(answer: Answer) -> bytes:
        body = bytearray()
        async with aclosing(answer.chunks()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) >= MAX_ANSWER:
                    break
        return bytes(body)

    def _unreachable(self, reason: str) -> CredentialError:
        return CredentialError(
            f"the issuer {self.name}, which must renew your login, gives no answer: {reason}",
            hint="check idp-issuer-url and idp-certificate-authority of the user in your kubeconfig",
        )
