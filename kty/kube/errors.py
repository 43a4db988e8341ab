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
NO_KUBERNETES = "this is no Kubernetes API server; check its address in your kubeconfig"
_WANTS_TLS = re.compile(rb"HTTP request (was sent )?to (an )?HTTPS")
_TITLE = re.compile(rb"<title>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
_NO_KIND = ("the server could not find the requested resource", ": 404 page not found")
"""How API servers say so, of a group that they know and of one that they do not."""
_NO_ROLE = re.compile(r'User ".*" cannot ')
_BREAK = re.compile(r"[\t\r\n]+")


def _class(code: int) -> type[StatusError]:
    return _BY_CODE.get(code, ServerFault if code >= 500 else StatusError)


def from_status(status: Mapping[str, Any], *, retry_after: float | None = None) -> StatusError:
    """Return the error that a Status object (meta/v1) means."""
    code = status.get("code")
    code = code if isinstance(code, int) else 500
    details = status.get("details")
    if retry_after is None and isinstance(details, Mapping) and isinstance(details.get("retryAfterSeconds"), int):
        retry_after = float(details["retryAfterSeconds"]) or None
    reason = str(status.get("reason") or "")
    message = str(status.get("message") or reason or f"the API server answered {code}")
    return _hinted(code, _line(message)[:2000], reason, retry_after, _causes(details))


def _line(text: str) -> str:
    """Return what a server says on several lines, as of conflicts and quotas, on one."""
    return printable(" ".join([line for line in map(str.strip, _BREAK.split(text)) if line]))


def _hinted(
    code: int, message: str, reason: str = "", retry_after: float | None = None, causes: tuple[Cause, ...] = ()
) -> StatusError:
    error = _class(code)(message, code=code, reason=reason, retry_after=retry_after, causes=causes)
    error.hint = _hint(error)
    return error


def _hint(error: StatusError) -> str:
    """Return what to do next; nothing where the server says it, or nobody knows."""
    said = str(error)
    reasons = {cause.reason for cause in error.causes}
    match error:
        case Unauthorized():
            return "log in again, or check this user's credentials"
        case Forbidden() if _NO_ROLE.search(said):
            return "ask for a role that allows it"
        case NotFound() if said.endswith(_NO_KIND):
            return "this server has no such kind, or not in this version"
        case NotFound() if error.reason == "NotFound":
            return "check its name and namespace; it may be gone by now"
        case Conflict() if error.reason == "AlreadyExists":
            return "choose another name, or change the one that is there"
        case Conflict() if "FieldManagerConflict" in reasons:
            return "force takes these fields from their managers"
        case Conflict() if "try again" not in said:
            return "read it again"
        case Expired():
            return "list again: what changed since then is no longer known"
        case TooManyRequests() if "DisruptionBudget" in reasons:
            return "wait until more of its pods are ready, or change the budget"
        case TooManyRequests():
            return f"the server is busy: try again {_when(error)}"
        case ServerFault() if "failed calling webhook" in said:
            return "nothing that this webhook is asked about can be changed before it answers"
        case ServerFault() if "executable file not found" in said:
            return "is this command in the container's image?"
        case ServerFault():
            return f"the server failed: try again {_when(error)}"
    return ""


def _when(error: StatusError) -> str:
    return f"in {error.retry_after:g} s" if error.retry_after else "in a moment"


def _causes(details: object) -> tuple[Cause, ...]:
    """Return what a Status object's details name as causes; what is no cause is left out."""
    causes = details.get("causes") if isinstance(details, Mapping) else None
    found = []
    for cause in causes if isinstance(causes, list) else ():
        if isinstance(cause, Mapping):
            said = [cause.get(part) for part in ("reason", "message", "field")]
            found.append(Cause(*[_line(part)[:500] if isinstance(part, str) else "" for part in said]))
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
        return NotKubernetes(message, hint=NO_KUBERNETES)
    return _hinted(code, message, retry_after=pause)


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
