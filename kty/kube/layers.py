"""What is put around the way to the API server, each layer for one reason.

`Client(config, layers=[...])` puts its caller's layers, the first one outermost, around its own: who we are
(`authenticated`), whom we pass for (`impersonating`), where the server's paths begin (`beneath`), what is logged
(`traced`). A layer is a function from `Send` to `Send`; see `kty.kube.exchange`.
"""

import asyncio
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from msgspec import Struct

from kty.errors import KtyError
from kty.kube.credentials import Credential, Credentials
from kty.kube.errors import retry_after
from kty.kube.exchange import Answer, Layer, Request, Send, is_error
from kty.kube.reply import Reply
from kty.kube.target import Impersonation

log = logging.getLogger("kty.kube.client")

MAX_ERROR = 1 << 16
"""Bytes that are read of an answer that is an error."""
REPEATABLE = ("GET", "HEAD")
"""Methods that change nothing, however often they are sent."""


def authenticated(credentials: Credentials) -> Layer:
    """Let requests prove who we are; once more after a 401, where the credentials could be renewed.

    What the server says in an error comes without the credential: some repeat what they were sent.
    """

    def around(send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            credential = await credentials.current()
            answer = await send(_with(request, credential))
            if answer.status == 401:
                try:
                    renewed = await credentials.renewed(credential)
                except BaseException:
                    answer.close()
                    raise
                if renewed != credential:
                    answer.close()
                    credential, answer = renewed, await send(_with(request, renewed))
            return await _scrubbed(answer, request, credential) if is_error(answer, request) else answer

        return sent

    return around


def _with(request: Request, credential: Credential) -> Request:
    headers = request.headers
    if credential.authorization:
        kept = [(name, value) for name, value in headers if name.lower() != "authorization"]
        headers = (*kept, ("authorization", credential.authorization))
    return replace(request, headers=headers, key_pair=credential.certificate)


async def _scrubbed(answer: Answer, request: Request, credential: Credential) -> Answer:
    """Return an error with how its body begins, read and without the credential."""
    try:
        body = await beginning(answer, request.idle or request.total)
    finally:
        answer.close()
    secret = credential.authorization.partition(" ")[2].encode()
    body = body.replace(secret, b"(credential)") if secret else body
    return Reply(body, status=answer.status, headers=answer.headers)


async def beginning(answer: Answer, seconds: float | None) -> bytes:
    """Return how the body of an error begins; what came of it in this time, where it breaks off."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in answer.chunks():
                body += chunk
                if len(body) >= MAX_ERROR:
                    break
    except (KtyError, TimeoutError):
        pass
    return bytes(body[:MAX_ERROR])


def impersonating(whom: Impersonation) -> Layer:
    """Let the API server take us for someone else, where our own identity may do that."""
    headers = tuple(whom.headers())
    return changing(lambda request: replace(request, headers=(*request.headers, *headers)))


def beneath(path: str) -> Layer:
    """Let every path begin with this one: an API server behind a proxy that serves several."""
    return changing(lambda request: replace(request, path=path.rstrip("/") + request.path))


def changing(change: Callable[[Request], Request]) -> Layer:
    """Send what this makes of each request."""

    def around(send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            return await send(change(request))

        return sent

    return around


class Retry(Struct, frozen=True):
    """Ask again where the server says that it is busy (429), not there (503) or late (504).

    After what Retry-After says (seconds), any request is sent again: with it, the server says that it did nothing.
    Without it only what changes nothing, after a pause that doubles from `first` up to `longest` seconds, each drawn
    between the half and the whole of it. After `tries` in all the answer is passed on, and at once where the server
    wants more than `longest` seconds. What has no end (watches, followed logs, websockets) is left to who reads it.
    """

    tries: int = 5
    first: float = 0.4
    longest: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uniform: Callable[[float, float], float] = random.uniform

    def __call__(self, send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            count = 1
            while True:
                answer = await send(request)
                pause = self._pause(request, answer, count)
                if pause is None:
                    return answer
                answer.close()
                log.debug("%s %s: %d, again in %.1f s", request.method, request.path, answer.status, pause)
                await self.sleep(pause)
                count += 1

        return sent

    def _pause(self, request: Request, answer: Answer, count: int) -> float | None:
        if answer.status not in (429, 503, 504) or request.total is None or count >= self.tries:
            return None
        asked = retry_after(answer.headers)
        if asked is not None:
            may_repeat = answer.status != 504 or request.method in REPEATABLE
            return asked if may_repeat and asked <= self.longest else None
        if request.method not in REPEATABLE:
            return None
        most = min(self.first * 2 ** (count - 1), self.longest)
        return self.uniform(most / 2, most)


class Seen(Struct, frozen=True):
    """One request and what came of it."""

    request: Request
    status: int
    """0 where no answer came."""
    seconds: float
    """Until the answer's headers were there."""


def observing(tell: Callable[[Seen], None]) -> Layer:
    """Tell of each request once its answer has begun, or none will come. What `tell` raises is raised."""

    def around(send: Send) -> Send:
        async def sent(request: Request) -> Answer:
            started = time.monotonic()
            status = 0
            try:
                answer = await send(request)
                status = answer.status
            finally:
                tell(Seen(request, status, time.monotonic() - started))
            return answer

        return sent

    return around


def traced(logger: logging.Logger = log) -> Layer:
    """Log a line for each request, without its query, headers and body: they may hold secrets."""

    def tell(seen: Seen) -> None:
        outcome = str(seen.status or "failed")
        logger.debug("%s %s: %s in %.0f ms", seen.request.method, seen.request.path, outcome, seen.seconds * 1000)

    return observing(tell)


@dataclass(slots=True)
class Metrics:
    """How many requests there were and how long they took, by method and status; a layer that counts."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Keys are `("GET", 200)`; the status is 0 where no answer came."""
    seconds: defaultdict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    """Until the answers' headers were there, added up."""

    def __call__(self, send: Send) -> Send:
        return observing(self._count)(send)

    def _count(self, seen: Seen) -> None:
        key = (seen.request.method, seen.status)
        self.requests[key] += 1
        self.seconds[key] += seen.seconds
