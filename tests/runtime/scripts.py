"""A source that answers from a script, and the JSON that an API server would have sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from kty.errors import StatusError, Unreachable
from kty.kube.connection import Query
from kty.kube.errors import from_status
from kty.runtime.clock import Clock


@dataclass(frozen=True)
class Silence:
    """Nothing comes any more, until the reader gives up."""


SILENCE = Silence()

Line: TypeAlias = bytes | Exception | Silence | float
"""A line, a fault in the stream, silence, or a pause in seconds."""
Answer: TypeAlias = bytes | Exception | list[Line]
"""A list page, a refusal, or the lines of a watch, which then ends as it should."""


@dataclass(frozen=True)
class Request:
    """What was asked, and when on the clock's `monotonic`."""

    at: float
    query: dict[str, str]
    accept: str
    idle: float = 0.0

    @property
    def verb(self) -> str:
        return "watch" if "watch" in self.query else "list"

    @property
    def version(self) -> str | None:
        return self.query.get("resourceVersion")


class Script:
    """Answers each request with the next answer; once there are none left, it never answers."""

    def __init__(self, clock: Clock, *answers: Answer) -> None:
        self._clock = clock
        self._answers = list(answers)
        self.requests: list[Request] = []
        self.open = 0
        """Requests that are being answered."""

    @property
    def verbs(self) -> list[str]:
        return [request.verb for request in self.requests]

    @property
    def times(self) -> list[float]:
        """Seconds since the first request."""
        return [request.at - self.requests[0].at for request in self.requests]

    async def _next(self, query: Query, headers: Mapping[str, str] | None, idle: float = 0.0) -> Answer:
        asked = dict(query)
        assert len(asked) == len(query)
        self.requests.append(Request(self._clock.monotonic(), asked, (headers or {}).get("Accept", ""), idle))
        if not self._answers:
            await asyncio.Event().wait()
        return self._answers.pop(0)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,
    ) -> bytes:
        self.open += 1
        try:
            answer = await self._next(query, headers)
        finally:
            self.open -= 1
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, bytes), f"a list was answered with {answer!r}"
        return answer

    @asynccontextmanager
    async def watch(
        self, path: str, *, query: Query = (), headers: Mapping[str, str] | None = None, idle: float
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        self.open += 1
        try:
            answer = await self._next(query, headers, idle)
            if isinstance(answer, Exception):
                raise answer
            assert isinstance(answer, list), f"a watch was answered with {answer!r}"
            yield self._lines(answer, idle)
        finally:
            self.open -= 1

    async def _lines(self, lines: list[Line], idle: float) -> AsyncIterator[bytes]:
        for line in lines:
            match line:
                case bytes():
                    yield line
                case float():
                    await self._clock.sleep(line)
                case Silence():
                    await self._clock.sleep(idle)
                    raise Unreachable("not a byte came")
                case _:
                    raise line


def thing(name: str, version: int | str, *, uid: str = "", **more: Any) -> dict[str, Any]:
    """Return an object in the namespace `n`."""
    metadata = {"namespace": "n", "name": name, "uid": uid or f"uid-{name}", "resourceVersion": str(version)}
    return {"apiVersion": "v1", "kind": "Thing", "metadata": metadata, **more}


def page(*things: dict[str, Any], version: int | str = 10, token: str = "", remaining: int | None = None) -> bytes:
    """Return a list, or a page of one."""
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if token:
        metadata["continue"] = token
    if remaining is not None:
        metadata["remainingItemCount"] = remaining
    return json.dumps({"kind": "ThingList", "apiVersion": "v1", "metadata": metadata, "items": things}).encode()


def pages(things: Iterable[dict[str, Any]], size: int, version: int = 10) -> list[bytes]:
    """Return a list in pages of one size."""
    every = list(things)
    return [
        page(*every[at : at + size], version=version, token=str(at + size) if at + size < len(every) else "")
        for at in range(0, len(every), size)
    ]


def line(kind: str, obj: dict[str, Any]) -> bytes:
    """Return one line of a watch."""
    return json.dumps({"type": kind, "object": obj}).encode()


def bookmark(version: int, *, ends_list: str = "") -> bytes:
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if ends_list:
        metadata["annotations"] = {"k8s.io/initial-events-end": ends_list}
    return line("BOOKMARK", {"kind": "Thing", "apiVersion": "v1", "metadata": metadata})


def status(code: int, reason: str = "", message: str = "") -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


def failed(code: int, *, retry_after: float | None = None) -> StatusError:
    """Return what a client raises for an answer with this code."""
    return from_status(status(code, f"answer {code}"), retry_after=retry_after)


def error(code: int) -> bytes:
    """Return the ERROR event of a watch."""
    return line("ERROR", status(code, f"event {code}"))
