"""From a Status object or an HTTP answer to the error that a person reads."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from kty.errors import (
    Cause,
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    NotKubernetes,
    ServerFault,
    StatusError,
    TooManyRequests,
    Unauthorized,
)
from kty.text import printable

_BY_CODE: dict[int, type[StatusError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Expired,
    422: Invalid,
    429: TooManyRequests,
}
_HINTS: dict[type[StatusError], str] = {
    Unauthorized: "log in again, or check the user in your kubeconfig",
    TooManyRequests: "the server is busy; kty waits before it asks again",
}
_WANTS_TLS = re.compile(rb"HTTP request (was sent )?to (an )?HTTPS")
_TITLE = re.compile(rb"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")


def _class(code: int) -> type[StatusError]:
    return _BY_CODE.get(code, ServerFault if code >= 500 else StatusError)


def from_status(status: Mapping[str, Any], *, retry_after: float | None = None) -> StatusError:
    """Return the error that a Status object (meta/v1) means."""
    code = status.get("code")
    code = code if isinstance(code, int) else 500
    details = status.get("details")
    if retry_after is None and isinstance(details, Mapping) and isinstance(details.get("retryAfterSeconds"), int):
        retry_after = float(details["retryAfterSeconds"]) or None
    kind = _class(code)
    reason = str(status.get("reason") or "")
    message = str(status.get("message") or reason or f"the API server answered {code}")
    return kind(
        printable(message)[:2000],
        code=code,
        reason=reason,
        retry_after=retry_after,
        hint=_HINTS.get(kind, ""),
        causes=_causes(details),
    )


def _causes(details: object) -> tuple[Cause, ...]:
    """Return what a Status object's details name as causes; what is no cause is left out."""
    causes = details.get("causes") if isinstance(details, Mapping) else None
    found = []
    for cause in causes if isinstance(causes, list) else ():
        if isinstance(cause, Mapping):
            said = [cause.get(part) for part in ("reason", "message", "field")]
            found.append(Cause(*[printable(part)[:500] if isinstance(part, str) else "" for part in said]))
    return tuple(found)


def from_answer(code: int, headers: Mapping[str, str], body: bytes) -> ClusterError:
    """Return the error that an HTTP answer means: one of 400 and above, or one that is no answer of Kubernetes.

    An API server explains itself with a Status object, or in a line of plain text. Web pages and other JSON come
    from something else: from a proxy before it where they ask to log in, to slow down or to come back later.
    """
    pause = retry_after(headers)
    answer = _json(body)
    if isinstance(answer, dict) and answer.get("kind") == "Status":
        return from_status({**answer, "code": code}, retry_after=pause)
    kind = _class(code)
    said = _said(code, headers, body)
    message = f"the server answered {code}" + (f": {said}" if said else "")
    if _WANTS_TLS.search(body):
        return NotKubernetes(message, hint="let the server's address in your kubeconfig begin with https://")
    is_foreign = code < 400 or answer is not None or _is_html(body)
    if is_foreign and kind not in (Unauthorized, Forbidden, TooManyRequests, ServerFault):
        return NotKubernetes(message, hint="this is no Kubernetes API server; check its address in your kubeconfig")
    return kind(message, code=code, retry_after=pause, hint=_HINTS.get(kind, ""))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_html(body: bytes) -> bool:
    return body.lstrip().startswith(b"<")


def _said(code: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return where a redirect leads, a page's title, or how the body begins."""
    if 300 <= code < 400:
        target = urlsplit(headers.get("Location", ""))
        return printable(f"go to {target.scheme}://{target.netloc}{target.path}" if target.netloc else "go elsewhere")
    if _is_html(body):
        title = _TITLE.search(body)
        body = title[1] if title else _TAG.sub(b" ", body)
    return " ".join(printable(word) for word in body[:400].decode("utf-8", "replace").split())[:80].strip()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds an answer asks us to wait; None where it does not say so in whole seconds."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isdecimal() and value.isascii() and len(value) < 10 else None
