"""What the line about the watch says: in one sentence, whether what is on screen is true."""

from collections.abc import Sequence

from kty.errors import CredentialError, Forbidden, KtyError, NotFound, Unauthorized
from kty.kube.resource import Resource
from kty.runtime.store import Status
from kty.runtime.usages import EVERY, LATE, Polled
from kty.runtime.watcher import POLL
from kty.text import printable
from kty.views.view import Tone

_WORST_FIRST = ("refused", "stale", "connecting", "syncing", "live")


LONG = 3.0
"""Seconds of waiting that are worth a number."""


def truth(statuses: Sequence[Status], now: float, plural: str = "", *, is_polled: bool = False) -> tuple[str, Tone]:
    """Say how true the rows are, and how bad that is; the worst of several watches speaks.

    `now` is of the clock that the statuses were taken with (monotonic seconds).
    """
    if not statuses:
        return "", ""
    worst = min(statuses, key=lambda status: _WORST_FIRST.index(status.phase))
    has_rows = any(status.count for status in statuses)  # else the whole reason stands where they would
    match worst.phase:
        case "live":
            return f"cannot be watched, listed every {POLL:.0f} s" if is_polled else "live", "good"
        case "syncing":
            count = sum(status.count for status in statuses)
            rest = sum(status.remaining or 0 for status in statuses)
            return (f"syncing {count:,} of {count + rest:,}…" if rest else f"syncing {count:,}…"), "busy"
        case "connecting":
            waited = now - worst.since
            return (f"connecting for {span(waited)}…" if waited >= LONG else "connecting…"), "busy"
        case "refused":
            return _refusal(worst.error, plural) if has_rows else f"no permission to list {plural}", "bad"
        case _:
            return _stale(worst, now, has_hint=has_rows), "warn"


def trouble(statuses: Sequence[Status], plural: str, *, kind: Resource | None = None) -> str:
    """Say in full what is wrong and what to do next, where there is nothing else to show; empty while all is well.

    `kind` is what was listed, where that is known.
    """
    for status in statuses:
        if isinstance(status.error, Forbidden):
            return f"{_refusal(status.error, plural)}: {_next(kind)}ask for the permission"
        if status.error is not None and status.phase in ("refused", "stale"):
            return printable(status.error.sentence())
    return ""


def _next(kind: Resource | None) -> str:
    if kind is None or kind.namespaced:
        return "open another namespace with :ns, or "
    return "open one by its name, as in :ns web, or " if kind.id == "namespaces" else ""


def lacks(namespaces: Sequence[str]) -> str:
    """Say which namespaces are not there, after what is said of them; empty where none is missing."""
    if not namespaces:
        return ""
    names = " and no ".join(map(printable, namespaces))
    return f": there is no namespace {names}; :ns lists those that there are"


def _refusal(error: KtyError | None, plural: str) -> str:
    if isinstance(error, Forbidden):
        return f"no permission to list {plural}: {printable(str(error))}"
    return printable(error.sentence()) if error else "refused"


def _stale(status: Status, now: float, *, has_hint: bool) -> str:
    error = status.error
    reason = printable(str(error)) if error else "the watch broke"
    if isinstance(error, NotFound):
        reason = "the server does not have this kind any more"
    elif isinstance(error, CredentialError | Unauthorized) and error.hint and has_hint:
        reason = f"{reason} ({printable(error.hint)})"
    parts = [reason]
    if status.retry_at is not None:
        wait = status.retry_at - now
        parts.append(f"next try in {wait:.0f} s" if wait >= 0.5 else "trying now")
    return f"stale for {span(now - status.since)}: {', '.join(parts)}"


def measured(polls: Sequence[Polled], now: float) -> tuple[str, bool]:
    """Say how true what is measured is, and whether all is well with it; the worst of several polls speaks."""
    worst = min(polls, key=lambda polled: (polled.error is None, polled.asked or now))
    if worst.error is None:
        waited = 0.0 if worst.asked is None else now - worst.asked
        if waited < LATE:
            return "metrics…" if worst.answered is None else f"metrics every {EVERY:.0f} s", True
        parts = [f"no answer for {span(waited)}"]
    else:
        is_refused = isinstance(worst.error, Forbidden)
        parts = ["no permission to list them" if is_refused else printable(str(worst.error))]
        wait = 0.0 if worst.retry_at is None else worst.retry_at - now
        parts.append(f"next try in {wait:.0f} s" if wait >= 0.5 else "trying now")
    if worst.answered is not None:
        parts.append(f"these are {span(now - worst.answered)} old")
    return f"metrics: {', '.join(parts)}", False


def span(seconds: float) -> str:
    """Say a time of waiting in the unit that fits."""
    seconds = max(0, round(seconds))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h"
