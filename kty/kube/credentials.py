"""What proves to the API server who we are, request by request: a token, a token file, a plugin's answer, a login."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from kty.errors import CredentialError
from kty.kube import exec_plugin
from kty.kube.exec_plugin import Issued
from kty.kube.target import Config, KeyPair, Stamp, stamp
from kty.text import printable

TOKEN_FILE_AGE = 60.0
"""Seconds after which a token file is read again even if it does not look changed."""
EARLY = 30.0
"""Seconds before its end at which a credential is replaced; a tenth of its life where that is less."""
PAUSE = 1.0
"""Seconds that pass at least between two runs of a plugin."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What goes along with one request."""

    authorization: str = field(default="", repr=False)
    """The Authorization header; empty where there is none."""
    certificate: KeyPair | None = field(default=None, repr=False)
    """A client certificate that takes the place of the kubeconfig's."""


class Credentials(Protocol):
    """Where credentials come from. All methods raise CredentialError where there is none to be had."""

    async def current(self) -> Credential:
        """Return what is good now."""
        ...

    async def renewed(self, refused: Credential) -> Credential:
        """Return what is good after the API server refused this one: the same, where nothing newer is to be had."""
        ...

    async def close(self) -> None:
        """Stop what still runs; whoever waits for it gets a CredentialError."""
        ...


def credentials(config: Config) -> Credentials:
    """Return the credentials of the config's user."""
    auth = config.auth
    if auth.token_file:
        return TokenFile(auth.token_file)
    if auth.token:
        return Fixed(lambda: Credential(bearer(auth.token, f"the token of user '{printable(config.user)}'")))
    if auth.username or auth.password:
        pair = base64.b64encode(f"{auth.username}:{auth.password}".encode()).decode()
        return Fixed(lambda: Credential(f"Basic {pair}"))
    if plugin := auth.exec:
        return Plugin(lambda: exec_plugin.run(plugin, config))
    if auth.oidc:
        from kty.kube.oidc import Login

        return Plugin(Login(auth.oidc).issue, source="the login")
    return Fixed(Credential)


def bearer(token: str, source: str) -> str:
    """Return a token's Authorization header. Raises CredentialError, naming its source, for what no header can hold."""
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise CredentialError(f"{source} holds characters that no token has")
    return f"Bearer {token}"


class Fixed(Struct, frozen=True):
    """A credential that is always the same."""

    make: Callable[[], Credential]

    async def current(self) -> Credential:
        return self.make()

    async def renewed(self, refused: Credential) -> Credential:
        return self.make()

    async def close(self) -> None:
        """Nothing runs."""


class TokenFile:
    """A token in a file that something else keeps fresh, such as a Pod's service account.

    A file that cannot be read for a moment is no reason to stop: the last token goes on until the server refuses it.
    """

    def __init__(self, path: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._credential: Credential | None = None
        self._stamp: Stamp | None = None
        self._read_at = 0.0

    async def current(self) -> Credential:
        known = self._credential
        if known and stamp(self._path) == self._stamp and self._monotonic() - self._read_at < TOKEN_FILE_AGE:
            return known
        try:
            return self._read()
        except CredentialError:
            if known is None:
                raise
            return known

    async def renewed(self, refused: Credential) -> Credential:
        return self._read()

    async def close(self) -> None:
        """Nothing runs."""

    def _read(self) -> Credential:
        seen, name = stamp(self._path), printable(self._path)
        try:
            token = Path(self._path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
            raise CredentialError(f"the token file {name} cannot be read: {reason.lower()}") from error
        if not token:
            raise CredentialError(f"the token file {name} is empty")
        self._credential = Credential(bearer(token, f"the token file {name}"))
        self._stamp, self._read_at = seen, self._monotonic()
        return self._credential


class Plugin:
    """A plugin's credential or a login's, fetched again shortly before it expires or when the server refuses it.

    However many requests wait, one run serves them all, and a request that is cancelled stops it for none of the
    others. A failure is remembered for `PAUSE` seconds.
    """

    def __init__(
        self,
        run: Callable[[], Awaitable[Issued]],
        *,
        source: str = "the credential plugin",
        now: Callable[[], float] = time.time,
    ) -> None:
        """`source` is what messages call it."""
        self._run = run
        self._source = source
        self._now = now
        self._task: asyncio.Task[Credential] | None = None
        self._until = 0.0
        """When the task's result is not good any more."""
        self._forced = 0.0
        """When a run that the server's refusal called for came to its end."""

    async def current(self) -> Credential:
        task = self._task
        if task is None or (task.done() and self._now() >= self._until):
            task = self._start()
        return await self._result(task)

    async def renewed(self, refused: Credential) -> Credential:
        credential = await self.current()
        if credential != refused or self._now() < self._forced + PAUSE:
            return credential
        task = self._task
        if task is None or task.done():
            task = self._start(forced=True)
        return await self._result(task)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _start(self, *, forced: bool = False) -> asyncio.Task[Credential]:
        # A run outlives the request that began it, so it takes nothing of that request's context along.
        self._task = asyncio.get_running_loop().create_task(self._fetch(forced=forced), context=Context())
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._task

    async def _fetch(self, *, forced: bool) -> Credential:
        try:
            issued = await self._run()
            credential = Credential(certificate=issued.certificate)
            if issued.token:
                credential = replace(credential, authorization=bearer(issued.token, f"the token of {self._source}"))
        finally:
            now = self._now()
            self._until = now + PAUSE
            self._forced = now if forced else self._forced
        self._until = max(self._until, _renewal(issued.expires, now))
        return credential

    async def _result(self, task: asyncio.Task[Credential]) -> Credential:
        if not task.done():
            await asyncio.wait([task])  # unlike `await task`, this leaves the task alone when the waiter is cancelled
        if task.cancelled():
            raise CredentialError(f"{self._source} was stopped")
        return task.result()


def _renewal(expires: float | None, now: float) -> float:
    """Return when a credential that was issued now should be replaced (seconds since the epoch)."""
    if expires is None:
        return float("inf")
    return expires - min(EARLY, (expires - now) / 10)
