"""An answer that is in memory: what a layer gives in place of the server's, and what mocks answer with."""

import json
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from typing import Any, Self

from kty.kube.codecs import JSON
from kty.kube.exchange import WebSocket

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Reply:
    """An `Answer` with a body that is there, or that comes from an iteration."""

    def __init__(
        self,
        body: bytes | AsyncIterable[bytes] = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        websocket: WebSocket | None = None,
    ) -> None:
        from multidict import CIMultiDict

        self.status = status
        self.headers: Mapping[str, str] = CIMultiDict(headers or {})
        self.websocket = websocket
        self._body = body

    @classmethod
    def json(cls, content: object, *, status: int = 200) -> Self:
        """Return the answer that this object is."""
        return cls(json.dumps(content).encode(), status=status, headers={"Content-Type": JSON})

    @classmethod
    def refusal(cls, code: int, message: str, *, reason: str = "", retry_after: int | None = None) -> Self:
        """Return a Status object (meta/v1) as the API server fails with; `retry_after` is in seconds."""
        status = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "message": message,
            "reason": reason or _REASONS.get(code, ""),
            "code": code,
        }
        headers = {"Content-Type": JSON}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return cls(json.dumps(status).encode(), status=code, headers=headers)

    @classmethod
    def events(cls, events: Iterable[tuple[str, Any]]) -> Self:
        """Return what a watch answers: events such as `("ADDED", {...})`, after which the answer ends."""
        lines = [json.dumps({"type": kind, "object": content}) + "\n" for kind, content in events]
        return cls("".join(lines).encode(), headers={"Content-Type": JSON})

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        if isinstance(self._body, bytes):
            if self._body:
                yield self._body
            return
        async for chunk in self._body:
            yield chunk

    def close(self) -> None:
        """Nothing is held open."""
